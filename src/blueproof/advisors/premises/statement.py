"""A statement of the request with what it is about: what the judges of premises look at."""

from dataclasses import dataclass
from typing import Literal

from blueproof.advisors.premises.figures import Figure, figures_in
from blueproof.core.brief import Brief
from blueproof.core.evidence import Citation
from blueproof.facts.phrase import Word, words_of
from blueproof.facts.statements import statements
from blueproof.facts.subjects import mentions, subjects

Verdict = Literal["right", "wrong", "unknown"]


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """A verdict on a statement, the sum or figure it rests on, and where that stands."""

    verdict: Verdict
    because: str
    evidence: tuple[Citation, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One belief of the person: its text, words and figures, and the technologies it is about."""

    text: str
    start: int
    end: int
    words: tuple[Word, ...]
    subjects: frozenset[str]
    figures: tuple[Figure, ...]


def technologies_of(brief: Brief) -> frozenset[str]:
    """The ids of the technologies that the request names."""
    return frozenset(str(fact.value) for fact in brief.facts if fact.key == "technology")


def statement_at(brief: Brief, start: int, end: int) -> Statement | None:
    """What is stated in this stretch of the request; None where it is asked, doubted or denied."""
    stated = tuple(c for c in statements(brief.request) if c.overlaps(start, end))
    if not stated:
        return None
    text = brief.request[start:end]
    known = technologies_of(brief)
    named = mentions(brief.request, known)
    inside = frozenset(m.technology for m in named if start <= m.start < end)
    around = (subjects(named, clause, clause.end) for clause in stated)
    return Statement(
        text=text,
        start=start,
        end=end,
        words=words_of(text, start),
        subjects=inside or frozenset().union(*around) or known,
        figures=figures_in(brief, start, end),
    )
