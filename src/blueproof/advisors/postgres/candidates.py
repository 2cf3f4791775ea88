"""Indexes worth trying for a query, from how it reads its tables."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
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
    """An index that might help: its table, key parts as SQL, and the rows it is for, if some."""

    table: str
    keys: tuple[str, ...]
    where: str = ""


def candidates(database: Database, query: Planned) -> tuple[Candidate, ...]:
    """Every index worth trying for this query, each once."""
    found: dict[Candidate, None] = {}
    for use in query.uses:
        table = database.schema.by_name.get(database.home(use.table))
        if table is None:
            continue
        whole = {Candidate(table=table.name, keys=keys) for keys in _keys(use, table)}
        some = set(_partial(use, table, _identifying(database, table)))
        wanted = sorted(whole | some, key=lambda c: (len(c.keys), c.keys, c.where))
        found |= dict.fromkeys(c for c in wanted if not _exists(database, c))
    return tuple(found)


def _identifying(database: Database, table: Table) -> frozenset[str]:
    """Columns that say which row or whose: a constant held against one is a pasted value."""
    keys = {c for key in (table.primary_key, *table.unique) for c in key}
    refers = {c for k in database.schema.foreign_keys if k.table == table.name for c in k.columns}
    named = {c.name for c in table.columns if c.name == "id" or c.name.endswith(("_id", "_uuid"))}
    return frozenset(keys | refers | named)


def _partial(use: Use, table: Table, identifying: frozenset[str]) -> Iterator[Candidate]:
    """Indexes on only the rows that a constant picks, for queries that sort them: a queue's.

    Never the rows of one customer or order: whose identifier stands there today is chance.
    """
    for column, condition in use.fixed:
        if column in identifying:
            continue
        rest = replace(use, equal=tuple(c for c in use.equal if c != column))
        if use.sort:
            for keys in _keys(rest, table):
                yield Candidate(table=table.name, keys=keys, where=condition)


def _keys(use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    """Key lists from short to long: equality first, then what is sorted or ranged over."""
    equal = _sortable(use.equal, table)[:_WIDEST]
    joined = _sortable(use.joined, table)
    starts = [*_orders(equal), *((c,) for c in joined)]
    starts += [(c, *order) for c in joined for order in _orders(equal) if c not in order]
    starts += [(*order, c) for c in joined for order in _orders(equal) if c not in order]
    for start in ((), *starts):
        if start:
            yield tuple(quote(c) for c in start)
        for tail in _tails(start, use, table):
            yield (*(quote(c) for c in start), *tail)


def _tails(start: tuple[str, ...], use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    ranges = tuple(c for c in _sortable(use.ranges, table) if c not in use.equal)
    keys = tuple(k for k in _sort(use, table) if k.column not in start)
    guarded = table.row_security  # what a policy adds is a filter that the plan does not show
    if keys and not guarded and _in_order_is_safe(start, keys, ranges, use):
        yield tuple(_key(k) for k in keys)
    for column in ranges:
        if column not in start:
            yield (quote(column),)
    for column in _sortable(use.prefixed, table):
        if column not in start and table.by_name[column].type.startswith(_TEXT):
            yield (f"{quote(column)} text_pattern_ops",)


def _in_order_is_safe(
    start: tuple[str, ...], keys: tuple[SortKey, ...], ranges: tuple[str, ...], use: Use
) -> bool:
    """Whether reading in order can stop early whatever the data: no filter is left to fail.

    With one, the rows that pass may all lie at the far end, and the whole index is read to find
    them: the planner reckons with an even spread, and people then have a query that got slower.
    """
    sorted_by = {key.column for key in keys}
    return not use.unread and set(use.equal) <= set(start) and set(ranges) <= sorted_by


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


def _exists(database: Database, candidate: Candidate) -> bool:
    """Whether an index that begins with these keys is there already."""
    return not candidate.where and any(
        leading(index)[: len(candidate.keys)] == candidate.keys
        for index in database.schema.indexes_of(candidate.table)
        if index.method == "btree" and not index.predicate
    )


def leading(index: Index) -> tuple[str, ...]:
    """An index's key parts as SQL, as a candidate writes them."""
    down = (*index.descending, *(False for _ in index.keys))
    return tuple(
        f"{quote(key)}{' DESC' if desc else ''}" if key.isidentifier() else key
        for key, desc in zip(index.keys, down, strict=False)
    )
