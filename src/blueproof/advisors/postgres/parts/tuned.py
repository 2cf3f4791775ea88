"""The workload as data: what becomes of each query, and what each change is good for."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.leaving import said_of, state, waiting
from blueproof.advisors.postgres.parts.setting import is_setting, statement_of
from blueproof.advisors.postgres.parts.timed import Timing, said_of_time
from blueproof.advisors.postgres.parts.trigrams import index_bytes
from blueproof.advisors.postgres.parts.wording import cost, listed, times
from blueproof.advisors.postgres.parts.write_price import write_price
from blueproof.advisors.postgres.search.clocked import is_better
from blueproof.core.advice import Recommendation
from blueproof.core.blueprint import Draft
from blueproof.core.tuning import Change, TunedQuery
from blueproof.sql.plan import Plan
from blueproof.sql.ran import Run
from blueproof.sql.schema import Index
from blueproof.sql.statements import read_script

_FELT = 1.05  # times cheaper; less is within the planner's error
_NOT_DDL = frozenset({"SET", "RESET"})


def tuned_queries(
    before: Database, after: Database, draft: Draft, timed: dict[str, Timing]
) -> Iterator[TunedQuery]:
    """Each query with its cost on the database as it was, and once the kept advice is followed.

    `timed` are those that were run on a copy, by name.
    """
    kept = {r.slot for r in draft.recommendations}
    untried = {change.slot for change in after.untried}
    files = tuple(
        r.schema_change.text
        for r in draft.recommendations
        if r.schema_change and r.slot not in untried
    )
    rewritten = {q.name: q for q in after.queries if q.slot in kept}
    texts = tuple(rewritten.get(q.name, q).query.text for q in before.queries)
    plans = before.planner.plans(texts, files)
    final = {q.name: q for q in after.queries}
    for query, plan in zip(before.queries, plans, strict=True):
        new, times = rewritten.get(query.name), timed.get(query.name)
        verdict, why = _verdict(query, plan, final[query.name], after, draft)
        if times and is_better(times.before, times.after) and verdict != "improved":
            verdict, why = "improved", said_of_time(times)
        yield TunedQuery(
            id=query.name,
            sql=query.query.written,
            weight=query.query.weight,
            verdict=verdict,
            why=why,
            cost_before=query.plan.cost if query.plan else None,
            cost_after=plan.cost if plan else None,
            seconds_before=_seconds(times.before) if times else None,
            seconds_after=_seconds(times.after) if times else None,
            rewritten=new.query.text if new else None,
            uses=plan.indexes if plan else (),
        )


def _seconds(run: Run) -> float:
    return round(run.milliseconds / 1000, 6)


def _verdict(
    query: Planned, plan: Plan | None, final: Planned, database: Database, draft: Draft
) -> tuple[Literal["improved", "already-good", "cannot-help"], str]:
    if query.plan is None or plan is None:
        return "cannot-help", f"it could not be planned: {query.refused or final.refused}"
    if query.plan.cost > plan.cost * _FELT:
        factor = times(query.plan.cost / max(plan.cost, 0.01))
        new = [i for i in plan.indexes if i not in query.plan.indexes]
        through = f" through {listed(tuple(new))}" if new else ""
        costs = f"{cost(query.plan.cost)} to {cost(plan.cost)}"
        return "improved", f"{factor} times cheaper{through} (planner cost {costs})"
    untried = waiting(final, database, draft)
    if untried:
        said = "could not be tried here: its extension is not installed"
        return "cannot-help", f"what should help, {listed(untried)}, {said}"
    stands = state(final, database, draft)
    good = stands in {"right", "helped"}
    said = said_of(final, database, "right" if good else stands)
    return ("already-good" if good else "cannot-help"), said


def tuned_changes(
    before: Database, database: Database, queries: tuple[TunedQuery, ...], draft: Draft
) -> Iterator[Change]:
    """Each change with its statements in order, and the queries that are better for it.

    What it costs writes is reckoned on the database as it was.
    """
    indexes = {i.name.rpartition(".")[2].strip('"'): i for i in database.schema.indexes}
    for advice in draft.recommendations:
        if advice.schema_change:
            change = _schema_change(database, advice, queries)
            index = indexes.get(_made_name(advice)) if change.kind == "index" else None
            price = write_price(before, _as_candidate(index), change.size_bytes) if index else None
            yield replace(change, write_cost=round(price.units, 2)) if price else change
        if is_setting(advice):
            ddl = (statement_of(advice),)
            yield Change(id=advice.slot, kind="setting", ddl=ddl, helps=advice.helps)
        if advice.query_change:
            name = advice.query_change.original.name
            yield Change(id=advice.slot, kind="rewrite", helps=(name,))


def _schema_change(
    database: Database,
    advice: Recommendation,
    queries: tuple[TunedQuery, ...],
) -> Change:
    assert advice.schema_change is not None, "the caller looked"
    text = advice.schema_change.text
    ddl = tuple(
        " ".join(s.text.split())
        for s in read_script(text, path=advice.schema_change.path).statements
        if s.words[0] not in _NOT_DDL
    )
    made = "CREATE INDEX" in text
    if not made:
        return Change(id=advice.slot, kind=_kind(text), ddl=ddl, helps=advice.helps)
    name = _made_name(advice)
    return Change(
        id=advice.slot,
        kind="index",
        ddl=ddl,
        size_bytes=index_bytes(database, advice),
        helps=tuple(q.id for q in queries if q.verdict == "improved" and name in q.uses),
    )


def _kind(text: str) -> Literal["drop", "statistics", "schema"]:
    if "CREATE STATISTICS" in text:
        return "statistics"
    return "drop" if "DROP INDEX" in text else "schema"


def _made_name(advice: Recommendation) -> str:
    """The name of the index that the advice makes."""
    path = advice.schema_change.path if advice.schema_change else ""
    return path.rpartition("/")[2].removesuffix(".sql")


def _as_candidate(index: Index) -> Candidate:
    return Candidate(
        table=index.table,
        keys=index.keys,
        where=index.predicate,
        include=index.include,
        method=index.method,
    )
