"""How many bytes a column's values and an index's entries take."""

import math

from blueproof.sql.schema import Column

_VARIABLE = {
    "uuid": 16, "numeric": 8, "jsonb": 200, "json": 200, "bytea": 500, "inet": 10, "xml": 500,
    "tsvector": 200, "hstore": 100,
}  # fmt: skip
_LONG_TEXT = ("body", "content", "description", "text", "message", "notes", "comment", "bio")
_TEXT = 24
_LONG = 250
_ARRAY = 60

PAGE_USABLE = 8192 - 24 - 16  # page header and B-tree trailer
INDEX_TUPLE = 8
LINE_POINTER = 4
POSTING_ITEM = 6  # bytes of a row's address in a posting list
# A posting list while an index is built: a tenth of a page less a line pointer; _bt_load in
# src/backend/access/nbtree/nbtsort.c.
_POSTING_LIMIT = 812


def assumed(column: Column) -> int:
    """Mean stored width in bytes of a column's values, headers included."""
    if column.length > 0:
        return column.length
    if column.type.endswith("[]"):
        return _ARRAY
    base = column.type.split("(")[0]
    if base in _VARIABLE:
        return _VARIABLE[base]
    if column.modifier:
        return min(column.modifier, max(4, column.modifier // 2), _TEXT * 4) + 1
    return _LONG if column.name.endswith(_LONG_TEXT) else _TEXT


def aligned(width: float) -> int:
    """The width rounded up to a multiple of 8 bytes, as PostgreSQL stores tuples.

    >>> aligned(9)
    16
    """
    return -(-math.ceil(width) // 8) * 8


def btree_leaf_pages(rows: float, key_width: float, distinct: float, fill: float = 0.9) -> int:
    """Leaf pages of a freshly built B-tree, deduplication of equal keys included.

    `distinct` is the number of different keys among the rows. Source: nbtree README, "Notes about
    deduplication"; src/include/access/nbtree.h.
    """
    if rows < 1:
        return 1
    per_key = max(1.0, rows / max(distinct, 1.0))
    single = aligned(INDEX_TUPLE + key_width)
    room = max(1.0, (_POSTING_LIMIT - single) // POSTING_ITEM)
    if per_key > 1:
        lists = math.ceil(per_key / room)
        posting = aligned(single + per_key / lists * POSTING_ITEM)
        bytes_a_key = lists * (posting + LINE_POINTER)
        deduplicated = bytes_a_key * max(distinct, 1.0)
    else:
        deduplicated = math.inf
    plain = rows * (single + LINE_POINTER)
    return max(1, math.ceil(min(plain, deduplicated) / (PAGE_USABLE * fill)))


def btree_height(leaf_pages: int, key_width: float) -> int:
    """Levels above the leaves: 0 where the root is a leaf. Inner pages are filled to 70 %."""
    fanout = max(2.0, PAGE_USABLE * 0.7 / (aligned(INDEX_TUPLE + key_width) + LINE_POINTER))
    height, pages = 0, float(leaf_pages)
    while pages > 1:
        pages = math.ceil(pages / fanout)
        height += 1
    return height
