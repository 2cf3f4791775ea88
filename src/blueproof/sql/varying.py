"""Statistics as they might be: what is guessed of a column, made larger or smaller."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.sql.statistics import ColumnStatistics, TableStatistics, relative


def varied(table: TableStatistics, column: str, distinct: int) -> TableStatistics:
    """The table's statistics, but with so many different values in one column."""

    def vary(known: ColumnStatistics) -> ColumnStatistics:
        return replace(
            known, distinct=relative(distinct, table.rows), common=(), frequencies=(), histogram=()
        )

    return _with(table, column, vary)


def thinned(table: TableStatistics, column: str, share: float) -> TableStatistics:
    """The table's statistics, but with all but this share of a column's values NULL.

    No comparison keeps a NULL: whatever a condition on the column says, it keeps this share of
    the rows that it kept.
    """

    def thin(known: ColumnStatistics) -> ColumnStatistics:
        return replace(
            known,
            null_fraction=1 - (1 - known.null_fraction) * share,
            distinct=known.distinct * share if known.distinct < 0 else known.distinct,
            frequencies=tuple(each * share for each in known.frequencies),
        )

    return _with(table, column, thin)


def _with(
    table: TableStatistics, column: str, change: Callable[[ColumnStatistics], ColumnStatistics]
) -> TableStatistics:
    columns = tuple(change(c) if c.column == column else c for c in table.columns)
    return replace(table, columns=columns)
