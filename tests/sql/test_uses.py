"""How real plans are read: every query is planned by the server, and read off its own words."""

import json
from collections.abc import Callable, Iterator

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.plan import Plan, read_plan
from blueproof.sql.uses import SortKey, Use, read_uses, split_and

TABLES = """
CREATE TABLE customers (
  id bigint PRIMARY KEY, email varchar(200) NOT NULL, name text, active boolean NOT NULL,
  balance numeric, tags jsonb, langs text[]
);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers,
  status varchar(20) NOT NULL, total numeric, created_at timestamptz NOT NULL,
  shipped_at timestamp, parent_id bigint, note text
);
CREATE INDEX ON orders (created_at);
CREATE INDEX ON orders (customer_id);
CREATE TABLE "Order" ("Id" bigint PRIMARY KEY, "createdAt" timestamptz, "x.y" int, "quo""te" int);
CREATE TABLE comment (active boolean, "order" int);
CREATE SCHEMA billing;
CREATE TABLE billing.invoices (id bigint PRIMARY KEY, order_id bigint, "Due" date);
CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW open_orders AS
  SELECT o.*, c.email FROM orders o JOIN customers c ON c.id = o.customer_id
  WHERE o.status = 'open';
"""
Planner = Callable[[str], Plan]


@pytest.fixture(scope="module")
def guest() -> Iterator[Session]:
    with Server() as server:
        session = server.guest(server.create_database())
        session.run(TABLES)
        yield session
        session.close()


@pytest.fixture(scope="module")
def plan(guest: Session) -> Planner:
    def planned(query: str) -> Plan:
        raw = guest.run(f"EXPLAIN (FORMAT JSON, VERBOSE, GENERIC_PLAN) {query}")[0][0]
        return read_plan(json.loads(raw) if isinstance(raw, str) else raw)

    return planned


def shown(use: Use) -> str:
    """A use in a line: = equal, j joined, < ranges, ~ prefixed, f wrapped, s sorted."""
    wrapped = tuple(expression for expression, _ in use.wrapped)
    parts = {
        "=": use.equal, "j": use.joined, "<": use.ranges, "~": use.prefixed, "f": wrapped,
        "s": tuple(map(str, use.sort)),
    }  # fmt: skip
    said = [f"{mark} {', '.join(names)}" for mark, names in parts.items() if names]
    name = use.table if use.alias == use.table else f"{use.table} {use.alias}"
    return ": ".join([name, "; ".join(said)]) if said else name


