"""Writing statistics into the twin, and deriving those of indexes from their tables'.

Everything here runs as the owner of the tables: taking in a column's values calls the input
function of its type, and a domain's check is code of the person's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from blueproof.engines.postgres import estimating
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.sizing import Relation
from blueproof.sql.schema import Index, Slot
from blueproof.sql.sizes import expressions
from blueproof.sql.statistics import ColumnStatistics, TableStatistics

_CLEAR = """
SELECT pg_catalog.pg_clear_attribute_stats(n.nspname::text, c.relname::text, a.attname::text, b)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace, (VALUES (false), (true)) v(b)
WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  AND (c.relkind <> 'p' OR b) AND (c.relkind NOT IN ('i', 'I') OR NOT b)
"""
_SIZES = """
SELECT pg_catalog.pg_restore_relation_stats('schemaname', u.s, 'relname', u.r, 'relpages', u.p,
  'reltuples', u.t, 'relallvisible', u.v)
FROM unnest($1::text[], $2::text[], $3::int4[], $4::float4[], $5::int4[]) u(s, r, p, t, v)
"""
_COLUMNS = """
SELECT pg_catalog.pg_restore_attribute_stats('schemaname', u.s, 'relname', u.r, 'attname', u.a,
  'inherited', u.i, 'null_frac', u.nf, 'avg_width', u.w, 'n_distinct', u.d,
  'most_common_vals', u.mv, 'most_common_freqs', u.mf::float4[], 'histogram_bounds', u.h,
  'correlation', u.c)
FROM unnest($1::text[], $2::text[], $3::text[], $4::bool[], $5::float4[], $6::int4[],
  $7::float4[], $8::text[], $9::text[], $10::text[], $11::float4[])
  u(s, r, a, i, nf, w, d, mv, mf, h, c)
"""


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
    rows = [(s.schema, s.name, s.pages, float(s.rows), s.all_visible) for s in sized]
    session.run_one(_SIZES, [list(column) for column in zip(*rows, strict=True)])


def restore_columns(session: Session, described: Sequence[Described]) -> None:
    """Give columns their statistics; where a type refuses the values, without the values."""
    if not described:
        return
    try:
        _restore(session, described)
    except ServerRefusal:
        for one in described:
            _restore_alone(session, one)


def _restore_alone(session: Session, one: Described) -> None:
    try:
        _restore(session, (one,))
    except ServerRefusal:
        plain = replace(one.column, common=(), frequencies=(), histogram=())
        _restore(session, (replace(one, column=plain),))


def _restore(session: Session, described: Sequence[Described]) -> None:
    rows = [
        (
            *(d.schema, d.name, d.column.column, d.inherited, d.column.null_fraction),
            *(d.column.width, d.column.distinct, _array(d.column.common)),
            *(_array(tuple(map(str, d.column.frequencies))), _array(d.column.histogram)),
            d.column.correlation,
        )
        for d in described
    ]
    session.run_one(_COLUMNS, [list(column) for column in zip(*rows, strict=True)])


def _array(values: tuple[str, ...]) -> str | None:
    if not values:
        return None
    escaped = (v.replace("\\", "\\\\").replace('"', '\\"') for v in values)
    return "{" + ",".join(f'"{v}"' for v in escaped) + "}"


def of_table(place: Relation, table: TableStatistics | None) -> Sized:
    """A table's own size; as PostgreSQL has it of a table never looked at where None."""
    if table is None:
        return Sized(schema=place.schema, name=place.name, rows=-1, pages=0)
    return Sized(
        schema=place.schema,
        name=place.name,
        rows=table.rows,
        pages=table.pages,
        all_visible=table.pages,
    )


def of_nothing(place: Relation) -> Sized:
    """A table without rows, for the time that its file is empty."""
    return Sized(schema=place.schema, name=place.name, rows=0, pages=0)


def of_columns(place: Relation, table: TableStatistics) -> list[Described]:
    """A table's columns; those of a partitioned table, which has no file, are of all partitions."""
    return [
        Described(schema=place.schema, name=place.name, column=column, inherited=place.file is None)
        for column in table.columns
    ]


def of_index(place: Relation, index: Index, table: TableStatistics, share: float) -> Sized:
    """An index's own size, if it holds this part of the table's rows."""
    return Sized(
        schema=place.schema,
        name=place.name,
        rows=table.rows * share,
        pages=estimating.index_pages(index, table, share),
    )


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
    """Without values: those of the columns inside are not the expression's own."""
    derived = expressions.statistics_of(key, slot, table)
    return replace(derived, column=attribute, common=(), frequencies=(), histogram=())
