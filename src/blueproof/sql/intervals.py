"""Constant intervals: what they are made of, which decides whether they can be taken back.

>>> span("7 days"), span("1 month 02:00"), span("next week")
(Span(months=0, days=7, seconds=0), Span(months=1, days=0, seconds=7200), None)
"""

import re
from dataclasses import dataclass

from sqlglot import exp

from blueproof.sql.filters import integer, string

_UNITS = {
    "year": (12, 0, 0), "month": (1, 0, 0), "mon": (1, 0, 0), "week": (0, 7, 0), "day": (0, 1, 0),
    "hour": (0, 0, 3600), "minute": (0, 0, 60), "min": (0, 0, 60), "second": (0, 0, 1),
    "sec": (0, 0, 1),
}  # fmt: skip
_PART = re.compile(r"(\d+)\s*([a-z]+?)s?(?=\s|$)|(\d\d?):(\d\d)(?::(\d\d))?")
DAY_SECONDS = 86_400
MONTH_DAYS = 30  # as PostgreSQL compares intervals


@dataclass(frozen=True)
class Span:
    """Months, days and seconds: three amounts, since no month or day has a fixed length."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    @property
    def compared(self) -> int:
        """Its length in seconds as intervals are compared: months of 30 days of 24 hours."""
        return (self.months * MONTH_DAYS + self.days) * DAY_SECONDS + self.seconds


def span(text: str) -> Span | None:
    """What a plain interval is made of: whole numbers, none of them negative; None of others."""
    found, at = Span(), 0
    rest = text.strip().lower()
    while at < len(rest):
        part = _PART.match(rest, at)
        unit = _UNITS.get(part[2]) if part and part[2] else None
        if part is None or (part[2] and unit is None):
            return None
        if unit is not None:
            count = int(part[1])
            months, days, seconds = (count * u for u in unit)
        else:
            hours, minutes, last = int(part[3]), int(part[4]), int(part[5] or 0)
            months, days, seconds = 0, 0, hours * 3600 + minutes * 60 + last
        found = Span(found.months + months, found.days + days, found.seconds + seconds)
        at = part.end() + len(rest[part.end() :]) - len(rest[part.end() :].lstrip())
    return found if rest else None


def read_span(node: exp.Expr) -> Span | None:
    """The span of interval '7 days', '7 days'::interval or make_interval(days => 7)."""
    if isinstance(node, exp.Cast) and node.to.is_type("interval"):
        return span(string(node.this) or "")
    if isinstance(node, exp.MakeInterval):
        amounts = {k: integer(v.expression) for k, v in node.args.items() if v is not None}
        known = {"day": (0, 1, 0), "hour": (0, 0, 3600), "minute": (0, 0, 60), "week": (0, 7, 0)}
        if amounts and all(k in known and n is not None and n >= 0 for k, n in amounts.items()):
            parts = [tuple((n or 0) * u for u in known[k]) for k, n in amounts.items()]
            return Span(*(sum(p[i] for p in parts) for i in range(3)))
    return None


def spelled_seconds(seconds: int) -> str:
    """So many seconds as an interval's text, in the largest unit of fixed length.

    >>> spelled_seconds(7200), spelled_seconds(90)
    ('2 hours', '90 seconds')
    """
    for size, name in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {name}{'' if count == 1 else 's'}"
    raise AssertionError("a second divides all")
