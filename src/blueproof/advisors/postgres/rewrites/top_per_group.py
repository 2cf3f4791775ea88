"""Take the newest few of each group from the group itself.

row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) = 1, and DISTINCT ON too,
read and sort the whole table to keep one row of each group. An index on (customer_id, created_at)
has that row at a known place: one look for each row of the table that the groups refer to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.schema import ForeignKey
from blueproof.sql.scopes import Source, all_of, certain, conjuncts, fresh, is_padded
from blueproof.sql.selected import (
    Output,
    both,
    cte_names,
    has,
    has_star,
    inner_select,
    name_of,
    named,
    only_table,
    outputs,
    parent_of,
    put,
    qualify,
    read_select,
    readers,
    ref,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="a LATERAL subquery is evaluated for each row of the relations before it",
)
_KEPT = ("order", "limit", "offset")
_NUMBERED = (exp.RowNumber, exp.Rank, exp.DenseRank)


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A SELECT of one table that keeps the first rows of each group.

    `ties` is whether rows that tie with the last one kept are kept, too; `given` are the outputs,
    without the number.
    """

    select: exp.Select
    source: Source
    key: ForeignKey
    given: tuple[Output, ...]
    order: tuple[exp.Ordered, ...]
    most: int
    ties: bool = False


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each numbering of a group's rows of which the first are kept, and each DISTINCT ON."""
    for tree, select in asked.selects():
        for taken, number in (*_numbered(asked, select), *_distinct_on(asked, select)):
            if taken.key.references not in cte_names(tree):
                new = _each(asked, tree, taken, number)
                yield _said(asked, taken, write_tree(put(tree, taken.select, new)))
                return


def _said(asked: Asked, taken: _Taken, text: str) -> Rewrite:
    parent, table = taken.key.references, taken.key.table
    rows = "the first row" if taken.most == 1 else f"the first {taken.most} rows"
    return Rewrite(
        title=f"Take {rows} of each {taken.key.columns[0]} from {table} by its index",
        text=text,
        because=(
            f"{asked.query.name} reads and sorts all of {table} to keep {rows} of each "
            f"{taken.key.columns[0]}; the foreign key says that each is a row of {parent}",
        ),
    )


def _numbered(asked: Asked, select: exp.Select) -> Iterator[tuple[_Taken, str]]:
    """Conditions of this SELECT such as n.rn = 1 on a number that a subquery or CTE counts."""
    where = select.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    for part in parts:
        column, most = _first_rows(part)
        source = asked.scopes.owner(column) if column is not None else None
        if column is None or source is None or is_padded(source, asked.scopes.sources(select)):
            continue
        inner = _inner(select, source)
        if inner is None:
            continue
        taken = _read(asked, inner, name_of(column), most)
        number = name_of(column) if has_star(select) else ""
        once = sum(name_of(c) == name_of(column) for c in select.root().find_all(exp.Column))
        if taken is None or once != 1 or (number and most != 1):
            continue  # else the numbers of the others are given out
        rest = all_of(c for c in parts if c is not part)
        select.set("where", exp.Where(this=rest) if rest else None)
        yield taken, number


def _first_rows(part: exp.Expr) -> tuple[exp.Column | None, int]:
    """The column and n of "column <= n" and the like: how many of the first rows are kept."""
    column, number = part.args.get("this"), part.args.get("expression")
    if not isinstance(column, exp.Column) or not isinstance(number, exp.Literal):
        return None, 0
    if not number.is_int:
        return None, 0
    most = int(number.name)
    if isinstance(part, exp.EQ) and most != 1:
        return None, 0
    if isinstance(part, exp.LT):
        most -= 1
    fits = isinstance(part, exp.EQ | exp.LT | exp.LTE) and most > 0
    return (column, most) if fits else (None, 0)


def _inner(select: exp.Select, source: Source) -> exp.Select | None:
    """The SELECT behind a relation: a subquery, or a CTE that nothing else reads."""
    shared = isinstance(source.node, exp.Table) and readers(select.root(), name_of(source.node)) > 1
    return None if shared else inner_select(select, source.node)


