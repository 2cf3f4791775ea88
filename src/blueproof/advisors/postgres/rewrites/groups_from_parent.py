"""Start from the table that the groups refer to, where all that is asked of each is cheap.

SELECT customer_id, max(created_at) FROM orders GROUP BY customer_id, or SELECT DISTINCT
customer_id, reads every order. Each customer's newest order, or that there is one, stands at one
place in an index: one look for each row of customers is enough, and the foreign key says that no
group is missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.filled import Filled, filled
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.schema import ForeignKey, Table
from blueproof.sql.scopes import Source, certain, conjuncts, fresh
from blueproof.sql.selected import (
    Output,
    both,
    cte_names,
    grouped_by,
    has,
    name_of,
    named,
    only_table,
    orders_outputs,
    output_order,
    outputs,
    parent_of,
    put,
    qualify,
    read_select,
    ref,
)
from blueproof.sql.trees import write_tree

WIKI = Citation(
    url="https://wiki.postgresql.org/wiki/Loose_indexscan",
    checked=date(2026, 11, 29),
    says="PostgreSQL has no scan that jumps from one value of an index to the next: DISTINCT and "
    "GROUP BY read every row",
)


@dataclass(frozen=True, kw_only=True)
class _Grouped:
    """A SELECT of one row for each value of a column that refers to a parent.

    `ends` are the outputs that are a min or max; `conditions` are its WHERE's; `sure` is what
    keeps NULL out of the column.
    """

    select: exp.Select
    source: Source
    key: ForeignKey
    outputs: tuple[Output, ...]
    conditions: tuple[exp.Expr, ...]
    sure: Filled

    @property
    def ends(self) -> tuple[Output, ...]:
        return tuple(o for o in self.outputs if isinstance(o.value, exp.Min | exp.Max))


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each SELECT that asks of groups only which there are, or their least and greatest values."""
    for tree, select in asked.selects():
        grouped = _read(asked, select)
        if grouped is None or grouped.key.references in cte_names(tree):
            continue
        new = _from_parent(asked, tree, grouped)
        parent = grouped.key.references
        table = grouped.key.table
        yield Rewrite(
            title=f"Start from {parent} and look each one up in {table} by LATERAL",
            text=write_tree(put(tree, select, new)),
            never_null=grouped.sure.never_null,
            trade_offs=grouped.sure.trade_offs,
            because=(
                f"{asked.query.name} reads all of {table} to find its groups; the foreign key says "
                f"that each is a row of {parent}",
            ),
        )


def _read(asked: Asked, select: exp.Select) -> _Grouped | None:
    source = only_table(select, asked.scopes, but="order")
    if source is None or source.table is None or has(select, "group", "distinct", "order", "limit"):
        return None
    given = outputs(select, asked.scopes)
    columns = grouped_by(select, given)
    if not given or len({o.name for o in given}) != len(given) or len(columns) != 1:
        return None
    (column,) = columns
    key = parent_of(asked.database.schema, source.table, column)
    fits = key is not None and all(_is_cheap(o, column) for o in given)
    where = select.args.get("where")
    if key is None or not fits or not orders_outputs(select, given):
        return None
    sure = filled(asked.database, source.table, column)
    if sure is None or "NOT VALID" in asked.database.ddl.upper():
        return None
    conditions = tuple(conjuncts(where.this)) if where else ()
    return _Grouped(
        select=select, source=source, key=key, outputs=given, conditions=conditions, sure=sure
    )


def _is_cheap(output: Output, column: str) -> bool:
    """Whether an output is the group's column, or a least or greatest value of another."""
    value = output.value
    if isinstance(value, exp.Column):
        return name_of(value) == column
    ends = isinstance(value, exp.Min | exp.Max) and isinstance(value.this, exp.Column)
    return ends and not value.args.get("expressions")


def _from_parent(asked: Asked, tree: exp.Query, grouped: _Grouped) -> exp.Select:
    key, source = grouped.key, grouped.source
    parent, child = asked.database.schema.by_name[key.references], source.table
    assert child is not None, "it was read as a table"
    name = fresh(tree, parent.name.rpartition(".")[2])
    id_ = ref(name, key.referenced[0])
    place = _place(grouped, child, source.alias, id_)
    ends = [_end(child, source.alias, o, place) for o in grouped.ends]
    alone = len(ends) == 1 and ends[0].sure
    beside = fresh(tree, "found")
    shown = {o.name: id_ for o in grouped.outputs}
    shown |= {e.name: ref(beside, e.name) if alone else f"({e.text})" for e in ends}
    listed = ", ".join(
        value if value.endswith(f".{quote(name)}") else f"{value} AS {quote(name)}"
        for name, value in shown.items()
    )
    text = f"SELECT {listed} FROM {named(parent, name)}"
    if alone:
        text += f" CROSS JOIN LATERAL ({ends[0].text}) AS {beside}"
    else:
        other = fresh(tree, f"{child.name.rpartition('.')[2]}_there") if ends else source.alias
        text += f" WHERE EXISTS (SELECT 1 {_place(grouped, child, other, id_)})"
    new = read_select(text)
    new.set("order", output_order(grouped.select, grouped.outputs))
    new.set("limit", grouped.select.args.get("limit"))
    return new


