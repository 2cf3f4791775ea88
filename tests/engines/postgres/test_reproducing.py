"""Rows made from what queries tell: every kind of column, and queries find what they ask."""

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest

from blueproof.engines.postgres.clock import clock_at
from blueproof.engines.postgres.reproducing import filled
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.guessing.rows import Filling, Ground, Shape, fillings
from blueproof.sql.guessing.tables import Guess, guess_tables

TODAY = date(2026, 11, 29)
QUERIES = (
    "SELECT o.id, o.total, c.name FROM orders o JOIN customers c ON c.id = o.customer_id "
    "WHERE o.status = 'pending' AND o.created_at > '2026-11-01' AND o.shop_id = 987654 "
    "AND o.deleted_at IS NULL AND o.paid AND o.qty > 20000 AND o.level = 7",
    "SELECT * FROM customers WHERE lower(email) = 'a@b.c' AND name ILIKE '%zoe%' "
    "AND tags && ARRAY['vip'] AND data->>'plan' = 'pro' AND data @> '{\"city\": \"Rome\"}' "
    "AND doc @@ to_tsquery('simple', 'x') AND born > '1990-02-03' AND ip = '10.1.2.3' "
    "AND lat > 12.5 AND token = 'abc' AND account_uuid = 'd41d8cd9-8f00-b204-e980-0998ecf8427e'",
)
FOUND = (
    "SELECT count(*) FROM orders WHERE status = 'pending'",
    "SELECT count(*) FROM orders WHERE shop_id = 987654",
    "SELECT count(*) FROM orders WHERE deleted_at IS NULL AND paid",
    "SELECT count(*) FROM orders WHERE deleted_at IS NOT NULL",
    "SELECT count(*) FROM orders WHERE qty > 20000",
    "SELECT count(*) FROM orders WHERE level = 7",
    "SELECT count(*) FROM orders WHERE created_at > '2026-11-01'",
    "SELECT count(*) FROM customers WHERE email = 'a@b.c'",
    "SELECT count(*) FROM customers WHERE name ILIKE '%zoe%'",
    "SELECT count(*) FROM customers WHERE tags && ARRAY['vip']",
    "SELECT count(*) FROM customers WHERE data->>'plan' = 'pro'",
    'SELECT count(*) FROM customers WHERE data @> \'{"city": "Rome"}\'',
    "SELECT count(*) FROM customers WHERE token = 'abc'",
    "SELECT count(*) FROM orders o JOIN customers c ON c.id = o.customer_id",
)


@pytest.fixture(scope="module")
def guess() -> Guess:
    return guess_tables(QUERIES, {})


@pytest.fixture(scope="module")
def rows(server: Server, guess: Guess) -> tuple[Filling, ...]:
    with Twin(server, guess.made + guess.keys) as twin:
        ground = Ground(
            schema=twin.schema, seen=guess.seen, kinds=guess.tables, shape=Shape(), today=TODAY
        )
    return fillings(ground, {"orders": 8_000, "customers": 4_000})


@pytest.fixture(scope="module")
def guest(server: Server, guess: Guess, rows: tuple[Filling, ...]) -> Iterator[Session]:
    scripts = tuple((f.table, f.sql) for f in rows)
    with filled(server, guess.made, scripts, guess.keys) as made:
        assert made.refused == ()
        with clock_at(made.dsn) as clock, contextlib.closing(clock.session) as session:
            yield session


def test_parents_come_before_their_children(rows: tuple[Filling, ...]) -> None:
    assert [f.table for f in rows] == ["customers", "orders"]


@pytest.mark.parametrize("query", FOUND)
def test_what_a_query_asks_for_is_there(guest: Session, query: str) -> None:
    assert guest.run(query)[0][0] > 0


def test_a_state_that_waits_is_rare(guest: Session) -> None:
    pending, every = guest.run(
        "SELECT count(*) FILTER (WHERE status = 'pending'), count(*) FROM orders"
    )[0]
    assert 0.005 < pending / every < 0.05


def test_few_parents_have_most_children(guest: Session) -> None:
    largest = guest.run("SELECT count(*) FROM orders GROUP BY customer_id ORDER BY 1 DESC LIMIT 1")
    assert largest[0][0] > 20  # 2 would be even


def test_rows_are_fewer_where_more_would_take_too_long(server: Server, guess: Guess) -> None:
    with Twin(server, guess.made + guess.keys) as twin:
        ground = Ground(
            schema=twin.schema, seen=guess.seen, kinds=guess.tables, shape=Shape(), today=TODAY
        )
    made = {f.table: f.made for f in fillings(ground, {"orders": 90_000_000, "customers": 9_000})}
    assert made["orders"] <= 200_000
    assert made["customers"] == 1_000


def test_a_statement_that_is_refused_is_named(server: Server) -> None:
    with filled(
        server, "CREATE TABLE a (id int);", (("a", "INSERT INTO a VALUES ('x')"),), ""
    ) as made:
        assert [text.partition(":")[0] for text in made.refused] == ["rows of a"]
