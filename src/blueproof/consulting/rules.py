"""The consultation on Firebase Security Rules, pasted or handed over: what they let through."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.premises.judge import judge
from blueproof.consulting.kinds import kind_of
from blueproof.consulting.rules_meant import as_meant, by_parent, tried
from blueproof.core.advice import Artifact, Finding, Step
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, Unproved
from blueproof.core.brief import Brief, Document
from blueproof.core.errors import InputError
from blueproof.engines.firebase_database.reading import (
    judged_database_rules,
    pasted_database_rules,
)
from blueproof.engines.firebase_rules import finding
from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.lint_access import only_signed_in
from blueproof.engines.firebase_rules.rehearsal import rehearse
from blueproof.engines.firebase_rules.rules import Rules, read_rules
from blueproof.engines.firebase_rules.ways import rules_of
from blueproof.proof.bench import Bench
from blueproof.proof.beside import Cited
from blueproof.proof.prove import prove

_MATCH = re.compile(r"\bmatch\s+/[\w/{}=*-]+\s*\{")
_SERVICE = re.compile(r"\bservice\s+(?:cloud\.firestore|firebase\.storage)\s*\{")
_VERSION = re.compile(r"rules_version\s*=\s*['\"]\d['\"]\s*;?\s*$")
_STORAGE = re.compile(r"\{bucket\}|firebase\.storage|\brequest\.resource\.size\b")
_ROOTS = ("/databases/{database}/documents", "/b/{bucket}/o")
_ROOT = re.compile(r"/databases/\{\w+\}/documents|/b/\{\w+\}/o")
# What a chat or a mail makes of code: fences, marks of a quotation, and curly quotes.
_FENCE = re.compile(r"^[ \t]*(?:```|~~~|``)\w*[ \t]*$|```", re.MULTILINE)
_QUOTED = re.compile(r"^[ \t]*>[ \t]?", re.MULTILINE)
_CURLY = str.maketrans("\u2018\u2019\u201c\u201d\u00a0", "''\"\" ")
# What lets people do what they should not, the worst first.
_ORDER = (
    "self-promotion", "private-read", "open-to-everybody", "test-rules", "any-account",
    "taken-over", "self-join", "free-value", "create-in-any-name",
    "owner-can-change", "members-can-change", "list-wider-than-get", "unverified-email",
    "read-by-all",
)  # fmt: skip
_HARMS = frozenset(_ORDER)
_METHODS = re.compile(r"^(?:an? )?(?:create|update|delete|get|list)(?:, \w+)* ")
_MOST_TOLD = 4


Found = tuple[finding.Finding, ...]


@dataclass(frozen=True, kw_only=True)
class _Pasted:
    """Rules that were found in words or a file, whole; `added` is whether their frame is ours."""

    text: str
    added: bool
    named: str = ""

    @property
    def path(self) -> str:
        """What the person calls the file, or a project such a one."""
        if self.named:
            return self.named
        if self.text.startswith("{"):
            return "database.rules.json"
        return "storage.rules" if "service firebase.storage" in self.text else "firestore.rules"


def advise_database_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a request with rules of the Realtime Database in it; None without any."""
    text = pasted_database_rules(brief.request)
    if not text:
        return None
    progress("reading the rules")
    found = tuple(sorted(judged_database_rules(text), key=_rank))
    return _told(brief, ((_Pasted(text=f"{text}\n", added=False), found),), progress)


