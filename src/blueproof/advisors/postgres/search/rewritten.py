"""The best other words for a query: rewrites, one upon another, weighed with indexes for each.

A rewrite that an index alone makes needless is not advised, nor is one that only the planner's
cost likes where a copy with rows was timed.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.asked_rows import put
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned, recommend, repeats
from blueproof.advisors.postgres.parts.rewrite_measure import Outcome, gains, measure, standing
from blueproof.advisors.postgres.parts.rewriting import Option, Rewrite, Rewriting
from blueproof.core.advice import Advices, Recommendation
from blueproof.core.rule import Rule

_MOST_TEXTS = 24  # that are planned
_MOST_WEIGHED = 5  # for which indexes are looked for
_ALIKE = 1.15  # costs this near are taken for the same
Turn = Callable[[Planned], tuple[Rewrite, ...]]


def all_turns(
    database: Database, rewritings: Iterable[Rewriting], query: Planned
) -> tuple[Rewrite, ...]:
    """What each of these rewritings makes of the query."""
    asked = put(database, query)
    return tuple(named(each, turned) for each in rewritings for turned in asked.turned(each))


def named(rewriting: Rewriting, turned: Rewrite) -> Rewrite:
    """The rewrite with the name and the evidence of the rewriting that made it."""
    return replace(
        turned,
        rule=turned.rule or rewriting.id,
        evidence=turned.evidence or rewriting.evidence,
    )


def as_rule(rewriting: Rewriting) -> Rule[Database]:
    """The rewriting by itself as a rule, so that it has a page and its cases are run."""

    def check(database: Database) -> Advices:
        return rewrite_queries(database, partial(all_turns, database, (rewriting,)))

    return Rule(
        id=rewriting.id,
        stage="query",
        title=rewriting.title,
        guide=rewriting.guide,
        evidence=rewriting.evidence,
        check=check,
        cases=rewriting.cases,
    )


def rewrite_queries(database: Database, turn: Turn) -> Advices:
    """The best rewrite of each query that has one."""
    for query in database.queries:
        advice = rewrite_query(database, query, turn)
        if advice:
            yield advice


def rewrite_query(database: Database, query: Planned, turn: Turn) -> Recommendation | None:
    """The advice to rewrite a query, or None where nothing found is worth it."""
    if query.plan is None or query.slot or not repeats(query.query.text):
        return None
    options = _options(database, query, turn)
    if not options:
        return None
    right = [o for o in options if o.rewrite.always]
    weighed = [
        (option, measure(database, query, option.planned))
        for option in sorted(right or options, key=lambda o: o.planned.cost)[:_MOST_WEIGHED]
    ]
    option, outcome = _best(weighed)
    as_it_is = standing(database, query)
    if gains(outcome, as_it_is, instead=option.rewrite.instead) or option.rewrite.always:
        return recommend(database, query, option, outcome, as_it_is)
    return None


def _best(weighed: list[tuple[Option, Outcome]]) -> tuple[Option, Outcome]:
    """Of those about as cheap as the cheapest, the one that changes and needs least."""
    least = min(outcome.reached for _, outcome in weighed)
    alike = [each for each in weighed if each[1].reached <= least * _ALIKE]
    return min(alike, key=_effort)


def _effort(weighed: tuple[Option, Outcome]) -> tuple[int, ...]:
    option, outcome = weighed
    return option.rewrite.steps, len(outcome.indexes), len(option.rewrite.text.split())


def _options(database: Database, query: Planned, turn: Turn) -> list[Option]:
    """Every text that one or two rewrites give and the planner takes."""
    found: dict[str, Option] = {}
    for rewrite in turn(query):
        option = _planned(database, query, rewrite)
        if option is None or option.planned.query.text in found or len(found) >= _MOST_TEXTS:
            continue
        found[option.planned.query.text] = option
    for first in list(found.values()):
        if not first.rewrite.simple:
            continue
        for rewrite in turn(_in_old_numbers(first)):
            both = _after(first.rewrite, rewrite)
            option = _planned(database, query, both)
            if (
                option
                and option.planned.query.text != query.query.text
                and len(found) < _MOST_TEXTS
            ):
                found.setdefault(option.planned.query.text, option)
    return list(found.values())


def _in_old_numbers(option: Option) -> Planned:
    """The rewritten query with the original's parameters, as the next rewrite is to see it."""
    planned, text = option.planned, option.rewrite.text
    return replace(planned, query=replace(planned.query, text=text), slot="")


def _after(first: Rewrite, second: Rewrite) -> Rewrite:
    """Both rewrites as one."""
    return replace(
        second,
        title=f"{first.title}, and {second.title[:1].lower()}{second.title[1:]}",
        rule=first.rule,
        because=(*first.because, *second.because),
        evidence=tuple(dict.fromkeys((*first.evidence, *second.evidence))),
        instead_of=(*first.instead_of, *second.instead_of),
        trade_offs=(*first.trade_offs, *second.trade_offs),
        never_null=tuple(dict.fromkeys((*first.never_null, *second.never_null))),
        always=first.always or second.always,
        instead=first.instead or second.instead,
        steps=first.steps + second.steps,
    )


def _planned(database: Database, query: Planned, rewrite: Rewrite) -> Option | None:
    new, order = as_planned(database, query, rewrite)
    planned = plan_query(database.planner, new, database.made)
    return Option(rewrite=rewrite, planned=planned, order=order) if planned.plan else None
