"""Queries with a clock that stands still and pages of a known size."""

import json
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.asking import asked, frozen_clock

TODAY = date(2026, 1, 1)
DAY = "'2026-01-01'::timestamptz"
TABLES = """
CREATE TABLE t (a int, created_at timestamptz, "limit" int, now timestamptz, day date);
INSERT INTO t SELECT n, now() FROM generate_series(1, 100000) n;
ANALYZE t;
CREATE SCHEMA mine;
CREATE FUNCTION mine.now() RETURNS timestamptz LANGUAGE sql RETURN '2020-01-01'::timestamptz;
CREATE FUNCTION pages(a int) RETURNS int LANGUAGE sql AS $$ SELECT a $$;
"""
SAME = (
    "SELECT ' LIMIT $1 now() ' FROM t -- LIMIT $1",
    "SELECT a FROM t /* OFFSET $1 */ WHERE a = $1",
    "SELECT $$ LIMIT $1 $$, 'x''now()' FROM t",
    'SELECT t."limit", t.limit + $1 FROM t',
    "SELECT t.now FROM t",
    "SELECT now FROM t",
    "SELECT created_at AS now FROM t",
    "SELECT a AS limit, $1::int FROM t",
    "SELECT mine.now()",
    "SELECT n FROM now() AS n",
    "SELECT pages(a => $1) FROM t LIMIT 5 OFFSET 3",
    "SELECT a FROM t LIMIT ALL",
    "SELECT a FROM t FETCH FIRST ROW ONLY",
    "SELECT a FROM t WHERE created_at > 'now'",
)
CHANGED = {
    "SELECT a FROM t LIMIT $1 OFFSET $2": "SELECT a FROM t LIMIT 20 OFFSET 10000",
    "SELECT a FROM t OFFSET\n$1 limit $2;": "SELECT a FROM t OFFSET\n10000 limit 20;",
    "SELECT a FROM t LIMIT $1::int -- page": "SELECT a FROM t LIMIT 20 -- page",
    "SELECT a FROM t LIMIT ($1)": "SELECT a FROM t LIMIT 20",
    "SELECT a FROM t LIMIT coalesce($1, 10)": "SELECT a FROM t LIMIT 20",
    "SELECT a FROM t LIMIT $2 OFFSET ($1 - 1) * $2": "SELECT a FROM t LIMIT 20 OFFSET 10000",
    "SELECT a FROM t OFFSET $1 ROWS FETCH NEXT $2 ROWS ONLY": (
        "SELECT a FROM t OFFSET 10000 ROWS FETCH NEXT 20 ROWS ONLY"
    ),
    "SELECT a FROM t ORDER BY a FETCH FIRST $1 ROWS WITH TIES": (
        "SELECT a FROM t ORDER BY a FETCH FIRST 20 ROWS WITH TIES"
    ),
    "SELECT a FROM t LIMIT $1 FOR UPDATE": "SELECT a FROM t LIMIT 20 FOR UPDATE",
    "SELECT $1::int FROM t WHERE a = $3 LIMIT $1 OFFSET $2": (
        "SELECT $1::int FROM t WHERE a = $2 LIMIT 20 OFFSET 10000"
    ),
    "SELECT * FROM (SELECT a FROM t LIMIT $2) x WHERE a = $1": (
        "SELECT * FROM (SELECT a FROM t LIMIT 20) x WHERE a = $1"
    ),
    "SELECT a FROM t WHERE a IN (SELECT a FROM t LIMIT $1) LIMIT 7": (
        "SELECT a FROM t WHERE a IN (SELECT a FROM t LIMIT 20) LIMIT 7"
    ),
    "SELECT a FROM t WHERE created_at > now() - interval '7 days'": (
        f"SELECT a FROM t WHERE created_at > {DAY} - interval '7 days'"
    ),
    "SELECT a FROM t WHERE created_at > NOW ( ) - $1 * interval '1 day'": (
        f"SELECT a FROM t WHERE created_at > {DAY} - $1 * interval '1 day'"
    ),
    "SELECT now()::date, date(now()), now() AT TIME ZONE 'utc'": (
        f"SELECT {DAY}::date, date({DAY}), {DAY} AT TIME ZONE 'utc'"
    ),
    "SELECT extract(epoch FROM now()) FROM t": f"SELECT extract(epoch FROM {DAY}) FROM t",
    "SELECT a FROM t WHERE day = current_date AND created_at < CURRENT_TIMESTAMP(3)": (
        f"SELECT a FROM t WHERE day = '2026-01-01'::date AND created_at < {DAY}(3)"
    ),
    "UPDATE t SET created_at = now() WHERE a = $1": f"UPDATE t SET created_at = {DAY} WHERE a = $1",
    "SELECT a FROM t ORDER BY now()": f"SELECT a FROM t ORDER BY {DAY}",
}


@pytest.fixture(scope="module")
def guest() -> Iterator[Session]:
    with Server() as server:
        session = server.guest(server.create_database())
        session.run(TABLES)
        yield session
        session.close()


@pytest.mark.parametrize("text", SAME)
def test_what_only_looks_like_a_page_or_a_clock_stays(guest: Session, text: str) -> None:
    assert asked(text, TODAY) == text
    guest.run(f"EXPLAIN (GENERIC_PLAN) {text}")


@pytest.mark.parametrize(("text", "wanted"), CHANGED.items())
def test_pages_and_clocks_are_settled_and_the_server_plans_it(
    guest: Session, text: str, wanted: str
) -> None:
    assert asked(text, TODAY) == wanted
    assert asked(wanted, TODAY) == wanted
    guest.run(f"EXPLAIN (GENERIC_PLAN) {text}")
    guest.run(f"EXPLAIN (GENERIC_PLAN) {wanted}")


def test_the_planner_then_reckons_with_one_page(guest: Session) -> None:
    def rows(text: str) -> float:
        raw = guest.run(f"EXPLAIN (FORMAT JSON, GENERIC_PLAN) {text}")[0][0]
        return float((json.loads(raw) if isinstance(raw, str) else raw)[0]["Plan"]["Plan Rows"])

    text = "SELECT a FROM t LIMIT $1"
    assert rows(text) == 10_000
    assert rows(asked(text, TODAY)) == 20


@given(st.sampled_from(sorted({*CHANGED, *SAME})), st.dates())
def test_a_frozen_clock_stays_frozen(text: str, today: date) -> None:
    frozen = frozen_clock(text, today)
    assert frozen_clock(frozen, date(2020, 2, 2)) == frozen
