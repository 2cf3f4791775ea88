"""Histogram bounds of columns where nothing but the schema and a number of values is known."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from blueproof.sql.schema import Column

SPREAD_DAYS = 730
# Times that are planned rather than written down when something happened, and how far they reach.
_AHEAD_DAYS = 365
_AHEAD = re.compile(
    r"(?:^|_)(?:starts?|ends?|due|expir\w*|scheduled|until|deadline|renews?|run|send|available)"
    r"(?:_|At|On|Date|$)|(?:starts|ends|expires|due|scheduled|run|send)(?:At|On|Date)$"
)
BOUNDS = 101  # default_statistics_target 100 gives 101 histogram bounds
INTEGERS = {"smallint": 32_000, "integer": 2_000_000_000, "bigint": 2**53}
_KEPT = 256  # lists of bounds, of about 3 kB each


def histogram(column: Column, count: int, until: date) -> tuple[str, ...]:
    """Bounds of as many values, from 1 on as sequences give them; those of a parent's keys."""
    if column.type.startswith("timestamp") or column.type == "date":
        ahead = _AHEAD_DAYS if _AHEAD.search(column.name) else 1
        return _moments(until, ahead, whole=column.type == "date")
    if column.type in INTEGERS and count > 1:
        return _numbers(min(count, INTEGERS[column.type]))
    return ()


# A table of timestamps and references has the same bounds many times over, and proofs state tables
# anew for every count that they try.
@lru_cache(maxsize=_KEPT)
def _numbers(top: int) -> tuple[str, ...]:
    bounds = min(BOUNDS, top)
    return tuple(str(1 + (top - 1) * i // (bounds - 1)) for i in range(bounds))


@lru_cache(maxsize=_KEPT)
def _moments(until: date, ahead: int, *, whole: bool) -> tuple[str, ...]:
    """Bounds over the spread, the day of `until` included; those of plans reach `ahead` days on."""
    end = datetime.combine(until, datetime.min.time()) + timedelta(days=ahead)
    steps = [end - timedelta(days=SPREAD_DAYS * (1 - i / (BOUNDS - 1))) for i in range(BOUNDS)]
    texts = (m.date().isoformat() if whole else m.isoformat(sep=" ") for m in steps)
    return tuple(dict.fromkeys(texts))
