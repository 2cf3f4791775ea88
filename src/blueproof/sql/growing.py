"""Given statistics as they would be with more rows: a whole database times ten, or one table.

Rows, pages and indexes grow alike. The number of different values grows where it is a share of the
rows; a reference has no more of them than the table referred to has grown; lists of values that are
complete, and all other counts, stay. How often each value occurs, and the bounds of histograms,
stay as shares.
"""

from collections.abc import Mapping
from dataclasses import replace

from blueproof.core.errors import InputError
from blueproof.sql.schema import Schema
from blueproof.sql.statistics import (
    ColumnStatistics,
    Counted,
    IndexStatistics,
    Statistics,
    TableStatistics,
    pages,
)

_MOST_PAGES = 2**31 - 1


def grown(schema: Schema, given: Statistics, scale: float, rows: Mapping[str, int]) -> Statistics:
    """The statistics with `scale` times the rows, but with these row counts in tables named.

    What was scaled is assumed; counts that are given stay given, and a partitioned table's count
    is shared among its partitions as they are. Raises InputError where a table would get too large.
    """
    if scale == 1 and not rows:
        return given
    told = {t.table: _told(t.table, schema, rows) for t in given.tables}
    factors = {t.table: _factor(t, given, scale, rows, told[t.table]) for t in given.tables}
    tables = (_table(t, schema, factors) for t in given.tables)
    return replace(
        given,
        tables=tuple(
            replace(t, basis="given" if told[t.table] or scale == 1 else "assumed") for t in tables
        ),
        assumption=f"{scale:g} times the rows of the statistics given" if scale != 1 else "",
    )


def _told(table: str, schema: Schema, rows: Mapping[str, int]) -> str:
    """The table whose count decides: itself, or one whose partition it is; "" for none."""
    while table:
        if table in rows:
            return table
        table = schema.by_name[table].partition_of if table in schema.by_name else ""
    return ""


def _factor(
    table: TableStatistics, given: Statistics, scale: float, rows: Mapping[str, int], told: str
) -> float:
    if not told:
        return scale
    whole = given.by_name.get(told, table)
    return rows[told] / whole.rows if whole.rows else float(rows[told])


def _table(table: TableStatistics, schema: Schema, factors: Mapping[str, float]) -> TableStatistics:
    factor = factors[table.table]
    if factor == 1:
        return table
    if not table.rows or not (table.pages or table.counted):
        return _filled(table, round(factor * (table.rows or 1)))
    refers = {
        key.columns[0]: factors.get(key.references, factor)
        for key in schema.foreign_keys
        if key.table == table.table and len(key.columns) == 1
    }
    counted = table.counted
    return replace(
        table,
        rows=round(table.rows * factor),
        pages=_times(table.pages, factor, table.table),
        columns=tuple(_column(c, factor, refers) for c in table.columns),
        inherited=tuple(_column(c, factor, refers) for c in table.inherited),
        counted=counted and _counted(counted, factor, table.table),
        all_visible=_times(table.all_visible or 0, factor, table.table),
        indexes=tuple(_index(i, factor) for i in table.indexes or ()),
    )


def _filled(table: TableStatistics, rows: int) -> TableStatistics:
    """A table that was empty, with rows: nothing but the widths of its columns is known."""
    wide = sum(c.width for c in table.columns) or 32
    return replace(
        table,
        rows=rows,
        pages=pages(rows, wide),
        counted=None,
        all_visible=None,
        indexes=None,
    )


def _times(number: int, factor: float, what: str) -> int:
    grown_to = round(number * factor)
    if grown_to > _MOST_PAGES:
        raise InputError(f"{what} would have more than {_MOST_PAGES:,} pages: scale it less")
    return max(grown_to, min(number, 1))


def _counted(counted: Counted, factor: float, what: str) -> Counted:
    few = counted.rows <= 0 and counted.pages <= 0
    pages_ = counted.pages if counted.pages <= 0 else _times(counted.pages, factor, what)
    return counted if few else Counted(rows=max(0, counted.rows) * factor, pages=pages_)


def _index(index: IndexStatistics, factor: float) -> IndexStatistics:
    return replace(
        index,
        rows=index.rows * factor,
        pages=_times(index.pages, factor, index.index),
        counted=index.counted and _counted(index.counted, factor, index.index),
        columns=tuple((place, _column(c, factor, {})) for place, c in index.columns),
    )


def _column(
    column: ColumnStatistics, factor: float, refers: Mapping[str, float]
) -> ColumnStatistics:
    """A count of different values grows only in a column that refers to a table that grows."""
    if column.distinct <= 0 or column.column not in refers:
        return column
    by = min(factor, refers[column.column])
    return replace(column, distinct=max(1.0, round(column.distinct * by)))