# One line for a table's use; queries after WHERE are asked of orders.
CASES = {
    "status = $1 AND customer_id = $2": {"orders: = customer_id, status"},
    "status IN ('a', 'b')": {"orders: = status"},
    "status = ANY ($1) AND id = ANY ($2)": {"orders: = id, status"},
    "status <> 'x'": {"orders"},
    "status NOT IN ('a', 'b')": {"orders"},
    "note IS NULL": {"orders: = note"},
    "note IS NOT NULL": {"orders: < note"},
    "note IS DISTINCT FROM $1": {"orders"},
    "total BETWEEN $1 AND $2": {"orders: < total"},
    "$1 < total": {"orders: < total"},
    "created_at > now() - interval '7 days'": {"orders: < created_at"},
    "created_at > $1::timestamptz": {"orders: < created_at"},
    "total = $1::int": {"orders: = total"},
    "note LIKE 'abc%'": {"orders: ~ note"},
    "status LIKE 'abc%'": {"orders: ~ status"},
    "note NOT LIKE 'abc%'": {"orders"},
    "note LIKE '%abc'": {"orders"},
    "note LIKE '_bc'": {"orders"},
    "note LIKE $1": {"orders"},
    "note ILIKE 'abc%'": {"orders"},
    "(total, id) < ($1, $2)": {"orders: < total, id"},
    "(customer_id, note) = ($1, $2)": {"orders: = customer_id, note"},
    "lower(status) = $1": {"orders: f lower((status)::text)"},
    "lower(status) = lower($1)": {"orders: f lower((status)::text)"},
    "date(created_at) = $1": {"orders: f date(created_at)"},
    "created_at::date = $1": {"orders: f (created_at)::date"},
    "$1 <= date_trunc('day', created_at)": {"orders: f date_trunc('day'::text, created_at)"},
    "extract(year FROM created_at) = 2025": {"orders: f EXTRACT(year FROM created_at)"},
    "coalesce(note, 'orders.note') = $1": {"orders: f COALESCE(note, 'orders.note'::text)"},
    "coalesce(note, $1) = $2": {"orders"},
    "total + 1 > 5": {"orders: f total + '1'::numeric"},
    "customer_id - parent_id > 0": {"orders: f customer_id - parent_id"},
    "customer_id - parent_id > id": {"orders"},
    "customer_id - parent_id > $1 + id": {"orders"},
    "created_at > shipped_at": {"orders"},
    "status = 'a' OR total = 3": {"orders"},
    "note = 'a AND (b = c) AND d' AND total = 1": {"orders: = note, total"},
    "total > (SELECT avg(total) FROM orders)": {"orders: < total", "orders orders_1"},
    "total > (SELECT balance FROM customers c WHERE c.id = customer_id)": {
        "orders: j customer_id", "customers c: j id",
    },
}  # fmt: skip
WHOLE = {
    "SELECT id FROM orders o WHERE note = $1 UNION ALL SELECT id FROM orders o WHERE total = $2": {
        "orders o: = note", "orders o_1: = total",
    },
    "WITH o AS MATERIALIZED (SELECT * FROM orders o WHERE note = $1) "
    "SELECT * FROM o JOIN orders p ON p.parent_id = o.id": {
        "orders o_1: = note", "orders p: j parent_id",
    },
    "SELECT min(created_at), max(created_at) FROM orders o": {"orders o", "orders o_1"},
    "SELECT * FROM customers WHERE active": {"customers: = active"},
    "SELECT * FROM customers WHERE NOT active": {"customers: = active"},
    "SELECT * FROM customers WHERE active IS TRUE": {"customers: = active"},
    "SELECT * FROM customers WHERE active IS NOT TRUE": {"customers"},
    "SELECT * FROM comment WHERE active": {"comment: = active"},
    'SELECT * FROM comment WHERE "order" = 1': {"comment: = order"},
    "SELECT * FROM customers WHERE tags ->> 'a' = $1": {"customers: f tags ->> 'a'::text"},
    "SELECT * FROM customers WHERE 'x' = ANY (langs)": {"customers"},
    "SELECT * FROM customers WHERE tags @> '{\"a\": 1}'": {"customers"},
    "SELECT * FROM customers c JOIN orders o ON c.id = o.customer_id WHERE c.email = $1": {
        "customers c: = email; j id", "orders o: j customer_id",
    },
    "SELECT * FROM customers c JOIN orders o ON lower(c.email) = o.note": {
        "customers c: f lower((email)::text)", "orders o: j note",
    },
    "SELECT * FROM orders o, customers c WHERE o.total > c.balance": {
        "orders o: < total", "customers c: < balance",
    },
    "SELECT * FROM orders a JOIN orders b ON a.id = b.parent_id WHERE b.status = 'x'": {
        "orders a: j id", "orders b: = status; j parent_id",
    },
    "WITH r AS (SELECT * FROM orders WHERE total > $1) SELECT * FROM r WHERE status = $2": {
        "orders: = status; < total",
    },
    "WITH r AS MATERIALIZED (SELECT * FROM orders WHERE total > $1) "
    "SELECT * FROM r WHERE status = $2 ORDER BY note": {"orders: < total"},
    "SELECT * FROM open_orders WHERE email = $1": {
        "customers c: = email; j id", "orders o: = status; j customer_id",
    },
    "SELECT * FROM customers c WHERE EXISTS "
    "(SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'open')": {
        "customers c: j id", "orders o: = status; j customer_id",
    },
    "SELECT * FROM customers c WHERE id NOT IN (SELECT customer_id FROM orders)": {
        "customers c", "orders: j customer_id",
    },
    "SELECT (SELECT count(*) FROM orders o WHERE o.customer_id = c.id AND o.note = $1) "
    "FROM customers c": {"customers c: j id", "orders o: = note; j customer_id"},
    'SELECT * FROM "Order" WHERE "createdAt" > $1 AND "quo""te" = 2 ORDER BY "x.y" DESC': {
        'Order: = quo"te; < createdAt; s x.y DESC',
    },
    'SELECT * FROM "Order" "my O" WHERE abs("x.y") = 3 ORDER BY "my O"."x.y"': {
        'Order my O: f abs("x.y"); s x.y',
    },
    'SELECT * FROM billing.invoices WHERE order_id = $1 AND "Due" < $2 ORDER BY "Due"': {
        "billing.invoices invoices: = order_id; < Due; s Due",
    },
    "UPDATE orders SET status = 'x' WHERE note = $1": {"orders: = note"},
    "DELETE FROM orders WHERE total < $1": {"orders: < total"},
    "SELECT * FROM orders UNION ALL SELECT * FROM orders WHERE status = $1": {
        "orders", "orders orders_1: = status",
    },
    # A partitioned table shows as the partitions that the plan reads, under their own names.
    "SELECT * FROM events WHERE kind = $1": {"events_1: = kind", "events_2: = kind"},
    "SELECT * FROM events WHERE at > '2025-02-01' AND at < '2025-03-01' ORDER BY kind": {
        "events_1 events: < at; s kind",
    },
    "SELECT * FROM events WHERE at > '2025-02-01' ORDER BY kind": {
        "events_1: < at", "events_2: < at",
    },
}  # fmt: skip
SORTS = {
    "total": "total",
    "total DESC": "total DESC",
    "total DESC NULLS LAST, note": "total DESC NULLS LAST, note",
    "total NULLS FIRST": "total NULLS FIRST",
    "total NULLS LAST": "total",
    "created_at DESC, id DESC LIMIT 20": "created_at DESC, id DESC",  # an incremental sort
    "lower(note)": "",
    "total, lower(note)": "",
    'note COLLATE "POSIX"': "",
}


