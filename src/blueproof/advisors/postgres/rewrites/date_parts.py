"""Compare a date with the bounds of a year or month, not a part of every date.

WHERE extract(year FROM created_at) = 2024, date_trunc('month', created_at) = '2024-05-01' and
to_char(created_at, 'YYYY-MM') = '2024-05' compute something for every row. A range on the column
says the same and is what an index on it serves.
"""

import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import AS_WRITTEN, Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, drop, filters, integer, kind, string, together
from blueproof.sql.periods import UNITS, around, bounds, spelled, within
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

LUKE = Citation(
    url="https://use-the-index-luke.com/blog/2024-12/date-time-prefix-rewrite",
    checked=date(2026, 11, 29),
    says="write a part of a date as a range with its lower bound in and its upper bound out; "
    "PostgreSQL does not do it by itself",
)
_ZONED = "timestamp with time zone"
_TIMES = frozenset({"date", "timestamp without time zone", _ZONED})
_FORMATS = {"%Y": "year", "%Y-%m": "month", "%Y%m": "month", "%Y/%m": "month",
            "%Y-%m-%d": "day", "%Y%m%d": "day", "%Y/%m/%d": "day"}  # fmt: skip
_SHOWN = re.compile(r"(\d{4})-(?:(\d\d)-?(?:(?<=-)(\d\d))?)?%")
_MOST_YEAR = 9_000
_MONTHS = range(1, 13)
# How a period's first day stands to a day within a period: as the period itself does.
_PAST = {"<": "<=", "<=": "<=", ">": ">", ">=": ">"}
_ZONE = (
    "the same rows in every time zone but the few whose clocks change at midnight: there one hour "
    "a year falls on the other side"
)
_STYLE = "the original depends on DateStyle being ISO, as it is unless somebody has changed it"


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a part of a date with a constant, said as a range of the date."""
    yield from turn_conditions(
        asked, _as_range, title="Compare the date with bounds", places=_places
    )


def _places(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Each condition; a year and a month of one date, side by side, as one."""
    for parts in together(tree):
        _merge(parts)
    yield from filters(tree)


def _merge(parts: list[exp.Expr]) -> None:
    """Say year = 2024 AND month = 5 as one comparison of the month, and drop the other."""
    years = [(p, f) for p in parts if (f := _part(p, "year"))]
    for node, (year, column) in years:
        for other in parts:
            month = _part(other, "month")
            if month and month[1] == column and month[0] in _MONTHS:
                written = f"{brief(node)} AND {brief(other)}"
                drop(other)
                held = node.find(exp.Extract)
                assert held is not None, "it is a part of a date"
                _whole_month(node, held.expression, f"{year:04d}-{month[0]:02d}-01", written)
                break


def _whole_month(node: exp.Expr, column: exp.Expr, first: str, written: str) -> None:
    told = exp.EQ(
        this=exp.TimestampTrunc(this=column.copy(), unit=exp.var("MONTH")),
        expression=exp.Literal.string(first),
    )
    told.meta[AS_WRITTEN] = written
    node.replace(told)


def _part(node: exp.Expr, unit: str) -> tuple[int, exp.Expr] | None:
    """The number that a part of a date is held equal to, and the date."""
    for left, sign, right in compared(node):
        number = integer(right)
        if sign == "=" and number is not None and _unit(left) == unit:
            return number, left.expression
    return None


def _unit(node: exp.Expr) -> str:
    return node.name.lower() if isinstance(node, exp.Extract) else ""


