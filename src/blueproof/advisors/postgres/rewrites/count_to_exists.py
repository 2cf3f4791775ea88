"""Ask whether a row exists instead of counting all of them.

(SELECT count(*) FROM ...) > 0 reads every row that matches before it compares; EXISTS ends at the
first.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.filters import compared
from blueproof.sql.scopes import all_of, conjuncts
from blueproof.sql.selected import put
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/functions-subquery.html",
    checked=date(2026, 11, 29),
    says="EXISTS generally runs the subquery only long enough to tell whether at least one row "
    "comes back",
)
# Whether some row exists, by operator and number: count(*) > 0 does, count(*) = 0 does not.
_ASKS = {
    (">", 0): True, (">=", 1): True, ("<>", 0): True,
    ("=", 0): False, ("<", 1): False, ("<=", 0): False,
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A comparison with none or one, the SELECT that counts, and whether some row is asked for.

    `place` is what EXISTS takes the place of: the comparison, or the SELECT that is nothing else.
    """

    node: exp.Expr
    place: exp.Expr
    select: exp.Select
    some: bool


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each comparison of a counting subquery with none or one, said as EXISTS."""
    tree = asked.tree()
    found = [*_of_subqueries(tree), *_of_itself(tree)] if tree else []
    if tree is None or not found:
        return
    first = brief(found[0].node)
    for each in found:
        exists = _exists(each.select, some=each.some)
        if each.place is not each.node and isinstance(each.node.parent, exp.Alias):
            exists = exp.select(exp.alias_(exists, each.node.parent.args["alias"].copy()))
        tree = put(tree, each.place, exists)
    yield Rewrite(
        title="Ask EXISTS instead of counting",
        text=write_tree(tree),
        because=(f"{asked.query.name} counts every row that matches only to ask {first}",),
    )


def _of_subqueries(tree: exp.Query) -> Iterator[_Compared]:
    """(SELECT count(*) ...) > 0."""
    for node in list(tree.find_all(exp.GT, exp.GTE, exp.LT, exp.LTE, exp.EQ, exp.NEQ)):
        for left, sign, right in compared(node):
            select = _unwrapped(left.this if isinstance(left, exp.Subquery) else left)
            some = _asks(sign, right)
            if some is not None and isinstance(select, exp.Select) and _counts(select):
                yield _Compared(node=node, place=node, select=select, some=some)


def _unwrapped(select: exp.Expr) -> exp.Expr:
    """The SELECT inside of one that only hands its single output on, as mappers of objects do."""
    source = select.args.get("from_") if isinstance(select, exp.Select) else None
    derived = source.this if source is not None else None
    if not isinstance(select, exp.Select) or not isinstance(derived, exp.Subquery):
        return select
    inner, alias = derived.this, derived.args.get("alias")
    held = {k for k, v in select.args.items() if v} - {"from_", "expressions", "kind"}
    renamed = alias is not None and alias.args.get("columns")
    if held or renamed or not isinstance(inner, exp.Select):
        return select
    outer = [c.name for i in select.expressions if isinstance(c := i.unalias(), exp.Column)]
    named = [item.alias for item in inner.expressions]
    return inner if outer == named and len(select.expressions) == len(named) == 1 else select


def _of_itself(tree: exp.Query) -> Iterator[_Compared]:
    """SELECT count(*) > 0 AS found FROM ..., whose one output that is."""
    for select in [s for s in tree.find_all(exp.Select) if len(s.expressions) == 1]:
        item = select.expressions[0]
        for left, sign, right in compared(item.unalias()) if isinstance(item, exp.Alias) else ():
            counting = select.copy()
            counting.set("expressions", [left.copy()])
            some = _asks(sign, right)
            if some is not None and isinstance(left, exp.Count) and _counts(counting):
                yield _Compared(node=item.this, place=select, select=counting, some=some)


def _asks(sign: str, number: exp.Expr) -> bool | None:
    return _ASKS.get((sign, int(number.name))) if number.is_int else None


def _counts(select: exp.Select) -> bool:
    """Whether it gives one number: how many rows match."""
    held = ("group", "having", "distinct", "limit", "offset", "with_", "windows")
    if len(select.expressions) != 1 or any(select.args.get(k) for k in held):
        return False
    counted = select.expressions[0].unalias()
    if not isinstance(counted, exp.Count) or counted.args.get("expressions"):
        return False
    return isinstance(_counted(counted), exp.Star | exp.Literal | exp.Column)


def _counted(count: exp.Count) -> exp.Expr:
    """What is counted: where it is some at all, each different value of it is some, too."""
    inner: exp.Expr = count.this
    single = isinstance(inner, exp.Distinct) and len(inner.expressions) == 1
    value: exp.Expr = inner.expressions[0] if single else inner
    return value


def _exists(select: exp.Select, *, some: bool) -> exp.Expr:
    count = select.expressions[0].unalias()
    assert isinstance(count, exp.Count), "the caller looked"
    counted, asked = _counted(count), select.copy()
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
        Case(name="a count that a mapper of objects hands on", given=_TABLES, rows=_LARGE,
             queries='SELECT c.id FROM customers c WHERE (SELECT "$n" FROM (SELECT count(*) AS '
             '"$n" FROM orders o WHERE o.customer_id = c.id) AS "$sub") > 0;'),
        Case(name="a count that is changed where it is handed on", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id FROM customers c WHERE (SELECT n - 1 FROM (SELECT count(*) AS n "
             "FROM orders o WHERE o.customer_id = c.id) AS sub) > 0;", fires=False),
        Case(name="the number stands first", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id FROM customers c WHERE 0 < "
             "(SELECT count(*) FROM orders o WHERE o.customer_id = c.id);"),
        Case(name="each order once", given=_TABLES, queries=_COUNTED.format("DISTINCT o.id", "> 0"),
             rows=_LARGE),
        Case(name="the answer is all that comes out", given=_TABLES, rows=_LARGE,
             queries="SELECT count(*) > 0 AS found FROM orders WHERE customer_id < $1;"),
        Case(name="one answer for each customer", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT count(*) > 0 AS found FROM orders WHERE id > $1 "
             "GROUP BY customer_id;"),
        Case(name="more than one is asked for", given=_TABLES, rows=_LARGE,
             queries=_COUNTED.format("*", "> 1"), fires=False),
        Case(name="it already says EXISTS", given=_TABLES, rows=_LARGE,
             queries="SELECT c.id FROM customers c WHERE EXISTS "
             "(SELECT 1 FROM orders o WHERE o.customer_id = c.id);", fires=False),
    ),
)  # fmt: skip
