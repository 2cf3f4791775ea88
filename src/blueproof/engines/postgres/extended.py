"""Extended statistics: how columns of a table hang together, written where the planner reads them.

Their types take no text, so the bytes are made here. Layout: mvdistinct.c and dependencies.c in
src/backend/statistics of PostgreSQL 18. Only an administrator may write them; it is handed
numbers and bytes, and touches nothing of the person's. The lists of common values together, and the
statistics of expressions, are left out.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blueproof.engines.postgres.catalog import searching
from blueproof.engines.postgres.loading import LeftOut
from blueproof.engines.postgres.session import Session
from blueproof.sql.statistics import ExtendedStatistics

_OBJECTS = """
SELECT x.oid::int8, n.nspname::text, x.stxname::text, tn.nspname::text, c.relname::text,
  ARRAY(SELECT a.attname::text FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum),
  ARRAY(SELECT a.attnum::int4 FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum)
FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
JOIN pg_class c ON c.oid = x.stxrelid JOIN pg_namespace tn ON tn.oid = c.relnamespace
ORDER BY x.oid
"""
# The casts are gone before anybody else could see them: with them, bytes of anybody's could be read
# as statistics.
_BEGIN = """
BEGIN; SET LOCAL search_path = pg_catalog; DELETE FROM pg_catalog.pg_statistic_ext_data;
CREATE CAST (pg_catalog.bytea AS pg_catalog.pg_ndistinct) WITHOUT FUNCTION;
CREATE CAST (pg_catalog.bytea AS pg_catalog.pg_dependencies) WITHOUT FUNCTION
"""
_INSERT = """
INSERT INTO pg_catalog.pg_statistic_ext_data
  (stxoid, stxdinherit, stxdndistinct, stxddependencies)
VALUES ($1::pg_catalog.oid, $2::pg_catalog.bool,
  $3::pg_catalog.bytea::pg_catalog.pg_ndistinct, $4::pg_catalog.bytea::pg_catalog.pg_dependencies)
"""
_END = """
DROP CAST (pg_catalog.bytea AS pg_catalog.pg_ndistinct);
DROP CAST (pg_catalog.bytea AS pg_catalog.pg_dependencies); COMMIT
"""
_DISTINCT_MAGIC, _DEPENDS_MAGIC, _BASIC = 0xA352BFA4, 0xB4549A2C, 1
_UNREAD = {"common": "lists of common values", "expressions": "figures of expressions"}
_MOST_NUMBERS = 8  # columns of one object: STATS_MAX_DIMENSIONS


@dataclass(frozen=True, kw_only=True)
class Extended:
    """An extended statistics object of the twin: its number, name, table and columns.

    `numbers` are the columns' own, by name.
    """

    oid: int
    name: str
    table: str
    numbers: dict[str, int]


def read_extended(guest: Session) -> tuple[Extended, ...]:
    """The extended statistics objects of a database, as its DDL made them."""
    with searching(guest):
        rows = guest.run(_OBJECTS)
    return tuple(
        Extended(
            oid=int(oid),
            name=f"{schema}.{name}".removeprefix("public."),
            table=f"{table_schema}.{table}".removeprefix("public."),
            numbers=dict(zip(columns, numbers, strict=True)),
        )
        for oid, schema, name, table_schema, table, columns, numbers in rows
    )


def write_extended(
    admin: Session, objects: Iterable[Extended], given: Iterable[ExtendedStatistics]
) -> None:
    """Have the planner see these in place of whatever it saw before."""
    by_name = {o.name: o for o in objects}
    rows = [
        (by_name[one.name].oid, one.inherited, *encoded(by_name[one.name].numbers, one))
        for one in given
        if one.name in by_name
    ]
    admin.run(_BEGIN)
    for row in rows:
        admin.run_one(_INSERT, row)
    admin.run(_END)


def missing(objects: Iterable[Extended], given: Iterable[ExtendedStatistics]) -> Iterator[LeftOut]:
    """What of the extended statistics the twin's planner does not see, and why."""
    known = {one.name: one for one in given}
    for each in objects:
        unread = known[each.name].unread if each.name in known else ()
        if each.name not in known:
            yield _left(each, "their figures are not among those given (blueproof pg collect)")
        elif unread:
            words = " and ".join(_UNREAD.get(kind, kind) for kind in unread)
            yield _left(each, f"{words} are not taken, only numbers of values and dependencies")


def all_missing(objects: Iterable[Extended], why: str) -> Iterator[LeftOut]:
    """Every object, where none could be written."""
    return (_left(each, why) for each in objects)


def _left(each: Extended, why: str) -> LeftOut:
    what = f"extended statistics {each.name} of {each.table}"
    return LeftOut(where="statistics", what=what, why=why, tables=(each.table,))


def encoded(
    numbers: dict[str, int], given: ExtendedStatistics
) -> tuple[bytes | None, bytes | None]:
    """Numbers of combinations, and dependencies, as the server stores them; None where none.

    What names a column that the table does not have is left out.
    """
    distinct = [(n, c) for columns, n in given.distinct if (c := _numbered(columns, numbers))]
    depends = [(d, c) for columns, d in given.dependencies if (c := _numbered(columns, numbers))]
    return (
        _items(_DISTINCT_MAGIC, "=di", distinct) if distinct else None,
        _items(_DEPENDS_MAGIC, "=dh", depends) if depends else None,
    )


def _items(magic: int, head: str, items: list[tuple[float, tuple[int, ...]]]) -> bytes:
    body = b"".join(
        struct.pack(head, value, len(columns)) + struct.pack(f"={len(columns)}h", *columns)
        for value, columns in items
    )
    return struct.pack("=III", magic, _BASIC, len(items)) + body


def _numbered(columns: tuple[str, ...], numbers: dict[str, int]) -> tuple[int, ...]:
    """The columns by number, expressions by theirs; () where one is not there."""
    found = [numbers.get(c) or (int(c) if c.lstrip("-").isdecimal() else 0) for c in columns]
    return tuple(found) if 0 not in found and 1 < len(found) <= _MOST_NUMBERS else ()
