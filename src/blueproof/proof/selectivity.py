"""How far a fall in cost rests on a guess: how many different values a column holds.

Nothing but a schema says whether `metric = $1` keeps one row or an eighth of them. Each column that
a query holds against a value, and whose number of values was guessed, is tried with two; where the
change is no longer worth making, the number from which it is gets looked for and is printed.
"""

from collections.abc import Callable

from blueproof.core.claim import CostFalls
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.twin import Twin
from blueproof.facts.load import fact
from blueproof.proof.bench import Bench
from blueproof.sql.plan import Plan
from blueproof.sql.statistics import TableStatistics, guessed
from blueproof.sql.uses import read_uses
from blueproof.sql.varying import varied

_FEWEST, _MOST_COLUMNS = 2, 4
Both = Callable[[Twin], tuple[Plan, Plan]]


def selectivity(
    claim: CostFalls, scene: DatabaseScene, bench: Bench, before: Plan, both: Both
) -> tuple[tuple[str, ...], tuple[Measurement, ...]]:
    """Conditions on guessed numbers of values, in words and as measurements; none if it holds."""
    words: list[str] = []
    measured: list[Measurement] = []
    found = list(_guesses(scene, bench, before).items())[:_MOST_COLUMNS]
    for (table, column), parts in found:
        least = _least(claim, bench.databases.twin(scene), parts, column, both)
        if least > _FEWEST:
            words.append(f"{least:,} different values of {table}.{column} on")
            measured.append(
                Measurement(name=f"values of {column}", value=least, unit=f"in {table}")
            )
    return tuple(words), tuple(measured)


def _guesses(
    scene: DatabaseScene, bench: Bench, before: Plan
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The columns held against a value whose number of different values was guessed.

    Each by its table, a partitioned one for its partitions, with the tables that hold its rows.
    """
    twin = bench.databases.twin(scene)
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for use in read_uses(before):
        known = twin.statistics.by_name.get(use.table)
        # Of a column that nobody described the planner takes its own default, which is not varied.
        for column in known.by_name.keys() & set(use.equal) if known else ():
            if guessed(twin.schema, use.table, column, twin.statistics):
                place = (twin.schema.home(use.table), column)
                found[place] = tuple(dict.fromkeys((*found.get(place, ()), use.table)))
    return found


def _least(claim: CostFalls, twin: Twin, parts: tuple[str, ...], column: str, both: Both) -> int:
    """The fewest values, in powers of two, from which the change is still worth making."""
    stated = tuple(twin.statistics.by_name[part] for part in parts)
    most = max(_values(part, column) for part in stated)
    steps = [2**n for n in range(1, 32) if 2**n < most] or [most]
    worth = min(claim.factor, float(fact("pg.worth-factor").value))
    low, high = 0, len(steps)
    try:
        while low < high:
            middle = (low + high) // 2
            twin.restate(tuple(varied(part, column, steps[middle]) for part in stated))
            before, after = both(twin)
            if before.cost / max(after.cost, 0.01) >= worth:
                high = middle
            else:
                low = middle + 1
    finally:
        twin.restate(stated)
    return steps[high] if high < len(steps) else most


def _values(table: TableStatistics, column: str) -> int:
    assumed = table.by_name[column].distinct
    return int(assumed if assumed > 0 else -assumed * table.rows)
