"""Statistics as data: what the planner believes of tables and columns, given or assumed.

With nothing but a schema the figures are assumed: keys are unique, foreign keys spread evenly over
the rows they refer to, listed values are equally common. Time stamps lie evenly over two years up
to the last day; those of plans (starts_at) over the year before it and the year after.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from blueproof.sql import widths
from blueproof.sql.bounds import INTEGERS, SPREAD_DAYS, histogram
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, Schema, Table

MOSTLY_EMPTY = ("deleted", "archived", "cancelled", "canceled", "revoked", "disabled", "banned")
_FEW_WORDS = (
    *("status", "state", "type", "kind", "role", "category", "currency", "country", "gender"),
    *("metric", "level", "queue", "priority", "severity", "plan", "tier", "channel", "platform"),
    *("provider", "language", "locale", "action", "unit", "method", "event", "event_name"),
)
# The word alone, after an underscore, or as the last hump of a camel.
_FEW_VALUES = re.compile(
    f"(?:^|_)(?:{'|'.join(_FEW_WORDS)})$"
    f"|(?<=[a-z0-9])(?:{'|'.join(w.capitalize() for w in _FEW_WORDS)})$"
)
# What names one row: at most a few rows share it.
_NAMES_ONE = re.compile(r"(?i)email|slug|token|hash|url|sku|phone|handle|username|secret|(^|_)key$")
# Of these a query's constant is a sample, and no value that the program knows.
_SAMPLED = re.compile(r"(?i)^(?:name|title|surname|(?:full|first|last|display|file|user)_?name)$")
_REFERS = re.compile(r"(_id|Id|_uuid)$")
FEW = 8
PAGE = 8192
PAGE_HEADER = 24
TUPLE_HEADER = 24
LINE_POINTER = 4

_CLOCKS = ("now()", "current_timestamp", "current_date", "localtimestamp", "_timestamp()")


@dataclass(frozen=True, kw_only=True)
class ColumnStatistics:
    """What pg_stats holds of a column; what is about elements and ranges is empty for other types.

    `distinct` follows PostgreSQL: a count if positive, minus the fraction of rows if negative.
    A type without an order has no correlation.
    """

    column: str
    null_fraction: float = 0.0
    width: int = 4
    distinct: float = -1.0
    common: tuple[str, ...] = ()
    frequencies: tuple[float, ...] = ()
    histogram: tuple[str, ...] = ()
    correlation: float = 0.0
    ordered: bool = True
    elements: tuple[str, ...] = ()
    element_frequencies: tuple[float, ...] = ()
    element_counts: tuple[float, ...] = ()
    range_lengths: tuple[float, ...] = ()
    range_empty: float | None = None
    range_bounds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Rows and pages at the last ANALYZE, as pg_class has them: -1 rows where it never ran."""

    rows: float
    pages: int


@dataclass(frozen=True, kw_only=True)
class IndexStatistics:
    """An index as it was found: rows, pages, its expressions' statistics by place from 1.

    `index` is its name as the schema has it. `scans` were counted since `Statistics.since`.
    """

    index: str
    rows: float
    pages: int
    counted: Counted | None = None
    columns: tuple[tuple[int, ColumnStatistics], ...] = ()
    scans: int | None = None


@dataclass(frozen=True, kw_only=True)
class Writes:
    """Rows written since `Statistics.since`; `hot` updates are those that touched no index."""

    inserted: int
    updated: int
    hot: int
    deleted: int


@dataclass(frozen=True, kw_only=True)
class Counting:
    """The days over which writes were counted; `at_most` where nobody knows when that began.

    Then they may have been fewer, and what is written a day is at least what the counts tell.
    """

    days: float
    at_most: bool = False


