"""The same query explained in four formats by PostgreSQL itself gives the same tree."""

import json
from collections.abc import Iterator

import pytest

from blueproof.engines.postgres.pipeline import Pipeline
from blueproof.engines.postgres.server import Server
from blueproof.sql.plans.node import Node, ReadPlan
from blueproof.sql.plans.read import read_plans

TABLES = """
CREATE TABLE customers (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, status text,
                     total numeric, "when" date);
CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO customers SELECT i, md5(i::text) FROM generate_series(1, 2000) i;
INSERT INTO orders SELECT i, 1 + i % 2000, CASE WHEN i % 50 = 0 THEN 'open' ELSE 'done' END,
                          i % 977, '2026-01-01'::date + i % 300 FROM generate_series(1, 40000) i;
INSERT INTO events SELECT i, '2025-06-01'::date + i % 400 FROM generate_series(1, 5000) i;
CREATE INDEX ON orders (customer_id);
ANALYZE;
"""
QUERIES = (
    "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id "
    "WHERE o.status = 'open' AND c.name LIKE 'a%'",
    "SELECT * FROM orders ORDER BY total DESC LIMIT 5",
    "WITH x AS MATERIALIZED (SELECT customer_id, sum(total) s FROM orders GROUP BY 1) "
    "SELECT * FROM x a JOIN x b USING (customer_id) WHERE a.s > (SELECT avg(s) FROM x)",
    "SELECT c.*, (SELECT max(total) FROM orders o WHERE o.customer_id = c.id) FROM customers c "
    "WHERE c.id < 50",
    "SELECT DISTINCT status FROM orders WHERE id < 100 OR customer_id = 5",
    "SELECT *, row_number() OVER (PARTITION BY customer_id ORDER BY total) FROM orders",
    'UPDATE orders SET total = total + 1 WHERE id < 10 AND "when" IS NOT NULL',
    "SELECT * FROM orders o LEFT JOIN LATERAL (SELECT * FROM customers c WHERE c.id = "
    "o.customer_id OFFSET 0) l ON true WHERE o.id < 100",
    "SELECT customer_id, status, count(*) FROM orders GROUP BY ROLLUP (customer_id, status)",
    "SELECT generate_series(1, 10), 1 WHERE false",
    "SELECT id FROM orders EXCEPT SELECT id FROM customers",
    "INSERT INTO orders SELECT g + 1000000, 1, 'x', 1 FROM generate_series(1, 10) g "
    "ON CONFLICT DO NOTHING",
    "DELETE FROM customers WHERE id = 100000",
    "SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)",
    "SELECT * FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.total = c.id)",
    "SELECT * FROM orders WHERE ctid = '(0,1)'",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT * FROM r",
    "SELECT * FROM orders o FULL JOIN customers c ON c.id = o.customer_id",
    "SELECT * FROM (VALUES (1), (2)) v(a), unnest(ARRAY[1, 2]) u",
    "SELECT * FROM events WHERE at > '2026-02-01' ORDER BY at, id",
    "SELECT customer_id, status FROM orders ORDER BY customer_id, status",
    "SELECT * FROM orders WHERE status = 'it''s: \"x\", {y} -> (z)'",
)  # fmt: skip
SETTINGS = (
    "SET max_parallel_workers_per_gather = 0",
    "SET work_mem = '64kB'; SET enable_hashjoin = off",
    "RESET ALL; SET enable_nestloop = off; SET enable_seqscan = off; "
    "SET max_parallel_workers_per_gather = 0",
)
PARALLEL = (
    "RESET ALL; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; "
    "SET min_parallel_table_scan_size = 0"
)
OPTIONS = (
    "VERBOSE, SETTINGS",
    "COSTS OFF",
    "ANALYZE, TIMING OFF, SUMMARY OFF, BUFFERS OFF, VERBOSE",
)
FORMATS = ("text", "json", "yaml", "xml")
# What differs from run to run: the log holds a page more after a checkpoint, and heap fetches.
UNSTEADY = {"line", "children", "wal", "heap_fetches"}


@pytest.fixture(scope="module")
def guest(server: Server) -> Iterator[Pipeline]:
    session = server.guest(server.create_database())
    session.run(TABLES)
    yield session
    session.close()


def explained(guest: Pipeline, query: str, options: str) -> dict[str, ReadPlan]:
    found = {}
    for form in FORMATS:
        guest.run("BEGIN")
        rows = guest.run(f"EXPLAIN ({options}, FORMAT {form}) {query}")
        guest.run("ROLLBACK")
        text = "\n".join(r[0] if isinstance(r[0], str) else json.dumps(r[0]) for r in rows)
        found[form] = read_plans(text)[0]
    return found


def differences(one: Node, other: Node, unsteady: set[str]) -> list[str]:
    pairs = zip(one.walk(), other.walk(), strict=True)
    return [
        f"{a.place}: {name}"
        for a, b in pairs
        for name in a.__dataclass_fields__
        if name not in unsteady and getattr(a, name) != getattr(b, name)
    ]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("settings", range(len(SETTINGS)))
def test_four_formats_one_tree(guest: Pipeline, settings: int, options: str) -> None:
    guest.run(SETTINGS[settings])
    for query in QUERIES:
        found = explained(guest, query, options)
        for form in ("text", "yaml", "xml"):
            assert found[form].form == form
            assert differences(found["json"].root, found[form].root, UNSTEADY) == [], query
            assert found["json"].settings == found[form].settings


def test_four_formats_one_tree_of_parallel_plans(guest: Pipeline) -> None:
    guest.run(PARALLEL)
    for query in QUERIES:
        found = explained(guest, query, "VERBOSE, SETTINGS")
        for form in ("text", "yaml", "xml"):
            assert differences(found["json"].root, found[form].root, UNSTEADY) == [], query


def test_times_of_a_real_run_add_up_to_its_top(guest: Pipeline) -> None:
    guest.run("RESET ALL; SET max_parallel_workers_per_gather = 0")
    for query in QUERIES:
        for plan in explained(guest, query, "ANALYZE, BUFFERS").values():
            own = [n.exclusive_ms for n in plan.root.walk() if n.exclusive_ms is not None]
            assert min(own) >= 0
            # What is printed is rounded to a microsecond a loop.
            slack = 0.02 + sum(0.001 * (n.loops or 0) for n in plan.root.walk())
            assert sum(own) == pytest.approx(plan.root.inclusive_ms, rel=0.02, abs=slack)
            assert plan.execution_ms is not None
            assert plan.total_ms >= (plan.root.inclusive_ms or 0.0)
