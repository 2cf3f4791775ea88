"""Writing statistics into the twin, and deriving those of indexes from their tables'."""

import re

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.session import Session
from blueproof.sql.schema import Index
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

_RELATION = (
    "SELECT pg_restore_relation_stats('schemaname', $1::text, 'relname', $2::text,"
    " 'relpages', $3::int, 'reltuples', $4::real, 'relallvisible', $5::int)"
)
_ATTRIBUTE = (
    "SELECT pg_restore_attribute_stats('schemaname', $1::text, 'relname', $2::text,"
    " 'attname', $3::text, 'inherited', $4::bool, 'null_frac', $5::real, 'avg_width', $6::int,"
    " 'n_distinct', $7::real, 'most_common_vals', $8::text, 'most_common_freqs', $9::real[],"
    " 'histogram_bounds', $10::text, 'correlation', $11::real)"
)
_ORDERED = re.compile(
    r"^(small|big)?int|^integer|^date|^timestamp|^numeric|^text|^char|^uuid|^bool"
)
_DAYS = re.compile(r"\bdate\b|::date|date_trunc\('day'", re.IGNORECASE)


def _split(name: str) -> tuple[str, str]:
    schema, _, relation = name.replace('"', "").rpartition(".")
    return schema or "public", relation


def restore_table(session: Session, table: TableStatistics) -> None:
    """Give a table its rows, pages and column statistics."""
    schema, name = _split(table.table)
    session.run_one(_RELATION, (schema, name, table.pages, float(table.rows), table.pages))
    for column in table.columns:
        _restore_column(session, schema, name, column)


def _restore_column(session: Session, schema: str, name: str, column: ColumnStatistics) -> None:
    values = (
        schema, name, column.column, False, column.null_fraction, column.width, column.distinct,
        _array(column.common), list(column.frequencies) or None, _array(column.histogram),
        column.correlation,
    )  # fmt: skip
    done = session.run_one(_ATTRIBUTE, values)
    if not done[0][0]:
        raise EngineError(f"statistics of {name}.{column.column} were not accepted")


def _array(values: tuple[str, ...]) -> str | None:
    if not values:
        return None
    escaped = (v.replace("\\", "\\\\").replace('"', '\\"') for v in values)
    return "{" + ",".join(f'"{v}"' for v in escaped) + "}"


def restore_index(session: Session, index: Index, table: TableStatistics, pages: int) -> None:
    """Give an index its rows and pages, and its expressions their columns' statistics."""
    schema, name = _split(index.name if "." in index.name else _beside(index))
    rows = table.rows * share(index, table)
    session.run_one(_RELATION, (schema, name, pages, rows, 0))
    attributes = session.run_one(
        "SELECT attname::text FROM pg_attribute WHERE attrelid = $1::text::regclass ORDER BY attnum",
        (f'"{schema}"."{name}"',),
    )
    for key, (attribute,) in zip(index.keys, attributes, strict=False):
        if key not in table.by_name:
            _restore_column(session, schema, name, _of_expression(key, attribute, table))


def _beside(index: Index) -> str:
    schema, _ = _split(index.table)
    return f"{schema}.{index.name}"


def _of_expression(expression: str, attribute: str, table: TableStatistics) -> ColumnStatistics:
    """As the column inside: a function of a column has at most as many values as the column."""
    inside = [c for c in table.columns if re.search(rf"\b{re.escape(c.column)}\b", expression)]
    if not inside:
        return ColumnStatistics(column=attribute, distinct=-0.5, width=16)
    days = 730.0 if _DAYS.search(expression) else inside[0].distinct
    return ColumnStatistics(
        column=attribute,
        null_fraction=inside[0].null_fraction,
        width=inside[0].width,
        distinct=days,
    )


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
