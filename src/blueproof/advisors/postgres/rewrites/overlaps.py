"""Let an index find the periods that overlap another one.

(starts_at, ends_at) OVERLAPS ($1, $2) is a function of four values: the server computes it for
every row. As ranges that touch, the periods are found by a GiST index on the range; OVERLAPS then
decides about those that only touch.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.advisors.postgres.parts.turned import Turned, turn_conditions
from blueproof.advisors.postgres.rewrites.two_bounds import DOCS, FEW
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.ranges import read_ends
from blueproof.sql.scopes import Scopes
from blueproof.sql.trees import brief

OVERLAPS = Citation(
    url="https://www.postgresql.org/docs/current/functions-datetime.html",
    checked=date(2026, 11, 29),
    says="OVERLAPS takes the earlier of each pair as the start, a period as start <= time < end, "
    "and equal ends as that one moment",
)
_TIMES = frozenset({"timestamptz", "timestamp", "date"})


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each OVERLAPS of two columns and a fixed period, after the range condition it implies."""
    yield from turn_conditions(asked, _as_range, title="Find the overlap as a range", instead=False)


def _as_range(node: exp.Expr, scopes: Scopes) -> Turned | None:
    if not isinstance(node, exp.Overlaps):
        return None
    for mine, theirs in ((node.this, node.expression), (node.expression, node.this)):
        pair, period = _both(mine), _both(theirs)
        ends = read_ends(scopes, *pair) if pair else None
        if ends is None or period is None or ends.element not in _TIMES:
            continue
        if all(ends.takes(value) for value in period):
            touching = f"{ends.text()} && {ends.between(*period)}"
            return Turned(
                text=f"{touching} AND {brief(node)}",
                why="no index serves OVERLAPS, so it is computed for every row",
                trade_offs=FEW,
            )
    return None


def _both(node: exp.Expr) -> tuple[exp.Expr, exp.Expr] | None:
    """The two ends of a period; None where it is something else."""
    if not isinstance(node, exp.Tuple):
        return None
    match node.expressions:
        case [one, other]:
            return one.unnest(), other.unnest()
    return None


_TABLES = """
CREATE TABLE rooms (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE bookings (
  id bigint PRIMARY KEY, room_id bigint NOT NULL REFERENCES rooms, guest text,
  starts_at timestamptz{}, ends_at timestamptz{}
);
CREATE INDEX ON bookings (starts_at);
CREATE INDEX ON bookings (room_id);
"""
_NULLS = _TABLES.format("", "")
_SURE = _TABLES.format(" NOT NULL", " NOT NULL CHECK (starts_at < ends_at)")
_LARGE = ("bookings=5M", "rooms=1k")
_ASKED = "-- name: booked\nSELECT id, guest FROM bookings WHERE {};"
_PERIOD = "(starts_at, ends_at) OVERLAPS ($1, $2)"

REWRITING = Rewriting(
    id="pg-overlaps",
    title="Find periods that overlap as ranges",
    guide=__doc__ or "",
    evidence=(OVERLAPS, DOCS),
    turn=turn,
    cases=(
        Case(name="a period from outside", given=_SURE, rows=_LARGE,
             queries=_ASKED.format(_PERIOD)),
        Case(name="ends in any order, missing ones among them", given=_NULLS, rows=_LARGE,
             queries=_ASKED.format(_PERIOD)),
        Case(name="constants first, in a join", given=_NULLS, rows=_LARGE,
             queries="SELECT DISTINCT r.name FROM rooms r JOIN bookings b ON b.room_id = r.id "
             "WHERE (timestamptz '2026-05-01', timestamptz '2026-05-01 06:00') OVERLAPS "
             "(b.starts_at, b.ends_at);"),
        Case(name="one moment", rows=_LARGE,
             given=_NULLS.replace("timestamptz", "timestamp"),
             queries=_ASKED.format("guest = 'x' AND (ends_at, starts_at) OVERLAPS "
                                   "(timestamp '2026-05-01', timestamp '2026-05-01')")),
        Case(name="days", given=_NULLS.replace("timestamptz", "date"), rows=_LARGE,
             queries=_ASKED.format("(starts_at, ends_at) OVERLAPS "
                                   "(date '2026-05-09', date '2026-05-01')")),
        Case(name="a start and how long it takes", given=_NULLS, rows=_LARGE, fires=False,
             queries=_ASKED.format("(starts_at, ends_at) OVERLAPS ($1, interval '1 hour')")),
        Case(name="the periods of two rows", given=_NULLS, rows=("bookings=2k",), fires=False,
             queries="SELECT a.id FROM bookings a JOIN bookings b ON b.room_id = a.room_id "
             "WHERE (a.starts_at, a.ends_at) OVERLAPS (b.starts_at, b.ends_at);"),
        Case(name="local times in one zone, columns in another", fires=False, rows=_LARGE,
             given=_NULLS.replace("timestamptz", "timestamp"),
             queries=_ASKED.format("(starts_at, ends_at) OVERLAPS (now(), now())")),
        Case(name="those that do not overlap", given=_NULLS, rows=_LARGE, fires=False,
             queries=_ASKED.format(f"NOT {_PERIOD}")),
        Case(name="a small table", given=_NULLS, rows=("bookings=100",), fires=False,
             queries=_ASKED.format(_PERIOD)),
    ),
)  # fmt: skip
