"""The consultation on Firebase Security Rules that stand in a request: what they let through."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from blueproof.advisors.premises.judge import judge
from blueproof.consulting.request import kind_of
from blueproof.core.advice import Artifact, Finding, Step
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, Unproved
from blueproof.core.brief import Brief
from blueproof.engines.firebase_database.reading import (
    judged_database_rules,
    pasted_database_rules,
)
from blueproof.engines.firebase_rules import finding
from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.lint_access import only_signed_in
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.ways import rules_of
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_MATCH = re.compile(r"\bmatch\s+/[\w/{}=*-]+\s*\{")
_SERVICE = re.compile(r"\bservice\s+(?:cloud\.firestore|firebase\.storage)\s*\{")
_VERSION = re.compile(r"rules_version\s*=\s*['\"]\d['\"]\s*;?\s*$")
_STORAGE = re.compile(r"\{bucket\}|firebase\.storage|\brequest\.resource\.size\b")
_ROOTS = ("/databases/{database}/documents", "/b/{bucket}/o")
# What lets people do what they should not, the worst first.
_ORDER = (
    "self-promotion", "open-to-everybody", "test-rules", "any-account", "create-in-any-name",
    "owner-can-change", "members-can-change", "list-wider-than-get", "unverified-email",
    "read-by-all",
)  # fmt: skip
_HARMS = frozenset(_ORDER)
_MOST_TOLD = 4


@dataclass(frozen=True, kw_only=True)
class _Pasted:
    """Rules that were found in words, whole; `added` is whether the frame around them is ours."""

    text: str
    added: bool

    @property
    def path(self) -> str:
        """What a project calls such a file."""
        if self.text.startswith("{"):
            return "database.rules.json"
        return "storage.rules" if "service firebase.storage" in self.text else "firestore.rules"


def advise_database_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a request with rules of the Realtime Database in it; None without any."""
    text = pasted_database_rules(brief.request)
    if not text:
        return None
    progress("reading the rules")
    found = sorted(judged_database_rules(text), key=_rank)
    return _told(brief, tuple(found), _Pasted(text=f"{text}\n", added=False), progress)


def _told(
    brief: Brief, found: tuple[finding.Finding, ...], pasted: _Pasted,
    progress: Callable[[str], None],
) -> Blueprint:  # fmt: skip
    """The blueprint that says what was found in rules."""
    draft = Draft(brief=brief, question_kind=kind_of(brief, "review"), premises=judge(brief))
    conclusion = _conclude(found, pasted)

    def said(_kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclusion

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def advise_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a request with rules in it; None where there are none that can be read."""
    pasted = _pasted(brief.request)
    if pasted is None:
        return None
    try:
        rules = read_rules(pasted.text)
    except RulesError:
        return None
    progress("reading the rules")
    found = sorted((*lint(rules), *_read_by_all(rules)), key=_rank)
    return _told(brief, tuple(found), pasted, progress)


def _rank(each: finding.Finding) -> int:
    """How early a finding is told; that all may read something is seldom the worst."""
    return _ORDER.index(each.id) if each.id in _HARMS else len(_ORDER)


def _pasted(request: str) -> _Pasted | None:
    """The rules that stand in a request, in a service where they were pasted without one."""
    service = _SERVICE.search(request)
    if service:
        end = _end(request, service.end())
        before = _VERSION.search(request[: service.start()])
        version = "" if before is None else before[0]
        text = f"{version}\n{request[service.start() : end]}\n"
        return _Pasted(text=text.lstrip("\n"), added=False) if end else None
    blocks, at = [], 0
    while found := _MATCH.search(request, at):
        at = _end(request, found.end())
        if not at:
            break
        blocks.append(request[found.start() : at])
    text = "\n".join(blocks)
    if not re.search(r"\ballow\b", text):
        return None
    in_storage = bool(_STORAGE.search(text))
    root = _ROOTS[in_storage]
    if not text.startswith(f"match {root}"):
        text = f"  match {root} {{\n{text}\n  }}"
    name = "firebase.storage" if in_storage else "cloud.firestore"
    return _Pasted(text=f"rules_version = '2';\nservice {name} {{\n{text}\n}}\n", added=True)


def _read_by_all(rules: Rules) -> Iterator[finding.Finding]:
    """What everybody with an account may read: right for what is public, and said as that."""
    for rule in rules_of(rules):
        read = {"get", "list"} & {*rule.grant.allow.covers}
        if read and any(map(only_signed_in, rule.ways)) and rule.block.deep is None:
            yield finding.Finding(
                id="read-by-all", line=rule.line,
                what=f"whoever has an account may read everything in {rule.block.pattern}",
                why="that is right only where all of it may be seen by everybody",
                do="compare request.auth.uid with an owner or a list of members",
            )  # fmt: skip


def _end(text: str, start: int) -> int:
    """Behind the brace that closes the one before `start`; 0 where none does."""
    depth = 1
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return at + 1
    return 0


def _conclude(found: tuple[finding.Finding, ...], pasted: _Pasted) -> Conclusion:
    many = Counter(each.id in _HARMS for each in found)
    worst = found[:_MOST_TOLD]
    in_database = pasted.path == "database.rules.json"
    return Conclusion(
        answer=" ".join(_answer(worst, many[True], len(found))),
        findings=tuple(
            Finding(
                rule=each.id,
                where=f"{pasted.path}:{each.line}",
                says=f"{_sentence(_plain(each.what))} {_sentence(each.why)} "
                f"Do: {each.do}.",
                severity="harm" if each.id in _HARMS else "risk",
            )
            for each in found
        ),
        steps=tuple(
            Step(do=f"{_plain(each.what)}: {each.do}", undo="",
                 horizon="now" if each.id in _HARMS else "next",
                 check=f"blueproof rules check {pasted.path}" if not in_database
                 else "the same read or write in the emulator, as somebody else, is refused")
            for each in worst
        ),
        artifacts=(
            Artifact(path=pasted.path, text=pasted.text,
                     purpose="the rules as you gave them" + (", in a service" * pasted.added)),
        ),
        not_proved=(
            Unproved(
                statement="that nothing else is open",
                why="the text of the rules was read, and no emulator asked" if in_database else
                "the text of the rules was read; cases of who may do what are tried with "
                f"blueproof rules check {pasted.path} --table CASES.yaml --attack",
            ),
        ),
    )  # fmt: skip


def _answer(worst: tuple[finding.Finding, ...], harms: int, many: int) -> tuple[str, ...]:
    if not worst:
        return ("Nothing that we know to look for is open in these rules.",)
    head = (
        f"{harms} of {many} things to mend {'lets' if harms == 1 else 'let'} people do what they "
        "should not."
        if harms else f"{many} things to mend, none of which lets a stranger in."
    )  # fmt: skip
    return (head, *(f"{n}. {_sentence(_plain(each.what))}" for n, each in enumerate(worst, 1)))


def _plain(text: str) -> str:
    for root in _ROOTS:
        text = text.replace(root, "")
    return text


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