def _place(grouped: _Grouped, child: Table, alias: str, id_: str) -> str:
    """Where a group's rows are: FROM and WHERE."""
    others = (qualify(c, alias) for c in grouped.conditions)
    met = both(f"{ref(alias, grouped.key.columns[0])} = {id_}", others)
    return f"FROM {named(child, alias)} WHERE {met}"


@dataclass(frozen=True, kw_only=True)
class _End:
    """A least or greatest value as a subquery; `sure` is whether every group has one."""

    name: str
    text: str
    sure: bool


def _end(table: Table, alias: str, output: Output, place: str) -> _End:
    column = name_of(output.value.this)
    sure = certain(table, table.by_name[column])
    value = ref(alias, column)
    filled = "" if sure else f" AND {value} IS NOT NULL"
    down = " DESC" if isinstance(output.value, exp.Max) else ""
    text = f"SELECT {value} AS {quote(output.name)} {place}{filled} ORDER BY {value}{down} LIMIT 1"
    return _End(name=output.name, text=text, sure=sure)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
  created_at timestamptz NOT NULL, shipped_at timestamptz, status text NOT NULL
);
"""
_NEWEST = """-- name: newest_orders
SELECT customer_id, max(created_at) AS newest FROM orders GROUP BY customer_id;
"""
_BUYERS = "-- name: buyers\nSELECT DISTINCT customer_id FROM orders ORDER BY customer_id;"
_LARGE = ("orders=5M", "customers=2k")

REWRITING = Rewriting(
    id="pg-groups-from-parent",
    title="Start from the table that the groups refer to",
    guide=__doc__ or "",
    evidence=(WIKI,),
    turn=turn,
    cases=(
        Case(name="the newest order of each customer", given=_TABLES, queries=_NEWEST, rows=_LARGE),
        Case(name="a figure that nobody named", given=_TABLES, rows=_LARGE,
             queries="SELECT customer_id, max(created_at) FROM orders GROUP BY customer_id;"),
        Case(name="two figures of one name", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT customer_id, max(created_at), max(id) FROM orders "
             "GROUP BY customer_id;"),
        Case(name="which customers there are", given=_TABLES, queries=_BUYERS, rows=_LARGE),
        Case(name="a value that may be NULL for a whole group", rows=_LARGE,
             given=f"{_TABLES}CREATE INDEX ON orders (customer_id, shipped_at);",
             queries="SELECT o.customer_id, max(shipped_at) AS last FROM orders o "
             "GROUP BY 1 ORDER BY last DESC LIMIT 20;"),
        Case(name="of orders of one kind", given=_TABLES, rows=_LARGE,
             queries="SELECT customer_id, min(created_at) AS first FROM orders "
             "WHERE status = 'open' GROUP BY customer_id;"),
        Case(name="sorted by names in full", given=_TABLES, rows=_LARGE,
             queries="SELECT o.customer_id, min(o.created_at) AS first FROM orders o "
             "GROUP BY o.customer_id ORDER BY min(o.created_at), o.customer_id DESC;"),
        Case(name="in a subquery that is joined", given=_TABLES, rows=_LARGE,
             queries="SELECT c.email, n.newest FROM customers c JOIN (SELECT customer_id, "
             "max(created_at) AS newest FROM orders GROUP BY customer_id) n "
             "ON n.customer_id = c.id;"),
        Case(name="without a foreign key a group may have no parent", rows=_LARGE, queries=_NEWEST,
             given=_TABLES.replace("REFERENCES customers", ""), fires=False),
        Case(name="rows that belong to nobody are a group too", rows=_LARGE, queries=_NEWEST,
             given=_TABLES.replace("customer_id bigint NOT NULL", "customer_id bigint"),
             fires=False),
        Case(name="row security may hide a parent", rows=_LARGE, queries=_NEWEST, fires=False,
             given=f"{_TABLES}ALTER TABLE customers ENABLE ROW LEVEL SECURITY;"),
        Case(name="a sum reads every row of its group anyway", given=_TABLES, rows=_LARGE,
             queries="SELECT customer_id, sum(id) AS s FROM orders GROUP BY customer_id;",
             fires=False),
        Case(name="a WITH query stands before the parent's name", given=_TABLES, rows=_LARGE,
             queries="WITH customers AS (SELECT 1 AS id) SELECT DISTINCT customer_id FROM orders;",
             fires=False),
        Case(name="few orders for each customer", given=_TABLES, queries=_NEWEST,
             rows=("orders=50k", "customers=50k"), fires=False),
    ),
)  # fmt: skip
