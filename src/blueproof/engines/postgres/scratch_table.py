"""A scratch table through which values of extended statistics get the form that the server keeps.

The list of common combinations takes no text, and only the server knows how it stores a value. So
a temporary table of the same columns and expressions gets each combination once and is analysed:
its own list has the values, and our frequencies are put in. Figures of expressions are restored on
its columns, like those of any others.

All of this runs as the owner of the tables: taking in a value calls code of the person's. Layout of
the list: statext_mcv_serialize in src/backend/statistics/mcv.c of PostgreSQL 18.
"""

import contextlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from blueproof.engines.postgres import restoring
from blueproof.engines.postgres.catalog import searching
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote
from blueproof.sql.statistics import ColumnStatistics, Combinations

_NAME = "blueproof_scratch"
_TABLE = f"pg_temp.{_NAME}"
_DEFINITION = """
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname),
  ARRAY(SELECT a.attname::text FROM pg_attribute a
    WHERE a.attrelid = x.stxrelid AND a.attnum = ANY (x.stxkeys) ORDER BY a.attnum),
  coalesce(pg_catalog.pg_get_statisticsobjdef_expressions(x.oid), '{}')
FROM pg_statistic_ext x JOIN pg_class c ON c.oid = x.stxrelid
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE x.oid = $1::oid
"""
_TYPES = f"""
SELECT a.atttypid::int8 FROM pg_attribute a
WHERE a.attrelid = '{_TABLE}'::regclass::oid AND a.attnum > 1::int2 ORDER BY a.attnum
"""
_OIDS = f"""
SELECT '{_TABLE}'::regclass::oid::int8, coalesce((SELECT x.oid::int8 FROM pg_statistic_ext x
  WHERE x.stxrelid = '{_TABLE}'::regclass::oid), 0::int8)
"""
_MOST_PARAMETERS = 8_000  # of one statement; the protocol allows 65,535
_MAGIC, _BASIC = 0xE1A651C2, 1  # STATS_MCV_MAGIC, STATS_MCV_TYPE_BASIC
_HEAD, _DIMENSION = struct.Struct("=IIIh"), struct.Struct("=4i?3x")


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """The table as it was made: its columns by the names of statistics, and their types.

    The first column of the table numbers its rows; these are the others.
    """

    columns: tuple[str, ...]
    types: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What the administrator may take over: the table, the statistics on it, and more of these.

    `ranks` are each combination's values by their place among all of their column, -1 for NULL.
    """

    scratch: Scratch
    table: int
    object: int
    ranks: tuple[tuple[int, ...], ...]
    refused: tuple[str, ...]

    @property
    def expressions(self) -> tuple[list[int], list[int]]:
        """The numbers of the table's columns that stand for expressions, and their types."""
        columns = zip(self.scratch.columns, self.scratch.types, strict=True)
        found = [(n, t) for n, (name, t) in enumerate(columns, start=2) if name.startswith("-")]
        return [n for n, _ in found], [t for _, t in found]


@contextlib.contextmanager
def filled(
    guest: Session, oid: int, common: Combinations | None, expressions: Sequence[ColumnStatistics]
) -> Iterator[Filled]:
    """The table for an object of the twin, filled and analysed; gone at the end.

    Raises ServerRefusal where a value does not go into its column.
    """
    with searching(guest):
        try:
            yield _fill(guest, _made(guest, oid), common, expressions)
        finally:
            guest.run(f"DROP TABLE IF EXISTS {_TABLE}")


def _made(guest: Session, oid: int) -> Scratch:
    """The empty table. No code of the person's runs between reading the object and this."""
    ((target, names, texts),) = guest.run_one(_DEFINITION, (oid,))
    parts = [*map(quote, names), *(f"({text})" for text in texts)]
    listed = ", ".join(f"{part} AS c{n}" for n, part in enumerate(parts, start=1))
    guest.run_one(
        f"CREATE TEMPORARY TABLE {_TABLE} AS SELECT 0::int4 AS n, {listed} FROM {target}"
        " WITH NO DATA"
    )
    types = tuple(int(one) for (one,) in guest.run_one(_TYPES))
    columns = (*names, *(str(-n) for n in range(1, len(texts) + 1)))
    return Scratch(columns=columns, types=types)


