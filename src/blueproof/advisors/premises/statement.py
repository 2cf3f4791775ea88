"""A statement of the request with what it is about: what the judges of premises look at."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from blueproof.advisors.premises.figures import Figure, figures_in
from blueproof.core.brief import Brief
from blueproof.core.evidence import Citation
from blueproof.facts.phrase import Word, words_of
from blueproof.facts.statements import Clause, statements
from blueproof.facts.subjects import Mention, mentions, subjects

Verdict = Literal["right", "wrong", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict on a statement, the sum or figure it rests on, and where that stands.

    `result` is the true result of a sum of counts, with where the stated one begins in the text.
    """

    verdict: Verdict
    because: str
    evidence: tuple[Citation, ...] = ()
    result: tuple[Decimal, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One belief of the person: its text, words and figures, and the technologies it is about.

    `named` are those that itself names or, alone, its sentence before it: the sure ones.
    """

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    subjects: frozenset[str]
    named: frozenset[str]
    figures: tuple[Figure, ...]


def technologies_of(brief: Brief) -> dict[str, str]:
    """The ids of the technologies that the request names, each with how it writes the name."""
    return {str(fact.value): fact.quote for fact in brief.facts if fact.key == "technology"}


def statement_at(brief: Brief, start: int, end: int) -> Statement | None:
    """What is stated in this stretch of the request; None where it is asked, doubted or denied."""
    stated = tuple(c for c in statements(brief.request) if c.overlaps(start, end))
    if not stated:
        return None
    text = brief.request[start:end]
    known = technologies_of(brief)
    places = mentions(brief.request, known)
    inside = frozenset(m.technology for m in places if start <= m.start < end)
    around = (subjects(places, clause, clause.end) for clause in stated)
    return Statement(
        text=text,
        start=start,
        end=end,
        words=words_of(text, start),
        subjects=inside or frozenset().union(*around) or frozenset(known),
        named=inside or _alone(places, stated[0], start),
        figures=figures_in(brief, start, end),
    )


def _alone(places: tuple[Mention, ...], clause: Clause, start: int) -> frozenset[str]:
    """The technology that the sentence names before the statement, where it names one only."""
    named = frozenset(m.technology for m in places if clause.sentence[0] <= m.start < start)
    return named if len(named) == 1 else frozenset()
