"""Extended statistics: how columns of a table hang together, written where the planner reads them.

Their types take no text, so the bytes are made here. Layout: mvdistinct.c and dependencies.c in
src/backend/statistics of PostgreSQL 18. Only an administrator may write them; it is handed
numbers and bytes, and touches nothing of the person's. Combinations of values and figures of
expressions get their form in a table of the owner's (scratch_table.py).
"""

import contextlib
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blueproof.engines.postgres import scratch_table
from blueproof.engines.postgres.catalog import searching
from blueproof.engines.postgres.loading import LeftOut
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.scratch_table import Filled
from blueproof.engines.postgres.session import Session
from blueproof.sql.statistics import ExtendedStatistics

_OBJECTS = """
SELECT x.oid::int8, n.nspname::text, x.stxname::text, tn.nspname::text, c.relname::text,
  ARRAY(SELECT a.attname::text FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum),
  ARRAY(SELECT a.attnum::int4 FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum),
  ARRAY(SELECT a.atttypid::int8 FROM pg_attribute a
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
CREATE CAST (pg_catalog.bytea AS pg_catalog.pg_dependencies) WITHOUT FUNCTION;
CREATE CAST (pg_catalog.bytea AS pg_catalog.pg_mcv_list) WITHOUT FUNCTION
"""
_LIST = """
SELECT stxdmcv::pg_catalog.bytea FROM pg_catalog.pg_statistic_ext_data
WHERE stxoid = $1::pg_catalog.oid AND stxdmcv IS NOT NULL
"""
# Figures of expressions are rows of pg_statistic: those of a scratch table's columns, all or none,
# for the planner takes each to be there.
_INSERT = """
INSERT INTO pg_catalog.pg_statistic_ext_data
  (stxoid, stxdinherit, stxdndistinct, stxddependencies, stxdmcv, stxdexpr)
VALUES ($1::pg_catalog.oid, $2::pg_catalog.bool,
  $3::pg_catalog.bytea::pg_catalog.pg_ndistinct, $4::pg_catalog.bytea::pg_catalog.pg_dependencies,
  $5::pg_catalog.bytea::pg_catalog.pg_mcv_list,
  (SELECT CASE WHEN pg_catalog.count(*) = pg_catalog.cardinality($7::int2[])
      THEN pg_catalog.array_agg(s ORDER BY s.staattnum) END
    FROM pg_catalog.pg_statistic s
    JOIN pg_catalog.pg_attribute a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
    JOIN unnest($7::int2[], $8::pg_catalog.oid[]) e(number, type)
      ON e.number = a.attnum AND e.type = a.atttypid
    WHERE s.starelid = $6::pg_catalog.oid))
RETURNING stxdexpr IS NOT NULL
"""
_END = """
DROP CAST (pg_catalog.bytea AS pg_catalog.pg_ndistinct);
DROP CAST (pg_catalog.bytea AS pg_catalog.pg_dependencies);
DROP CAST (pg_catalog.bytea AS pg_catalog.pg_mcv_list); COMMIT
"""
_DISTINCT_MAGIC, _DEPENDS_MAGIC, _BASIC = 0xA352BFA4, 0xB4549A2C, 1
_NOTHING_MADE: tuple[None, int, list[int], list[int]] = (None, 0, [], [])
_UNREAD = {"common": "common combinations", "expressions": "figures of expressions"}
_MOST_NUMBERS = 8  # columns of one object: STATS_MAX_DIMENSIONS


@dataclass(frozen=True, kw_only=True)
class Extended:
    """An extended statistics object of the twin: its number, name, table and columns.

    `numbers` are the columns' own, by name, `types` those of the columns in the same order.
    """

    oid: int
    name: str
    table: str
    numbers: dict[str, int]
    types: tuple[int, ...]


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
            types=tuple(map(int, types)),
        )
        for oid, schema, name, table_schema, table, columns, numbers, types in rows
    )


def write_extended(
    admin: Session,
    guest: Session,
    objects: Iterable[Extended],
    given: Iterable[ExtendedStatistics],
) -> tuple[LeftOut, ...]:
    """Have the planner see these in place of whatever it saw before; returns what it will not."""
    by_name = {o.name: o for o in objects}
    known = [(by_name[one.name], one) for one in given if one.name in by_name]
    try:
        admin.run(_BEGIN)
        left = [item for of, one in known for item in _write(admin, guest, of, one)]
        admin.run(_END)
    except ServerRefusal as refusal:
        return tuple(_left(of, str(refusal)) for of, _ in known)
    return tuple(left)


def _write(
    admin: Session, guest: Session, known: Extended, one: ExtendedStatistics
) -> Iterator[LeftOut]:
    """Write one object's; what needs a scratch table is left out where there can be none."""
    plain = (known.oid, one.inherited, *encoded(known.numbers, one))
    if one.common is None and not one.expressions:
        admin.run_one(_INSERT, (*plain, *_NOTHING_MADE))
        return
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(
                scratch_table.filled(guest, known.oid, one.common, one.expressions)
            )
        except ServerRefusal as refusal:
            admin.run_one(_INSERT, (*plain, *_NOTHING_MADE))
            yield _left(known, f"its combinations and expressions are not taken: {refusal}")
            return
        common = _combinations(admin, made, known, one)
        numbers, types = made.expressions
        row = (*plain, common, made.table, numbers, types)
        ((expressed,),) = admin.run_one(_INSERT, row)
    if one.common and common is None:
        yield _left(known, "the twin's columns do not take all of its common combinations")
    if one.expressions and (made.refused or not expressed):
        yield _left(known, "the twin's expressions do not take all of their figures")


def _combinations(
    admin: Session, made: Filled, known: Extended, one: ExtendedStatistics
) -> bytes | None:
    """The list of combinations as the server stores it, None where the columns are not the same."""
    same = made.scratch.types[: len(known.types)] == known.types
    if one.common is None or not made.ranks or not same:
        return None
    for (raw,) in admin.run_one(_LIST, (made.object,)):  # none where no value can be kept
        return scratch_table.with_frequencies(bytes(raw), made, one.common)
    return None


def missing(objects: Iterable[Extended], given: Iterable[ExtendedStatistics]) -> Iterator[LeftOut]:
    """What of the extended statistics the twin's planner does not see, and why."""
    known = {one.name: one for one in given}
    for each in objects:
        unread = known[each.name].unread if each.name in known else ()
        if each.name not in known:
            yield _left(
                each, "their figures are not among those given (blueproof pg collect, as its owner)"
            )
        elif unread:
            words = " and ".join(_UNREAD.get(kind, kind) for kind in unread)
            yield _left(each, f"{words} are not among those given: collect them again")


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
