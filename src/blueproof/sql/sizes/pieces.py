"""A column's values as an index meets them: how many there are, how common, how wide.

pg_stats gives the most common values with their shares, and bounds of a histogram of the others.
Both are values of the table, so their widths are measured and not guessed. Widths follow
src/backend/access/common/heaptuple.c and src/include/varatt.h of PostgreSQL 18.
"""

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from blueproof.sql.schema import Slot
from blueproof.sql.sizes import crowding
from blueproof.sql.statistics import ColumnStatistics

ALIGNMENT = 8  # MAXALIGN on every platform that PostgreSQL is built for today
_SHORT_MOST = 127  # VARATT_SHORT_MAX: up to here a value has a header of 1 byte, unaligned
_SHORT_HEADER, _LONG_HEADER = 1, 4
# Keys are told apart by how common they are to half a power of two: within that, the bytes that
# deduplication leaves to a row differ by less than the statistics do.
_STEPS = 2
_TEXTS = frozenset({"text", "character varying", "character", "bpchar", "citext", "xml", "json"})
_DECIMALS_A_DIGIT = 4  # a numeric's digits have base 10,000 and take two bytes
_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?")
# Types whose values vary in length by nature but hardly in practice: all IPv4, all one precision.
_STEADY = frozenset({
    *("inet", "cidr", "bit", "int4range", "int8range", "daterange", "tsrange", "tstzrange"),
})  # fmt: skip
_TRUNCATED = 0.5  # ANALYZE cuts the mean width down to a whole number
# If even the most common value that ANALYZE lists is no more common than the mean of those that it
# does not list, then all are alike. (It lists them like that only where it has read all rows.)
_AS_COMMON = 1.05


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a column's values: their number, their part of all rows, their width in bytes.

    `width` is whole, for alignment depends on it; `extra` is what the mean has above it. `each` is
    how many of the table's rows have one of the values, which a predicate does not change; `even`
    is whether all of them are known to be about as common.
    """

    values: float
    share: float
    width: int
    extra: float = 0.0
    null: bool = False
    each: float = 1.0
    even: bool = False

    @property
    def short(self) -> bool:
        """Whether a value of varying length this wide is stored unaligned."""
        return self.width <= _SHORT_MOST


def rarity(values: float, share: float, *, apart: bool) -> int:
    """A class of values about equally common; all in one class where that makes no difference."""
    if not apart or values <= 0 or share <= 0:
        return 0
    return round(_STEPS * (math.log2(share) - math.log2(values)))


@lru_cache(maxsize=4096)
def pieces(
    column: ColumnStatistics, slot: Slot, rows: float, *, apart: bool = True
) -> tuple[Piece, ...]:
    """The column's values in groups that are alike in width and, if `apart`, in frequency."""
    nulls = min(max(column.null_fraction, 0.0), 1.0)
    empty = Piece(1.0, nulls, 0, null=True)
    listed = list(_listed(column, slot))
    rest = 1 - nulls - sum(p.share for p in listed)
    others = distinct(column, rows) - len(listed)
    if others >= 1 and rest > 0:
        stated = crowding.Stated(
            values=others,
            rows=rest * rows,
            table_rows=rows,
            listed=len(listed),
            listed_rows=(1 - nulls - rest) * rows,
        )
        unlisted = _unlisted(column, slot, stated, rest)
        even = bool(listed) and max(p.share for p in listed) <= _AS_COMMON * rest / others
        found = [replace(p, even=even) for p in _merged((*listed, *unlisted), apart=apart)]
    else:
        found = _merged(_stretched(listed, 1 - nulls), apart=apart)
    return tuple(
        replace(p, each=max(1.0, rows * p.share / p.values)) for p in (empty, *found) if p.share > 0
    )


def distinct(column: ColumnStatistics, rows: float) -> float:
    """How many different values the column has among so many rows, NULL not counted."""
    counted = column.distinct if column.distinct > 0 else -column.distinct * rows
    with_value = max(1.0, rows * (1 - column.null_fraction))
    return min(max(counted, 1.0), with_value)


