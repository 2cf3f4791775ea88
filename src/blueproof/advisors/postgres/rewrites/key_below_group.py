"""Group only the rows that the join asks for.

JOIN (SELECT customer_id, sum(total) FROM orders GROUP BY customer_id) groups every order, although
only a few customers are joined: PostgreSQL does not carry a join's condition into a subquery that
groups. With LATERAL the condition stands inside, and an index finds each customer's rows.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.parts.keyed_joins import keyed_joins, narrowed, put_inside
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite, Rewriting
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case
from blueproof.sql.selected import without_unread
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/queries-table-expressions.html",
    checked=date(2026, 11, 29),
    says="without LATERAL each subquery in FROM is evaluated independently of the other relations; "
    "with it, for each of their rows",
)


def turn(asked: Asked) -> Iterator[Rewrite]:
    """Each grouping subquery or CTE in FROM that is joined by what it groups by."""
    for tree, select in asked.selects():
        for joined in keyed_joins(asked.scopes, select):
            because = (
                f"{asked.query.name} groups by {brief(joined.key)} over the whole table, then "
                f"keeps what is joined to {brief(joined.outer)}"
            )
            put_inside(select, joined, narrowed(joined))
            yield Rewrite(
                title=f"Group only the rows of {joined.source.alias} that are joined",
                text=write_tree(without_unread(tree)),
                because=(because,),
            )
            break  # the tree is changed; another is found in the text as it is then


_TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint REFERENCES customers,
  created_at timestamptz NOT NULL, total numeric NOT NULL, code text
);
"""
_TOTALS = "SELECT o.customer_id, sum(o.total) AS spent, count(*) AS orders FROM orders o"
_BY_EMAIL = """-- name: customer_page
SELECT c.id, c.email, t.spent, t.orders
FROM customers c {} JOIN ({} GROUP BY o.customer_id) t ON t.customer_id = c.id
WHERE c.email = $1;
"""
_LARGE = ("orders=2M", "customers=200k")

REWRITING = Rewriting(
    id="pg-key-below-group",
    title="Group only the rows that the join asks for",
    guide=__doc__ or "",
    evidence=(DOCS,),
    turn=turn,
    cases=(
        Case(name="the totals of one customer", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", _TOTALS)),
        Case(name="customers without orders stay", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("LEFT", _TOTALS)),
        Case(name="a WITH query that stands first", given=_TABLES, rows=_LARGE,
             queries=f"WITH t AS ({_TOTALS} GROUP BY 1 HAVING sum(o.total) > $2) "
             "SELECT c.email, t.spent FROM t JOIN customers c ON c.id = t.customer_id "
             "WHERE c.email LIKE $1 AND c.city = $3 LIMIT 10;"),
        Case(name="a window over each customer's orders", given=_TABLES, rows=_LARGE,
             queries="SELECT c.email, w.id, w.part FROM customers c JOIN (SELECT id, customer_id, "
             "total / sum(total) OVER (PARTITION BY customer_id) AS part FROM orders "
             "WHERE total > 0) w ON w.customer_id = c.id WHERE c.email = $1;"),
        Case(name="every customer is joined", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BY_EMAIL.format("", _TOTALS).replace("WHERE c.email = $1", "")),
        Case(name="a window over all orders", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT c.email, w.place FROM customers c JOIN (SELECT customer_id, "
             "rank() OVER (ORDER BY total) AS place FROM orders) w "
             "ON w.customer_id = c.id WHERE c.email = $1;"),
        Case(name="the first ten groups are taken before the join", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", _TOTALS).replace(
                 "GROUP BY o.customer_id", "GROUP BY o.customer_id ORDER BY 2 LIMIT 10"),
             fires=False),
        Case(name="the name of the outer table means another inside", given=_TABLES, rows=_LARGE,
             queries=_BY_EMAIL.format("", "SELECT o.customer_id, sum(o.total) AS spent, "
             "count(*) AS orders FROM orders o JOIN customers c ON c.id = o.id"), fires=False),
        Case(name="joined by what was counted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_BY_EMAIL.format("", _TOTALS).replace("ON t.customer_id", "ON t.orders")),
    ),
)  # fmt: skip