@pytest.mark.parametrize(("condition", "wanted"), CASES.items())
def test_a_condition_is_read_off_the_plan(plan: Planner, condition: str, wanted: set[str]) -> None:
    assert {shown(u) for u in read_uses(plan(f"SELECT * FROM orders WHERE {condition}"))} == wanted


@pytest.mark.parametrize(("query", "wanted"), WHOLE.items())
def test_a_query_is_read_off_the_plan(plan: Planner, query: str, wanted: set[str]) -> None:
    assert {shown(u) for u in read_uses(plan(query))} == wanted


@pytest.mark.parametrize(("order", "wanted"), SORTS.items())
def test_a_sort_is_read_off_the_plan(plan: Planner, order: str, wanted: str) -> None:
    (use,) = read_uses(plan(f"SELECT * FROM orders ORDER BY {order}"))
    assert ", ".join(map(str, use.sort)) == wanted


def test_a_sort_over_two_tables_belongs_to_none(plan: Planner) -> None:
    joined = "SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id"
    assert all(not u.sort for u in read_uses(plan(f"{joined} ORDER BY o.total, c.name")))


def test_expressions_named_by_uses_can_be_indexed(guest: Session, plan: Planner) -> None:
    wrapped = {
        expression
        for condition in CASES
        for use in read_uses(plan(f"SELECT * FROM orders WHERE {condition}"))
        for expression, column in use.wrapped
        if column != "created_at"  # what depends on the time zone cannot
    }
    assert wrapped
    for expression in sorted(wrapped):
        with guest.rolled_back():
            guest.run(f"CREATE INDEX ON orders (({expression}))")


def test_what_cannot_be_read_is_left_out() -> None:
    scan = Plan(node="Seq Scan", cost=1, rows=1, relation="t", alias="t",
                filter="((t.a ~>=~ 'x'::text) AND (t.b = 1) AND (t.c <-> ) )")  # fmt: skip
    assert [shown(u) for u in read_uses(scan)] == ["t: = b"]


def test_conjuncts_are_parted_outside_of_strings_and_parentheses() -> None:
    assert split_and("") == []
    assert split_and("a.b") == ["a.b"]
    assert split_and("((a = 'x AND y') AND ((b OR c) AND (d = ANY ('{1}'::int[]))))") == [
        "(a = 'x AND y')", "(b OR c)", "(d = ANY ('{1}'::int[]))",
    ]  # fmt: skip


def test_a_sort_key_says_only_what_is_unusual() -> None:
    assert str(SortKey(column="a", descending=True, nulls_first=True)) == "a DESC"
    assert str(SortKey(column="a", descending=True)) == "a DESC NULLS LAST"
