"""What people often believe of a technology, whether it holds, and the figure that decides.

The files in `beliefs/` state each belief by the phrases that say it; what is loaded are the same as
lines of JSON. Its opposite is a belief of its own, so that no phrase is ever turned round.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.phrase import Phrase, phrase
from blueproof.facts.statements import Clause, statements, tells_of_oneself
from blueproof.facts.subjects import Mention, mentions, subjects

Verdict = Literal["right", "wrong", "unknown"]

_HOLDS: dict[Any, Verdict] = {True: "right", False: "wrong", "depends": "unknown"}
_NEGATORS = frozenset("not no never without neither nor hardly none nothing lack lacks".split())
_WISHES = frozenset(
    "to want wants need needs should must shall require requires wish hope looking".split()
)
_DEMANDS = frozenset("must shall should".split())  # wherever before: it asks for, and states not
_OBLIGES = frozenset({"has", "have"})  # with "to" after it: "it has to work offline"
_WINDOW = 3  # words before a phrase that may turn it round


@dataclass(frozen=True, kw_only=True)
class Belief:
    """A belief: of which technologies, the phrases that state it, and what is true."""

    id: str
    about: frozenset[str]
    verdict: Verdict
    words: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    because: str
    source: str
    checked: date
    confidence: Confidence

    @property
    def citation(self) -> Citation:
        """What is true as evidence."""
        return Citation(url=self.source, checked=self.checked, says=self.because)


@dataclass(frozen=True, kw_only=True)
class Match:
    """A belief stated in a text: the words that state it, and the clause they stand in."""

    belief: Belief
    start: int
    end: int
    clause: Clause


@cache
def beliefs() -> dict[str, Belief]:
    """All beliefs by id; ValueError where one breaks the form."""
    text = (resources.files("blueproof.facts") / "beliefs.jsonl").read_text(encoding="utf-8")
    rows = (json.loads(line) for line in text.splitlines())
    return {raw["id"]: _belief(raw["id"], raw) for raw in rows}


def _belief(name: str, raw: dict[str, Any]) -> Belief:
    try:
        return Belief(
            id=name,
            about=frozenset(raw["about"]),
            verdict=_HOLDS[raw["holds"]],
            words=tuple(phrase(each) for each in raw["words"]),
            exceptions=tuple(phrase(each) for each in raw.get("not", ())),
            because=raw["because"],
            source=raw["source"],
            checked=date.fromisoformat(raw["checked"]),
            confidence=raw["confidence"],
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"belief {name}: {error!r}") from error


def find(request: str, technologies: Mapping[str, str]) -> tuple[Match, ...]:
    """The beliefs that a request states of its technologies, in text order.

    `technologies` are the ids of those that it names, each with how it writes the name.

    Nothing is found in questions, conditions, doubts and denials, nor where a word before or
    inside the phrase turns it round.
    """
    known = frozenset(technologies)
    here = [b for b in beliefs().values() if b.about & known]
    if not here:
        return ()
    named = mentions(request, technologies)
    found = (
        match
        for clause in statements(request)
        for belief in here
        for match in _in_clause(belief, clause, named, known)
    )
    return tuple(sorted(found, key=lambda m: (m.start, m.end, m.belief.id)))


def _in_clause(
    belief: Belief, clause: Clause, named: tuple[Mention, ...], known: frozenset[str]
) -> Iterator[Match]:
    """The longest statement of the belief in the clause, if it is one."""
    if any(True for each in belief.exceptions for _ in each.found(clause.words)):
        return
    found = [
        at
        for each in belief.words
        for at in each.found(clause.words)
        if _plain(clause, at)
        and belief.about & (subjects(named, clause, clause.words[at[-1]].end) or known)
    ]
    if found:
        at = max(found, key=len)
        yield Match(
            belief=belief,
            start=clause.words[at[0]].start,
            end=clause.words[at[-1]].end,
            clause=clause,
        )


def _plain(clause: Clause, at: tuple[int, ...]) -> bool:
    """Whether no word around the phrase turns it round, or makes it a wish or one's own plan."""
    words = [word.lower for word in clause.words]
    before = words[: at[0]]
    between = [words[n] for n in range(at[0], at[-1]) if n not in at]
    if words[at[0]] in _OBLIGES and words[at[0] + 1 : at[0] + 2] == ["to"]:
        return False
    if _NEGATORS & {*before[-_WINDOW:], *between} or _WISHES & {*before[-_WINDOW:]}:
        return False
    return not _DEMANDS & {*before} and not tells_of_oneself(before)


def quoted(request: str, clause: Clause) -> str:
    """The clause as the person wrote it, on one line."""
    return re.sub(r"\s+", " ", request[clause.start : clause.end])
