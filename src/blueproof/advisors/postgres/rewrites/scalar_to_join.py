"""Count once for all rows, not once for each, where many rows come out.

(SELECT count(*) FROM orders o WHERE o.customer_id = c.id) in a select list is run for every row,
and again for each further figure of the same table. One subquery that groups gives them all in one
pass; where few rows come out, one LATERAL subquery gives every figure of a row at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.names import quote
from blueproof.sql.scopes import Source, all_of, columns, conjuncts, fresh
from blueproof.sql.selected import (
    has,
    is_exact,
    is_merging,
    is_of,
    is_whole,
    name_in_full,
    name_of,
    named,
    qualify,
    read_select,
    ref,
)
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-expressions.html",
    checked=date(2026, 11, 29),
    says="a scalar subquery can name values of the outer query, which act as constants during any "
    "one evaluation of it",
)
_FIGURES = (exp.Count, exp.Sum, exp.Min, exp.Max, exp.Avg)
_ROUNDED = {"real", "double precision"}  # their sums hang on the order in which rows come
# What stands around a list, not a value.
_SETS = (exp.In, exp.Exists, exp.Any, exp.All, exp.Array)
_KEPT = ("distinct", "order", "limit", "offset", "with_")


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """A scalar subquery: an aggregate over the rows of a table that belong to an outer row."""

    node: exp.Expr
    value: exp.Expr
    source: Source
    key: str
    outer: exp.Column
    rest: tuple[exp.Expr, ...]

    @property
    def kin(self) -> tuple[str, str, str]:
        """What figures have in common that can come from one pass."""
        table = self.source.table.name if self.source.table else ""
        return table, self.key, brief(self.outer)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """All figures of one table in a SELECT, in one pass over it; then one look for each row."""
    for lateral in (False, True):
        for tree, select in asked.selects():
            figures = _figures(asked, select)
            for kin in dict.fromkeys(f.kin for f in figures):
                mine = [f for f in figures if f.kin == kin]
                if lateral and len(mine) == 1:
                    continue
                yield _rewrite(asked, tree, select, mine, lateral=lateral)
                break  # the tree is changed


def _figures(asked: Asked, select: exp.Select) -> list[_Figure]:
    """The figures in the outputs, WHERE and ORDER BY of a SELECT that neither groups nor locks."""
    own = any(
        n.find_ancestor(exp.Select) is select for n in select.find_all(exp.AggFunc, exp.Window)
    )
    if own or has(select, *_KEPT) or any(isinstance(i, exp.Star) for i in select.expressions):
        return []
    clauses = [select.args.get(k) for k in ("where", "order")]
    parts = [*select.expressions, *(c for c in clauses if c is not None)]
    nodes = [n for part in parts for n in part.find_all(exp.Subquery)]
    mine = [n for n in nodes if n.parent_select is select and not isinstance(n.parent, _SETS)]
    found = [_figure(asked, select, node) for node in mine]
    return [f for f in found if f is not None]


def _figure(asked: Asked, select: exp.Select, node: exp.Subquery) -> _Figure | None:
    inner = node.this
    sources = asked.scopes.sources(inner) if isinstance(inner, exp.Select) else ()
    single = len(sources) == 1 and sources[0].table is not None and is_whole(sources[0].node)
    if not single or has(inner) or len(inner.expressions) != 1:
        return None
    (source,) = sources
    value = inner.expressions[0].unalias()
    if not isinstance(value, _FIGURES) or _is_rounded(asked, value):
        return None
    where = inner.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    tied = [(c, b) for c in parts if (b := _tied(asked, c, source, select))]
    if len(tied) != 1:
        return None
    condition, (key, outer) = tied[0]
    rest = tuple(c for c in parts if c is not condition)
    own = all(is_of(c, source, asked.scopes) for n in (value, *rest) for c in columns(n))
    if not own or any(n.find(exp.Select) for n in rest) or not is_exact(source.table, key):
        return None
    return _Figure(node=node, value=value, source=source, key=key, outer=outer, rest=rest)


def _is_rounded(asked: Asked, value: exp.Expr) -> bool:
    found = [asked.scopes.column(c) for c in columns(value)]
    adds = isinstance(value, exp.Sum | exp.Avg)
    return adds and any(c is None or c[1].type in _ROUNDED for c in found)


def _tied(
    asked: Asked, condition: exp.Expr, source: Source, select: exp.Select
) -> tuple[str, exp.Column] | None:
    """The inner and the outer column of the equality that ties the subquery to a row."""
    if not isinstance(condition, exp.EQ):
        return None
    one, two = condition.this, condition.expression
    if not isinstance(one, exp.Column) or not isinstance(two, exp.Column):
        return None
    if is_of(two, source, asked.scopes):
        one, two = two, one
    owner = asked.scopes.owner(two)
    outer = owner is not None and any(owner.node is s.node for s in asked.scopes.sources(select))
    return (name_of(one), two) if outer and is_of(one, source, asked.scopes) else None


def _rewrite(
    asked: Asked, tree: exp.Query, select: exp.Select, mine: list[_Figure], *, lateral: bool
) -> Rewrite:
    first = mine[0]
    table = first.source.table
    assert table is not None, "it was read as a table"
    alias = fresh(tree, f"{table.name.rpartition('.')[2]}_each")
    name_in_full(select, asked.scopes)
    joined = _subquery(first, mine, lateral=lateral)
    side = "" if any(_is_strict(select, f) for f in mine) else "LEFT"
    on = "TRUE" if lateral else f"{ref(alias, first.key)} = {brief(first.outer)}"
    join = read_select(
        f"SELECT 1 FROM x {side} JOIN {'LATERAL ' if lateral else ''}({joined}) AS {quote(alias)} "
        f"ON {on}"
    ).args["joins"][0]
    for number, figure in enumerate(mine, start=1):
        value = ref(alias, _figure_name(figure, number))
        counts = isinstance(figure.value, exp.Count) and not lateral
        _put(figure.node, f"coalesce({value}, 0)" if counts else value)
    for each in select.args.get("joins") or ():
        if not (each.kind or each.side or each.args.get("on") or is_merging(each)):
            each.set("kind", "CROSS")  # a join after a comma does not see what stands before it
    select.append("joins", join)
    figures = f"{len(mine)} figures" if len(mine) > 1 else "a figure"
    once = "once for each row" if lateral else "once for all rows"
    return Rewrite(
        title=f"Read {table.name} {once}",
        text=write_tree(tree),
        because=(
            f"{asked.query.name} reads {table.name} anew for {figures} of every row that comes out",
        ),
    )


def _is_strict(select: exp.Select, figure: _Figure) -> bool:
    """Whether WHERE keeps no row for which there is no such figure."""
    where, holder = select.args.get("where"), figure.node.parent
    held = where is not None and any(c is holder for c in conjuncts(where.this))
    compares = isinstance(holder, exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE)
    return held and compares and not isinstance(figure.value, exp.Count)


def _subquery(first: _Figure, mine: list[_Figure], *, lateral: bool) -> str:
    """All figures in one SELECT; those of different rows each with a FILTER."""
    table, alias = first.source.table, first.source.alias
    assert table is not None, "it was read as a table"
    shared = {_rest(f, alias) for f in mine}
    shown = []
    for number, figure in enumerate(mine, start=1):
        rest = _rest(figure, alias)
        value = brief(qualify(figure.value, alias))
        only = f" FILTER (WHERE {rest})" if rest and len(shared) > 1 else ""
        shown.append(f"{value}{only} AS {quote(_figure_name(figure, number))}")
    conditions = [f"({r})" for r in shared if r and len(shared) == 1]
    key = ref(alias, first.key)
    if lateral:
        conditions.insert(0, f"{key} = {brief(first.outer)}")
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    listed = ", ".join(shown)
    if lateral:
        return f"SELECT {listed} FROM {named(table, alias)}{where}"
    return f"SELECT {key}, {listed} FROM {named(table, alias)}{where} GROUP BY {key}"


def _rest(figure: _Figure, alias: str) -> str:
    met = all_of(qualify(c, alias) for c in figure.rest)
    return brief(met) if met is not None else ""


def _figure_name(figure: _Figure, number: int) -> str:
    """What the figure is called where it comes out, if it is; else by its function and place."""
    parent = figure.node.parent
    named_ = name_of(parent.args["alias"]) if isinstance(parent, exp.Alias) else ""
    return named_ if named_ and named_ != figure.key else f"{figure.value.key}_{number}"


def _put(node: exp.Expr, text: str) -> None:
    """A value in place of the subquery, under the name that the subquery gave to the output."""
    value = read_select(f"SELECT {text}").expressions[0]
    inner = node.this.expressions[0]
    named_ = inner.args["alias"] if isinstance(inner, exp.Alias) else exp.to_identifier(inner.key)
    parent = node.parent
    if isinstance(parent, exp.Alias) and isinstance(value, exp.Column):
        same = name_of(parent.args["alias"]) == name_of(value)
        (parent if same else node).replace(value)  # x.orders AS orders says it twice
        return
    alone = node.arg_key == "expressions" and isinstance(parent, exp.Select)
    node.replace(exp.alias_(value, named_.copy()) if alone else value)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, status text NOT NULL,
  created_at timestamptz NOT NULL, total numeric NOT NULL, weight double precision NOT NULL
);
CREATE INDEX ON orders (customer_id);
"""
_OF_EACH = "FROM orders o WHERE o.customer_id = c.id"
_LIST = f"""-- name: customer_list
SELECT c.id, c.email, (SELECT count(*) {_OF_EACH}) AS orders,
  (SELECT max(o.created_at) {_OF_EACH}) AS newest
FROM customers c"""
_LARGE = ("orders=5M", "customers=200k")

