"""Jump from one value of an index to the next, where a column has few different values.

SELECT DISTINCT status FROM orders reads every order to find a handful of values: PostgreSQL has no
plan that jumps. WITH RECURSIVE says it by hand: the least value, then the least one above that,
each one look into an index on the column.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.few_groups import are_few, how_many
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.schema import Table
from blueproof.sql.scopes import Source, certain, conjuncts, fresh
from blueproof.sql.selected import (
    both,
    grouped_by,
    has,
    is_exact,
    name_of,
    named,
    only_table,
    orders_outputs,
    output_order,
    outputs,
    put,
    qualify,
    ref,
)
from blueproof.sql.trees import read_tree, write_tree

WIKI = Citation(
    url="https://wiki.postgresql.org/wiki/Loose_indexscan",
    checked=date(2026, 11, 29),
    says="jumping from one value of an index to the next can be said as a recursive query, and is "
    "much faster where few values repeat often",
)


@dataclass(frozen=True, kw_only=True)
class _Values:
    """A SELECT of the different values of one column; `counts` is whether it only counts them."""

    select: exp.Select
    source: Source
    table: Table
    column: str
    name: str
    counts: bool
    order: exp.Order | None


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT of the different values of one column, or of their number."""
    for tree, select in asked.selects():
        values = _read(asked, select)
        if values is None:
            continue
        table, column = values.table.name, values.column
        new = _jumping(tree, values)
        yield Rewrite(
            title=f"Jump from one {column} of {table} to the next (a loose index scan)",
            text=write_tree(put(tree, select, new)),
            because=(
                f"{asked.query.name} reads all {asked.database.rows(table):,} rows of {table} to "
                f"find about {how_many(asked.database, table, (column,)):,.0f} values of {column}",
            ),
            trade_offs=(
                f"with nearly as many values of {column} as rows the jumps are slower than reading "
                "everything: right as long as the values are few",
            ),
        )


def _read(asked: Asked, select: exp.Select) -> _Values | None:
    source, items = only_table(select, asked.scopes, but="order"), select.expressions
    beside = has(select, "group", "distinct", "order", "limit", "offset")
    apart = not isinstance(select.parent, exp.SetOperation)
    if source is None or source.table is None or len(items) != 1 or beside or not apart:
        return None
    value = _counted(items[0].unalias())
    counts = value is not None
    if value is None:
        value = items[0].unalias()
        given = outputs(select, asked.scopes)
        if grouped_by(select, given) != {name_of(value)} or not orders_outputs(select, given):
            return None
    elif has(select):
        return None
    if not isinstance(value, exp.Column) or not _is_few(asked, source.table, name_of(value)):
        return None
    return _Values(
        select=select,
        source=source,
        table=source.table,
        column=name_of(value),
        name=name_of(items[0].args["alias"]) if items[0].alias else "",
        counts=counts,
        order=None if counts else output_order(select, outputs(select, asked.scopes)),
    )


def _counted(item: exp.Expr) -> exp.Expr | None:
    """The column of count(DISTINCT column)."""
    distinct = item.this if isinstance(item, exp.Count) else None
    within = distinct.expressions if isinstance(distinct, exp.Distinct) else []
    return within[0] if len(within) == 1 else None


def _is_few(asked: Asked, table: Table, column: str) -> bool:
    return are_few(asked.database, table, (column,)) and is_exact(table, column)


def _jumping(tree: exp.Query, values: _Values) -> exp.Query:
    """The values, each found from the one before; a NULL by itself, as no jump comes to it."""
    source, column = values.source, quote(values.column)
    each = quote(fresh(tree, f"each_{values.column}".lower()))
    value = ref(source.alias, values.column)
    where = values.select.args.get("where")
    others = list(conjuncts(qualify(where.this, source.alias))) if where else []
    place = f"FROM {named(values.table, source.alias)} WHERE"
    last = f"ORDER BY {value} LIMIT 1"
    first = f"SELECT {value} {place} {both(f'{value} IS NOT NULL', others)} {last}"
    after = f"SELECT {value} {place} {both(f'{value} > {each}.{column}', others)} {last}"
    text = (
        f"WITH RECURSIVE {each} AS (({first}) UNION ALL SELECT ({after}) FROM {each} "
        f"WHERE {each}.{column} IS NOT NULL) "
    )
    shown = "count(*)" if values.counts else f"{each}.{column}"
    if values.name not in {"", values.column}:
        shown += f" AS {quote(values.name)}"
    text += f"SELECT {shown} FROM {each} WHERE {each}.{column} IS NOT NULL"
    if not values.counts and not certain(values.table, values.table.by_name[values.column]):
        empty = both(f"{value} IS NULL", others)
        text += f" UNION ALL SELECT NULL WHERE EXISTS (SELECT 1 {place} {empty})"
    new = read_tree(text)
    assert new is not None, f"it was built to be read: {text}"
    new.set("order", values.order)
    for clause in ("limit", "offset"):
        new.set(clause, values.select.args.get(clause))
    return new


_TABLES = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, status text NOT NULL, channel text, reference text NOT NULL,
  placed_on date NOT NULL
);
"""
_LARGE = ("orders=5M",)

REWRITING = Rewriting(
    id="pg-distinct-jumps",
    title="Jump from one value of an index to the next",
    guide=__doc__ or "",
    evidence=(WIKI,),
    turn=turn,
    cases=(
        Case(name="which states there are", given=_TABLES, rows=_LARGE,
             queries="-- name: states\nSELECT DISTINCT status FROM orders ORDER BY status;"),
        Case(name="a column that may be NULL", given=_TABLES, rows=_LARGE,
             queries="SELECT o.channel AS sold FROM orders o GROUP BY 1 ORDER BY sold DESC;"),
        Case(name="sorted by the column's full name", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT o.status FROM orders o ORDER BY o.status;"),
        Case(name="how many there are", rows=_LARGE,
             given=f"{_TABLES}CREATE INDEX ON orders (channel);",
             queries="SELECT count(DISTINCT channel) FROM orders;"),
        Case(name="the filter of a list, in a subquery", given=_TABLES, rows=_LARGE,
             queries="SELECT string_agg(s.status, ', ' ORDER BY s.status) AS states FROM "
             "(SELECT DISTINCT status FROM orders WHERE placed_on IS NOT NULL) s;"),
        Case(name="nearly every row has a value of its own", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT reference FROM orders;", fires=False),
        Case(name="each state is counted", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT status, count(*) FROM orders GROUP BY status;"),
        Case(name="pairs of values", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT DISTINCT status, channel FROM orders;"),
        Case(name="a value that is computed", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT DISTINCT lower(status) AS status FROM orders;"),
        Case(name="a small table", given=_TABLES, rows=("orders=200",), fires=False,
             queries="SELECT DISTINCT status FROM orders;"),
    ),
)  # fmt: skip
