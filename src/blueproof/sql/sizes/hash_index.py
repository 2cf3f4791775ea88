"""Pages of a hash index built by CREATE INDEX.

Follows _hash_init_metabuffer in src/backend/access/hash/hashpage.c and _hash_spareindex in
hashutil.c of PostgreSQL 18: buckets are made for all of the table's rows before any is read, as
many as fill three quarters of a page each, rounded up; equal keys share a bucket and its overflow.
"""

import math
from collections.abc import Iterable, Iterator

from blueproof.sql.sizes.pieces import Piece

_ITEM = 8 + 8 + 4  # tuple header, hash value aligned, line pointer: the key itself is not kept
_ROOM = (8192 - 24 - 16) // _ITEM  # page header and HashPageOpaqueData
_TARGET = 8192 * 75 // 100 // _ITEM  # HASH_DEFAULT_FILLFACTOR
_META = 2  # the metapage and the first bitmap page
_FEWEST = 2  # buckets
_ONE_PHASE = 10  # HASH_SPLITPOINT_GROUPS_WITH_ONE_PHASE: up to 2^9 buckets numbers double
_PHASES = 4  # beyond, each doubling has this many steps
# Midpoints of nine equally likely parts of the standard normal distribution.
_NORMAL = (-1.593, -0.967, -0.589, -0.282, 0.0, 0.282, 0.589, 0.967, 1.593)


def pages(values: Iterable[Piece], rows: float, table_rows: float) -> int:
    """Pages over so many rows of a table; NULLs are not in a hash index."""
    buckets = _buckets(table_rows / _TARGET)
    known = [(p.values, rows * p.share / p.values) for p in values if not p.null and p.values]
    rare = [(number, each) for number, each in known if each <= _ROOM]
    load = sum(number * each for number, each in rare)
    square = sum(number * each * max(1.0, each) for number, each in rare)
    overflow = sum(
        count * _chain(load / buckets * size, square / buckets * size)
        for count, size in _halves(buckets)
    )
    for number, each in known:
        if each > _ROOM:
            overflow += number * max(0, math.ceil((each + load / buckets) / _ROOM) - 1)
    return _META + buckets + math.ceil(overflow)


def _buckets(wanted: float) -> int:
    """The number of buckets that has room for at least those wanted."""
    if wanted <= _FEWEST:
        return _FEWEST
    power = math.ceil(math.log2(math.ceil(wanted)))
    whole: int = 2**power
    if power < _ONE_PHASE:
        return whole
    step = whole // 2 // _PHASES
    return whole // 2 + math.ceil((math.ceil(wanted) - whole // 2) / step) * step


def _halves(buckets: int) -> Iterator[tuple[int, float]]:
    """Buckets of each size, against the mean: those not split yet hold twice as much."""
    below = 2 ** math.floor(math.log2(buckets))
    split = 2 * (buckets - below)
    yield split, buckets / (2 * below)
    yield buckets - split, buckets / below


def _chain(load: float, variance: float) -> float:
    """Mean overflow pages of a bucket whose load is normally distributed."""
    deviation = math.sqrt(variance)
    loads = (load + deviation * step for step in _NORMAL)
    return sum(max(0, math.ceil(one / _ROOM) - 1) for one in loads) / len(_NORMAL)
