"""Claims that an index is not worth making, and what would have to be otherwise for it to be.

Where figures are assumed, "leave it as it is" hangs on them as much as advice does: the tables may
hold more rows, the conditions keep fewer. Both are tried, and where the index begins to pay is
printed.
"""

import math
from collections.abc import Callable

from blueproof.core.claim import CostFalls, CostStays
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.facts.load import fact
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome
from blueproof.proof.plans import UNITS, basis_of, both_plans, plan_of, rows_of
from blueproof.sql.plan import Plan
from blueproof.sql.scene_statistics import is_given
from blueproof.sql.uses import read_uses
from blueproof.sql.varying import thinned

# Up to a thousand times the rows, or down to a thousandth of those kept, in quarter decades.
_STEPS, _DECADE = 12, 4
_WHOLE = 10  # percent; from there on without a decimal
Pair = tuple[Plan, Plan]
Turn = tuple[str, Measurement]  # in words, and as measured


def cost_stays(claim: CostStays, scene: DatabaseScene, bench: Bench) -> Outcome:
    """Cost before over cost after is less than the factor; from where on it would not be."""
    tried = CostFalls(
        query=claim.query, factor=claim.factor, change=claim.change, after=claim.after
    )
    twin = bench.databases.twin(scene)
    before, after = both_plans(tried, twin)
    factor = before.cost / max(after.cost, 0.01)
    stays = factor < claim.factor
    turns = tuple(_turns(claim, tried, scene, bench)) if stays else ()
    return Outcome(
        verdict="proved" if stays else "refuted",
        basis=basis_of(scene, twin, before),
        how="EXPLAIN on the planner twin, without and with the change",
        measured=(
            Measurement(name="cost before", value=before.cost, unit=UNITS),
            Measurement(name="cost after", value=after.cost, unit=UNITS),
            Measurement(name="factor", value=round(factor, 2), unit="times"),
            *(measured for _, measured in turns),
            plan_of("plan before", before),
            plan_of("plan after", after),
        ),
        reason="" if stays else f"cost falls {factor:,.2f} times, as much as {claim.factor:g}",
        condition=_condition(claim, turns),
    )


def _condition(claim: CostStays, turns: tuple[Turn, ...]) -> str:
    name = claim.change.name or "the change"
    if not turns:
        most = f"{10 ** (_STEPS // _DECADE):,}"
        return f"{name} would not pay with {most} times the rows or a {most}th of them kept either"
    return f"{name} pays {', or '.join(words for words, _ in turns)}"


def _turns(claim: CostStays, tried: CostFalls, scene: DatabaseScene, bench: Bench) -> list[Turn]:
    """What would make it pay, each by itself: more rows in its table or in all, fewer kept."""
    if is_given(scene.statistics):
        return []
    twin = bench.databases.twin(scene)
    known = twin.statistics.by_name
    read = {n.relation for n in both_plans(tried, twin)[0].walk() if n.relation}
    assumed = frozenset(t for t in read if t in known and known[t].basis == "assumed")
    own = frozenset(t for t in assumed if twin.schema.home(t) == claim.table)
    grown = (_more_rows(tried, scene, bench, tables) for tables in dict.fromkeys((own, assumed)))
    rows = min((turn for turn in grown if turn), key=lambda turn: turn[1].value, default=None)
    found = (rows, _fewer_kept(claim, tried, scene, bench))
    return [turn for turn in found if turn]


def _more_rows(
    tried: CostFalls, scene: DatabaseScene, bench: Bench, tables: frozenset[str]
) -> Turn | None:
    """The fewest rows from which on it pays, these tables grown alike and no others."""
    rows = rows_of(scene, bench, tables)
    if not rows:
        return None

    def grown(step: int) -> Pair:
        return both_plans(tried, bench.databases.grow(scene, tables, 10 ** (step / _DECADE)))

    try:
        step = _first(grown, tried.factor)
    finally:
        bench.databases.grow(scene, tables, 1.0)
    if step is None:
        return None
    largest = max(rows, key=lambda table: (rows[table], table))
    least = _rounded(rows[largest] * 10 ** (step / _DECADE))
    alike = f" ({', '.join(sorted(set(rows) - {largest}))} alike)" if len(rows) > 1 else ""
    measured = Measurement(name="would pay from", value=least, unit=f"rows in {largest}")
    return f"from {least:,} rows in {largest} on{alike}", measured


def _fewer_kept(
    claim: CostStays, tried: CostFalls, scene: DatabaseScene, bench: Bench
) -> Turn | None:
    """The share of the rows below which it pays, if that is what the conditions keep."""
    table, column = claim.table, claim.column
    twin = bench.databases.twin(scene)
    parts = tuple(
        t
        for t in twin.statistics.tables
        if twin.schema.home(t.table) == table and column in t.by_name
    )
    rows = sum(t.rows for t in parts if t.table != table or len(parts) == 1)
    if not parts or not rows:
        return None

    def kept(plan: Plan) -> float:
        uses = (u for u in read_uses(plan) if twin.schema.home(u.table) == table)
        return sum(u.rows for u in uses) / rows

    def fewer(step: int) -> Pair:
        twin.restate(tuple(thinned(part, column, 10 ** (-step / _DECADE)) for part in parts))
        return both_plans(tried, twin)

    now = kept(both_plans(tried, twin)[0])
    try:
        step = _first(fewer, tried.factor)
        share = kept(fewer(step)[0]) if step is not None else 0.0
    finally:
        twin.restate(parts)
    if step is None or share >= now:
        return None
    measured = Measurement(name="would pay below", value=share, unit=f"of the rows of {table}")
    words = f"if {column} keeps under {_percent(share)} of {table} ({_percent(now)} is assumed)"
    return words, measured


def _first(both: Callable[[int], Pair], factor: float) -> int | None:
    """The first of the steps from which on the change pays; None if it does not at the last."""
    noticeable = float(fact("pg.query-cost").value)

    def pays(step: int) -> bool:
        before, after = both(step)
        return before.cost / max(after.cost, 0.01) >= factor and before.cost >= noticeable

    if not pays(_STEPS):
        return None
    low, high = 1, _STEPS
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if pays(middle) else (middle + 1, high)
    return low


def _rounded(rows: float) -> int:
    """Rows to two digits, upwards."""
    unit = int(f"1{'0' * (len(str(math.ceil(rows))) - 2)}")
    return math.ceil(rows / unit) * unit


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f} %" if percent >= _WHOLE else f"{percent:.2g} %"
