"""Writing statistics into the twin, and deriving those of indexes from their tables'.

Everything here runs as the owner of the tables: taking in a column's values calls the input
function of its type, and a domain's check is code of the person's.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from blueproof.engines.postgres.filling import Filling
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.sizing import Relation
from blueproof.sql.arrays import write_array
from blueproof.sql.schema import Index, Slot
from blueproof.sql.sizes import expressions
from blueproof.sql.statistics import ColumnStatistics, Counted, IndexStatistics, TableStatistics

_CLEAR = """
SELECT pg_catalog.count(*) FROM (SELECT
  pg_catalog.pg_clear_attribute_stats(n.nspname::text, c.relname::text, a.attname::text, b)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, (VALUES (false), (true)) v(b)
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  AND (c.relkind <> 'p' OR b) AND (c.relkind NOT IN ('i', 'I') OR NOT b) OFFSET 0) cleared
"""
_SIZES = """
SELECT pg_catalog.count(pg_catalog.pg_restore_relation_stats('schemaname', u.s, 'relname', u.r,
  'relpages', u.p, 'reltuples', u.t, 'relallvisible', u.v))
FROM pg_catalog.json_to_recordset($1::json) u(s text, r text, p int4, t float4, v int4)
"""
_COLUMNS = """
SELECT done.s, done.r, done.a
FROM (SELECT u.s, u.r, u.a, pg_catalog.pg_restore_attribute_stats('schemaname', u.s, 'relname', u.r,
  'attname', u.a, 'inherited', u.i, 'null_frac', u.nf, 'avg_width', u.w, 'n_distinct', u.d,
  'most_common_vals', u.mv, 'most_common_freqs', u.mf::float4[], 'histogram_bounds', u.h,
  'correlation', u.c, 'most_common_elems', u.ev, 'most_common_elem_freqs', u.ef::float4[],
  'elem_count_histogram', u.eh::float4[], 'range_length_histogram', u.rl,
  'range_empty_frac', u.re, 'range_bounds_histogram', u.rb) AS whole
FROM pg_catalog.json_to_recordset($1::json)
  u(s text, r text, a text, i bool, nf float4, w int4, d float4, mv text, mf text, h text,
    c float4, ev text, ef text, eh text, rl text, re float4, rb text) OFFSET 0) done