def _as_range(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if isinstance(node, exp.Between) and _unit(node.this) == "year":
        low, high = _year(node.args["low"]), _year(node.args["high"])
        both = (low[0], high[1]) if low and high and low[0] <= high[0] else None
        return _turned(scopes, node.this.expression, "=", both)
    if isinstance(node, exp.Like):
        return _shown_like(node, scopes)
    for left, sign, right in compared(node):
        if sign != "<>":
            turned = _compared(scopes, left, sign, right)
            if turned:
                return turned
    return None


def _compared(scopes: Scopes, left: exp.Expr, sign: str, right: exp.Expr) -> Turned | None:
    """A function of a date held against a constant."""
    if _unit(left) == "year":
        return _turned(scopes, left.expression, sign, _year(right))
    if isinstance(left, exp.TimeToStr) and sign == "=":
        unit = _FORMATS.get(string(left.args["format"]) or "", "")
        return _turned(scopes, left.this, sign, spelled(unit, string(right) or ""))
    if isinstance(left, exp.TimestampTrunc) and not left.args.get("zone"):
        unit = left.unit.name.lower() if left.unit else ""
        text = _moment(right)
        if text is not None and (inside := around(unit, text)) and sign in _PAST:
            return _turned(scopes, left.this, _PAST[sign], inside)
        if text is not None:
            return _turned(scopes, left.this, sign, bounds(unit, text))
        return _computed(scopes, left.this, unit, sign, right)
    return None


def _year(node: exp.Expr) -> tuple[str, str] | None:
    number = integer(node)
    return spelled("year", f"{number:04d}") if number and 0 < number < _MOST_YEAR else None


def _moment(node: exp.Expr) -> str | None:
    """The text of a constant date, with a cast or without."""
    if isinstance(node, exp.Cast) and node.to.is_type("date", "timestamp", "timestamptz"):
        return string(node.this)
    return string(node)


def _computed(
    scopes: Scopes, column: exp.Expr, unit: str, sign: str, value: exp.Expr
) -> Turned | None:
    """The beginning of this month and the like: as long as the period that is compared."""
    same = isinstance(value, exp.TimestampTrunc) and not value.args.get("zone")
    same = same and value.args["unit"].name.lower() == unit
    today = isinstance(value, exp.CurrentDate) and unit == "day"
    settled = not value.find(exp.Column, exp.Select, exp.Parameter)
    if unit not in UNITS or not (same or today) or not settled:
        return None
    span = "3 months" if unit == "quarter" else f"1 {unit}"
    name, first = brief(column), brief(value)
    after = f"{first} + interval '{span}'"
    told = {
        "=": f"{name} >= {first} AND {name} < {after}",
        ">=": f"{name} >= {first}", "<": f"{name} < {first}",
        "<=": f"{name} < {after}", ">": f"{name} >= {after}",
    }  # fmt: skip
    return _said(scopes, column, told[sign])


def _shown_like(node: exp.Like, scopes: Scopes) -> Turned | None:
    """The beginning of a date's text: 2024-%, 2024-05-%, 2024-05-31%."""
    found = _SHOWN.fullmatch(string(node.expression) or "")
    shown = node.this.unnest()
    if not found or not isinstance(shown, exp.Cast) or not shown.to.is_type("text", "varchar"):
        return None
    parts = [part for part in found.groups() if part]
    unit = ("year", "month", "day")[len(parts) - 1]
    turned = _turned(scopes, shown.this.unnest(), "=", spelled(unit, "-".join(parts)))
    if turned is None:
        return None
    return Turned(text=turned.text, why=turned.why, trade_offs=(*turned.trade_offs, _STYLE))


def _turned(
    scopes: Scopes, column: exp.Expr, sign: str, period: tuple[str, str] | None
) -> Turned | None:
    if period is None:
        return None
    return _said(scopes, column, within(brief(column), sign, period))


def _said(scopes: Scopes, column: exp.Expr, text: str) -> Turned | None:
    type_, name = kind(scopes, column), brief(column)
    if type_ not in _TIMES:
        return None
    return Turned(
        text=text,
        why=f"that is computed for every row, so no index on {name} can serve it",
        trade_offs=(_ZONE,) if type_ == _ZONED else (),
    )


_TABLES = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, total numeric(10,2) NOT NULL, created_at timestamptz NOT NULL,
  booked timestamp, due date
);
"""

REWRITING = Rewriting(
    id="pg-date-parts",
    title="Compare a date with the bounds of a year or month",
    guide=__doc__ or "",
    evidence=(LUKE,),
    turn=turn,
    cases=(
        Case(name="one year", given=_TABLES,
             queries="SELECT id FROM orders WHERE extract(year FROM created_at) = 2022;"),
        Case(name="a year and a month", given=_TABLES,
             queries="SELECT o.id FROM orders o WHERE extract(month FROM o.booked) = 2 "
             "AND o.total > $1 AND date_part('year', o.booked) = 2022;"),
        Case(name="the month that a date is truncated to", given=_TABLES,
             queries="SELECT id FROM orders WHERE date_trunc('month', booked) = '2022-02-01';"),
        Case(name="this month", given=_TABLES,
             queries="SELECT id, total FROM orders "
             "WHERE date_trunc('month', created_at) = date_trunc('month', now());"),
        Case(name="a month as text", given=_TABLES,
             queries="SELECT id FROM orders WHERE to_char(due, 'YYYY-MM') = '2022-02';"),
        Case(name="the beginning of the date's text", given=_TABLES,
             queries="SELECT id FROM orders WHERE booked::text LIKE '2022-02-%';"),
        Case(name="years from one to another", given=_TABLES,
             queries="SELECT id FROM orders WHERE extract(year FROM due) BETWEEN 2022 AND 2022;"),
        Case(name="months from one to a day within another", given=_TABLES,
             queries="SELECT id FROM orders WHERE (date_trunc('month', created_at)) >= "
             "('2022-01-01') AND date_trunc('month', created_at) <= '2022-03-31';"),
        Case(name="after a day within a quarter", given=_TABLES,
             queries="SELECT id FROM orders WHERE date_trunc('quarter', booked) > '2022-05-17' "
             "AND date_trunc('quarter', booked) < '2022-08-02';"),
        Case(name="a month of any year is no range", given=_TABLES, fires=False,
             queries="SELECT id FROM orders WHERE extract(month FROM created_at) = 2;"),
        Case(name="a year and the month of another date", given=_TABLES, fires=False,
             queries="SELECT id FROM orders WHERE extract(month FROM due) = 2 "
             "OR extract(year FROM booked) <> 2024;"),
        Case(name="no month begins on the second", given=_TABLES, fires=False,
             queries="SELECT id FROM orders WHERE date_trunc('month', booked) = '2024-02-02';"),
        Case(name="a zone of its own", given=_TABLES, fires=False,
             queries="SELECT id FROM orders "
             "WHERE date_trunc('day', created_at, 'Asia/Tokyo') = '2024-02-02';"),
        Case(name="the beginning of a number that may go on", given=_TABLES, fires=False,
             queries="SELECT id FROM orders WHERE booked::text LIKE '2024-02-2%';"),
        Case(name="everything from long ago on", given=_TABLES, fires=False,
             queries="SELECT id FROM orders WHERE extract(year FROM created_at) >= 1990;"),
    ),
)  # fmt: skip