def _read(asked: Asked, inner: exp.Select, number: str, most: int) -> _Taken | None:
    """What is kept of the inner SELECT where the number is no more than `most`."""
    source, given = only_table(inner, asked.scopes), outputs(inner, asked.scopes)
    windows = [o for o in given if o.name == number and isinstance(o.value, exp.Window)]
    if source is None or len(windows) != 1 or has(inner):
        return None
    window = windows[0].value
    by, order = window.args.get("partition_by") or [], window.args.get("order")
    counts = isinstance(window.this, _NUMBERED) and not window.args.get("alias")
    others = sum(1 for _ in inner.find_all(exp.Window)) > 1
    key = _parent(asked, source, by)
    if not counts or others or order is None or key is None or _has_numbers(order):
        return None
    if isinstance(window.this, exp.DenseRank) and most > 1:
        return None
    return _Taken(
        select=inner,
        source=source,
        key=key,
        given=given,
        order=tuple(order.expressions),
        most=most,
        ties=not isinstance(window.this, exp.RowNumber),
    )


def _parent(asked: Asked, source: Source, by: list[exp.Expr]) -> ForeignKey | None:
    """The foreign key of the one column that rows are grouped by, if none is in no group."""
    if len(by) != 1 or not isinstance(by[0], exp.Column) or source.table is None:
        return None
    column = name_of(by[0])
    valid = "NOT VALID" not in asked.database.ddl.upper()
    if not valid or not certain(source.table, source.table.by_name[column]):
        return None
    return parent_of(asked.database.schema, source.table, column)


def _has_numbers(order: exp.Expr) -> bool:
    """Whether a sort key is a number: the same in every row of a window, a place elsewhere."""
    return any(isinstance(o.this, exp.Literal) for o in order.expressions)


def _distinct_on(asked: Asked, select: exp.Select) -> Iterator[tuple[_Taken, str]]:
    """This SELECT, if it is a DISTINCT ON one column."""
    distinct, order = select.args.get("distinct"), select.args.get("order")
    on = distinct.args.get("on") if distinct else None
    source, given = only_table(select, asked.scopes), outputs(select, asked.scopes)
    if on is None or source is None or not given or has(select, *_KEPT, "distinct"):
        return
    by = on.expressions if isinstance(on, exp.Tuple) else [on.unnest()]
    key = _parent(asked, source, by)
    keys = tuple(order.expressions) if order else ()
    renamed = {o.name for o in given if name_of(o.value) != o.name}
    bare = {name_of(c) for k in (*keys, *by) for c in k.find_all(exp.Column) if not c.table}
    if key is None or bare & renamed or any(isinstance(k.this, exp.Literal) for k in keys):
        return
    yield _Taken(select=select, source=source, key=key, given=given, order=keys[1:], most=1), ""


def _each(asked: Asked, tree: exp.Query, taken: _Taken, number: str) -> exp.Select:
    """One look into the table for each row of the parent; `number` is given out as 1."""
    key, source, select = taken.key, taken.source, taken.select
    parent, child = asked.database.schema.by_name[key.references], source.table
    assert child is not None, "it was read as a table"
    name, top = fresh(tree, parent.name.rpartition(".")[2]), fresh(tree, "top")
    id_ = ref(name, key.referenced[0])
    items = [qualify(i, source.alias) for i in select.expressions if not i.find(exp.Window)]
    where = select.args.get("where")
    others = conjuncts(qualify(where.this, source.alias)) if where else ()
    met = both(f"{ref(source.alias, key.columns[0])} = {id_}", others)
    keys = ", ".join(brief(qualify(o, source.alias)) for o in taken.order)
    ending = f"FETCH FIRST {taken.most} ROWS WITH TIES" if taken.ties else f"LIMIT {taken.most}"
    inner = (
        f"SELECT {', '.join(brief(i) for i in items)} FROM {named(child, source.alias)} "
        f"WHERE {met} "
        f"{f'ORDER BY {keys} ' if keys else ''}{ending}"
    )
    shown = ", ".join(
        f"1::bigint AS {quote(o.name)}" if o.name == number else ref(top, o.name)
        for o in taken.given
    )
    new = read_select(
        f"SELECT {shown if number else f'{top}.*'} FROM {named(parent, name)} "
        f"CROSS JOIN LATERAL ({inner}) AS {top}"
    )
    return _ended(select, new, id_) if select.args.get("distinct") else new


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
