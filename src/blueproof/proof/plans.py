"""Claims about plans and costs, asked of a planner twin."""

import math
from dataclasses import dataclass, replace

from blueproof.core.claim import Applies, CostFalls, CostHolds, Parses, PlanUses
from blueproof.core.evidence import Measurement
from blueproof.core.scene import Basis, DatabaseScene, Excerpt
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.twin import Twin
from blueproof.facts.load import fact
from blueproof.proof.bench import Bench
from blueproof.proof.databases import query_text
from blueproof.proof.outcome import Outcome
from blueproof.proof.selectivity import selectivity
from blueproof.sql.plan import ExtensionMissing, Plan, Refused, outline
from blueproof.sql.scene_statistics import is_given
from blueproof.sql.schema import Schema
from blueproof.sql.statements import read_script

_OF_THE_SCHEMA = {
    *(("SET",), ("RESET",), ("CREATE",), ("ALTER",), ("DROP",), ("COMMENT",)),
    ("ANALYZE",),  # counts values, and changes none
}
UNITS = "planner cost units"
# Row counts at which a fall in cost is tried, as shares of those of the scene: down to a
# ten-thousandth, in steps of a quarter of a decade.
_LEAST, _STEPS = -4.0, 16


def parses(claim: Parses, scene: DatabaseScene, bench: Bench) -> Outcome:
    """PostgreSQL reads the statement and finds every name in it."""
    how = "PostgreSQL 18 parsed and analysed it on the schema"
    try:
        bench.databases.twin(scene).parse(query_text(claim.sql))
    except Refused as refusal:
        return Outcome(verdict="refuted", basis="real data", how=how, reason=str(refusal))
    return Outcome(verdict="proved", basis="real data", how=how)


