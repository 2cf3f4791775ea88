"""Rewrites that PostgreSQL makes by itself: both texts have one plan, so there is none of ours."""

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.plan import Plan
from blueproof.sql.queries import EPOCH
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.statistics import assume

TABLES = """
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, city text);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL,
  total numeric NOT NULL
);
CREATE INDEX ON orders (customer_id);
"""
JOINED = "SELECT o.id FROM orders o {} customers c ON c.id = o.customer_id {}"
PAIRS = {
    "an outer join with a strict condition on the outer side": (
        JOINED.format("LEFT JOIN", "WHERE c.city = 'x'"),
        JOINED.format("JOIN", "WHERE c.city = 'x'"),
    ),
    "HAVING without an aggregate": (
        "SELECT status, count(*) FROM orders GROUP BY status HAVING status = 'open'",
        "SELECT status, count(*) FROM orders WHERE status = 'open' GROUP BY status",
    ),
    "an outer join of which only the missing rows are kept": (
        "SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id "
        "WHERE o.customer_id IS NULL",
        "SELECT c.id FROM customers c WHERE NOT EXISTS "
        "(SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    ),
    "an outer join by a key of which nothing is asked": (
        JOINED.format("LEFT JOIN", ""),
        "SELECT o.id FROM orders o",
    ),
    "IN over a subquery": (
        "SELECT id FROM customers WHERE id IN (SELECT customer_id FROM orders)",
        "SELECT id FROM customers c WHERE EXISTS "
        "(SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    ),
    "an order in a subquery of EXISTS": (
        "SELECT id FROM customers c WHERE EXISTS "
        "(SELECT o.id FROM orders o WHERE o.customer_id = c.id ORDER BY o.total)",
        "SELECT id FROM customers c WHERE EXISTS "
        "(SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    ),
    "a WITH query that is read once": (
        "WITH o AS (SELECT * FROM orders) SELECT id FROM o WHERE customer_id = 5",
        "SELECT id FROM orders o WHERE customer_id = 5",
    ),
    "a condition on a grouping subquery's key": (
        "SELECT n FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) t "
        "WHERE customer_id = 5",
        "SELECT n FROM (SELECT customer_id, count(*) AS n FROM orders WHERE customer_id = 5 "
        "GROUP BY customer_id) t",
    ),
    "a table joined to itself by its key": (
        "SELECT a.id, b.status FROM orders a JOIN orders b ON b.id = a.id",
        "SELECT b.id, b.status FROM orders b",
    ),
    "columns grouped by beside the key": (
        "SELECT id, status, total FROM orders GROUP BY id, status, total",
        "SELECT id, status, total FROM orders GROUP BY id",
    ),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS.keys())
def test_both_texts_have_one_plan(pair: tuple[str, str], server: Server) -> None:
    with Twin(server, TABLES) as twin:
        twin.set_statistics(
            assume(twin.schema, count_rows(twin.schema, {"orders": 2_000_000}), EPOCH)
        )
        one, two = (twin.plan(text) for text in pair)
        assert shape(one) == shape(two)
        assert one.cost == pytest.approx(two.cost, rel=0.01)


def shape(plan: Plan) -> list[str]:
    return [f"{node.node} {node.relation}" for node in plan.walk()]
