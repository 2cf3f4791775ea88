"""The different keys of an index over several columns: how many, how common, how large.

Columns are taken to be independent of one another, as the planner takes them. But where it bounds
a product of distinct counts by a tenth of the rows (estimate_num_groups in selfuncs.c), here the
rows are dealt out over the combinations, and those that get none are not counted.
"""

import math
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.pieces import ALIGNMENT, Piece, rarity

_HEADER = 8  # IndexTupleData; with the bitmap of NULLs 12, aligned
_HEADER_WITH_NULLS = 16
_MANY = 40.0  # from here on the counts of a key's rows are taken to be normal
# Midpoints of nine equally likely parts of the standard normal distribution.
_NORMAL = (-1.593, -0.967, -0.589, -0.282, 0.0, 0.282, 0.589, 0.967, 1.593)
_NEGLIGIBLE = 1e-9
_NEARLY_ONE = 1.0 + 1e-6
_ITERATIONS = 8


class Entry(NamedTuple):
    """Keys that are alike: their number if all combinations occur, their part of the table's rows.

    `offset` is the mean end of the last column behind the tuple's header, `remainder` what whole
    offsets leave when divided by the alignment; `fewest` the rows that the rarest of the columns'
    values has by itself: no key has more. A tuple, since an index has many and a frozen dataclass
    takes three times as long to make.
    """

    values: float
    share: float
    offset: float
    remainder: int
    fewest: float
    nulls: bool = False
    even: bool = False

    @property
    def size(self) -> float:
        """Bytes of an index tuple with such a key, aligned."""
        padding = -self.remainder % ALIGNMENT
        return self.offset + padding + (_HEADER_WITH_NULLS if self.nulls else _HEADER)


class Count(NamedTuple):
    """How many of the keys have this many rows; a fraction where it is a mean."""

    keys: float
    rows: float


_NOTHING = Entry(1.0, 1.0, 0.0, 0, math.inf)


def combined(
    columns: Iterable[tuple[tuple[Piece, ...], Slot]], *, apart: bool = True
) -> Iterator[tuple[Entry, ...]]:
    """The keys of the first column, of the first two and so on."""
    entries: tuple[Entry, ...] = (_NOTHING,)
    for pieces, slot in columns:
        grown = [_with(entry, piece, slot) for entry in entries for piece in pieces]
        entries = _merged((e for e in grown if e.share > _NEGLIGIBLE), apart=apart)
        yield entries


@lru_cache(maxsize=1024)  # of one index they are asked for five times
def counts(entry: Entry, rows: float) -> tuple[Count, ...]:
    """How the rows lie on the keys: how many keys have one row, two rows and so on.

    Rows of the index, which has fewer than the table if it is partial.
    """
    mean = rows * entry.share / entry.values
    if mean >= _MANY:
        deviation = math.sqrt(mean)
        part = entry.values / len(_NORMAL)
        return tuple(Count(part, mean + deviation * step) for step in _NORMAL)
    if entry.even and mean >= 1:
        return tuple(_even(entry.values, mean))
    least = max(1.0, entry.fewest)
    kept = min(1.0, mean / least)
    return tuple(_scattered(entry.values, least, kept))


def occurring(entries: Iterable[Entry], rows: float) -> float:
    """The number of different keys among the rows of the index."""
    return sum(c.keys for entry in entries for c in counts(entry, rows))


def _with(entry: Entry, piece: Piece, slot: Slot) -> Entry:
    """The keys of an entry followed by a further column's values."""
    padding = 0 if piece.null else -entry.remainder % _alignment(piece, slot)
    wide = padding + piece.width
    return Entry(
        values=entry.values * piece.values,
        share=entry.share * piece.share,
        offset=entry.offset + wide + piece.extra,
        remainder=(entry.remainder + wide) % ALIGNMENT,
        fewest=min(entry.fewest, piece.each),
        nulls=entry.nulls or piece.null,
        even=entry is _NOTHING and piece.even,
    )


def _alignment(piece: Piece, slot: Slot) -> int:
    return 1 if slot.length < 0 and piece.short else slot.align


def _merged(entries: Iterable[Entry], *, apart: bool) -> tuple[Entry, ...]:
    groups: dict[tuple[int, int, bool], list[Entry]] = {}
    for entry in entries:
        alike = (rarity(entry.values, entry.share, apart=apart), entry.remainder, entry.nulls)
        groups.setdefault(alike, []).append(entry)
    return tuple(_one(group) for group in groups.values())


def _one(group: list[Entry]) -> Entry:
    if len(group) == 1:
        return group[0]
    share = sum(e.share for e in group)
    return Entry(
        values=sum(e.values for e in group),
        share=share,
        offset=sum(e.share * e.offset for e in group) / share,
        remainder=group[0].remainder,
        fewest=sum(e.share * e.fewest for e in group) / share,
        nulls=group[0].nulls,
        even=all(e.even for e in group),
    )


def _even(keys: float, mean: float) -> Iterator[Count]:
    """Rows dealt to the keys one after the other: counts differ by one at most."""
    low = math.floor(mean)
    yield Count(keys * (low + 1 - mean), low)
    if mean > low:
        yield Count(keys * (mean - low), low + 1)


def _scattered(keys: float, least: float, kept: float) -> Iterator[Count]:
    """Rows dealt by chance: a Poisson distribution without its zero, thinned out.

    Each value of the rarest column has `least` rows on average and one at least; of these, the part
    `kept` is in the key, by chance again.
    """
    rate = _untruncated(least)
    if rate < _NEGLIGIBLE:
        yield Count(keys * kept, 1)
        return
    thinned = rate * kept
    chance = keys * math.exp(-rate * kept) / -math.expm1(-rate)
    for rows in range(1, round(4 * _MANY)):
        chance *= thinned / rows
        yield Count(chance, rows)
        if rows > thinned and chance < keys * _NEGLIGIBLE:
            return


def _untruncated(mean: float) -> float:
    """The rate of a Poisson distribution whose mean is this when zeros are left out."""
    if mean <= _NEARLY_ONE:
        return 0.0
    rate = 2 * (mean - 1)  # above the root, from where Newton's method falls without overshooting
    for _ in range(_ITERATIONS):
        rate -= (rate + mean * math.expm1(-rate)) / (1 - mean * math.exp(-rate))
    return rate
