"""Compare a time stamp with the bounds of a day, not the day of every time stamp.

WHERE date(created_at) = $1 cannot use an index on created_at: the server computes the function for
every row. A range on the column says the same and can. So it is with the day in a zone,
date(created_at AT TIME ZONE 'UTC'): its bounds are moments of that zone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.core.advice import Alternative
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared, integer, kind, string
from blueproof.sql.periods import bounds
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-expressional.html",
    checked=date(2026, 11, 24),
    says="an index can hold an expression over the row, and then serves conditions on it",
)
_STAMP, _ZONED = "timestamp without time zone", "timestamp with time zone"
_MIDNIGHT = (
    "the same rows in every time zone but the few whose clocks change at midnight: there one hour "
    "a year falls on the other side"
)
_INDEX = Alternative(
    choice="an index on the day itself",
    why_not="impossible for timestamptz without a zone, whose date depends on the session's; "
    "otherwise a second index where one on the time stamp will do, for ranges and order as well",
)
_STEADY = frozenset({"utc", "gmt", "etc/utc", "zulu", "z"})  # zones whose clocks never change
_BOUNDS = {
    "=": "{ref} >= {first} AND {ref} < {after}",
    ">=": "{ref} >= {first}",
    "<": "{ref} < {first}",
    "<=": "{ref} < {after}",
    ">": "{ref} >= {after}",
}


@dataclass(frozen=True, kw_only=True)
class _Day:
    """The day of a time stamp's column, in a zone if one is named, with the column's type.

    `moment` is whether it is the day's first moment (date_trunc), which no other moment equals.
    """

    column: str
    type: str
    zone: str = ""
    moment: bool = False

    @property
    def always_same(self) -> bool:
        """Whether no clock that is put back can have a moment fall on another day."""
        named = self.zone.strip("'").lower()
        return self.type == (_ZONED if named in _STEADY else _STAMP if not named else "")

    def at(self, day: str) -> str:
        """The moment at which a day begins, as the column is held against it."""
        if not self.zone:
            return day
        local = "timestamptz" if self.type == _STAMP else "timestamp"
        whole = day if day.endswith("'::date") else f"({day})"
        return f"{whole.removesuffix('::date')}::{local} AT TIME ZONE {self.zone}"


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a time stamp's day turned into a range."""
    title = "Compare the time stamp with the day's bounds"
    for rewrite in turn_conditions(asked, _as_range, title=title):
        yield replace(rewrite, instead_of=(_INDEX,))


