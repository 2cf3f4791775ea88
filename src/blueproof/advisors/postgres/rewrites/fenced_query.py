"""Let the planner see into a WITH query that hides a condition from it.

WITH ... AS MATERIALIZED, a WITH query that is read twice, and OFFSET 0 are each computed whole
before anything outside is looked at: a condition on the outside reaches no index inside. NOT
MATERIALIZED lets each reader compute its own part.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.selected import name_of, readers
from blueproof.sql.trees import write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-with.html",
    checked=date(2026, 11, 29),
    says="a WITH query that is read more than once, or marked MATERIALIZED, is computed "
    "separately; NOT MATERIALIZED lets conditions of the outer query into it",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """The query with each WITH query open, and without OFFSET 0; then with each kept apart."""
    opened = asked.tree()
    if opened is None:
        return
    ctes = [c for c in opened.find_all(exp.CTE) if _is_fenced(opened, c)]
    names = ", ".join(name_of(c.args["alias"]) for c in ctes)
    skips = [o for o in opened.find_all(exp.Offset) if _is_nothing(o)]
    for cte in ctes:
        shared = readers(opened, name_of(cte.args["alias"])) > 1
        cte.set("materialized", False if shared else None)
    for skip in skips:
        skip.pop()
    if ctes or skips:
        what = names or "the subquery behind OFFSET 0"
        yield Rewrite(
            title=f"Let conditions into {what}",
            text=write_tree(opened),
            because=(
                f"{asked.query.name} computes {what} whole before it looks at what it needs of it",
            ),
            trade_offs=(
                "each reader computes its part anew: right as long as that is a small part",
            )
            if any(c.args.get("materialized") is False for c in ctes)
            else (),
        )


def _is_fenced(tree: exp.Query, cte: exp.CTE) -> bool:
    """Whether a WITH query is computed by itself, and might as well not be."""
    name = name_of(cte.args["alias"])
    times = readers(tree, name)
    named_once = sum(name_of(c.args["alias"]) == name for c in tree.find_all(exp.CTE)) == 1
    with_ = cte.parent
    recursive = isinstance(with_, exp.With) and with_.recursive
    told = cte.args.get("materialized")
    fenced = told is True or (told is None and times > 1)
    plain = isinstance(cte.this, exp.Query) and not cte.this.args.get("locks")
    return plain and fenced and named_once and not recursive and times > 0


def _is_nothing(offset: exp.Offset) -> bool:
    """Whether it skips no row, alone in a subquery, where all it does is to keep conditions out."""
    query = offset.parent
    inner = isinstance(query, exp.Query) and isinstance(query.parent, exp.Subquery)
    alone = isinstance(query, exp.Query) and not query.args.get("limit")
    value = offset.expression
    return inner and alone and isinstance(value, exp.Literal) and value.name == "0"


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
  created_at timestamptz NOT NULL, total numeric NOT NULL
);
"""
_PAID = """-- name: customer_orders
WITH paid AS {} (
  SELECT o.id, o.customer_id, o.created_at, c.email FROM orders o
  JOIN customers c ON c.id = o.customer_id WHERE o.total > 0
)
SELECT {} FROM paid {};
"""
_LARGE = ("orders=5M", "customers=500k")

REWRITING = Rewriting(
    id="pg-fenced-query",
    title="Let the planner see into a WITH query",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="one customer of all, behind MATERIALIZED", given=_TABLES, rows=_LARGE,
             queries=_PAID.format("MATERIALIZED", "*", "WHERE customer_id = $1")),
        Case(name="read twice, each time for one customer", given=_TABLES, rows=_LARGE,
             queries=_PAID.format("", "a.id, b.id AS other", "a JOIN paid b ON "
                                  "b.customer_id = a.customer_id WHERE a.customer_id = $1")),
        Case(name="behind OFFSET 0", given=_TABLES, rows=_LARGE,
             queries="SELECT t.id FROM (SELECT id, customer_id, total FROM orders OFFSET 0) t "
             "WHERE t.customer_id = $1;"),
        Case(name="all of it is needed, twice", given=_TABLES, rows=_LARGE, fires=False,
             queries="WITH s AS (SELECT customer_id, sum(total) AS spent FROM orders "
             "GROUP BY customer_id) SELECT s.* FROM s WHERE spent > (SELECT avg(spent) FROM s);"),
        Case(name="read once, and open already", given=_TABLES, rows=_LARGE, fires=False,
             queries=_PAID.format("", "*", "WHERE customer_id = $1")),
        Case(name="OFFSET 0 after a LIMIT", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT t.id FROM (SELECT id, customer_id FROM orders ORDER BY id LIMIT 1000 "
             "OFFSET 0) t WHERE t.customer_id = $1;"),
        Case(name="it calls itself", given=_TABLES, rows=_LARGE, fires=False,
             queries="WITH RECURSIVE n AS MATERIALIZED (SELECT 1 AS i UNION ALL SELECT i + 1 "
             "FROM n WHERE i < 20) SELECT a.i FROM n a JOIN n b USING (i) WHERE a.i = $1;"),
    ),
)  # fmt: skip
