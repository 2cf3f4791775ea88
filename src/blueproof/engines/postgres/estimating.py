"""What an index will hold: its rows, its pages and its height, of one that does not exist yet."""

import re
from functools import lru_cache

from blueproof.sql.schema import Index, Slot
from blueproof.sql.sizes import btree, conditions, entries, expressions, pieces
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

_FILLFACTOR = re.compile(r"fillfactor='?(\d+)")
_KEEPS_APART = re.compile(r"deduplicate_items='?(?:off|false|no|0)")
_GUESSED_SHARE = 0.1  # of a predicate that nobody has put to the planner


def index_pages(index: Index, table: TableStatistics, share: float | None = None) -> int:
    """Pages of the index, freshly built; `share` is the part of the rows that it holds."""
    return _tree(index, table, share).pages


def height(index: Index, table: TableStatistics, share: float | None = None) -> int:
    """Levels above the leaves of a B-tree."""
    return _tree(index, table, share).height


def height_at(index: Index, table: TableStatistics, share: float, pages: int) -> int:
    """Levels above the leaves of a B-tree that was found to have so many pages."""
    return btree.levels(pages, _tree(index, table, share).fanout)


@lru_cache(maxsize=4096)
def _tree(index: Index, table: TableStatistics, share: float | None) -> btree.Tree:
    held = _held(index, share)
    deduplicated = index.deduplicates and not _KEEPS_APART.search(index.definition)
    columns = [
        (conditions.restricted(c.column, s, found, index.predicate), s)
        for c, s in _parts(index, table)
        for found in (pieces.pieces(c, s, table.rows, apart=deduplicated),)
    ]
    found = _FILLFACTOR.search(index.definition)
    return btree.tree(
        list(entries.combined(columns, apart=deduplicated)),
        table.rows * held,
        deduplicated=deduplicated,
        fillfactor=int(found[1]) if found else btree.FILLFACTOR,
        keys=len(index.keys),
    )


def _held(index: Index, share: float | None) -> float:
    if share is not None:
        return share
    return _GUESSED_SHARE if index.predicate else 1.0


def _parts(index: Index, table: TableStatistics) -> list[tuple[ColumnStatistics, Slot]]:
    """Each column of the index with its statistics as the index sees them, and how it is stored."""
    parts = (*index.keys, *index.include)
    slots = index.slots or tuple(Slot(type="") for _ in parts)
    return [
        (expressions.statistics_of(part, slot, table), slot)
        for part, slot in zip(parts, slots, strict=True)
    ]