def plan_uses(claim: PlanUses, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The plan with the change made reads the named index."""
    changes = _texts(*claim.after, claim.change)
    bench.databases.prepare(scene, changes)
    plan = bench.databases.plan(scene, query_text(claim.query), changes)
    used = claim.index in plan.indexes
    return Outcome(
        verdict="proved" if used else "refuted",
        basis=basis_of(scene, bench.databases.twin(scene), plan),
        how="EXPLAIN on the planner twin with the change made",
        measured=(plan_of("plan after", plan),),
        reason="" if used else f"the planner reads {plan.headline} instead",
    )


def cost_falls(claim: CostFalls, scene: DatabaseScene, bench: Bench) -> Outcome:
    """Cost before over cost after is at least the factor claimed."""
    before, after = _measured(claim, scene, bench)
    factor = before.cost / max(after.cost, 0.01)
    holds = factor >= claim.factor
    resting = _resting(claim, scene, bench, before) if holds else _Resting()
    basis = basis_of(scene, bench.databases.twin(scene), before)
    return Outcome(
        verdict="proved" if holds else "refuted",
        basis="assumed statistics" if resting.guessed else basis,
        how="EXPLAIN on the planner twin, without and with the change",
        measured=(
            Measurement(name="cost before", value=before.cost, unit=UNITS),
            Measurement(name="cost after", value=after.cost, unit=UNITS),
            Measurement(name="factor", value=round(factor, 2), unit="times"),
            *resting.measured,
            plan_of("plan before", before),
            plan_of("plan after", after),
        ),
        reason="" if holds else f"cost falls {factor:,.2f} times, not {claim.factor:g}",
        condition=resting.condition,
    )


def _measured(claim: CostFalls, scene: DatabaseScene, bench: Bench) -> tuple[Plan, Plan]:
    """The plans before and after the change, the others of a set made once for all its claims."""
    if claim.change is None or claim.rewritten is not None:
        return both_plans(claim, bench.databases.twin(scene))
    done, query = _texts(*claim.after), query_text(claim.query)
    bench.databases.prepare(scene, (*done, claim.change.text))
    before = bench.databases.plan(scene, query, done)
    return before, bench.databases.plan(scene, query, (*done, claim.change.text))


@dataclass(frozen=True, kw_only=True)
class _Resting:
    """What a fall in cost rests on: in words, as measured, and whether on a guessed selectivity."""

    condition: str = ""
    measured: tuple[Measurement, ...] = ()
    guessed: bool = False


def _resting(claim: CostFalls, scene: DatabaseScene, bench: Bench, before: Plan) -> _Resting:
    """From how many rows and values on it holds, where those are assumed; given ones are as is."""
    condition, from_rows = (
        (_changed(bench.databases.twin(scene), before), ())
        if is_given(scene.statistics)
        else _holds_from(claim, scene, bench, before)
    )
    selective, from_values = selectivity(
        claim, scene, bench, before, lambda t: both_plans(claim, t)
    )
    return _Resting(
        condition=" and ".join(filter(None, (condition, *(f"from {w}" for w in selective)))),
        measured=(*from_rows, *from_values),
        guessed=bool(selective),
    )


def _changed(twin: Twin, plan: Plan) -> str:
    """What was assumed beside given statistics: a factor, or the rows of a table they lack."""
    if twin.statistics.assumption:
        return f"at {twin.statistics.assumption}"
    read = {n.relation for n in plan.walk() if n.relation}
    assumed = [t for t in twin.statistics.tables if t.basis == "assumed" and t.table in read]
    rows = ", ".join(f"{t.rows:,} rows in {t.table}" for t in assumed)
    return f"assuming {rows}" if rows else ""


def both_plans(claim: CostFalls, twin: Twin) -> tuple[Plan, Plan]:
    """The plans before and after the change, on the twin as it stands."""
    done = _texts(*claim.after)
    change = _texts(claim.change) if claim.change else ()
    before = twin.plan(query_text(claim.query), done)
    after = twin.plan(query_text(claim.rewritten or claim.query), (*done, *change))
    return before, after


def _holds_from(
    claim: CostFalls, scene: DatabaseScene, bench: Bench, before: Plan
) -> tuple[str, tuple[Measurement, ...]]:
    """The fewest rows at which the change is still worth making, all its tables shrunk alike."""
    tables = frozenset(n.relation for n in before.walk() if n.relation)
    rows = rows_of(scene, bench, tables)
    if not rows:
        return "", ()
    largest = max(rows, key=lambda table: (rows[table], table))
    factor = min(claim.factor, float(fact("pg.worth-factor").value))
    share = _least_share(claim, factor, tables, scene, bench)
    least = max(1, math.ceil(rows[largest] * share))
    digits = 2 - len(str(least))
    least = least if digits >= 0 else math.ceil(least * 10**digits) * 10**-digits
    measured = Measurement(name="worth it from", value=least, unit=f"rows in {largest}")
    alike = f" ({', '.join(sorted(set(rows) - {largest}))} alike)" if len(rows) > 1 else ""
    return f"worth it from {least:,} rows in {largest} on{alike}", (measured,)


def _least_share(
    claim: CostFalls, factor: float, tables: frozenset[str], scene: DatabaseScene, bench: Bench
) -> float:
    """The smallest share of the rows, in sixteen steps, with a cost worth saving by the factor."""
    noticeable = float(fact("pg.query-cost").value)
    low, high = 0, _STEPS
    try:
        while low < high:
            middle = (low + high) // 2
            before, after = both_plans(claim, bench.databases.grow(scene, tables, _share(middle)))
            if before.cost / max(after.cost, 0.01) >= factor and before.cost >= noticeable:
                high = middle
            else:
                low = middle + 1
    finally:
        bench.databases.grow(scene, tables, 1.0)
    return _share(high)


def _share(step: int) -> float:
    return 10 ** (_LEAST * (1 - step / _STEPS))


def rows_of(scene: DatabaseScene, bench: Bench, tables: frozenset[str]) -> dict[str, int]:
    """The rows of the tables, of a partitioned one instead of its partitions'."""
    twin = bench.databases.twin(scene)
    known = twin.statistics.by_name
    homes = {twin.schema.home(table) for table in tables}
    return {table: known[table].rows for table in homes if table in known}


def cost_holds(claim: CostHolds, scene: DatabaseScene, bench: Bench) -> Outcome:
    """No query's cost grows beyond the tolerance."""
    twin = bench.databases.twin(scene)
    texts = [query_text(q) for q in claim.queries]
    done = _texts(*claim.after)
    before = [twin.plan(text, done) for text in texts]
    after = [twin.plan(text, (*done, claim.change.text)) for text in texts]
    growth = [a.cost / max(b.cost, 0.01) - 1 for b, a in zip(before, after, strict=True)]
    worst = max(growth)
    holds = worst <= claim.tolerance
    dearest = " ".join(texts[growth.index(worst)].split())
    return Outcome(
        verdict="proved" if holds else "refuted",
        basis=basis_of(scene, twin, *before),
        how="EXPLAIN of each query on the planner twin, without and with the change",
        measured=(
            Measurement(name="queries", value=len(texts), unit="queries"),
            Measurement(name="largest growth", value=round(worst * 100, 2), unit="%"),
        ),
        reason="" if holds else f"cost grows by {worst:.0%} for {dearest[:80]}",
    )


def applies(claim: Applies, scene: DatabaseScene, bench: Bench) -> Outcome:
    """The change runs, changes something, and the undo restores the schema exactly."""
    twin = bench.databases.twin(scene)
    how = "run on an empty copy of the schema, then the undo; tables, keys and indexes compared"
    done = _texts(*claim.after)
    other = _not_of_the_schema(claim.change) or _not_of_the_schema(claim.undo)
    if other:
        reason = f"it does more than change the schema: {other}"
        return Outcome(verdict="refuted", basis="real data", how=how, reason=reason)
    try:
        start = twin.schema_after(*done) if done else twin.schema
        changed = twin.schema_after(*done, claim.change.text)
        restored = twin.schema_after(*done, claim.change.text, claim.undo.text)
    except ExtensionMissing:
        raise
    except (Refused, ServerRefusal) as refusal:
        return Outcome(verdict="refuted", basis="real data", how=how, reason=str(refusal))
    if _comparable(changed) == _comparable(start):
        return Outcome(verdict="refuted", basis="real data", how=how, reason="it changes nothing")
    if _comparable(restored) != _comparable(start):
        reason = "the undo does not bring back the schema that was there"
        return Outcome(verdict="refuted", basis="real data", how=how, reason=reason)
    return Outcome(verdict="proved", basis="real data", how=how)


def _not_of_the_schema(file: Excerpt) -> str:
    """The first statement that touches rows or rights, or "" if there is none."""
    for statement in read_script(file.text, path=file.path or "migration").statements:
        if statement.words[:1] not in _OF_THE_SCHEMA:
            return " ".join(statement.text.split())[:60]
    return ""


def _comparable(schema: Schema) -> Schema:
    """The schema, indexes and policies in the order of their names: making one anew moves it."""
    return replace(
        schema,
        indexes=tuple(sorted(schema.indexes, key=lambda i: i.name)),
        policies=tuple(sorted(schema.policies, key=lambda p: (p.table, p.name))),
    )


def _texts(*excerpts: Excerpt) -> tuple[str, ...]:
    return tuple(excerpt.text for excerpt in excerpts)


def plan_of(name: str, plan: Plan) -> Measurement:
    """A plan in outline, as something measured."""
    return Measurement(name=name, value=outline(plan))


def basis_of(scene: DatabaseScene, twin: Twin, *plans: Plan) -> Basis:
    """Given statistics where every table that the plans read had its rows given.

    Those of rows that were made from words are nobody's.
    """
    if scene.basis == "simulated":
        return "simulated"
    assumed = {t.table for t in twin.statistics.tables if t.basis == "assumed"}
    read = {n.relation for plan in plans for n in plan.walk() if n.relation}
    return "assumed statistics" if read & assumed else "given statistics"
