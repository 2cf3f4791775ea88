"""The recommendation to rewrite a query: reasons, the new query as a file, what can be checked."""

import re
from dataclasses import replace

from blueproof.advisors.postgres.choice import worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.index_advice import file_claims, plan_uses, stated
from blueproof.advisors.postgres.parts.rewrite_measure import Outcome, Standing
from blueproof.advisors.postgres.parts.rewriting import Option, Rewrite
from blueproof.advisors.postgres.parts.wording import cost, listed, shown_time, size, times
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Claim, CostFalls, Runs, SameRows
from blueproof.core.scene import Excerpt
from blueproof.sql.editing import renumbered

_VOLATILE = re.compile(
    r"\b(?:random|nextval|clock_timestamp|timeofday|gen_random_uuid|uuid_generate\w*|txid_current)\s*\(",
    re.IGNORECASE,
)


def repeats(text: str) -> bool:
    """Whether a query gives the same rows each time; else no other text can be held against it."""
    return not _VOLATILE.search(text)


def as_planned(
    database: Database, query: Planned, rewrite: Rewrite
) -> tuple[Planned, tuple[int, ...]]:
    """The rewritten query as one of its own, in a file of its own; the old parameters' numbers."""
    text, order = renumbered(rewrite.text)
    path = f"queries/{_file_name(database, query)}.sql"
    known = len(query.query.parameters)
    names = tuple(
        query.query.parameters[n - 1] if n <= known else rewrite.new[n - known - 1] for n in order
    )
    new = replace(
        query,
        query=replace(query.query, text=text, written=text, parameters=names, path=path),
        excerpt=Excerpt(text=text, path=path, statement=1, name=f"{query.name} as rewritten"),
        slot=f"rewrite of {query.name}",
    )
    return new, order


def _file_name(database: Database, query: Planned) -> str:
    """The query's name as a file's; with its place where another query's would be the same."""
    slugs = [_slug(q.name) for q in database.queries]
    mine = _slug(query.name)
    return mine if mine and slugs.count(mine) == 1 else f"{mine or 'query'}_{query.query.ordinal}"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def recommend(
    database: Database, query: Planned, option: Option, outcome: Outcome, as_it_is: Standing
) -> Recommendation:
    """The advice to put the rewritten query in place of the person's, with what it needs."""
    planned, rewrite = option.planned, option.rewrite
    migration, indexes = outcome.migration, outcome.indexes
    made = f"{'indexes' if len(indexes) > 1 else 'index'} {listed(tuple(i.name for i in indexes))}"
    on = listed(tuple(index.short for index in indexes))
    return Recommendation(
        slot=planned.slot,
        rule=rewrite.rule,
        choice=f"{rewrite.title}: {planned.query.path}"
        + (f", with {made} on {on}" if indexes else ""),
        because=(*rewrite.because, _gain(outcome)),
        instead_of=(*rewrite.instead_of, *_indexed(as_it_is, outcome)),
        trade_offs=(*rewrite.trade_offs, *_disk(database, outcome)),
        evidence=rewrite.evidence,
        claims=_claims(database, query, option, outcome),
        files=(_file(planned, rewrite), *(migration.artifacts if migration else ())),
        needs=tuple(dict.fromkeys(change.slot for change in outcome.built_on)),
        schema_change=migration.change if migration else None,
        table=indexes[0].table if indexes else "",
        regardless=rewrite.always,
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
        helps=(query.name,) if outcome.new is not None else (),
    )


def _disk(database: Database, outcome: Outcome) -> tuple[str, ...]:
    return tuple(
        f"index {index.name}: about {size(database.planner.index_bytes(index.bare))} on disk"
        for index in outcome.indexes
    )


def _gain(outcome: Outcome) -> str:
    costs = f"planner cost {cost(outcome.before)} before, {cost(outcome.after)} after"
    if outcome.old is not None and outcome.new is not None and outcome.faster >= worth():
        took = f"{shown_time(outcome.old)} before, {shown_time(outcome.new)} after"
        return f"on the copy's rows {took}: {times(outcome.faster)} times faster ({costs})"
    if outcome.factor < worth():
        return f"{costs}: this is about right answers, not speed"
    return f"{costs}: {times(outcome.factor)} times less"


def _indexed(as_it_is: Standing, outcome: Outcome) -> tuple[Alternative, ...]:
    """What the query's own words come to with the indexes that serve them best."""
    if not as_it_is.indexes:
        return ()
    held = listed(tuple(index.short for index in as_it_is.indexes))
    if as_it_is.milliseconds is not None and outcome.new is not None:
        reached = f"{shown_time(as_it_is.milliseconds)} in place of {shown_time(outcome.new)}"
    else:
        reached = f"planner cost {cost(as_it_is.cost)} in place of {cost(outcome.after)}"
    return (Alternative(choice=f"leave the words and index {held}", why_not=reached),)


def _file(planned: Planned, rewrite: Rewrite) -> Artifact:
    """The rewritten query, with a line on what each parameter is."""
    head = f"-- {planned.name}: {rewrite.title[0].lower()}{rewrite.title[1:]}.\n"
    named = [(f"${n}", name) for n, name in enumerate(planned.query.parameters, start=1)]
    renamed = any(place != name for place, name in named)
    names = ", ".join(f"{place} {_described(name)}" for place, name in named)
    parameters = f"-- Parameters: {names}.\n" if renamed else ""
    return Artifact(
        path=planned.query.path,
        purpose=f"takes the place of {planned.name}",
        text=f"{head}{parameters}{planned.query.text};\n",
    )


def _described(name: str) -> str:
    return f"is your {name}" if name.startswith("$") or " " not in name else f"is {name}"


def _claims(
    database: Database, query: Planned, option: Option, outcome: Outcome
) -> tuple[Claim, ...]:
    planned, rewrite = option.planned, option.rewrite
    change = outcome.migration.change if outcome.migration else None
    after = tuple(c.file for c in outcome.built_on)
    same = SameRows(
        original=Excerpt(text=rewrite.compared) if rewrite.compared else query.excerpt,
        rewritten=planned.excerpt,
        parameters=_sources(query, option.order),
        seek=Excerpt(text=rewrite.seek) if rewrite.seek else None,
        never_null=rewrite.never_null,
        source=query.excerpt if rewrite.compared else None,
    )
    claims: list[Claim] = [Runs(sql=planned.excerpt), same]
    if outcome.factor >= worth():
        claims.append(
            CostFalls(
                query=query.excerpt,
                change=change,
                rewritten=planned.excerpt,
                factor=stated(outcome.factor),
                after=after,
            )
        )
    if outcome.migration:
        for index in outcome.indexes:
            claims += plan_uses(index, outcome.migration, planned.excerpt, database, after)
            claims += file_claims(index, outcome.migration, database)
    return tuple(dict.fromkeys(claims))


def _sources(query: Planned, order: tuple[int, ...]) -> tuple[str, ...]:
    """Where each parameter of the rewritten query takes its value from."""
    known = len(query.query.parameters)
    return tuple(f"${n}" if n <= known else f"seek {n - known}" for n in order)


def rewritten_query(
    database: Database, advice: Recommendation, change: QueryChange
) -> tuple[str, Planned]:
    """The name of the query that the advice rewrites, and what stands in its place."""
    old = next(q for q in database.queries if q.excerpt == change.original)
    text = change.rewritten.text
    new = replace(
        old,
        query=replace(old.query, text=text, written=text),
        excerpt=change.rewritten,
        slot=advice.slot,
    )
    return old.name, new
