"""B-trees: what is compared for equality first, then what is sorted, ranged over or grouped by."""

from collections.abc import Iterator
from itertools import permutations

from blueproof.sql.names import quote
from blueproof.sql.schema import Table
from blueproof.sql.uses import SortKey, Use

# Types that a B-tree cannot order, or that make no sensible key.
_NO_KEY = ("json", "xml", "point", "box", "polygon", "circle", "path", "line", "lseg", "tsvector")
WIDEST = 3  # columns compared for equality in one index; more add size and next to no selectivity
_TEXT = ("text", "character varying", "character")


def ordered(use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    """Key lists from short to long: equality first, then what is sorted or ranged over."""
    equal = sortable(use.equal, table)[:WIDEST]
    joined = sortable(use.joined, table)[:WIDEST]
    starts = [*_orders(equal), *_orders(joined)]
    starts += [(c, *order) for c in joined for order in _orders(equal) if c not in order]
    starts += [(*order, c) for c in joined for order in _orders(equal) if c not in order]
    starts += [(c,) for c in sortable(use.either, table)]
    for start in ((), *dict.fromkeys(starts)):
        if start:
            yield tuple(quote(c) for c in start)
        for tail in _tails(start, use, table):
            yield (*(quote(c) for c in start), *tail)
    yield from _computed(equal, use, table)
    for expression, _column in use.wrapped:
        yield (f"({expression})",)
        yield from ((quote(c), f"({expression})") for c in equal)


def _computed(equal: tuple[str, ...], use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    """A sort by expressions, after what is compared for equality; no filter is to be left to fail.

    Whether PostgreSQL takes the expression at all is for it to say.
    """
    left = set(use.equal) - set(equal) or use.ranges or use.unread or use.searched
    if use.sorted_by and not table.row_security and not left:
        yield (*(quote(c) for c in equal), *use.sorted_by)


def _tails(start: tuple[str, ...], use: Use, table: Table) -> Iterator[tuple[str, ...]]:
    ranges = tuple(c for c in sortable(use.ranges, table) if c not in use.equal)
    keys = tuple(k for k in _sort(use, table) if k.column not in start)
    guarded = table.row_security  # what a policy adds is a filter that the plan does not show
    if keys and not guarded and _in_order_is_safe(start, keys, ranges, use):
        yield tuple(_key(k) for k in keys)
    for column in ranges:
        if column not in start:
            yield (quote(column),)
    for column in sortable(use.prefixed, table):
        if column not in start and table.by_name[column].type.startswith(_TEXT):
            yield (f"{quote(column)} text_pattern_ops",)
    grouped = sortable(use.grouped, table)
    if grouped and not set(grouped) & set(start):
        yield tuple(quote(c) for c in grouped)


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


def sortable(columns: tuple[str, ...], table: Table) -> tuple[str, ...]:
    """Those of the columns that a B-tree orders."""
    known = (table.by_name.get(c) for c in columns)
    return tuple(
        c.name for c in known if c and not c.type.startswith(_NO_KEY) and "[]" not in c.type
    )


def _sort(use: Use, table: Table) -> tuple[SortKey, ...]:
    found = sortable(tuple(k.column for k in use.sort), table)
    return use.sort if len(found) == len(use.sort) else ()
