"""What an index will hold: its rows, its pages and its height, of one that does not exist yet.

Each access method has its own arithmetic in sql/sizes. The larger part of the error that is left is
ANALYZE's: how many different values it makes out in its sample.
"""

import re
from functools import lru_cache

from blueproof.sql.schema import Index, Slot
from blueproof.sql.sizes import (
    brin,
    btree,
    combining,
    conditions,
    documents,
    expressions,
    gin,
    gist,
    hash_index,
    pieces,
)
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

_FILLFACTOR = re.compile(r"fillfactor='?(\d+)")
_PAGES_PER_RANGE = re.compile(r"pages_per_range='?(\d+)")
_KEEPS_APART = re.compile(r"deduplicate_items='?(?:off|false|no|0)")
_CLASS = re.compile(r"(\w+_ops)\b")
_GUESSED_SHARE = 0.1  # of a predicate that nobody has put to the planner


def index_pages(index: Index, table: TableStatistics, share: float | None = None) -> int:
    """Pages of the index, freshly built; `share` is the part of the rows that it holds."""
    held = table.rows * _held(index, share)
    if index.method == "hash":
        ((values, _slot),) = _columns(index, table)
        return hash_index.pages(values, held, table.rows)
    if index.method == "brin":
        found = _PAGES_PER_RANGE.search(index.definition)
        each = int(found[1]) if found else brin.PAGES_PER_RANGE
        return brin.pages([values for values, _ in _columns(index, table)], table.pages, each)
    if index.method == "gin":
        return gin.pages(_gin_keys(index, table, held), held, table.pages)
    if index.method in {"gist", "spgist"}:
        return _gist_pages(index, table, held)
    return _tree(index, table, share).pages


def height(index: Index, table: TableStatistics, share: float | None = None) -> int:
    """Levels above the leaves of a B-tree; other methods have none that the planner asks for."""
    return _tree(index, table, share).height if index.method == "btree" else 0


def height_at(index: Index, table: TableStatistics, share: float, pages: int) -> int:
    """Levels above the leaves of a B-tree that was found to have so many pages."""
    return btree.height_of(_tree(index, table, share), pages)


@lru_cache(maxsize=4096)
def _tree(index: Index, table: TableStatistics, share: float | None) -> btree.Tree:
    held = _held(index, share)
    deduplicated = index.deduplicates and not _KEEPS_APART.search(index.definition)
    columns = _columns(index, table, apart=deduplicated)
    found = _FILLFACTOR.search(index.definition)
    return btree.tree(
        list(combining.combined(columns, apart=deduplicated)),
        table.rows * held,
        deduplicated=deduplicated,
        fillfactor=int(found[1]) if found else btree.FILLFACTOR,
        keys=len(index.keys),
    )


def _columns(
    index: Index, table: TableStatistics, *, apart: bool = True
) -> list[tuple[tuple[pieces.Piece, ...], Slot]]:
    """The values of each column of the index that its rows can have."""
    return [
        (
            conditions.restricted(
                column.column,
                slot,
                pieces.pieces(column, slot, table.rows, apart=apart),
                index.predicate,
            ),
            slot,
        )
        for column, slot in _parts(index, table)
    ]


def _gin_keys(index: Index, table: TableStatistics, rows: float) -> list[gin.Key]:
    """The keys of all columns: GIN keeps those of several in one tree."""
    named = _CLASS.search(index.definition)
    kind = named[1] if named else ""
    found: list[gin.Key] = []
    for (column, slot), (values, _) in zip(
        _parts(index, table), _columns(index, table), strict=True
    ):
        if documents.is_single(column, kind):
            found += [gin.Key(p.values, rows * p.share / p.values, p.width) for p in values]
        else:
            width, elements = max(0, slot.length), _elements(column)
            found += documents.keys(column, rows, kind=kind, width=width, elements=elements)
    return found


def _elements(column: ColumnStatistics) -> documents.Elements | None:
    """What ANALYZE has counted of a column's elements, if it has."""
    if not column.elements:
        return None
    each = column.element_counts[-1] if column.element_counts else None
    return documents.Elements(
        common=column.elements, frequencies=column.element_frequencies, each=each
    )


def _gist_pages(index: Index, table: TableStatistics, rows: float) -> int:
    parts = _parts(index, table)
    width = sum(gist.key_width(slot, column) for column, slot in parts)
    pages = gist.pages if index.method == "gist" else gist.node_pages
    return pages(rows, width, parts[0][1].type)


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