@dataclass(frozen=True, kw_only=True)
class TableStatistics:
    """Rows, pages (8 KiB) and columns of a table, and whether the row count was given.

    `columns` are of the table's own rows, of a partitioned one those of all partitions;
    `inherited` of a parent's rows together with its children's. `counted` is what pg_class says
    where the table has grown since. None: all pages are visible to all; indexes are estimated.
    `expressions` are of no index as yet, each named by its SQL.
    """

    table: str
    rows: int
    pages: int
    basis: Literal["given", "assumed"]
    columns: tuple[ColumnStatistics, ...]
    inherited: tuple[ColumnStatistics, ...] = ()
    counted: Counted | None = None
    all_visible: int | None = None
    indexes: tuple[IndexStatistics, ...] | None = None
    writes: Writes | None = None
    expressions: tuple[ColumnStatistics, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether the database itself described the table, not a count alone."""
        return self.indexes is not None

    @cached_property
    def by_name(self) -> dict[str, ColumnStatistics]:
        """The columns' statistics by name."""
        return {c.column: c for c in self.columns}

    @cached_property
    def by_index(self) -> dict[str, IndexStatistics]:
        """The indexes that were found, by name; empty where none were given."""
        return {i.index: i for i in self.indexes or ()}


@dataclass(frozen=True, kw_only=True)
class Combinations:
    """The most common combinations of values of some columns; None is NULL.

    `frequencies` are parts of all rows, `apart` what they would be were the columns independent.
    """

    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    frequencies: tuple[float, ...]
    apart: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class ExtendedStatistics:
    """What an extended statistics object holds of several columns of a table together.

    `distinct` are numbers of different combinations; `dependencies` say how far the columns but
    the last decide the last (0 to 1). Columns are named, expressions numbered -1, -2 and so on.
    `unread` is what else the object holds.
    """

    name: str
    table: str
    inherited: bool
    distinct: tuple[tuple[tuple[str, ...], float], ...] = ()
    dependencies: tuple[tuple[tuple[str, ...], float], ...] = ()
    common: Combinations | None = None
    expressions: tuple[ColumnStatistics, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Statistics:
    """Statistics of all tables; time stamps end at `until`.

    `settings` are the planner's, by name; `extended` those of extended statistics objects; counts
    of writes and scans began on `since`, those of writes went on for `counting`. `assumption` is
    what was changed of given statistics.
    """

    tables: tuple[TableStatistics, ...]
    until: date
    settings: tuple[tuple[str, str], ...] = ()
    extended: tuple[ExtendedStatistics, ...] = ()
    since: date | None = None
    counting: Counting | None = None
    assumption: str = ""

    @cached_property
    def by_name(self) -> dict[str, TableStatistics]:
        """The tables' statistics by name."""
        return {t.table: t for t in self.tables}


def assume(schema: Schema, counts: tuple[RowCount, ...], until: date) -> Statistics:
    """Statistics for every table of the schema from its row count and the columns' kinds."""
    rows = {c.table: c for c in counts}
    return Statistics(
        tables=tuple(_table(t, schema, rows, until) for t in schema.tables if t.name in rows),
        until=until,
    )


def scaled(
    schema: Schema, counts: tuple[RowCount, ...], until: date, tables: frozenset[str], factor: float
) -> tuple[TableStatistics, ...]:
    """Statistics of the named tables as they would be with this many times the rows."""
    grown = tuple(
        replace(c, rows=max(min(1, c.rows), round(c.rows * factor))) if c.table in tables else c
        for c in counts
    )
    rows = {c.table: c for c in grown}
    named = (t for t in schema.tables if t.name in tables and t.name in rows)
    return tuple(_table(t, schema, rows, until) for t in named)


def few_values(
    schema: Schema, counts: tuple[RowCount, ...], constant: frozenset[str]
) -> tuple[RowCount, ...]:
    """The counts with few different values in each column that queries hold against a constant.

    A program that names a value knows them all: 'cpu' is one of a few metrics, no one's e-mail;
    a person's name is a sample.
    """
    return tuple(
        replace(
            count,
            distinct=tuple(
                (c.name, FEW)
                for c in schema.by_name[count.table].columns
                if c.name in constant
                and not (_NAMES_ONE.search(c.name) or _SAMPLED.search(c.name))
                and guessed(schema, count.table, c.name)
            ),
        )
        for count in counts
    )


def is_state(column: Column) -> bool:
    """Whether a column holds one of a few states that programs name: listed, or so called."""
    listed = bool(column.values) or column.type == "boolean"
    return listed or _FEW_VALUES.search(column.name) is not None


def guessed(schema: Schema, table: str, column: str, statistics: Statistics | None = None) -> bool:
    """Whether the number of a column's different values is a guess: no key, list or reference.

    With statistics, a column that the database itself described is none; a reference to a table
    whose rows nobody counted is.
    """
    if statistics and _is_described(statistics, table, column):
        return False
    owner = schema.by_name[table]
    found = owner.by_name[column]
    refers = any(
        k.table == table and k.columns == (column,) and _is_counted(statistics, k.references)
        for k in schema.foreign_keys
    )
    listed = bool(found.values) or found.type in {"boolean", "date"}
    known = owner.is_key((column,)) or refers or listed or found.type.startswith("timestamp")
    return not known


def _is_described(statistics: Statistics, table: str, column: str) -> bool:
    known = statistics.by_name.get(table)
    return known is not None and known.measured and column in known.by_name


def _is_counted(statistics: Statistics | None, table: str) -> bool:
    known = statistics.by_name.get(table) if statistics else None
    return statistics is None or (known is not None and known.basis == "given")


def _table(
    table: Table, schema: Schema, counts: dict[str, RowCount], until: date
) -> TableStatistics:
    count = counts[table.name]
    columns = tuple(_column(c, table, schema, counts, until) for c in table.columns)
    return TableStatistics(
        table=table.name,
        rows=count.rows,
        pages=pages(count.rows, sum(c.width * (1 - c.null_fraction) for c in columns)),
        basis=count.basis,
        columns=columns,
    )


def pages(rows: int, width: float) -> int:
    """Pages of 8 KiB that hold the rows of this mean width in bytes.

    >>> pages(1_000_000, 40)
    8334
    """
    item = TUPLE_HEADER + -(-width // 8) * 8 + LINE_POINTER
    per_page = max(1, int((PAGE - PAGE_HEADER) // item))
    return -(-rows // per_page)


def _column(
    column: Column, table: Table, schema: Schema, counts: dict[str, RowCount], until: date
) -> ColumnStatistics:
    rows = counts[table.name].rows
    parent = _parent_rows(column, table, schema, counts)
    empty = _null_fraction(column, table)
    common = listed = _common(column)[:rows]
    told = dict(counts[table.name].distinct).get(column.name)
    distinct = relative(told, rows) if told else _distinct(column, table, rows, parent)
    if distinct < 0:  # a fraction of all rows, of which those without a value differ in none
        distinct *= 1 - empty
    distinct = len(common) or distinct
    shares = tuple((1 - empty) / len(common) for _ in common)
    for name, value, part in counts[table.name].largest:
        if name == column.name and not common:
            common, shares = (value,), (part * (1 - empty),)
    return ColumnStatistics(
        column=column.name,
        null_fraction=empty,
        width=widths.assumed(column),
        distinct=distinct,
        common=common,
        frequencies=shares,
        histogram=() if listed else histogram(column, parent or _count(distinct, rows), until),
        correlation=_correlation(column, table),
    )


def _parent_rows(
    column: Column, table: Table, schema: Schema, counts: dict[str, RowCount]
) -> int | None:
    for key in schema.keys_of(table.name):
        if key.columns == (column.name,) and key.references in counts:
            return counts[key.references].rows
    return None


def _null_fraction(column: Column, table: Table) -> float:
    if column.not_null or column.name in table.primary_key:
        return 0.0
    if column.name.startswith(MOSTLY_EMPTY):
        return 0.95
    return 0.05


def _common(column: Column) -> tuple[str, ...]:
    """Listed values, most common first as far as anybody knows: all alike."""
    return ("t", "f") if column.type == "boolean" else column.values


def _distinct(column: Column, table: Table, rows: int, parent: int | None) -> float:
    if table.is_key((column.name,)):
        return -1.0
    if parent is not None:
        return relative(min(parent, rows), rows)
    return _distinct_by_type(column, rows)


def _distinct_by_type(column: Column, rows: int) -> float:
    if column.type == "date":
        return min(SPREAD_DAYS, rows)
    if _FEW_VALUES.search(column.name):
        return min(FEW, rows)
    if _REFERS.search(column.name):  # to a table that no foreign key names
        return relative(max(100, rows // 100), rows)
    if column.type in INTEGERS or column.type.startswith(("numeric", "double", "real")):
        most = INTEGERS.get(column.type, rows)
        return relative(min(max(100, rows // 100), most), rows)
    one = column.type.startswith(("timestamp", "uuid")) or _NAMES_ONE.search(column.name)
    return -1.0 if one else -0.1


def relative(distinct: int, rows: int) -> float:
    """A number of values as ANALYZE stores it: a fraction once a tenth of the rows differ."""
    few = max(1, min(distinct, rows))
    return -few / rows if rows and few * 10 >= rows else float(few)


def _count(distinct: float, rows: int) -> int:
    return round(-distinct * rows if distinct < 0 else distinct)


def _correlation(column: Column, table: Table) -> float:
    """Rows arrive in the order of sequences and clocks; everything else is scattered."""
    counted = "nextval(" in column.default or (
        column.type in INTEGERS and table.primary_key == (column.name,)
    )
    clocked = any(word in column.default.lower() for word in _CLOCKS)
    return 0.98 if counted or clocked else 0.0
