"""What an index will hold: its keys' width, its rows, its pages and its height."""

import re

from blueproof.sql import widths
from blueproof.sql.schema import Index
from blueproof.sql.statistics import TableStatistics

_EXPRESSION_WIDTH = 16
_INNER_SHARE = 1 / 150  # inner pages of a B-tree for each leaf


def index_pages(index: Index, table: TableStatistics) -> int:
    """Pages of the index, freshly built."""
    rows = table.rows * share(index, table)
    distinct = distinct_keys(index, table) * (rows / table.rows if table.rows else 0)
    if index.include:  # such an index keeps equal keys apart
        distinct = rows
    leaves = widths.btree_leaf_pages(rows, key_width(index, table), distinct)
    return leaves + int(leaves * _INNER_SHARE) + 1


def height(index: Index, table: TableStatistics) -> int:
    """Levels above the leaves of a B-tree of this size."""
    return widths.btree_height(index_pages(index, table), key_width(index, table))


def key_width(index: Index, table: TableStatistics) -> float:
    """Mean bytes of an index entry's key, included columns counted."""
    parts = (*index.keys, *index.include)
    return sum(table.by_name[p].width if p in table.by_name else 16 for p in parts)


def share(index: Index, table: TableStatistics) -> float:
    """The part of the table's rows that the index holds: 1 without a predicate."""
    if not index.predicate:
        return 1.0
    for column in table.columns:
        if re.search(rf"\(?{re.escape(column.column)} IS NULL", index.predicate):
            return column.null_fraction
        if re.search(rf"\(?{re.escape(column.column)} IS NOT NULL", index.predicate):
            return 1 - column.null_fraction
        if column.frequencies and re.search(rf"\b{re.escape(column.column)}\b", index.predicate):
            return column.frequencies[0]
    return 0.1


def distinct_keys(index: Index, table: TableStatistics) -> float:
    """Different keys among the table's rows, at most the product of the columns' own."""
    product = 1.0
    for key in index.keys:
        column = table.by_name.get(key)
        distinct = column.distinct if column else -0.5
        product *= max(1.0, distinct if distinct > 0 else -distinct * table.rows)
    return min(product, float(max(table.rows, 1)))