REWRITING = Rewriting(
    id="pg-scalar-to-join",
    title="Count once for all rows, not once for each",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="two figures of every customer", given=_TABLES, queries=f"{_LIST};", rows=_LARGE),
        Case(name="figures of different orders, without names", given=_TABLES, rows=_LARGE,
             queries=f"SELECT id, (SELECT count(*) {_OF_EACH} AND status = 'open'), "
             f"coalesce((SELECT sum(total) {_OF_EACH} AND status = 'paid'), 0) AS paid "
             "FROM customers c ORDER BY paid DESC LIMIT 20;"),
        Case(name="in a condition", given=_TABLES, rows=_LARGE,
             queries=f"SELECT email FROM customers c WHERE (SELECT count(*) {_OF_EACH}) < 3;"),
        Case(name="the newest order of each customer", given=_TABLES, rows=_LARGE,
             queries="SELECT n.id, n.status FROM orders n WHERE n.created_at = (SELECT "
             "max(o.created_at) FROM orders o WHERE o.customer_id = n.customer_id);"),
        Case(name="four figures of one page", given=_TABLES, rows=_LARGE,
             queries=f"{_LIST.replace('FROM customers c', '')}, (SELECT sum(total) {_OF_EACH}) AS "
             f"spent, (SELECT min(total) {_OF_EACH}) AS least FROM customers c WHERE c.city = $1;"),
        Case(name="sorted by an output that has a column's name", given=_TABLES, rows=_LARGE,
             queries=f"SELECT lower(email) AS city, (SELECT count(*) {_OF_EACH}) AS n "
             "FROM customers c ORDER BY city;"),
        Case(name="a figure to be written to every customer", given=_TABLES, rows=_LARGE,
             queries=f"UPDATE customers c SET city = (SELECT max(o.status) {_OF_EACH});"),
        Case(name="a figure to be written to one customer", given=_TABLES, rows=_LARGE, fires=False,
             queries=f"UPDATE customers c SET city = (SELECT max(o.status) {_OF_EACH}) "
             "WHERE c.id = $1;"),
        Case(name="one customer", given=_TABLES, queries=f"{_LIST} WHERE c.id = $1;", rows=_LARGE,
             fires=False),
        Case(name="sums that hang on the order of the rows", given=_TABLES, rows=_LARGE,
             queries=f"SELECT c.id, (SELECT sum(o.weight) {_OF_EACH}) AS w FROM customers c;",
             fires=False),
        Case(name="tied by a range", given=_TABLES, rows=("orders=2k", "customers=1k"),
             queries="SELECT c.id, (SELECT count(*) FROM orders o WHERE o.customer_id > c.id) AS n "
             "FROM customers c;", fires=False),
        Case(name="tied by more than one row says", given=_TABLES, rows=_LARGE, fires=False,
             queries=f"SELECT c.id, (SELECT count(*) {_OF_EACH} AND o.status = c.city) AS n "
             "FROM customers c;"),
        Case(name="every column comes out", given=_TABLES, rows=_LARGE, fires=False,
             queries=f"SELECT *, (SELECT count(*) {_OF_EACH}) AS n FROM customers c;"),
    ),
)  # fmt: skip
