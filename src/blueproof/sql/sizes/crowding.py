"""How rows lie on the values that ANALYZE does not list: how many values there are, how common.

Two things are read out of the statistics that they do not say plainly.

Each bin of a histogram holds as many rows. Of whole numbers, a narrow bin has few different values,
each of them common; a wide one has many, and rare ones.

ANALYZE estimates the number of different values from a sample with the estimator of Haas and Stokes
(compute_scalar_stats in src/backend/commands/analyze.c). Where rows lie on values by chance, that
falls short by up to a third, and by how much can be reckoned.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise

_SAMPLE = 30_000  # rows that ANALYZE reads at the default statistics target
_HALVINGS = 40
_WHOLE_NUMBERS = frozenset({"smallint", "integer", "bigint"})
_UNIQUE = 0.99  # if nearly every row has a value of its own there is no crowd
# A column whose values may be anything: as many places as make a repetition an accident.
_PLACES_A_ROW = 1e4


@dataclass(frozen=True, slots=True)
class Crowd:
    """Some of the values, and the part of the rows that have one of them."""

    values: float
    rows: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What ANALYZE says of the values that it does not list.

    `values` is how many there are, `rows` on how many rows; `listed` and `listed_rows` are those of
    the values that it lists, for its estimate is of all together; `table_rows` the table's.
    """

    values: float
    rows: float
    table_rows: float
    listed: int = 0
    listed_rows: float = 0.0

    @property
    def sampled(self) -> float:
        """The part of the rows that ANALYZE has read."""
        return min(1.0, _SAMPLE / self.table_rows)


def crowds(bounds: tuple[str, ...], kind: str, stated: Stated) -> tuple[Crowd, ...]:
    """The values that ANALYZE has estimated to be so many, split up by the histogram's bins."""
    as_stated = (Crowd(stated.values, 1.0),)
    if stated.values > stated.rows * _UNIQUE:
        return as_stated
    for spans in (_spans(bounds, kind), [stated.rows * _PLACES_A_ROW]):
        each = stated.rows / max(1, len(spans))
        estimated = partial(_estimated, spans, each, stated)
        if spans and estimated(1.0) > stated.values:
            density = _root(estimated, stated.values)
            return tuple(Crowd(_occupied(s * density, each), 1 / len(spans)) for s in spans)
    return as_stated


def _spans(bounds: tuple[str, ...], kind: str) -> list[float]:
    """How many whole numbers each bin spans; nothing of other types."""
    try:
        if kind == "date":
            places = [float(date.fromisoformat(bound).toordinal()) for bound in bounds]
        else:
            places = [float(bound) for bound in bounds] if kind in _WHOLE_NUMBERS else []
    except ValueError:  # infinity, or a year before Christ
        return []
    return [max(1.0, high - low) for low, high in pairwise(places)]


def _root(estimated: partial[float], values: float) -> float:
    """The part of the places that may be taken, for ANALYZE to estimate so many values."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = math.sqrt(low * high) if low else high / 2
        low, high = (middle, high) if estimated(middle) < values else (low, middle)
    return high


def _estimated(spans: Iterable[float], each: float, stated: Stated, density: float) -> float:
    """What ANALYZE would estimate from a sample, less the listed: n d / (n - f1 + f1 n / N)."""
    sampled = stated.sampled
    seen, once, read = float(stated.listed), 0.0, stated.listed_rows * sampled
    for span in spans:
        places = span * density
        seen += _occupied(places, each * sampled)
        once += each * sampled * math.exp(-each * sampled / places)
        read += each * sampled
    return read * seen / (read - once * (1 - sampled)) - stated.listed


def _occupied(places: float, rows: float) -> float:
    """How many of the places get any of the rows that are dealt out over them by chance."""
    return -places * math.expm1(-rows / places) if places > 0 else 0.0
