"""Ask for each side of an OR by itself where the sides are about different tables.

WHERE a.x = 1 OR b.y = 2 can use an index on neither: until the tables are joined, no row is known
to fail. Two queries, one a side, each start at their own index; UNION takes out the rows that both
give. Where it could merge rows that the query gives twice, UNION ALL and a condition do.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.distinctness import are_different
from blueproof.sql.filters import untrue
from blueproof.sql.scopes import Scopes, all_of, columns, conjuncts, disjuncts, is_bare
from blueproof.sql.selected import orders_outputs, output_order, outputs
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/indexes-bitmap-scans.html",
    checked=date(2026, 11, 29),
    says="the system can combine indexes with OR within one table only",
)
_MOST_SIDES = 4


def turn(asked: Asked) -> Iterator[Rewrite]:
    """A UNION of one query a side; UNION ALL where that could merge rows of the original.

    Then each later side leaves out what the sides before it have given.
    """
    tree = asked.tree()
    if not isinstance(tree, exp.Select) or not is_bare(tree) or tree.args.get("with_"):
        return
    given = outputs(tree, asked.scopes)
    if not orders_outputs(tree, given):
        return
    where = tree.args.get("where")
    parts = list(conjuncts(where.this)) if where else []
    for at, part in enumerate(parts):
        sides = list(disjuncts(part))
        if not 1 < len(sides) <= _MOST_SIDES or not _is_spread(asked.scopes, sides):
            continue
        apart = are_different(asked.scopes, tree, [o.value for o in given])
        if not apart and any(side.find(exp.Func, exp.Select) for side in sides):
            continue  # a function may say something else when asked again
        rest = [p for n, p in enumerate(parts) if n != at]
        union = _union(asked.scopes, tree, sides, rest, merges=apart)
        union.set("order", output_order(tree, given))
        yield Rewrite(
            title="Ask for each side of the OR by itself, in a UNION",
            text=write_tree(union),
            because=(
                f"{asked.query.name} asks {brief(part)}: its sides are about different tables, so "
                "no index can begin with either",
            ),
            trade_offs=("the text is longer: a change to the query must be made on each side",),
        )


def _is_spread(scopes: Scopes, sides: list[exp.Expr]) -> bool:
    """Whether each side is about one relation, and they are not all about the same."""
    owners = [{o.alias for c in columns(s) if (o := scopes.owner(c))} for s in sides]
    known = all(scopes.owner(c) for s in sides for c in columns(s))
    return known and all(len(o) == 1 for o in owners) and len(set.union(*owners)) > 1


def _union(
    scopes: Scopes,
    tree: exp.Select,
    sides: list[exp.Expr],
    rest: list[exp.Expr],
    *,
    merges: bool,
) -> exp.Query:
    """One arm a side: what several give is merged, or later ones ask that none before holds."""
    arms = []
    for number, side in enumerate(sides):
        arm = tree.copy()
        before = [] if merges else [untrue(scopes, each) for each in sides[:number]]
        arm.set("where", exp.Where(this=all_of((*rest, side, *before))))
        arm.set("order", None)
        arms.append(arm)
    first, *others = arms
    union: exp.Query = first
    for arm in others:
        union = exp.union(union, arm, distinct=merges, copy=False)
    return union


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, reference text NOT NULL
);
CREATE INDEX ON orders (customer_id);
"""
_EITHER = """-- name: find_order
SELECT o.id, o.reference, c.id AS customer, c.email
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE o.reference = $1 OR c.email = $1;
"""
_LARGE = ("orders=2M", "customers=500k")

REWRITING = Rewriting(
    id="pg-or-to-union",
    title="Ask for each side of an OR by itself",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="an order by its number or its customer's address", given=_TABLES,
             queries=_EITHER, rows=_LARGE),
        Case(name="another condition holds for both sides", given=_TABLES, rows=_LARGE,
             queries="SELECT o.*, c.* FROM orders o JOIN customers c ON c.id = o.customer_id "
             "WHERE o.id > $1 AND (o.reference = $2 OR c.email = $3);"),
        Case(name="both sides are about one table", given=_TABLES, rows=_LARGE,
             queries="SELECT id FROM orders WHERE reference = $1 OR id = $2;", fires=False),
        Case(name="without a key among its outputs, rows must not be merged", given=_TABLES,
             rows=_LARGE, queries=_EITHER.replace("o.id, ", "")),
        Case(name="over a join that keeps what has no partner, in order", given=_TABLES.replace(
                 "customer_id bigint NOT NULL", "customer_id bigint"), rows=_LARGE,
             queries="SELECT o.reference FROM orders o LEFT JOIN customers c ON "
             "c.id = o.customer_id WHERE o.reference = $1 OR c.email = $1 ORDER BY o.reference;"),
        Case(name="a side that calls a function, with no key among the outputs", given=_TABLES,
             rows=_LARGE, fires=False,
             queries="SELECT o.reference FROM orders o JOIN customers c ON c.id = o.customer_id "
             "WHERE o.reference = $1 OR lower(c.email) = $1;"),
        Case(name="in an order that is no output", given=_TABLES, rows=_LARGE, fires=False,
             queries=_EITHER.replace(";", " ORDER BY o.customer_id;")),
        Case(name="the key of one table says which row of the other it is", given=_TABLES,
             rows=_LARGE, queries=_EITHER.replace(", c.id AS customer", "")),
        Case(name="joined by a column of one name", rows=_LARGE,
             given=_TABLES + "CREATE TABLE notes (id bigint PRIMARY KEY REFERENCES orders, "
             "words text NOT NULL);",
             queries="SELECT id, o.reference, n.words FROM orders o JOIN notes n USING (id) "
             "WHERE o.reference = $1 OR n.words = $2;"),
        Case(name="small tables", given=_TABLES, queries=_EITHER,
             rows=("orders=200", "customers=100"), fires=False),
    ),
)  # fmt: skip
