"""What the words beside rules say: what everybody is meant to see, and what is private.

Rules that let everybody read are no fault where the person wants just that, and a graver one where
the words name a phone number among what is read.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.engines.firebase_rules.finding import Finding
from blueproof.engines.firebase_rules.rehearsal import OWNER, STRANGER, Try
from blueproof.engines.firebase_rules.rules import Rules
from blueproof.engines.firebase_rules.ways import rules_of
from blueproof.facts.words import stems

_RULES_LINE = re.compile(r"rules_version|\bservice\s|\bmatch\s+/|\ballow\s|[{};]\s*$|^\s*[&|}]")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_ALL = (
    r"(?:every(?:one|body)|any(?:one|body)|the (?:public|world)|all(?: (?:users|people|visitors))?"
    r"|visitors|guests)"
)
_PUBLIC = re.compile(
    rf"\b{_ALL}(?: (?:may|can|should|must|is|are|else|be|able|allowed|to|also))*"
    r" (?:see|read|view|browse|look|list)\b"
    rf"|\b(?:seen|read|visible|viewed|readable|viewable)\b[^.?!]{{0,12}}\b(?:by|to|for) {_ALL}\b"
    r"|\b(?:are|is|should be|must be|stays?) (?:all )?public\b"
    r"|\bpublic(?:ly)? (?:readable|visible|read|profile|feed)"
    r"|\bwithout (?:an account|logging in|login|signing in)\b",
    re.IGNORECASE,
)
_NOT_WISHED = re.compile(
    r"\b(?:complain\w*|problem|wrong|leak\w*|shouldn'?t|should not|must not|mustn'?t|not supposed"
    r"|can't|hack\w*|accident\w*|suddenly|why|worried|afraid|bug|still)\b",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"\b((?:phone|mobile)(?: numbers?)?|(?:exact |home |live |gps )?(?:location|address)(?:es)?"
    r"|e-?mails?(?: address(?:es)?)?|birth ?(?:day|date)s?|date of birth|salar(?:y|ies)|iban"
    r"|passport\w*|medical \w+|diagnos\w+|health data|ssn|payment (?:data|details)"
    r"|push tokens?|private notes?)\b",
    re.IGNORECASE,
)
_READS = frozenset({"open-to-everybody", "read-by-all", "unbounded-list"})
_WRITES = re.compile(r"\b(?:create|update|delete)\b")
_MEMBERS = re.compile(r"request\.auth\.uid in resource\.data\.(\w+)")
_COLLECTION = re.compile(r"/([\w-]+)(?:/\{[^}]*\})?$")


def prose_of(request: str) -> str:
    """The request without the lines that are rules."""
    return "\n".join(line for line in request.splitlines() if not _RULES_LINE.search(line))


def as_meant(found: tuple[Finding, ...], request: str) -> tuple[tuple[Finding, ...], str]:
    """The findings as they stand beside the words, and what of the rules is as it is wished.

    What the words want everybody to read is no fault; what they name as private is a graver one.
    """
    prose = prose_of(request)
    wished = [
        s[0] for s in _SENTENCE.finditer(prose)
        if _PUBLIC.search(s[0]) and not s[0].rstrip().endswith("?") and not _NOT_WISHED.search(s[0])
    ]  # fmt: skip
    private = list(dict.fromkeys(m[1].lower() for m in _PRIVATE.finditer(prose)))
    open_in = {_place(f) for f in found if f.id in _READS and not _WRITES.search(f.what)}
    public = {p for p in open_in if p and _is_wished(p, wished, alone=len(open_in) == 1)}
    kept = tuple(
        _graver(each, private) for each in found
        if not (each.id in _READS and not _WRITES.search(each.what) and _place(each) in public)
    )  # fmt: skip
    said = (
        f"That everybody reads {' and '.join(sorted(public))} is as you want it." if public else ""
    )
    return kept, said


def _place(finding: Finding) -> str:
    """The match that a finding is about."""
    found = re.search(r"(/[\w{}=*/-]+)", finding.what.replace("/databases/{database}/documents", "")
                      .replace("/b/{bucket}/o", ""))  # fmt: skip
    return found[1] if found else ""


def _is_wished(place: str, wished: list[str], *, alone: bool) -> bool:
    """Whether one of the sentences is about the collection, or can be about no other."""
    named = {s for part in re.findall(r"/([A-Za-z][\w-]*)", place) for s in stems(part)}
    return any(alone or named & {*stems(sentence)} for sentence in wished)


def _graver(finding: Finding, private: list[str]) -> Finding:
    """What all may read, with the private data that the words name, which rules cannot take out."""
    about = (
        finding.id in {"read-by-all", "open-to-everybody"}
        and "/" not in _place(finding)[1:].split("/{")[-1]
    )
    if not private or not about or _WRITES.search(finding.what):
        return finding
    path = _COLLECTION.search(_place(finding))
    if path is None or path[1].lower() not in {
        "users",
        "profiles",
        "members",
        "people",
        "customers",
        "accounts",
    }:
        return finding
    named = " and ".join(private[:3])
    return replace(
        finding, id="private-read",
        what=f"{finding.what}, {named} too",
        why="rules cannot hide single fields of a document: who may read it reads all of it",
        do=f"move {named} to {_place(finding)}/private/data, which only"
        " request.auth.uid == the id reads",
    )  # fmt: skip


def tried(tries: tuple[Try, ...]) -> Iterator[str]:
    """What the simulated requests came to: of nobody and a stranger, and of the owner."""
    foreign = [t for t in tries if t.who != OWNER]
    if not foreign:
        return
    let = [t for t in foreign if t.allowed]
    by_stranger = [t for t in let if t.who == STRANGER]
    named: dict[str, list[str]] = {}
    for each in by_stranger:
        named.setdefault(_short(each.pattern), []).append(each.method)
    shown = "; ".join(f"{', '.join(methods)} in {place}" for place, methods in named.items())
    yield (
        f"Tried in our simulation of the rules: {len(foreign)} requests of nobody and of a "
        f"stranger with an account, {len(foreign) - len(let)} refused"
        + (f"; the stranger may {shown}." if shown else ".")
    )


def _short(pattern: str) -> str:
    return pattern.removeprefix("/databases/{database}/documents").removeprefix("/b/{bucket}/o")


def by_parent(found: tuple[Finding, ...], rules: Rules) -> tuple[Finding, ...]:
    """The findings, where the mend asks the members of the document above it by their line."""
    members = {}
    for rule in rules_of(rules):
        for text in (t for way in rule.ways for t in way.texts):
            if field := _MEMBERS.fullmatch(text):
                members[_short(rule.block.pattern)] = field[1]
    return tuple(_by_members(each, members) for each in found)


def _by_members(finding: Finding, members: dict[str, str]) -> Finding:
    place = _place(finding)
    above = next((p for p in members if place.startswith(f"{p}/")), "")
    if finding.id not in {"any-account", "read-by-all"} or not above:
        return finding
    path = re.sub(r"\{(\w+)\}", r"$(\1)", above)
    return replace(
        finding, do="ask request.auth.uid in get(/databases/$(database)/documents"
        f"{path}).data.{members[above]}"
        + (", and the author's id of what is written" if finding.id == "any-account" else ""),
    )  # fmt: skip
