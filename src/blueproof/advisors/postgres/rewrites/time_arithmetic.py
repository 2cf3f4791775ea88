"""Reckon with the value, not with the time of every row.

WHERE created_at + interval '7 days' > now() adds seven days to every row's time before it
compares; created_at > now() - interval '7 days' reckons once and is a range of an index.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, integer, kind, string
from blueproof.sql.intervals import DAY_SECONDS, MONTH_DAYS, read_span, spelled_seconds
from blueproof.sql.scopes import Scopes, columns
from blueproof.sql.trees import brief

LUKE = Citation(
    url="https://use-the-index-luke.com/sql/where-clause/obfuscation/math",
    checked=date(2026, 11, 29),
    says="databases solve no equations: a calculation with a column cannot use its index; "
    "constants belong on the other side",
)
_ZONED, _PLAIN = "timestamp with time zone", "timestamp without time zone"
_CASTS = {_ZONED: "timestamptz", _PLAIN: "timestamp", "date": "timestamp"}
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "="}
_ZONE = (
    "the same rows in UTC; where clocks change twice a year, a row may fall on the other side "
    "within the hour that they change by"
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a time that is reckoned with, said of the time itself."""
    yield from turn_conditions(asked, _moved, title="Reckon with the value, not the column")


def _moved(node: exp.Expr, scopes: Scopes) -> Turned | None:
    for left, sign, right in compared(node):
        if sign == "<>" or any(columns(right)):
            continue
        seconds = _epoch(left)
        if seconds is not None:
            return _since_epoch(scopes, seconds, sign, right)
        if isinstance(left, exp.Add | exp.Sub):
            one, other = left.this.unnest(), left.expression.unnest()
            if isinstance(left, exp.Sub) and isinstance(other, exp.Column):
                return _since(scopes, one, other, sign, right)
            if isinstance(left, exp.Add) and isinstance(other, exp.Column):
                one, other = other, one
            if isinstance(one, exp.Column):
                back = "-" if isinstance(left, exp.Add) else "+"
                return _shifted(scopes, one, other, back, (sign, right))
    return None


def _shifted(
    scopes: Scopes, column: exp.Column, by: exp.Expr, back: str, held: tuple[str, exp.Expr]
) -> Turned | None:
    """A time plus so much, held against a value: the time against the value less so much."""
    type_, (sign, value) = kind(scopes, column), held
    amount, days = read_span(by), integer(by)
    if type_ == "date" and days is not None:
        given = _given(value, "date")
        told = f"{brief(column)} {sign} {given} {back} {days}"
        return _turned(column, told) if given and _is(value, "date") else None
    # A month more and a month less do not cancel out: 31 January + 1 month - 1 month is the 28th.
    if type_ not in _CASTS or amount is None or amount.months:
        return None
    given = _given(value, _CASTS[type_])
    if given is None:
        return None
    moves = _ZONED in {type_, _type(value)} and (amount.days > 0 or type_ != _ZONED)
    moves = moves or (type_ == _ZONED and _type(value) not in {"", _ZONED})
    told = f"{brief(column)} {sign} {given} {back} {brief(by)}"
    return _turned(column, told, *((_ZONE,) if moves else ()))


def _since(
    scopes: Scopes, value: exp.Expr, column: exp.Column, sign: str, right: exp.Expr
) -> Turned | None:
    """How long ago a time is, held against an interval or, of dates, a number of days."""
    type_, days, length = kind(scopes, column), integer(right), read_span(right)
    sign = _MIRRORED[sign]
    if type_ == "date" and _is(value, "date") and days is not None and _type(value):
        return _turned(column, f"{brief(column)} {sign} {brief(value)} - {days}")
    if length is None or not _type(value) or type_ not in _CASTS or _type(value) == "date":
        return None
    if type_ == "date":
        return None
    # Intervals are compared as if a day had 24 hours and a month 30 days.
    whole, rest = divmod(length.compared, DAY_SECONDS)
    text = (
        f"{whole} day{'' if whole == 1 else 's'}"
        if not rest
        else spelled_seconds(whole * DAY_SECONDS + rest)
    )
    zoned = _ZONED in {type_, _type(value)}
    counted = (
        f"a month counts {MONTH_DAYS} days in such a comparison and a year {12 * MONTH_DAYS}: so "
        "the rewritten query says, too",
    )
    told = f"{brief(column)} {sign} {brief(value)} - interval '{text}'"
    moves = (_ZONE,) if zoned and (not rest or type_ != _ZONED) else ()
    return _turned(column, told, *(counted if length.months else ()), *moves)


