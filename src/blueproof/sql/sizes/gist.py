"""Pages of GiST and SP-GiST indexes, of which the fill of pages is measured and not derived.

Tuples are those of src/include/access/gist.h and spgist_private.h. Fills were measured on
PostgreSQL 18.4 with 100,000 rows: of ranges and of btree_gist's keys, GiST sorts the rows and packs
pages (int4range 347 pages, numrange 438, integer 247); points (818), boxes (1,117) and trigrams are
split as they come, two thirds and half full, tsvectors 80 % (428). Of SP-GiST, points fill 78 %
(567), addresses (409) and texts (432) as much, int4range a third (1,338), tstzrange half (1,110).
"""

import math

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.documents import BYTES_A_LEXEME, mean_trigrams
from blueproof.sql.statistics import ColumnStatistics

_ROOM = 8192 - 24 - 16
_HEADER = 8
_NODE_HEADER = 16  # SpGistLeafTupleData, aligned
_POINTER = 4
_TRIGRAMS_HEADER, _TRIGRAM = 5, 3
_WORDS_HEADER, _WORD = 8, 4
_FILLS = {"range": 1.0, "gbtreekey": 1.0, "inet": 0.9, "cidr": 0.9, "tsvector": 0.8, "box": 0.6}
_FILL = 0.66
_NODE_FILLS = {"range": 0.4}
_NODE_FILL = 0.75
_INNER = 1 / 100  # inner pages for each leaf; an entry is about as large as on a leaf


def key_width(slot: Slot, column: ColumnStatistics) -> float:
    """Mean bytes of a leaf's key.

    Of texts, pg_trgm keeps each trigram (trgm_gist.c); of a tsvector, a hash of each word is kept
    (tsgistidx.c).
    """
    if slot.length > 0:
        return slot.length
    if slot.type.endswith("gtrgm"):
        return _TRIGRAMS_HEADER + _TRIGRAM * mean_trigrams(column)
    if slot.type.endswith("tsvector"):
        return _WORDS_HEADER + _WORD * max(1.0, column.width / BYTES_A_LEXEME)
    return column.width


def pages(rows: float, width: float, kind: str) -> int:
    """Pages of a GiST index over entries of a mean width in bytes, header not counted."""
    return _pages(rows, _HEADER + width, _fill(kind, _FILLS, _FILL))


def node_pages(rows: float, width: float, kind: str) -> int:
    """Pages of an SP-GiST index; its first three are fixed."""
    return 2 + _pages(rows, _NODE_HEADER + width, _fill(kind, _NODE_FILLS, _NODE_FILL))


def _fill(kind: str, fills: dict[str, float], other: float) -> float:
    return next((fill for name, fill in fills.items() if name in kind), other)


def _pages(rows: float, tuple_size: float, fill: float) -> int:
    item = math.ceil(tuple_size / 8) * 8 + _POINTER
    leaves = max(1, math.ceil(rows / max(1, _ROOM // item * fill)))
    return leaves + (1 + math.floor(leaves * _INNER) if leaves > 1 else 0)
