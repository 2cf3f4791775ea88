"""Ask whether a row exists instead of counting all of them.

(SELECT count(*) FROM ...) > 0 reads every row that matches before it compares; EXISTS ends at the
first.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 29),
    says="EXISTS generally runs the subquery only long enough to tell whether at least one row "
    "comes back",
)
_MIRRORED = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}
# Whether some row exists, by operator and number: count(*) > 0 does, count(*) = 0 does not.
_ASKS = {
    (exp.GT, 0): True, (exp.GTE, 1): True, (exp.NEQ, 0): True,
    (exp.EQ, 0): False, (exp.LT, 1): False, (exp.LTE, 0): False,
}  # fmt: skip


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a counting subquery with none or one, said as EXISTS."""
    tree = asked.tree()
    found = list(_comparisons(tree)) if tree else []
    if tree is None or not found:
        return
    first = brief(found[0][0])
    for node, subquery, some in found:
        node.replace(_exists(subquery, some=some))
    yield Rewrite(
        title="Ask EXISTS instead of counting",
        text=write_tree(tree),
        because=(f"{asked.query.name} counts every row that matches only to ask {first}",),
    )


def _comparisons(tree: exp.Query) -> Iterator[tuple[exp.Expr, exp.Select, bool]]:
    """Each comparison, its counting SELECT, and whether it asks that some row is there."""
    for node in list(tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)):
        left, right, kind = node.this.unnest(), node.expression.unnest(), type(node)
        if isinstance(right, exp.Subquery | exp.Select):
            left, right, kind = right, left, _MIRRORED.get(kind, kind)
        select = left.this if isinstance(left, exp.Subquery) else left
        number = int(right.name) if right.is_int else None
        some = _ASKS.get((kind, number)) if number is not None else None
        if some is not None and isinstance(select, exp.Select) and _counts(select):
            yield node, select, some


def _counts(select: exp.Select) -> bool:
    """Whether it gives one number: how many rows match."""
    held = ("group", "having", "distinct", "limit", "offset", "with_", "windows")
    if len(select.expressions) != 1 or any(select.args.get(k) for k in held):
        return False
    counted = select.expressions[0].unalias()
    if not isinstance(counted, exp.Count) or counted.args.get("expressions"):
        return False
    return isinstance(counted.this, exp.Star | exp.Literal | exp.Column)


def _exists(select: exp.Select, *, some: bool) -> exp.Expr:
    counted = select.expressions[0].unalias().this
    asked = select.copy()
    asked.set("expressions", [exp.Literal.number(1)])
    asked.set("order", None)
    if isinstance(counted, exp.Column):  # count(column) leaves NULLs out
        where = asked.args.get("where")
        told = exp.Not(this=exp.Is(this=counted.copy(), expression=exp.Null()))
        kept = all_of((*conjuncts(where.this if where else None), told))
        asked.set("where", exp.Where(this=kept))
    exists = exp.Exists(this=asked)
    return exists if some else exp.Not(this=exists)


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, note text
);
CREATE INDEX ON orders (customer_id);
"""
_COUNTED = """-- name: buyers
SELECT c.id FROM customers c
WHERE (SELECT count({}) FROM orders o WHERE o.customer_id = c.id) {};
"""
_LARGE = ("orders=2M", "customers=20k")

REWRITING = Rewriting(
    id="pg-count-to-exists",
    title="Ask whether a row exists instead of counting",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="customers with an order", given=_TABLES, queries=_COUNTED.format("*", "> 0"),
             rows=_LARGE),
        Case(name="customers without one", given=_TABLES, queries=_COUNTED.format("*", "= 0"),
             rows=_LARGE),
        Case(name="a count of a column that may be NULL", given=_TABLES,
             queries=_COUNTED.format("o.note", ">= 1"), rows=_LARGE),
        Case(name="the number stands first", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id FROM customers c WHERE 0 < "
             "(SELECT count(*) FROM orders o WHERE o.customer_id = c.id);"),
        Case(name="more than one is asked for", given=_TABLES, rows=_LARGE,
             queries=_COUNTED.format("*", "> 1"), fires=False),
        Case(name="it already says EXISTS", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id FROM customers c WHERE EXISTS "
             "(SELECT 1 FROM orders o WHERE o.customer_id = c.id);", fires=False),
    ),
)  # fmt: skip
