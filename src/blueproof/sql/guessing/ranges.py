"""Ranges and dates as constants write them: '[2025-01-01,2025-02-01)'::tsrange, '12/31/25'."""

import re

from sqlglot import exp

_RANGES = {
    "tsrange": "local time", "tstzrange": "time", "daterange": "date", "int4range": "number",
    "int8range": "number", "numrange": "fraction",
}  # fmt: skip
_AMERICAN = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}|\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]|$)")
_MONTHS = 12


def of_range(other: exp.Expr) -> tuple[str, list[str]] | None:
    """What a column within a range holds, with the range's ends; None where no range is cast to.

    Ends are given where the range is a constant.
    """
    if not isinstance(other, exp.Cast):
        return None
    sign = _RANGES.get(other.to.sql("postgres").lower())
    ends = str(other.this.this).strip("[]()") if isinstance(other.this, exp.Literal) else ""
    return (sign, [end for each in ends.split(",") if (end := each.strip(' "'))]) if sign else None


def day_beside(node: exp.Expr, comparison: exp.Expr | None) -> list[str]:
    """The constant day that one side of a comparison is held against; [] where it is none."""
    if not isinstance(comparison, exp.Binary):
        return []
    other = comparison.expression if comparison.this is node else comparison.this
    value = other.unnest()
    told = str(value.this) if isinstance(value, exp.Literal) else ""
    return [told] if _DAY.match(told) else []


def iso(text: str) -> str:
    """A date of month, day and year as year-month-day; any other text as it is.

    >>> iso("12/31/25"), iso("25/12/2025"), iso("a/b")
    ('2025-12-31', '25/12/2025', 'a/b')
    """
    found = _AMERICAN.fullmatch(text)
    if found is None or not 0 < int(found["month"]) <= _MONTHS:
        return text
    year = found["year"] if len(found["year"]) > len("25") else f"20{found['year']}"
    return f"{year}-{int(found['month']):02}-{int(found['day']):02}"
