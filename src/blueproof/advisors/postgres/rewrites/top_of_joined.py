"""Take the newest row of just the groups that are joined.

Joined to a few devices, a subquery that numbers every device's readings still numbers all of them.
LATERAL with ORDER BY and LIMIT asks for the newest reading of each device that comes up: an index
on (device_id, taken_at) has it at one place.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.first_rows import (
    Taken,
    by_lateral,
    distinct_on,
    numbered,
    of_one,
    shown,
)
from blueproof.advisors.postgres.parts.keyed_joins import Joined, keyed_joins, put_inside
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import name_of, read_select, without_unread
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="a LATERAL subquery is evaluated for each row of the relations before it",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each subquery of the first rows of groups that is joined by what it groups by."""
    for tree, select in asked.selects():
        for joined, taken in _found(asked.scopes, select):
            because = (
                f"{asked.query.name} sorts all of {name_of(taken.source.node)} to keep "
                f"{taken.rows} of each {taken.column}, then only what is joined to "
                f"{brief(joined.outer)}"
            )
            put_inside(select, joined, _first(taken, brief(joined.outer)))
            yield Rewrite(
                title=f"Take {taken.rows} of each {taken.column} that is joined, by "
                f"{by_lateral(taken)}",
                text=write_tree(without_unread(tree)),
                because=(because,),
            )
            break  # the tree is changed


def _found(scopes: Scopes, select: exp.Select) -> Iterator[tuple[Joined, Taken]]:
    joins = list(keyed_joins(scopes, select))
    if not joins:
        return
    for joined in joins:
        for taken in distinct_on(scopes, joined.inner):
            if taken.column == name_of(joined.key):
                yield joined, taken
    for taken in numbered(scopes, select):
        for joined in joins:
            if joined.inner is taken.select and taken.column == name_of(joined.key):
                yield joined, taken


def _first(taken: Taken, value: str) -> exp.Select:
    """The first rows of one group, with the place among the outputs where it is shown."""
    text = of_one(taken, value)
    return read_select(
        f"SELECT {shown(taken, 'top')} FROM ({text}) AS top" if taken.number else text
    )


_TABLES = """
CREATE TABLE devices (id bigint PRIMARY KEY, room text NOT NULL, name text NOT NULL);
CREATE TABLE readings (
  id bigint PRIMARY KEY, device_id bigint, taken_at timestamptz NOT NULL,
  value numeric NOT NULL
);
"""
_NUMBERED = """-- name: room
SELECT d.name, r.value, r.taken_at FROM devices d
{} JOIN (
  SELECT device_id, value, taken_at,
    {} OVER (PARTITION BY device_id ORDER BY taken_at DESC) AS rn
  FROM readings
) r ON r.device_id = d.id AND r.rn {} WHERE d.room = $1;
"""
_NEWEST = """SELECT d.id, r.* FROM devices d JOIN (SELECT DISTINCT ON (device_id) device_id, value
FROM readings WHERE value > 0 ORDER BY device_id, taken_at DESC {}) r
ON r.device_id = d.id WHERE d.room = $1;"""
_LARGE = ("readings=5M", "devices=20k")

REWRITING = Rewriting(
    id="pg-top-of-joined",
    title="Take the newest row of just the groups that are joined",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the newest reading of each device of a room", given=_TABLES, rows=_LARGE,
             queries=_NUMBERED.format("", "row_number()", "= 1")),
        Case(name="devices without readings stay; the last two with ties", given=_TABLES,
             queries=_NUMBERED.format("LEFT", "rank()", "<= 2"), rows=_LARGE),
        Case(name="DISTINCT ON", given=_TABLES, queries=_NEWEST.format(""), rows=_LARGE),
        Case(name="a WITH query that stands first, every column shown", given=_TABLES, rows=_LARGE,
             queries="WITH n AS (SELECT *, row_number() OVER (PARTITION BY device_id ORDER BY "
             "taken_at DESC, id) AS rn FROM readings) SELECT n.value, d.name FROM n, devices d "
             "WHERE n.device_id = d.id AND n.rn = 1 AND d.room = $1;"),
        Case(name="every device", given=_TABLES, rows=("readings=50k", "devices=50k"), fires=False,
             queries=_NUMBERED.format("", "row_number()", "= 1").replace("WHERE d.room = $1", "")),
        Case(name="numbered over all readings", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NUMBERED.format("", "row_number()", "= 1").replace(
                 "PARTITION BY device_id ", "")),
        Case(name="joined by what was measured", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NUMBERED.format("", "row_number()", "= 1").replace(
                 "r.device_id =", "r.value =")),
        Case(name="ten groups are taken before the join", given=_TABLES, rows=_LARGE,
             queries=_NEWEST.format("LIMIT 10"), fires=False),
    ),
)  # fmt: skip
