"""Pages and height of a B-tree built by CREATE INDEX or REINDEX.

Follows _bt_load, _bt_buildadd and _bt_sort_dedup_finish_pending in
src/backend/access/nbtree/nbtsort.c, _bt_form_posting in nbtdedup.c, _bt_truncate in nbtutils.c, and
src/include/access/nbtree.h of PostgreSQL 18.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import NamedTuple

from blueproof.sql.sizes.combining import Entry, counts, occurring

PAGE = 8192
FILLFACTOR = 90  # BTREE_DEFAULT_FILLFACTOR
_INNER_FILLFACTOR = 70  # BTREE_NONLEAF_FILLFACTOR
_POINTER = 4  # a line pointer
_ROW_ADDRESS = 6
_ALIGNED_ADDRESS = 8  # the row's address where it must tell equal pivots apart
# What PageGetFreeSpace says of a new page: less its header, the trailer, the line pointer of the
# high key, and the one of the item to come.
_FREE = PAGE - 24 - 16 - 2 * _POINTER
_MINUS_INFINITY = 8 + _POINTER  # the first item of an inner page keeps no key
# A tenth of a page, aligned, less a line pointer; and posting lists are aligned themselves.
_POSTING_LIMIT = (PAGE // 10 // 8 * 8 - _POINTER) // 8 * 8
# LEAF_SPLIT_DISTANCE and INTERNAL_SPLIT_DISTANCE of nbtsplitloc.c: so far to either side of the
# best point a page may be split at another, where that leaves a smaller separator.
_LEAF_CHOICE, _INNER_CHOICE = 2 * 0.05, 2 * 0.075
_ROOMS = 3  # levels whose pages are told apart: the higher ones have the smallest separators
# A separator was chosen when its page was split: when this part of today's rows was there.
_AGES = (1 / 8, 3 / 8, 5 / 8, 7 / 8)
# Of a full inner page that is split: BTREE_NONLEAF_FILLFACTOR where rows come in order; where they
# come in any, pages are between half full and full, ln 2 on average.
_LEFT_AFTER_SPLIT = _INNER_FILLFACTOR / 100
_AS_BUILT = 0.05  # an index that differs by more from what would be built has grown
_ITERATIONS = 4
_SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Tree:
    """A B-tree's pages, its metapage included, its leaves, the levels above, a page's children.

    `rooms` are how many children an inner page takes before it is split, once rows are inserted: at
    the level above the leaves, the next and so on.
    """

    pages: int
    leaves: int
    height: int
    fanout: int = field(default=2, compare=False)
    rooms: tuple[int, ...] = field(default=(2,), compare=False)


class _Items(NamedTuple):
    """Items of leaf pages: how many, their mean size with line pointer and its mean square.

    `spare` is what an item loses on average where it becomes the page's high key.
    """

    number: float
    size: float
    square: float
    spare: float = 0.0


@dataclass(frozen=True, slots=True)
class _Order:
    """The keys as they follow one another on the leaves, by each prefix of the key columns."""

    prefixes: tuple[tuple[Entry, ...], ...]
    rows: float
    items: float
    on_page: float


def tree(
    prefixes: Sequence[tuple[Entry, ...]],
    rows: float,
    *,
    deduplicated: bool,
    fillfactor: int = FILLFACTOR,
    keys: int | None = None,
) -> Tree:
    """The tree over so many rows; `prefixes` as `combining.combined` gives them.

    `keys` is how many of the columns are keys: the others are only in the leaves.
    """
    if rows < 1:
        return Tree(pages=1, leaves=0, height=0)
    groups = list(_lists_of(prefixes[-1], rows) if deduplicated else _singles(prefixes[-1], rows))
    leaves = sum(_leaves(group, fillfactor) for group in groups)
    items = sum(group.number for group in groups)
    order = _Order(tuple(prefixes[: keys or None]), rows, items, items / leaves)
    told = _told(order)
    fanout, rooms = _fanout(_pivot(told)), tuple(_rooms(_chosen(order, told)))
    return _built(max(1, math.ceil(leaves - _SAME)), fanout, rooms)


def _leaves(items: _Items, fillfactor: int) -> float:
    """Pages that the items fill: one is begun when too little is free for the next.

    The last item of each then moves on, and leaves its key behind as the high key.
    """
    free_at_least = PAGE * (100 - fillfactor) // 100
    soft = _fitting(items, _FREE - free_at_least + items.spare)
    hard = _fitting(items, _FREE + _POINTER - _ALIGNED_ADDRESS) - 1
    return items.number / max(1.0, min(soft, hard))


def _fitting(items: _Items, space: float) -> float:
    """Items that go into the space; of several sizes, the mean over pages (renewal theory)."""
    if items.square - items.size**2 < _SAME * items.square:
        return math.floor(space / items.size + _SAME)
    return space / items.size + items.square / (2 * items.size**2) - 1


def _singles(entries: Sequence[Entry], rows: float) -> Iterator[_Items]:
    """An item for each row, keys of all kinds on the same pages."""
    sizes = [(rows * e.share, e.size + _POINTER) for e in entries]
    yield from _mixed([_Items(number, size, size * size) for number, size in sizes])


def _lists_of(entries: Sequence[Entry], rows: float) -> Iterator[_Items]:
    """The posting lists of each kind of key; those of common keys fill pages of their own."""
    for entry in entries:
        most = max(1, math.floor((_POSTING_LIMIT - entry.size) / _ROW_ADDRESS))
        full_list = _list(1, most, entry.size)
        others: list[_Items] = []
        for count in counts(entry, rows):
            full = math.floor(count.rows / most)
            last = list(_last(count.keys, count.rows - full * most, entry.size))
            if full * full_list.size < PAGE:
                others += [full_list._replace(number=count.keys * full), *last]
            else:
                yield _run(count.keys, full, full_list, last)
        yield from _mixed(others)


def _run(keys: float, full: int, full_list: _Items, last: list[_Items]) -> _Items:
    """Pages of full lists, where a shorter last one takes the place of one of them.

    Nothing but a row by itself goes into what nine full ones leave of a page.
    """
    shorter = sum(item.number for item in last if item.spare)
    return full_list._replace(number=keys * full + shorter)


def _last(keys: float, rows: float, size: float) -> Iterator[_Items]:
    """The posting list of what is left of each key's rows when the full lists are made."""
    if rows >= 1:
        yield _list(keys, rows, size)
    elif rows > 0:
        yield _list(keys * rows, 1, size)