def stored_width(value: str, kind: str) -> int | None:
    """Bytes that a value of a type of varying length takes in an index, None if not known.

    >>> stored_width("abc", "text"), stored_width("123456.78", "numeric")
    (4, 9)
    """
    if kind == "numeric":
        return _numeric_width(value)
    if kind == "bytea" and value.startswith("\\x"):
        return _with_header(len(value) // 2 - 1)
    if kind == "cstring":  # what an index makes of a name
        return len(value.encode()) + 1
    return _with_header(len(value.encode())) if kind in _TEXTS else None


def _with_header(content: int) -> int:
    short = content + _SHORT_HEADER
    return short if short <= _SHORT_MOST else content + _LONG_HEADER


def _numeric_width(value: str) -> int | None:
    """Header of 2 bytes and the digits to base 10,000, without zeros at either end."""
    found = _NUMBER.fullmatch(value)
    if not found:
        return None
    whole, part = found[1].lstrip("0"), (found[2] or "").rstrip("0")
    front = -(-len(whole) // _DECIMALS_A_DIGIT)
    digits = whole.zfill(front * _DECIMALS_A_DIGIT) + part.ljust(
        -(-len(part) // _DECIMALS_A_DIGIT) * _DECIMALS_A_DIGIT, "0"
    )
    groups = [digits[i : i + _DECIMALS_A_DIGIT] for i in range(0, len(digits), _DECIMALS_A_DIGIT)]
    kept = "".join("x" if int(g) else "0" for g in groups).strip("0")
    return _SHORT_HEADER + 2 + 2 * len(kept)


def _unlisted(
    column: ColumnStatistics, slot: Slot, stated: crowding.Stated, share: float
) -> Iterator[Piece]:
    """The values that are not listed, as far as the histogram tells them apart."""
    for crowd in crowding.crowds(column.histogram, slot.type, stated):
        yield from _others(column, slot, crowd.values, share * crowd.rows)


def _listed(column: ColumnStatistics, slot: Slot) -> Iterator[Piece]:
    """The most common values, each by itself."""
    for value, share in zip(column.common, column.frequencies, strict=False):
        width = slot.length if slot.length > 0 else stored_width(value, slot.type)
        yield Piece(1.0, share, column.width if width is None else width)


def _stretched(listed: list[Piece], share: float) -> Iterator[Piece]:
    """The listed values as the only ones: what rounding has left over is theirs."""
    sum_of_all = sum(p.share for p in listed)
    for piece in listed:
        yield Piece(1.0, piece.share / sum_of_all * share, piece.width)


def _others(column: ColumnStatistics, slot: Slot, values: float, share: float) -> Iterator[Piece]:
    """The values that are not listed, split by width."""
    if slot.length > 0:
        yield Piece(values, share, slot.length)
        return
    widths = [stored_width(bound, slot.type) for bound in column.histogram]
    known = [w for w in widths if w is not None]
    if known and len(known) == len(widths):
        yield from _measured(known, _mean_of_others(column, slot, share), values, share)
    elif slot.type in _STEADY:
        yield Piece(values, share, column.width)
    else:
        yield from _spread(column.width, values, share)


def _mean_of_others(column: ColumnStatistics, slot: Slot, share: float) -> float:
    """The mean width of values not listed, from that of all."""
    listed = list(_listed(column, slot))
    weight = sum(p.share for p in listed) + share
    mean = column.width + _TRUNCATED
    return (mean * weight - sum(p.share * p.width for p in listed)) / share


def _measured(widths: list[int], mean: float, values: float, share: float) -> Iterator[Piece]:
    """Values as wide as those that stand in the histogram, moved to the mean of all.

    The mean is of many more values than the histogram has, but without its fraction: only what
    differs by more than that is moved.
    """
    sampled = sum(widths) / len(widths)
    moved = mean - sampled if abs(mean - sampled) > _TRUNCATED else 0.0
    part = 1 / len(widths)
    for width in widths:
        yield Piece(values * part, share * part, width, moved)


def _spread(mean: int, values: float, share: float) -> Iterator[Piece]:
    """Values of unknown widths around a mean: each remainder of the alignment is as likely.

    They lie around the middle between the mean as cut down by ANALYZE and the next whole number.
    """
    half = ALIGNMENT // 2
    for step in range(1 - half, half + 1):
        yield Piece(values / ALIGNMENT, share / ALIGNMENT, max(1, mean + step))


def _merged(found: Iterable[Piece], *, apart: bool) -> list[Piece]:
    """Pieces alike in rarity, in alignment and in being short, as one each."""
    groups: dict[tuple[int, int, bool], list[Piece]] = {}
    for piece in found:
        alike = (
            rarity(piece.values, piece.share, apart=apart),
            piece.width % ALIGNMENT,
            piece.short,
        )
        groups.setdefault(alike, []).append(piece)
    return [_one(group) for group in groups.values()]


def _one(group: list[Piece]) -> Piece:
    if len(group) == 1:
        return group[0]
    share = sum(p.share for p in group)
    mean = sum(p.share * (p.width + p.extra) for p in group) / share if share else 0.0
    return Piece(sum(p.values for p in group), share, group[0].width, mean - group[0].width)
