"""Pages of a BRIN index: a metapage, a map of ranges, and a summary of each range.

Follows src/include/access/brin_page.h and brin_form_tuple in src/backend/access/brin/brin_tuple.c
of PostgreSQL 18. Summaries are the least and the greatest value of each column (minmax operator
classes); those of inclusion and bloom classes are taken to be as large.
"""

import math
from collections.abc import Sequence

from blueproof.sql.sizes.pieces import ALIGNMENT, Piece

PAGES_PER_RANGE = 128  # BRIN_DEFAULT_PAGES_PER_RANGE
_USABLE = 8192 - 24 - 8  # page header and BrinSpecialSpace
_MAPPED = _USABLE // 6  # REVMAP_PAGE_MAXITEMS: an item pointer for each range
_HEADER = 8  # bt_blkno and bt_info, aligned; a bitmap of two bits a column hardly ever adds to it
_POINTER = 4


def pages(columns: Sequence[Sequence[Piece]], table_pages: int, pages_per_range: int) -> int:
    """Pages over a table of this many pages."""
    ranges = max(1, math.ceil(table_pages / max(1, pages_per_range)))
    summary = sum(2 * _mean(pieces) for pieces in columns)
    item = _HEADER + math.ceil(summary / ALIGNMENT) * ALIGNMENT + _POINTER
    return 1 + math.ceil(ranges / _MAPPED) + math.ceil(ranges / max(1, _USABLE // item))


def _mean(pieces: Sequence[Piece]) -> float:
    """The mean width of values; the least and the greatest are as wide as others."""
    share = sum(p.share for p in pieces if not p.null)
    return sum(p.share * (p.width + p.extra) for p in pieces if not p.null) / share if share else 0
