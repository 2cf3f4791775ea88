"""What an index costs the writes of its table, in planner units and the time of the queries' calls.

The planner counts nothing for an entry, so we do: the descent of a B-tree, and one page of its
leaves fetched at random, as the planner reckons a lookup (btcostestimate in selfuncs.c). An update
that is no longer HOT pays for an entry in each of the table's other indexes too.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.search.library import Shelf, bits
from blueproof.advisors.postgres.search.written import (
    SUMMARIES,
    TableWrites,
    added,
    columns_of,
    held,
    weighed,
)
from blueproof.sql.schema import Index, Table
from blueproof.sql.statistics import PAGE

# PostgreSQL's own, unless the server has others.
_UNITS = {"cpu_operator_cost": 0.0025, "cpu_index_tuple_cost": 0.005, "random_page_cost": 4.0}
_ENTRIES = {"gin": 10.0}  # entries for each row: words or keys of a document
_LEVELS = {1 << 20: 1, 1 << 27: 2}  # bytes up to which a B-tree has so many levels


def entry_cost(method: str, size: int, settings: Sequence[tuple[str, str]] = ()) -> float:
    """Planner units for one more entry of an index of this size in bytes."""
    if method in SUMMARIES:
        return 0.0
    units = _UNITS | {name: float(value) for name, value in settings if name in _UNITS}
    levels = next((n for most, n in _LEVELS.items() if size <= most), 3)
    descent = 50 * units["cpu_operator_cost"] * (levels + 1)
    one = units["cpu_index_tuple_cost"] + descent + units["random_page_cost"]
    return one * _ENTRIES.get(method, 1.0)


def upkeep(database: Database, candidates: Sequence[tuple[Candidate, int]]) -> list[float]:
    """Planner units that writes pay for each index, of its size in bytes, at the least.

    In the unit of the queries' weights. `database` has none of these indexes yet.
    """
    tables = {candidate.table for candidate, _ in candidates}
    books = {table: _Book.of(database, table) for table in tables}
    return [books[each.table].price(each, size) for each, size in candidates]


@dataclass(frozen=True, kw_only=True)
class _Book:
    """What is written to a table, and the indexes that it has already."""

    table: Table
    writes: TableWrites
    taken: frozenset[str]
    others: tuple[tuple[str, int], ...]
    settings: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, database: Database, table: str) -> "_Book":
        others = tuple(database.schema.indexes_of(table))
        return cls(
            table=database.schema.by_name[table],
            writes=weighed(database, table)[0],
            taken=frozenset[str]().union(*(held(database.schema, index) for index in others)),
            others=tuple((index.method, _size(database, index)) for index in others),
            settings=database.statistics.settings,
        )

    def price(self, candidate: Candidate, size: int) -> float:
        columns, how = held_by(self.table, candidate), candidate.method
        extra = added(self.writes, columns, how, self.taken, partial=bool(candidate.where))
        own = extra.entries[0] * entry_cost(candidate.method, size, self.settings)
        beside = (entry_cost(how, known or size, self.settings) for how, known in self.others)
        return own + extra.lost[0] * math.fsum(beside)


def held_by(table: Table, candidate: Candidate) -> frozenset[str]:
    """The columns that the index would hold, its predicate's among them."""
    parts = (*candidate.keys, *candidate.include, candidate.where)
    return columns_of(table, parts)


def _size(database: Database, index: Index) -> int:
    """Bytes of an index that was found; 0 where that is not known."""
    table = database.statistics.by_name.get(index.table)
    known = table.by_index.get(index.name) if table else None
    return known.pages * PAGE if known else 0


def owed(database: Database, upkeep: Sequence[float]) -> list[float]:
    """What of its upkeep each index has to save the queries: all, where runs were counted.

    Weights that are all 1, in no known time, count nothing: how often a write runs for each read
    is then not known, and no write may speak against an index.
    """
    return list(upkeep) if counts_runs(database) else [0.0] * len(upkeep)


def counts_runs(database: Database) -> bool:
    """Whether the queries' weights say how often they run."""
    return any(q.query.weight != 1 or q.query.days for q in database.queries)


def payable(
    owed: Sequence[float], shelves: Sequence[Shelf], weights: Sequence[float]
) -> list[float]:
    """What each index owes, infinite where it can save less than that in any set.

    An index saves a query at most what its cheapest plan through it costs less than the plan
    without any. The score also counts each query's own cost, so it alone would not see to this.
    """
    saved = [0.0] * len(owed)
    for shelf, weight in zip(shelves, weights, strict=True):
        bare = shelf.cost(0)
        best: dict[int, float] = {}
        for mask, cost in shelf.plans:
            weighs = shelf.weigh(mask, cost)
            for at in bits(mask):
                best[at] = min(best.get(at, math.inf), weighs)
        for at, cost in best.items():
            saved[at] += weight * max(0.0, bare - cost)
    pairs = zip(owed, saved, strict=True)
    return [least if least <= most else math.inf for least, most in pairs]