def _fill(
    guest: Session,
    scratch: Scratch,
    common: Combinations | None,
    expressions: Sequence[ColumnStatistics],
) -> Filled:
    same = common is not None and sorted(common.columns) == sorted(scratch.columns)
    ranks = _analysed(guest, scratch, common) if common and same else ()
    ((table, made),) = guest.run_one(_OIDS)
    restoring.clear(guest, (table,))  # what ANALYZE has found would stand beside what is restored
    numbers = {name: f"c{n}" for n, name in enumerate(scratch.columns, start=1)}
    described = [
        restoring.Described(
            schema="pg_temp", name=_NAME, column=replace(e, column=numbers[e.column])
        )
        for e in expressions
        if e.column in numbers
    ]
    refused = restoring.restore_columns(guest, described)
    return Filled(scratch=scratch, table=table, object=made, ranks=ranks, refused=refused)


def _analysed(
    guest: Session, scratch: Scratch, common: Combinations
) -> tuple[tuple[int, ...], ...]:
    """Put each combination in once and have the server make its list; returns their ranks."""
    order = [common.columns.index(name) for name in scratch.columns]
    names = [f"c{n}" for n in range(1, len(order) + 1)]
    at_once = _MOST_PARAMETERS // (1 + len(order))
    for start in range(0, len(common.values), at_once):
        part = enumerate(common.values[start : start + at_once], start=start)
        _insert(guest, [(str(n), *(row[at] for at in order)) for n, row in part])
    guest.run_one(f"CREATE STATISTICS {_TABLE} (mcv) ON {', '.join(names)} FROM {_TABLE}")
    guest.run_one(f"ALTER STATISTICS {_TABLE} SET STATISTICS {len(common.values)}")
    guest.run_one(f"ANALYZE {_TABLE}")
    ranks = ", ".join(
        f"CASE WHEN {c} IS NULL THEN -1::int8 ELSE pg_catalog.dense_rank() OVER"
        f" (ORDER BY {c} NULLS LAST) - 1::int8 END"
        for c in names
    )
    return tuple(map(tuple, guest.run_one(f"SELECT {ranks} FROM {_TABLE} ORDER BY n")))


def _insert(guest: Session, rows: list[tuple[str | None, ...]]) -> None:
    width = len(rows[0])
    places = (
        "(" + ", ".join(f"${row * width + n}" for n in range(1, width + 1)) + ")"
        for row in range(len(rows))
    )
    values = [value for row in rows for value in row]
    guest.run_one(f"INSERT INTO {_TABLE} VALUES {', '.join(places)}", values)


def with_frequencies(raw: bytes, found: Filled, common: Combinations) -> bytes | None:
    """The list that the server has made, with these frequencies in place of its own.

    None where it does not hold what was put in, in columns of the types that the table began with:
    the planner would take the bytes for values without looking.
    """
    magic, kind, items, width = _HEAD.unpack_from(raw)
    types = struct.unpack_from(f"={width}I", raw, _HEAD.size)
    of_types = _HEAD.size + 4 * width
    sizes = [_DIMENSION.unpack_from(raw, of_types + n * _DIMENSION.size) for n in range(width)]
    whole = (magic, kind, items) == (_MAGIC, _BASIC, len(common.values))
    if not whole or types != found.scratch.types or not _fit(found.ranks, [s[0] for s in sizes]):
        return None
    item = struct.Struct(f"={width}?dd{width}H")
    listed = zip(found.ranks, common.frequencies, common.apart, strict=True)
    return raw[: len(raw) - items * item.size] + b"".join(
        item.pack(*(r < 0 for r in ranks), share, apart, *(max(r, 0) for r in ranks))
        for ranks, share, apart in listed
    )


def _fit(ranks: tuple[tuple[int, ...], ...], values: list[int]) -> bool:
    """Whether each column's ranks are places among so many values, and take them all."""
    columns = zip(*ranks, strict=True)
    return all({*column} - {-1} == {*range(n)} for column, n in zip(columns, values, strict=True))