WHERE NOT done.whole
"""
_AT_ONCE = 500  # columns in one statement: their values are held several times while it runs


@dataclass(frozen=True, kw_only=True)
class Sized:
    """Rows and pages of one relation, as the planner should find them."""

    schema: str
    name: str
    rows: float
    pages: int
    all_visible: int = 0


@dataclass(frozen=True, kw_only=True)
class Described:
    """Statistics of one column of a relation; `inherited` where they are of all partitions."""

    schema: str
    name: str
    column: ColumnStatistics
    inherited: bool = False


def clear(session: Session, oids: Iterable[int]) -> None:
    """Forget what is known of the columns: statistics left out later must not live on."""
    session.run_one(_CLEAR, (sorted(oids),))


def restore_sizes(session: Session, sized: Sequence[Sized]) -> None:
    """Give tables and indexes their rows and pages."""
    if not sized:
        return
    rows = [
        {"s": s.schema, "r": s.name, "p": s.pages, "t": float(s.rows), "v": s.all_visible}
        for s in sized
    ]
    session.run_one(_SIZES, (_as_json(rows),))


def restore_columns(session: Session, described: Sequence[Described]) -> tuple[str, ...]:
    """Give columns their statistics; where a type refuses the values, without the values.

    Returns the names of columns that did not take all of them.
    """
    refused: list[str] = []
    for start in range(0, len(described), _AT_ONCE):
        part = described[start : start + _AT_ONCE]
        try:
            refused += _restore(session, part)
        except ServerRefusal:
            refused += (name for one in part for name in _restore_alone(session, one))
    return tuple(refused)


def _restore_alone(session: Session, one: Described) -> list[str]:
    try:
        return _restore(session, (one,))
    except ServerRefusal:
        old = one.column
        plain = ColumnStatistics(
            column=old.column,
            null_fraction=old.null_fraction,
            width=old.width,
            distinct=old.distinct,
            correlation=old.correlation,
            ordered=old.ordered,
        )
        _restore(session, (replace(one, column=plain),))
        return [_name(one.schema, one.name, old.column)]


def _restore(session: Session, described: Sequence[Described]) -> list[str]:
    """The names of columns whose statistics the server took only in part, with a warning."""
    rows = [
        {"s": d.schema, "r": d.name, "a": d.column.column, "i": d.inherited, **_figures(d.column)}
        for d in described
    ]
    done = session.run_one(_COLUMNS, (_as_json(rows),))
    return [_name(schema, name, column) for schema, name, column in done]


def _as_json(rows: list[dict[str, Any]]) -> str:
    """Rows as one parameter: the driver looks at every character of a list of texts."""
    return json.dumps(rows, ensure_ascii=False)


def _name(schema: str, table: str, column: str) -> str:
    return f"{schema}.{table}.{column}".removeprefix("public.")


def _figures(column: ColumnStatistics) -> dict[str, float | str | None]:
    return {
        "nf": column.null_fraction,
        "w": column.width,
        "d": column.distinct,
        "mv": _array(column.common),
        "mf": _numbers(column.frequencies),
        "h": _array(column.histogram),
        "c": column.correlation if column.ordered else None,
        "ev": _array(column.elements),
        "ef": _numbers(column.element_frequencies),
        "eh": _numbers(column.element_counts),
        "rl": _numbers(column.range_lengths),
        "re": column.range_empty,
        "rb": _array(column.range_bounds),
    }


def _array(values: tuple[str, ...]) -> str | None:
    return write_array(values) if values else None


def _numbers(values: tuple[float, ...]) -> str | None:
    return "{" + ",".join(map(repr, values)) + "}" if values else None


def of_table(place: Relation, table: TableStatistics | None) -> Sized:
    """A table's own size; as PostgreSQL has it of a table never looked at where None."""
    if table is None:
        return Sized(schema=place.schema, name=place.name, rows=-1, pages=0)
    counted = table.counted or Counted(rows=table.rows, pages=table.pages)
    visible = table.pages if table.all_visible is None else table.all_visible
    return Sized(
        schema=place.schema,
        name=place.name,
        rows=counted.rows,
        pages=counted.pages,
        all_visible=visible,
    )


def of_nothing(place: Relation) -> Sized:
    """A table without rows, for the time that its file is empty."""
    return Sized(schema=place.schema, name=place.name, rows=0, pages=0)


def of_columns(place: Relation, table: TableStatistics) -> list[Described]:
    """A table's columns; those of a partitioned table, which has no file, are of all partitions."""
    described = [
        Described(schema=place.schema, name=place.name, column=column, inherited=place.file is None)
        for column in table.columns
    ]
    return described + [
        Described(schema=place.schema, name=place.name, column=column, inherited=True)
        for column in table.inherited
    ]


def of_index(place: Relation, filling: Filling) -> Sized:
    """An index's own size."""
    counted = filling.counted
    return Sized(schema=place.schema, name=place.name, rows=counted.rows, pages=counted.pages)


def of_given(
    place: Relation, given: IndexStatistics, attributes: dict[int, tuple[str, ...]]
) -> list[Described]:
    """An index's expressions as they were given, under the index's own names for them."""
    names = attributes[place.oid]
    return [
        Described(
            schema=place.schema, name=place.name, column=replace(column, column=names[at - 1])
        )
        for at, column in given.columns
        if at <= len(names)
    ]


def of_expressions(
    place: Relation,
    index: Index,
    table: TableStatistics,
    attributes: dict[int, tuple[str, ...]],
) -> list[Described]:
    """An index's expressions, under the index's own names for them (by its identifier)."""
    return [
        Described(
            schema=place.schema, name=place.name, column=_of_expression(key, attribute, slot, table)
        )
        for key, attribute, slot in zip(
            index.keys, attributes[place.oid], index.slots, strict=False
        )
        if key not in table.by_name
    ]


def _of_expression(
    key: str, attribute: str, slot: Slot, table: TableStatistics
) -> ColumnStatistics:
    """Without values where it was not counted: those of the columns inside are not its own."""
    derived = expressions.statistics_of(key, slot, table)
    if expressions.described(key, table):
        return replace(derived, column=attribute)
    return replace(derived, column=attribute, common=(), frequencies=(), histogram=())
