"""The beliefs of a request, each with its verdict and the fact it was held against."""

from collections.abc import Iterator

from blueproof.advisors.premises.arithmetic import judge_arithmetic
from blueproof.advisors.premises.quoted_limits import judge_limit
from blueproof.advisors.premises.statement import (
    Judgement,
    Statement,
    statement_at,
    technologies_of,
)
from blueproof.advisors.premises.sums import judge_sum
from blueproof.core.blueprint import Premise
from blueproof.core.brief import Brief, Fact
from blueproof.facts.believed import Match, find, quoted

_SILENT = Judgement(verdict="unknown", because="no fact of ours speaks to it")


def judge(brief: Brief) -> tuple[Premise, ...]:
    """One premise for each belief in the words, in text order, judged where a fact speaks to it.

    Beliefs that we know are found wherever the request states them.
    """
    stated = tuple(_stated(brief))
    matches = find(brief.request, technologies_of(brief))
    judged = [(_place(brief, f), _judged(brief, f, matches)) for f in stated]
    taken = [(start, start + len(f.quote)) for (start, _), f in zip(judged, stated, strict=True)]
    judged += [
        (match.start, _premise(quoted(brief.request, match.clause), _of_match(match)))
        for match in _once(matches)
        if not any(match.clause.overlaps(*span) for span in taken)
    ]
    return tuple(premise for _, premise in sorted(judged, key=lambda each: each[0]))


def _stated(brief: Brief) -> Iterator[Fact]:
    return (fact for fact in brief.facts if fact.key == "premise")


def _place(brief: Brief, fact: Fact) -> int:
    return fact.span[0] if fact.span else max(brief.request.find(fact.quote), 0)


def _once(matches: tuple[Match, ...]) -> Iterator[Match]:
    """One match for each clause and belief: the longest of a clause, none where they disagree."""
    for clause in dict.fromkeys(match.clause for match in matches):
        chosen = _chosen(tuple(m for m in matches if m.clause == clause))
        if chosen:
            yield chosen


def _chosen(matches: tuple[Match, ...]) -> Match | None:
    """The match that says most; None where two that say as much disagree."""
    if not matches:
        return None
    most = max(match.end - match.start for match in matches)
    best = tuple(match for match in matches if match.end - match.start == most)
    verdicts = {match.belief.verdict for match in best}
    return best[0] if len(verdicts) == 1 else None


def _judged(brief: Brief, fact: Fact, matches: tuple[Match, ...]) -> Premise:
    start = _place(brief, fact)
    statement = statement_at(brief, start, start + len(fact.quote))
    verdict = _judgement(statement, matches) if statement else None
    return _premise(fact.quote, verdict or _SILENT, claim=str(fact.value))


def _judgement(statement: Statement, matches: tuple[Match, ...]) -> Judgement | None:
    for judged in (judge_limit, judge_sum, judge_arithmetic):
        verdict = judged(statement)
        if verdict:
            return verdict
    inside = tuple(m for m in matches if statement.start < m.end and m.start < statement.end)
    chosen = _chosen(inside)
    return _of_match(chosen) if chosen else None


def _of_match(match: Match) -> Judgement:
    belief = match.belief
    return Judgement(verdict=belief.verdict, because=belief.because, evidence=(belief.citation,))


def _premise(quote: str, judgement: Judgement, *, claim: str = "") -> Premise:
    return Premise(
        quote=quote,
        claim=claim or quote,
        verdict=judgement.verdict,
        because=judgement.because,
        evidence=judgement.evidence,
    )
