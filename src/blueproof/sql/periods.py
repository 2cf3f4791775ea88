"""Years, quarters, months, days: the first moment of one, and the first after it, as SQL says it.

>>> bounds("month", "2024-12-01")
('2024-12-01', '2025-01-01')
>>> bounds("month", "2024-12-05") is None
True
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00)?)?")
_MONTHS = {"year": 12, "quarter": 3, "month": 1}
_DAYS = {"week": 7, "day": 1}
UNITS = frozenset({*_MONTHS, *_DAYS})
_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("year", r"(\d{4})", "{}-01-01"),
    ("month", r"(\d{4})[-/.]?(\d\d)", "{}-{}-01"),
    ("day", r"(\d{4})[-/.]?(\d\d)[-/.]?(\d\d)", "{}-{}-{}"),
)


def day(text: str) -> date | None:
    """The day that a constant means, where it is the day's first moment."""
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def bounds(unit: str, text: str) -> tuple[str, str] | None:
    """The first day of the period and of the next one; None if the text is no period's first."""
    first = day(text)
    if first is None or not _begins(unit, first) or first.year >= date.max.year:
        return None
    return str(first), str(_next(unit, first))


def around(unit: str, text: str) -> tuple[str, str] | None:
    """The bounds of the year, quarter or month in which a day lies that does not begin one.

    >>> around("month", "2024-03-31"), around("month", "2024-03-01")
    (('2024-03-01', '2024-04-01'), None)
    """
    held = day(text)
    if held is None or unit not in _MONTHS or _begins(unit, held):
        return None
    month = held.month - (held.month - 1) % _MONTHS[unit]
    return bounds(unit, str(date(held.year, month, 1)))


def spelled(unit: str, text: str) -> tuple[str, str] | None:
    """The bounds of a period that is written as 2024, 2024-05, 2024-05-31 or the like."""
    shape = next((s for s in _SHAPES if s[0] == unit), None)
    found = re.fullmatch(shape[1], text) if shape else None
    return bounds(unit, shape[2].format(*found.groups())) if shape and found else None


def _begins(unit: str, first: date) -> bool:
    told: dict[str, Callable[[date], bool]] = {
        "year": lambda d: (d.month, d.day) == (1, 1),
        "quarter": lambda d: d.month % 3 == 1 and d.day == 1,
        "month": lambda d: d.day == 1,
        "week": lambda d: d.weekday() == 0,
        "day": lambda _: True,
    }
    return unit in told and told[unit](first)


def _next(unit: str, first: date) -> date:
    if unit in _DAYS:
        return first + timedelta(days=_DAYS[unit])
    months = first.year * 12 + first.month - 1 + _MONTHS[unit]
    return date(months // 12, months % 12 + 1, 1)


def within(column: str, sign: str, period: tuple[str, str]) -> str:
    """The condition that the period of a column stands so to this one, on the column itself.

    >>> within("c", ">", ("2024-01-01", "2025-01-01"))
    "c >= '2025-01-01'"
    """
    first, after = (f"'{edge}'" for edge in period)
    told = {
        "=": f"{column} >= {first} AND {column} < {after}",
        ">=": f"{column} >= {first}",
        "<": f"{column} < {first}",
        "<=": f"{column} < {after}",
        ">": f"{column} >= {after}",
    }
    return told[sign]