def _told(
    brief: Brief, judged: tuple[tuple[_Pasted, Found], ...], progress: Callable[[str], None]
) -> Blueprint:
    """The blueprint that says what was found in rules."""
    draft = Draft(brief=brief, question_kind=kind_of(brief, "review"), premises=judge(brief))
    meant = [(pasted, *as_meant(found, brief.request)) for pasted, found in judged]
    judged = tuple((pasted, tuple(sorted(kept, key=_rank))) for pasted, kept, _ in meant)
    beside = (*(said for *_, said in meant if said), *_tries(judged))
    conclusion = _conclude(judged)
    conclusion = replace(conclusion, answer=" ".join((conclusion.answer, *beside)))

    def said(_kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclusion

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _tries(judged: tuple[tuple[_Pasted, Found], ...]) -> Iterator[str]:
    """What the simulated requests came to, for each file of rules that it knows."""
    for pasted, _ in judged:
        if not pasted.text.lstrip().startswith("{"):
            yield from tried(rehearse(read_rules(pasted.text)))


def advise_rules(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a request with rules in it; None where there are none that can be read."""
    pasted = _pasted(_cleaned(brief.request))
    if pasted is None:
        return None
    try:
        found = _judged(pasted)
    except RulesError:
        return None
    progress("reading the rules")
    return _told(brief, ((pasted, found),), progress)


def advise_rules_files(brief: Brief, progress: Callable[[str], None]) -> Blueprint:
    """The blueprint of a request about rules that were handed over; InputError if none is read."""
    progress("reading the rules")
    return _told(brief, tuple(_of_file(each) for each in _files(brief)), progress)


def beside_rules(brief: Brief) -> Cited:
    """What rules that were handed over let through, in short, where something else is asked."""
    try:
        judged = tuple(_of_file(each) for each in _files(brief))
    except InputError as error:
        why = "the file is no rules as they can be read"
        return Cited(not_proved=(Unproved(statement=str(error), why=why),))
    conclusion = _conclude(judged)
    harms = sum(each.severity == "harm" for each in conclusion.findings)
    if not harms:
        return Cited()
    paths = " and ".join(pasted.path for pasted, _ in judged)
    worst = conclusion.steps[0].do.partition(": ")[0]
    says = f"Beside this, in {paths} {_lets(harms, len(conclusion.findings))} First: {worst}."
    return Cited(sentences=(says,), findings=conclusion.findings)


def _files(brief: Brief) -> Iterator[Document]:
    return (document for document in brief.documents if document.role == "rules")


def _of_file(document: Document) -> tuple[_Pasted, Found]:
    """The rules of a file with what is wrong in them; InputError, by place, if not readable."""
    path = document.place(1)[0]
    plain = pasted_database_rules(document.text)
    if plain:
        return (
            _Pasted(text=document.text, added=False, named=path),
            tuple(sorted(judged_database_rules(plain), key=_rank)),
        )
    pasted = _Pasted(text=_cleaned(document.text), added=False, named=path)
    try:
        return pasted, _judged(pasted)
    except RulesError as error:
        raise InputError(f"{path}:{error}") from None


def _judged(pasted: _Pasted) -> Found:
    rules = read_rules(pasted.text)
    return tuple(sorted(by_parent((*lint(rules), *_read_by_all(rules)), rules), key=_rank))


def _cleaned(text: str) -> str:
    """The text as an editor has it, whose lines keep their numbers."""
    return _QUOTED.sub("", _FENCE.sub("", text.translate(_CURLY)))


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


def _conclude(judged: tuple[tuple[_Pasted, Found], ...]) -> Conclusion:
    found = sorted(
        ((p, each) for p, all_of in judged for each in all_of), key=lambda f: _rank(f[1])
    )
    many = Counter(each.id in _HARMS for _, each in found)
    worst = _each_once(found)[:_MOST_TOLD]
    in_database = any(p.text.startswith("{") for p, _ in judged)
    command = " and ".join(f"blueproof rules check {p.path}" for p, _ in judged)
    return Conclusion(
        answer=" ".join(_answer([each for _, each in worst], many[True], len(found))),
        findings=tuple(
            Finding(
                rule=each.id,
                where=f"{pasted.path}:{each.line}",
                says=f"{_sentence(_plain(each.what))} {_sentence(each.why)} "
                f"Do: {each.do}.",
                severity="harm" if each.id in _HARMS else "risk",
            )
            for pasted, each in found
        ),
        steps=tuple(
            Step(do=f"{_plain(each.what)}: {each.do}", undo="",
                 horizon="now" if each.id in _HARMS else "next",
                 check=f"blueproof rules check {pasted.path}" if not in_database
                 else "the same read or write in the emulator, as somebody else, is refused")
            for pasted, each in worst
        ),
        artifacts=tuple(
            Artifact(path=pasted.path, text=pasted.text,
                     purpose="the rules as you gave them" + (", in a service" * pasted.added))
            for pasted, _ in judged if not pasted.named
        ),
        not_proved=(
            Unproved(
                statement="that nothing else is open",
                why="the text of the rules was read, and no emulator asked" if in_database else
                "the text of the rules was read; cases of who may do what are tried with "
                f"{command} --table CASES.yaml --attack",
            ),
        ),
    )  # fmt: skip


def _each_once(
    found: list[tuple[_Pasted, finding.Finding]],
) -> list[tuple[_Pasted, finding.Finding]]:
    """One of each fault of a place: create and update are mended by the same line."""
    kept = {(p.path, e.id, _METHODS.sub("", e.what)): (p, e) for p, e in reversed(found)}
    return [pair for pair in found if pair in kept.values()]


def _answer(worst: list[finding.Finding], harms: int, many: int) -> tuple[str, ...]:
    if not worst:
        return ("Fine as far as we can see: nothing that we know to look for is open in them.",)
    things = "1 thing" if many == 1 else f"{many} things"
    none = f"Safe: nothing here lets a stranger in; {things} to mend."
    head = f"Not safe as they stand: {_lets(harms, many)}" if harms else none
    return (head, *(f"{n}. {_sentence(_plain(each.what))}" for n, each in enumerate(worst, 1)))


def _lets(harms: int, many: int) -> str:
    let = "lets" if harms == 1 else "let"
    return f"{harms} of {many} things to mend {let} people do what they should not."


def _plain(text: str) -> str:
    return _ROOT.sub("", text)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
