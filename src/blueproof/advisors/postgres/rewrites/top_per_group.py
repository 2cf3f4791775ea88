"""Take the newest few of each group from the group itself.

row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) = 1, and DISTINCT ON too,
read and sort the whole table to keep one row of each group. An index on (customer_id, created_at)
has that row at a known place: one look for each row of the table that the groups refer to.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.filled import Filled, filled
from blueproof.advisors.postgres.parts.first_rows import (
    Taken,
    by_lateral,
    distinct_on,
    numbered,
    of_one,
    shown,
)
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.schema import ForeignKey
from blueproof.sql.scopes import fresh
from blueproof.sql.selected import cte_names, named, parent_of, put, read_select, ref
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="a LATERAL subquery is evaluated for each row of the relations before it",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each numbering of a group's rows of which the first are kept, and each DISTINCT ON."""
    for tree, select in asked.selects():
        for taken in (*numbered(asked.scopes, select), *distinct_on(asked.scopes, select)):
            key = _parent(asked, taken)
            if key is not None and key.references not in cte_names(tree):
                new = _each(asked, tree, taken, key)
                yield _said(asked, taken, key, write_tree(put(tree, taken.select, new)))
                break  # the tree is changed


def _said(asked: Asked, taken: Taken, key: ForeignKey, text: str) -> Rewrite:
    table = taken.source.table
    assert table is not None, "its foreign key was found"
    sure = filled(asked.database, table, taken.column) or Filled()
    return Rewrite(
        never_null=sure.never_null,
        trade_offs=sure.trade_offs,
        title=f"Take {taken.rows} of each {taken.column} from {key.table} by its index, with "
        f"{by_lateral(taken)}",
        text=text,
        because=(
            f"{asked.query.name} reads and sorts all of {key.table} to keep {taken.rows} of each "
            f"{taken.column}; the foreign key says that each is a row of {key.references}",
        ),
    )


def _parent(asked: Asked, taken: Taken) -> ForeignKey | None:
    """The foreign key of the column that rows are grouped by, if each has its parent."""
    table = taken.source.table
    valid = "NOT VALID" not in asked.database.ddl.upper()
    if table is None or not valid or filled(asked.database, table, taken.column) is None:
        return None
    return parent_of(asked.database.schema, table, taken.column)


def _each(asked: Asked, tree: exp.Query, taken: Taken, key: ForeignKey) -> exp.Select:
    """One look into the table for each row of the parent."""
    parent = asked.database.schema.by_name[key.references]
    name, top = fresh(tree, parent.name.rpartition(".")[2]), fresh(tree, "top")
    id_ = ref(name, key.referenced[0])
    new = read_select(
        f"SELECT {shown(taken, top)} FROM {named(parent, name)} "
        f"CROSS JOIN LATERAL ({of_one(taken, id_)}) AS {top}"
    )
    return _ended(taken.select, new, id_) if taken.select.args.get("distinct") else new


def _ended(select: exp.Select, new: exp.Select, id_: str) -> exp.Select:
    """With the order and the end of the DISTINCT ON: of each group there is one row."""
    order = select.args.get("order")
    if order:
        first = order.expressions[0].copy()
        first.set("this", read_select(f"SELECT {id_}").expressions[0])
        new.set("order", exp.Order(expressions=[first]))
    for clause in ("limit", "offset"):
        new.set(clause, select.args.get(clause))
    return new


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
  created_at timestamptz NOT NULL, status text NOT NULL, note text
);
"""
_NUMBERED_QUERY = """-- name: newest_orders
SELECT t.id, t.customer_id, t.status FROM (
  SELECT o.*, {} OVER (PARTITION BY o.customer_id ORDER BY o.created_at DESC) AS rn FROM orders o
) t WHERE t.rn {};
"""
_ONE = _NUMBERED_QUERY.format("row_number()", "= 1")
_ON = """-- name: newest_orders
SELECT DISTINCT ON (customer_id) id, customer_id, created_at FROM orders
ORDER BY customer_id, created_at DESC, id DESC;
"""
_LARGE = ("orders=5M", "customers=2k")

REWRITING = Rewriting(
    id="pg-top-per-group",
    title="Take the newest few of each group by an index",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the newest order of each customer by number", given=_TABLES, queries=_ONE,
             rows=_LARGE),
        Case(name="the three newest, with what ties", given=_TABLES, rows=_LARGE,
             queries=_NUMBERED_QUERY.format("rank()", "<= 3")),
        Case(name="DISTINCT ON", given=_TABLES, queries=_ON, rows=_LARGE),
        Case(name="in a CTE, with every column, and a condition beside", given=_TABLES, rows=_LARGE,
             queries="WITH n AS (SELECT id, row_number() OVER (PARTITION BY customer_id "
             "ORDER BY created_at DESC, id) AS rn, customer_id, note FROM orders "
             "WHERE status = $1) SELECT * FROM n JOIN customers c ON c.id = n.customer_id "
             "WHERE n.rn = 1 AND c.email LIKE 'a%';"),
        Case(name="the number is shown", given=_TABLES, rows=_LARGE,
             queries=_NUMBERED_QUERY.format("row_number()", "<= 3").replace(
                 "t.status", "t.rn"), fires=False),
        Case(name="the second newest", given=_TABLES, rows=_LARGE, fires=False,
             queries=_NUMBERED_QUERY.format("row_number()", "= 2")),
        Case(name="the three greatest values, however many rows have them", given=_TABLES,
             queries=_NUMBERED_QUERY.format("dense_rank()", "<= 3"), rows=_LARGE, fires=False),
        Case(name="ORDER BY means an output of another name", given=_TABLES, rows=_LARGE,
             queries="SELECT DISTINCT ON (customer_id) customer_id, note AS created_at "
             "FROM orders ORDER BY customer_id, created_at DESC;", fires=False),
        Case(name="orders of nobody are a group too", queries=_ONE, rows=_LARGE, fires=False,
             given=_TABLES.replace("customer_id bigint NOT NULL", "customer_id bigint")),
        Case(name="the number counts all orders", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ONE.replace("PARTITION BY o.customer_id ", "")),
        Case(name="on the outer side of a join", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT c.id, t.id FROM customers c LEFT JOIN (SELECT o.*, row_number() OVER "
             "(PARTITION BY o.customer_id ORDER BY o.created_at DESC) AS rn FROM orders o) t "
             "ON t.customer_id = c.id WHERE t.rn = 1 OR t.rn IS NULL;"),
    ),
)  # fmt: skip