def _epoch(node: exp.Expr) -> tuple[exp.Sub, int] | None:
    """A difference whose seconds are taken, and by what they are divided."""
    by: int | None = 1
    if isinstance(node, exp.Div):
        node, by = node.this.unnest(), integer(node.expression)
    taken = isinstance(node, exp.Extract) and node.name.lower() == "epoch"
    inner = node.expression.unnest() if taken else None
    return (inner, by) if isinstance(inner, exp.Sub) and by and by > 0 else None


def _since_epoch(
    scopes: Scopes, taken: tuple[exp.Sub, int], sign: str, right: exp.Expr
) -> Turned | None:
    difference, by = taken
    value, column, number = difference.this.unnest(), difference.expression.unnest(), integer(right)
    fits = isinstance(column, exp.Column) and number is not None and number >= 0
    if not fits or number is None or (by > 1 and sign == "="):
        return None
    # The difference of two moments in one zone is a number of seconds, whatever the clocks do.
    if kind(scopes, column) != _ZONED or _type(value) != _ZONED:
        return None
    text = spelled_seconds(number * by)
    told = f"{brief(column)} {_MIRRORED[sign]} {brief(value)} - interval '{text}'"
    return _turned(column, told)


def _given(value: exp.Expr, cast: str) -> str | None:
    """The value as it can be reckoned with; None where its type is not known."""
    if isinstance(value, exp.Parameter) or string(value) is not None:
        return f"{brief(value)}::{cast}"
    return brief(value) if _type(value) else None


def _is(value: exp.Expr, type_: str) -> bool:
    return isinstance(value, exp.Parameter) or string(value) is not None or _type(value) == type_


def _type(value: exp.Expr) -> str:
    """The type of now(), current_date, a cast constant or parameter; "" of anything else."""
    if isinstance(value, exp.CurrentTimestamp):
        return _ZONED
    if isinstance(value, exp.CurrentDate):
        return "date"
    if isinstance(value, exp.Localtimestamp):
        return _PLAIN
    if isinstance(value, exp.Cast) and isinstance(value.this, exp.Literal | exp.Parameter):
        named = {"timestamptz": _ZONED, "timestamp": _PLAIN, "date": "date"}
        return named.get(brief(value.to).lower(), "")
    return ""


def _turned(column: exp.Column, text: str, *trade_offs: str) -> Turned:
    name = brief(column)
    return Turned(
        text=text,
        why=f"that is reckoned for every row, so no index on {name} can serve it",
        trade_offs=trade_offs,
    )


_TABLES = """
CREATE TABLE visits (
  id bigint PRIMARY KEY, created_at timestamptz NOT NULL, seen timestamp, due date, days integer
);
CREATE INDEX ON visits (created_at);
CREATE INDEX ON visits (seen);
CREATE INDEX ON visits (due);
"""
_LARGE = ("visits=2M",)

REWRITING = Rewriting(
    id="pg-time-arithmetic",
    title="Reckon with the value, not with the time of every row",
    guide=__doc__ or "",
    evidence=(LUKE,),
    turn=turn,
    cases=(
        Case(name="the last week", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM visits WHERE created_at + interval '7 days' > now();"),
        Case(name="how long ago", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM visits WHERE now() - created_at < interval '36 hours';"),
        Case(name="a parameter", given=_TABLES, rows=_LARGE,
             queries="SELECT v.id FROM visits v WHERE v.seen - interval '90 minutes' = $1;"),
        Case(name="days of a date", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM visits WHERE current_date - due < 3 AND due - 1 <= $1;"),
        Case(name="a month in a comparison of intervals has 30 days", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM visits WHERE localtimestamp - seen < interval '1 month';"),
        Case(name="hours by the epoch", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM visits "
             "WHERE extract(epoch FROM (now() - created_at)) / 3600 < 24;"),
        Case(name="a month more and a month less do not cancel out", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM visits WHERE seen + interval '1 month' > '2026-02-28';"),
        Case(name="age counts months by the calendar", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM visits WHERE age(created_at) < interval '1 month';"),
        Case(name="another column says how long", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM visits WHERE created_at + days * interval '1 day' > now();"),
        Case(name="an interval from the client may have months", given=_TABLES, rows=_LARGE,
             fires=False,
             queries="SELECT id FROM visits WHERE created_at + $1::interval > now();"),
        Case(name="the value is reckoned with already", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT id FROM visits WHERE created_at > now() - interval '7 days';"),
    ),
)  # fmt: skip
