"""Indexes worth trying for a query, from how it reads its tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.sql.names import quote
from blueproof.sql.schema import Index, Table
from blueproof.sql.uses import SortKey, Use

# Types that a B-tree cannot order, or that make no sensible key.
_NO_KEY = ("json", "xml", "point", "box", "polygon", "circle", "path", "line", "lseg", "tsvector")
_WIDEST = 3  # columns compared for equality in one index; more add size and next to no selectivity
_TEXT = ("text", "character varying", "character")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An index that might help: its table and key parts as SQL ("created_at DESC")."""

    table: str
    keys: tuple[str, ...]


def candidates(database: Database, query: Planned) -> tuple[Candidate, ...]:
    """Every index worth trying for this query, each once."""
    found: dict[Candidate, None] = {}
    for use in query.uses:
        table = database.schema.by_name.get(database.home(use.table))
        if table is None:
            continue
        for keys in _keys(use, table):
            if not _exists(database, table.name, keys):
                found[Candidate(table=table.name, keys=keys)] = None
    return tuple(found)


def _keys(use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    """Key lists from short to long: equality first, then what is sorted or ranged over."""
    equal = _sortable(use.equal, table)[:_WIDEST]
    joined = _sortable(use.joined, table)
    sort = _sort(use, table)
    ranges = tuple(c for c in _sortable(use.ranges, table) if c not in equal)
    starts = [*_orders(equal), *((c,) for c in joined)]
    starts += [(c, *order) for c in joined for order in _orders(equal) if c not in order]
    starts += [(*order, c) for c in joined for order in _orders(equal) if c not in order]
    for start in ((), *starts):
        if start:
            yield tuple(quote(c) for c in start)
        for tail in _tails(start, sort, ranges, use, table):
            yield (*(quote(c) for c in start), *tail)


def _tails(
    start: tuple[str, ...],
    sort: tuple[SortKey, ...],
    ranges: tuple[str, ...],
    use: Use,
    table: Table,
) -> Iterator[tuple[str, ...]]:
    keys = tuple(k for k in sort if k.column not in start)
    if keys:
        yield tuple(_key(k) for k in keys)
    for column in ranges:
        if column not in start:
            yield (quote(column),)
    for column in _sortable(use.prefixed, table):
        if column not in start and table.by_name[column].type.startswith(_TEXT):
            yield (f"{quote(column)} text_pattern_ops",)


def _key(key: SortKey) -> str:
    return str(key).replace(key.column, quote(key.column), 1)


def _orders(columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Both orders of two columns, since another query may need the one that leads; else as is."""
    pairs = len(columns) == 2  # noqa: PLR2004 (a pair)
    every = [tuple(p) for p in permutations(columns)] if pairs else [columns]
    return [p for p in [*((c,) for c in columns), *every] if p]


def _sortable(columns: tuple[str, ...], table: Table) -> tuple[str, ...]:
    known = (table.by_name.get(c) for c in columns)
    return tuple(
        c.name for c in known if c and not c.type.startswith(_NO_KEY) and "[]" not in c.type
    )


def _sort(use: Use, table: Table) -> tuple[SortKey, ...]:
    sortable = _sortable(tuple(k.column for k in use.sort), table)
    return use.sort if len(sortable) == len(use.sort) else ()


def _exists(database: Database, table: str, keys: tuple[str, ...]) -> bool:
    """Whether an index that begins with these keys is there already."""
    return any(
        leading(index)[: len(keys)] == keys
        for index in database.schema.indexes_of(table)
        if index.method == "btree" and not index.predicate
    )


def leading(index: Index) -> tuple[str, ...]:
    """An index's key parts as SQL, as a candidate writes them."""
    down = (*index.descending, *(False for _ in index.keys))
    return tuple(
        f"{quote(key)}{' DESC' if desc else ''}" if key.isidentifier() else key
        for key, desc in zip(index.keys, down, strict=False)
    )
