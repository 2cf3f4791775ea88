"""How far a fall in cost rests on a guess: how many different values a column holds.

Nothing but a schema says whether `metric = $1` keeps one row or an eighth of them. Each column that
a query holds against a value, and whose number of values was guessed, is tried with two; where the
change is no longer worth making, the number from which it is gets looked for and is printed.
"""

from collections.abc import Callable, Iterator

from blueproof.core.claim import CostFalls
from blueproof.core.evidence import Measurement
from blueproof.core.scene import DatabaseScene
from blueproof.engines.postgres.twin import Twin
from blueproof.facts.load import fact
from blueproof.proof.bench import Bench
from blueproof.sql.counts_file import read_counts_text
from blueproof.sql.plan import Plan
from blueproof.sql.statistics import guessed, varied
from blueproof.sql.uses import read_uses

_FEWEST, _MOST_COLUMNS = 2, 4
Both = Callable[[Twin], tuple[Plan, Plan]]


def selectivity(
    claim: CostFalls, scene: DatabaseScene, bench: Bench, before: Plan, both: Both
) -> tuple[tuple[str, ...], tuple[Measurement, ...]]:
    """Conditions on guessed numbers of values, in words and as measurements; none if it holds."""
    words: list[str] = []
    measured: list[Measurement] = []
    for table, column in list(_guesses(scene, bench, before))[:_MOST_COLUMNS]:
        least = _least(claim, scene, bench, (table, column), both)
        if least > _FEWEST:
            words.append(f"{least:,} different values of {table}.{column} on")
            measured.append(
                Measurement(name=f"values of {column}", value=least, unit=f"in {table}")
            )
    return tuple(words), tuple(measured)


def _guesses(scene: DatabaseScene, bench: Bench, before: Plan) -> Iterator[tuple[str, str]]:
    """The columns held against a value whose number of different values was guessed, each once."""
    twin = bench.twin(scene)
    counts, _ = read_counts_text(scene.statistics.text, path=scene.statistics.path)
    counted = frozenset(c.table for c in counts if c.basis == "given")
    found: dict[tuple[str, str], None] = {}
    for use in read_uses(before):
        known = twin.schema.by_name.get(use.table)
        for column in use.equal if known else ():
            if guessed(twin.schema, use.table, column, counted):
                found[use.table, column] = None
    yield from found


def _least(
    claim: CostFalls, scene: DatabaseScene, bench: Bench, place: tuple[str, str], both: Both
) -> int:
    """The fewest values, in powers of two, from which the change is still worth making."""
    twin, (table, column) = bench.twin(scene), place
    stated = twin.statistics.by_name[table]
    assumed = stated.by_name[column].distinct
    most = int(assumed if assumed > 0 else -assumed * stated.rows)
    steps = [2**n for n in range(1, 32) if 2**n < most] or [most]
    worth = min(claim.factor, float(fact("pg.worth-factor").value))
    low, high = 0, len(steps)
    try:
        while low < high:
            middle = (low + high) // 2
            twin.restate((varied(stated, column, steps[middle]),))
            before, after = both(twin)
            if before.cost / max(after.cost, 0.01) >= worth:
                high = middle
            else:
                low = middle + 1
    finally:
        twin.restate((stated,))
    return steps[high] if high < len(steps) else most