def _as_range(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if isinstance(node, exp.Between):
        day = _day_of(node.this, scopes)
        low, high = _edges(node.args["low"], day), _edges(node.args["high"], day)
        both = (low[0], high[1]) if low and high else None
        return _said(day, "{ref} >= {first} AND {ref} < {after}", both)
    for left, sign, right in compared(node):
        day = _day_of(left, scopes)
        if day and sign in _BOUNDS:
            return _said(day, _BOUNDS[sign], _edges(right, day))
    return None


def _day_of(node: exp.Expr, scopes: Scopes) -> _Day | None:
    """Whose day an expression is; None where it is no day of a time stamp."""
    dated = isinstance(node, exp.Date) and not node.expressions and not node.args.get("zone")
    moment = isinstance(node, exp.TimestampTrunc) and not node.args.get("zone")
    moment = moment and node.args["unit"].name.lower() == "day"
    if not (dated or moment or (isinstance(node, exp.Cast) and node.to.is_type("date"))):
        return None
    inside = node.this.unnest()
    zone = ""
    if isinstance(inside, exp.AtTimeZone):
        name = string(inside.args["zone"])
        if name is None:
            return None
        inside, zone = inside.this.unnest(), brief(inside.args["zone"])
    elif moment:
        return None  # what is truncated without a zone is for pg-date-parts
    type_ = kind(scopes, inside)
    if type_ not in {_STAMP, _ZONED}:
        return None
    return _Day(column=brief(inside), type=type_, zone=zone, moment=moment)


def _edges(value: exp.Expr, day: _Day | None) -> tuple[str, str] | None:
    """The day that a value means and the day after, as SQL; None where it may be no date."""
    bare = value.unnest()
    if day and day.moment and isinstance(bare, exp.Cast) and bare.to.is_type("timestamp"):
        bare = bare.this
    if day and day.moment and isinstance(bare, exp.Parameter):
        return None  # it may be a moment within the day
    inner = bare.this if isinstance(bare, exp.Cast) and bare.to.is_type("date") else bare
    text = string(inner)
    if text is not None:
        found = bounds("day", text)
        return (f"'{found[0]}'::date", f"'{found[1]}'::date") if found else None
    if isinstance(inner, exp.Parameter) or (inner is bare and isinstance(bare, exp.CurrentDate)):
        said = brief(bare) if isinstance(bare, exp.CurrentDate) else f"{brief(inner)}::date"
        return said, f"{said} + 1"
    if isinstance(inner, exp.CurrentTimestamp) and inner is not bare:
        return brief(bare), f"{brief(bare)} + 1"
    moved = isinstance(bare, exp.Add | exp.Sub) and isinstance(bare.this.unnest(), exp.CurrentDate)
    if moved and integer(bare.expression) is not None:
        return brief(bare), f"{brief(bare)} + 1"
    return None


def _said(day: _Day | None, told: str, edges: tuple[str, str] | None) -> Turned | None:
    if day is None or edges is None:
        return None
    first, after = map(day.at, edges)
    return Turned(
        text=told.format(ref=day.column, first=first, after=after),
        why=f"the day is computed of every row, so no index on {day.column} can serve it",
        trade_offs=() if day.always_same else (_MIDNIGHT,),
    )


_USERS = """
CREATE TABLE users (
  id bigint PRIMARY KEY, email text NOT NULL, signed_up timestamptz NOT NULL,
  birthday timestamp NOT NULL
);
CREATE INDEX users_email_idx ON users (email);
"""

_ORDERS = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text NOT NULL, total numeric NOT NULL, zone text NOT NULL,
  due date NOT NULL, created_at timestamptz NOT NULL
);
"""

REWRITING = Rewriting(
    id="pg-day-range",
    title="Compare a time stamp with the bounds of a day",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="a day of a time stamp with time zone", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) = $1;"),
        Case(name="a cast to date, between two days", given=_USERS,
             queries="SELECT id FROM users u WHERE u.birthday::date BETWEEN $1 AND $2;"),
        Case(name="a day in a zone, of the newest orders of one status", given=_ORDERS,
             queries="SELECT o.id, o.total FROM orders o WHERE o.status = 'paid' AND "
             "date(o.created_at AT TIME ZONE 'UTC') = date '2025-12-05' "
             "ORDER BY o.created_at DESC LIMIT 20;", rows=("orders=5M",)),
        Case(name="today in a zone whose clocks change", given=_ORDERS,
             queries="SELECT id FROM orders WHERE "
             "(created_at AT TIME ZONE 'Europe/Berlin')::date = current_date;"),
        Case(name="a parameter, the column on the right", given=_ORDERS,
             queries="SELECT id FROM orders WHERE "
             "$1 = date(created_at AT TIME ZONE 'America/New_York') AND status = $2;"),
        Case(name="the days since yesterday", given=_ORDERS,
             queries="SELECT id FROM orders WHERE CAST(created_at AS date) >= current_date - 1;"),
        Case(name="the first moment of a day in a zone", given=_ORDERS,
             queries="SELECT id, total FROM orders WHERE status = $1 AND "
             "date_trunc('day', created_at AT TIME ZONE 'UTC') = timestamp '2025-12-05';"),
        Case(name="rows of a day that are changed, by an index that is there", given=_ORDERS +
             "CREATE INDEX ON orders (created_at);", rows=("orders=5M",),
             queries="UPDATE orders SET status = $2 WHERE "
             "date(created_at AT TIME ZONE 'UTC') = $1;"),
        Case(name="a moment that is a parameter", given=_ORDERS, fires=False,
             queries="SELECT id FROM orders WHERE "
             "date_trunc('day', created_at AT TIME ZONE 'UTC') = $1::timestamp;"),
        Case(name="another column says which zone", given=_ORDERS, fires=False,
             queries="SELECT id FROM orders WHERE date(created_at AT TIME ZONE zone) = $1;"),
        Case(name="a moment within the day is no day", given=_ORDERS, fires=False,
             queries="SELECT id FROM orders "
             "WHERE created_at::date > '2025-12-05 12:00'::timestamp;"),
        Case(name="a date that is not equal", given=_ORDERS, fires=False,
             queries="SELECT id FROM orders WHERE date(created_at) <> $1;"),
        Case(name="a day of another column", given=_ORDERS, fires=False,
             queries="SELECT id FROM orders WHERE created_at::date = due;"),
        Case(name="the column itself is compared already", given=_USERS,
             queries="SELECT id FROM users WHERE signed_up >= $1 AND signed_up < $2;",
             fires=False),
        Case(name="a function that keeps nearly every row", given=_USERS,
             queries="SELECT id FROM users WHERE date(signed_up) >= '2000-01-01';", fires=False),
    ),
)  # fmt: skip
