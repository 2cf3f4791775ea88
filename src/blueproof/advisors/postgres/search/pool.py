"""The indexes of a search: each made in the room once, under a name of its own."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from blueproof.advisors.postgres.candidates import Candidate, candidates
from blueproof.advisors.postgres.database import Database, Planned, Room
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.search.costs import Costs, Names
from blueproof.sql.editing import significant
from blueproof.sql.names import index_name

_BARE = " DESC"
_AT_ONCE = 100  # indexes in one transaction; each takes a few of the server's locks


@dataclass(frozen=True, kw_only=True)
class Pool:
    """Candidates by the name under which they are tried, their bytes, and what queries cost.

    `own` are those that each query itself gave rise to; `twins` hold some rows only, where an index
    that is there has all of them in the same order.
    """

    found: dict[str, Candidate]
    sizes: dict[str, int]
    costs: Costs
    own: tuple[Names, ...]
    twins: Names = frozenset()

    def on(self, table: str) -> Names:
        """The candidates on a table."""
        return frozenset(n for n, c in self.found.items() if c.table == table and n in self.sizes)


def fill(database: Database, room: Room, queries: tuple[Planned, ...]) -> Pool:
    """Every candidate of these queries, made in the room."""
    wanted = [candidates(database, query) for query in queries]
    names: dict[Candidate, str] = {}
    for candidate in chain.from_iterable(wanted):
        names.setdefault(candidate, f"blueproof_try_{len(names) + 1}")
    found = {name: candidate for candidate, name in names.items()}
    sizes: dict[str, int] = {}
    tables: dict[str, dict[str, str]] = defaultdict(dict)
    for name, candidate in found.items():
        tables[candidate.table][name] = _index(candidate, name).bare
    for statements in _at_once([*tables.values()]):
        sizes |= room.add(statements)
    among = tuple(
        frozenset(n for n in sizes if found[n].table in _tables(database, q)) for q in queries
    )
    own = tuple(frozenset(n for c in each if (n := names[c]) in sizes) for each in wanted)
    costs = Costs(room=room, queries=queries, among=among)
    twins = frozenset(name for name in sizes if _has_twin(database, found[name]))
    return Pool(found=found, sizes=sizes, costs=costs, own=own, twins=twins)


def _has_twin(database: Database, candidate: Candidate) -> bool:
    """Whether an index that is there begins with the candidate's keys and holds all rows."""
    if not candidate.where or candidate.include:
        return False
    keys = tuple(key.removesuffix(_BARE).strip('"') for key in candidate.keys)
    return any(
        index.method == candidate.method
        and not index.predicate
        and tuple(k.removesuffix(_BARE).strip('"') for k in index.keys[: len(keys)]) == keys
        for index in database.schema.indexes_of(candidate.table)
    )


def _at_once(tables: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Statements to be run together: each table's whole, several tables' where they are few."""
    part = dict[str, str]()
    for statements in tables:
        if part and len(part) + len(statements) > _AT_ONCE:
            yield part
            part = {}
        part |= statements
    if part:
        yield part


def _tables(database: Database, query: Planned) -> set[str]:
    return {database.home(use.table) for use in query.uses}


def _index(candidate: Candidate, name: str) -> NewIndex:
    return NewIndex(
        name=name,
        table=candidate.table,
        keys=candidate.keys,
        purpose="",
        where=candidate.where,
        include=candidate.include,
        method=candidate.method,
    )


def definition(pool: Pool, name: str) -> str:
    """What CREATE INDEX says after the name, of a candidate in the pool."""
    return _index(pool.found[name], name).definition


def named(database: Database, candidate: Candidate, taken: frozenset[str]) -> NewIndex:
    """The candidate under the name that it will have."""
    parts = tuple(k.removesuffix(_BARE).strip('"') for k in candidate.keys)
    some = tuple(t.text.strip("'") for t in significant(candidate.where) if t.kind == "string")
    free = database.index_names | taken
    return _index(candidate, index_name(candidate.table, (*parts, *some[:1]), free))
