"""The beliefs of a request, each with its verdict and the fact it was held against."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.premises.arithmetic import judge_arithmetic, judge_product
from blueproof.advisors.premises.consequences import consequences
from blueproof.advisors.premises.prices import judge_price
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
from blueproof.facts.statements import Clause, statements, tells_of_oneself

_SILENT = Judgement(verdict="unknown", because="no fact of ours speaks to it")


def judge(brief: Brief) -> tuple[Premise, ...]:
    """One premise for each belief in the words, in text order, judged where a fact speaks to it.

    What we can judge is found wherever the request states it.
    """
    matches = find(brief.request, technologies_of(brief))
    taken = [_span(brief, fact) for fact in _stated(brief)]
    judged = [
        each
        for fact in _stated(brief)
        for each in _judged(brief, fact, _span(brief, fact), matches)
    ]
    judged += [
        ((clause.start, clause.end), premise)
        for clause in statements(brief.request)
        if not any(clause.overlaps(*span) for span in taken)
        for premise in _unseen(brief, clause, matches)
    ]
    return tuple(dict.fromkeys(p for _, p in sorted(judged, key=lambda each: each[0])))


def _stated(brief: Brief) -> Iterator[Fact]:
    return (fact for fact in brief.facts if fact.key == "premise")


def _span(brief: Brief, fact: Fact) -> tuple[int, int]:
    start = fact.span[0] if fact.span else max(brief.request.find(fact.quote), 0)
    return start, start + len(fact.quote)


def _unseen(brief: Brief, clause: Clause, matches: tuple[Match, ...]) -> Iterator[Premise]:
    """The verdict on a clause that was read as no belief, where there is one."""
    if tells_of_oneself(word.lower for word in clause.words):
        yield from _missed(brief, clause)
        return
    chosen = _chosen(tuple(match for match in matches if match.clause == clause))
    statement = statement_at(brief, clause.start, clause.end)
    figures = _of_figures(brief, statement) if statement else None
    verdict = figures or (_of_match(chosen) if chosen else None)
    if verdict:
        yield _premise(quoted(brief.request, clause), verdict)


def _missed(brief: Brief, clause: Clause) -> Iterator[Premise]:
    """A product of the person's own figures that does not come out: "we log 9 x 9 = 18 rows"."""
    statement = statement_at(brief, clause.start, clause.end)
    verdict = judge_product(statement.text) if statement else None
    if statement and verdict and verdict.verdict == "wrong":
        yield _premise(quoted(brief.request, clause), _carried(brief, statement, verdict))


def _chosen(matches: tuple[Match, ...]) -> Match | None:
    """The match that says most; None where one is right and another wrong."""
    if len({match.belief.verdict for match in matches} - {"unknown"}) > 1:
        return None
    return max(matches, key=lambda match: match.end - match.start, default=None)


def _judged(
    brief: Brief, fact: Fact, span: tuple[int, int], matches: tuple[Match, ...]
) -> Iterator[tuple[tuple[int, int], Premise]]:
    """The verdict on what was read as a belief; one for each clause that states one we know."""
    statement = statement_at(brief, *span)
    figures = _of_figures(brief, statement) if statement else None
    parts = () if figures else tuple(_parts(brief, span, matches))
    if parts:
        yield from parts
    else:
        yield span, _premise(fact.quote, figures or _SILENT, claim=str(fact.value))


def _parts(
    brief: Brief, span: tuple[int, int], matches: tuple[Match, ...]
) -> Iterator[tuple[tuple[int, int], Premise]]:
    start, end = span
    inside = tuple(m for m in matches if start < m.end and m.start < end)
    alone = sum(clause.overlaps(*span) for clause in statements(brief.request)) == 1
    for clause in dict.fromkeys(match.clause for match in inside):
        chosen = _chosen(tuple(match for match in inside if match.clause == clause))
        part = span if alone else (max(start, clause.start), min(end, clause.end))
        if chosen:
            yield part, _premise(brief.request[slice(*part)], _of_match(chosen))


def _of_figures(brief: Brief, statement: Statement) -> Judgement | None:
    """The verdict on the figures of a statement: a limit, a price, a sum and what follows of it."""
    for held in (judge_limit, judge_price, judge_sum, judge_arithmetic):
        verdict = held(statement)
        if verdict:
            return _carried(brief, statement, verdict)
    return None


def _carried(brief: Brief, statement: Statement, verdict: Judgement) -> Judgement:
    """The verdict with what a wrong result means for the person's further figures."""
    if verdict.verdict != "wrong" or verdict.result is None:
        return verdict
    more = consequences(brief, statement, *verdict.result)
    return replace(verdict, because=f"{verdict.because}{more}")


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