def _list(number: float, rows: float, size: float) -> _Items:
    spare = 0.0 if rows <= 1 else _aligned(size + rows * _ROW_ADDRESS) - size
    item = size + spare + _POINTER
    return _Items(number, item, item * item, spare)


def _mixed(items: Sequence[_Items]) -> Iterator[_Items]:
    """Several kinds of items as one, if there are any."""
    number = sum(i.number for i in items)
    if number <= 0:
        return
    size = sum(i.number * i.size for i in items) / number
    square = sum(i.number * i.square for i in items) / number
    yield _Items(number, size, square, sum(i.number * i.spare for i in items) / number)


def _told(order: _Order) -> list[tuple[float, float]]:
    """How many of all neighbours each prefix of the columns tells apart, and its mean bytes."""
    return [
        (min(1.0, occurring(e, order.rows) / order.items), _mean_size(e, order.rows))
        for e in order.prefixes
    ]


def _chosen(order: _Order, told: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The same where a page that is split chooses among neighbours: who differ early.

    Only to do without a row's address it looks at the whole page (_bt_strategy).
    """
    few = max(1.0, _LEAF_CHOICE * order.on_page)
    choices = [few] * (len(order.prefixes) - 1) + [max(few, order.on_page)]
    return [
        (max(part, 1 - _alike(entries, order, choice)), size)
        for (part, size), entries, choice in zip(told, order.prefixes, choices, strict=True)
    ]


def _alike(entries: tuple[Entry, ...], order: _Order, choice: float) -> float:
    """The part of all places at which so many neighbours on end have one key."""
    ends = [choice * order.rows / order.items / age for age in _AGES]
    found = (c for entry in entries for c in counts(entry, order.rows))
    runs = sum(c.keys * max(0.0, c.rows - end) for c in found for end in ends)
    return runs / order.rows / len(ends)


def _pivot(told: list[tuple[float, float]]) -> float:
    """Mean bytes of a separator: only as many columns as tell its neighbours apart.

    Neighbours that agree in all columns are told apart by the row's address.
    """
    found, before = 0.0, 0.0
    for part, size in told:
        found += max(0.0, part - before) * size
        before = max(before, part)
    return found + (1 - before) * (told[-1][1] + _ALIGNED_ADDRESS)


def _mean_size(entries: tuple[Entry, ...], rows: float) -> float:
    """Of the keys, not of the rows: a separator stands where one key ends."""
    found = [(occurring((e,), rows), e.size) for e in entries]
    return sum(number * size for number, size in found) / sum(number for number, _ in found)


def _fanout(pivot: float) -> int:
    """Children of an inner page; its last pivot moves up, as on leaves."""
    item = pivot + _POINTER
    soft = (_FREE - PAGE * (100 - _INNER_FILLFACTOR) // 100 - _MINUS_INFINITY) // item + 1
    hard = (_FREE + _POINTER - _MINUS_INFINITY) // item
    return int(max(2, min(soft, hard)))


def _rooms(told: list[tuple[float, float]]) -> Iterator[int]:
    """Children of an inner page before it is split, by level; its first keeps no key.

    Of a page that is split, one of the smallest separators near the middle moves up.
    """
    for _ in range(_ROOMS):
        room = max(2.0, 1 + (_FREE + 2 * _POINTER - _MINUS_INFINITY) // (_pivot(told) + _POINTER))
        yield int(room)
        choice = max(1.0, _INNER_CHOICE * room)
        told = [(1 - (1 - part) ** choice, size) for part, size in told]


def _built(leaves: int, fanout: int, rooms: tuple[int, ...]) -> Tree:
    above = list(_packed(leaves, fanout))
    pages = 1 + leaves + sum(above)
    return Tree(pages=pages, leaves=leaves, height=len(above), fanout=fanout, rooms=rooms)


def _packed(leaves: int, fanout: int) -> Iterator[int]:
    """Pages of each level above so many leaves, of a tree built from sorted rows."""
    level = leaves
    while level > 1:
        level = -(-level // fanout)
        yield level


def _inserted(leaves: int, rooms: tuple[int, ...]) -> Iterator[int]:
    """Pages of each level above so many leaves, of a tree grown row by row.

    The root is full before it is split, and so is every page that is.
    """
    level = leaves
    for room in chain(rooms, repeat(rooms[-1])):
        if level <= 1:
            return
        level = 1 if level <= room else math.ceil(level / (room * _LEFT_AFTER_SPLIT))
        yield level


def height_of(built: Tree, pages: int) -> int:
    """Levels above the leaves of a tree found to have so many pages, its metapage included.

    `built` is what it would be if built from its rows. Where that is lower or higher than one grown
    row by row, the number of pages tells which it is: pages of inserted rows are less full, and if
    those came in order, there are fewer inner pages.
    """
    packed = _levels(pages, lambda leaves: _packed(leaves, built.fanout))
    inserted = _levels(pages, lambda leaves: _inserted(leaves, built.rooms))
    in_order = 1 + built.leaves + sum(_inserted(built.leaves, built.rooms))
    off = abs(pages - built.pages)
    as_built = off <= abs(pages - in_order) and off <= _AS_BUILT * built.pages
    return packed if as_built else inserted


def _levels(pages: int, above: Callable[[int], Iterator[int]]) -> int:
    """Levels above the leaves where leaves and these levels come to so many pages."""
    leaves = max(0, pages - 1)
    for _ in range(_ITERATIONS):
        leaves = max(min(1, pages - 1), pages - 1 - sum(above(leaves)))
    return sum(1 for _ in above(leaves))


def _aligned(width: float) -> float:
    """The next multiple of 8, of the mean of many where it is a fraction."""
    whole = math.ceil(width - _SAME)
    return -(-whole // 8) * 8 if abs(width - whole) < _SAME else width + 3.5
