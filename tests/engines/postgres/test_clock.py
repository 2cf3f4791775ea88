"""Queries timed on rows, with indexes really built and gone afterwards."""

import json
from collections.abc import Iterator

import pytest

from blueproof.core.errors import EngineError
from blueproof.engines.postgres.clock import Clock, clock_at
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.plan import Refused

CANARY = "canary-7!"
DDL = """
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, tags text[] NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, user_id bigint NOT NULL, status text NOT NULL, at timestamptz NOT NULL,
  total numeric NOT NULL, "Note" text
);
CREATE TABLE empty (id bigint, x text);
CREATE TABLE parts (day date NOT NULL, kind int NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE parts_2 PARTITION OF parts DEFAULT;
CREATE TABLE docs (meta jsonb NOT NULL);
CREATE SCHEMA "Aside";
CREATE TABLE "Aside".users (id bigint PRIMARY KEY, email text NOT NULL);
"""
ROWS = """
INSERT INTO users SELECT g, 'User' || g || '@example.com', ARRAY['t' || g % 9]
  FROM generate_series(1, 2000) g;
INSERT INTO orders SELECT g, 1 + g % 2000, (ARRAY['open', 'paid', 'sent'])[1 + g % 3],
  '2025-01-01'::timestamptz + g * interval '1 minute', g % 100, 'note ' || g
  FROM generate_series(1, 100000) g;
INSERT INTO docs SELECT jsonb_build_object('box', jsonb_build_object('lot', g % 7))
  FROM generate_series(1, 700) g;
INSERT INTO "Aside".users SELECT g, 'User' || g FROM generate_series(1, 20000) g;
INSERT INTO parts SELECT '2025-01-01'::date + g % 300, g % 1000 FROM generate_series(1, 50000) g;
"""
BY_USER = "ON orders (user_id)"
PAGE = "SELECT * FROM orders WHERE user_id = $1 AND status = $2 ORDER BY at DESC LIMIT 20"


@pytest.fixture(scope="module")
def filled(server: Server) -> Iterator[Twin]:
    with Twin(server, DDL) as full:
        session = full._guest  # noqa: SLF001 (rows are no business of a twin: the test makes them)
        session.run(ROWS)
        for table in ("users", "orders", "parts"):
            session.run(f"VACUUM ANALYZE {table}")
        yield full


@pytest.fixture
def dsn(server: Server, filled: Twin) -> str:
    return f"host={server.data.parent} user=guest password={CANARY} dbname={filled._name}"  # noqa: SLF001 (as above)


@pytest.fixture
def clock(dsn: str) -> Iterator[Clock]:
    with clock_at(dsn) as opened:
        yield opened


@pytest.fixture
def beside(filled: Twin) -> Session:
    """Another session on the same database."""
    return filled._guest  # noqa: SLF001 (as above)


def one(clock: Clock, query: str, *shown: str) -> tuple[float, frozenset[str]]:
    run = clock.time({query: 5000.0}, frozenset(shown))[query]
    return run.milliseconds, run.used


def test_an_index_makes_its_query_faster_only_while_it_is_shown(clock: Clock) -> None:
    sizes = clock.build([BY_USER])
    assert sizes[BY_USER] > 100_000
    without, nothing = one(clock, PAGE)
    with_it, used = one(clock, PAGE, BY_USER)
    assert (list(nothing), list(used)) == ([], [BY_USER])
    assert with_it < without / 5


def test_an_index_in_a_schema_of_its_own_is_there_only_while_it_is_shown(clock: Clock) -> None:
    aside = 'ON "Aside".users (lower(email))'
    clock.build([aside])
    query = """SELECT * FROM "Aside".users WHERE lower(email) = 'user7'"""
    assert one(clock, query, aside)[1] == {aside}
    assert one(clock, query)[1] == set()


def test_nothing_is_left_behind(dsn: str, beside: Session) -> None:
    indexes = "SELECT count(*) FROM pg_index"
    before = beside.run(indexes)
    with clock_at(dsn) as clock:
        assert clock.build([BY_USER, "ON users (lower(email))"]).keys()
        assert beside.run(indexes) == before  # nobody else sees them
    assert beside.run(indexes) == before


def test_what_the_server_refuses_is_kept_with_its_words_and_the_rest_is_built(
    clock: Clock,
) -> None:
    sizes = clock.build(["ON orders (nobody)", BY_USER, "ON orders USING gin (total)"])
    assert list(sizes) == [BY_USER]
    assert '"nobody" does not exist' in clock.refused["ON orders (nobody)"]
    assert "gin" in clock.refused["ON orders USING gin (total)"]


def test_an_index_on_a_partitioned_table_stands_for_those_of_its_partitions(clock: Clock) -> None:
    kind, query = "ON parts (kind)", "SELECT * FROM parts WHERE kind = 7"
    assert clock.build([kind])[kind] > 300_000
    assert one(clock, query, kind)[1] == {kind}
    assert one(clock, query)[1] == frozenset()


def test_a_query_is_stopped_in_time_and_the_next_one_runs(clock: Clock) -> None:
    slow = "SELECT pg_sleep(5)"
    run = clock.time({slow: 80.0}, frozenset())[slow]
    assert (run.cut, run.milliseconds) == (True, 80.0)
    assert one(clock, "SELECT count(*) FROM users")[0] > 0


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO empty VALUES (1)",
        "WITH gone AS (DELETE FROM users RETURNING id) SELECT count(*) FROM gone",
        "SELECT nextval('no_sequence')",
        "SELECT set_config('transaction_read_only', 'off', true)",
        "SELECT lo_create(1)",
        "SELECT 1; DROP TABLE empty",
    ],
)
def test_what_writes_is_not_run(clock: Clock, query: str) -> None:
    assert clock.time({query: 1000.0}, frozenset()) == {}
    assert clock.refused[query]
    assert one(clock, "SELECT count(*) FROM empty")


VALUES = {
    PAGE: 1,
    "SELECT * FROM users WHERE id = ANY ($1)": 1,
    'SELECT * FROM orders WHERE "Note" LIKE $1': 1,
    "SELECT * FROM users WHERE email ILIKE $1": 1,
    "SELECT * FROM users WHERE email ILIKE '%' || $1 || '%'": 1,
    "SELECT * FROM users WHERE lower(email) = lower($1)": 1,
    "SELECT * FROM users WHERE tags @> $1": 1,
    "SELECT * FROM orders WHERE $1 = user_id": 1,
    "SELECT * FROM orders o JOIN users u ON u.id = o.user_id WHERE u.email = $1": 1,
    "SELECT * FROM orders WHERE at >= $1 AND at < $2": 1,
    "SELECT * FROM orders WHERE total > $1 AND user_id <> $2": 1,
}


@pytest.mark.parametrize("query", VALUES)
def test_parameters_take_values_that_find_rows(clock: Clock, query: str) -> None:
    run = clock.time({query: 5000.0}, frozenset())[query]
    assert run.plan.found >= VALUES[query]


def test_a_lower_bound_asks_for_the_last_tenth(clock: Clock) -> None:
    query = "SELECT * FROM orders WHERE at >= $1"
    run = clock.time({query: 5000.0}, frozenset())[query]
    assert 8_000 < run.plan.found < 12_000


def test_a_parameter_that_nothing_tells_of_is_named(clock: Clock) -> None:
    asked = {
        "SELECT $1::int": "nothing tells which values $1 takes",
        "SELECT * FROM empty WHERE x = $1": "has no row to take values from",
    }
    assert clock.time(dict.fromkeys(asked, 1000.0), frozenset()) == {}
    assert {query: why in clock.refused[query] for query, why in asked.items()} == dict.fromkeys(
        asked, True
    )


def test_a_copy_that_dies_is_said_once(dsn: str, beside: Session) -> None:
    with clock_at(dsn) as clock:
        clock.build([BY_USER])
        process = clock.session.run("SELECT pg_backend_pid()")[0][0]
        beside.run(f"SELECT pg_terminate_backend({process})")
        with pytest.raises(Refused, match="no longer answers"):
            clock.time({PAGE: 1000.0}, frozenset())


def test_nobody_there_is_one_line_without_the_password() -> None:
    with (
        pytest.raises(EngineError, match="no server answers") as caught,
        clock_at(f"postgres://me:{CANARY}@127.0.0.1:1/shop"),
    ):
        pass
    assert CANARY not in str(caught.value)


def test_expressions_are_counted_and_what_cannot_be_is_left_out(
    clock: Clock, beside: Session
) -> None:
    wanted = [("orders", "(total % 10)"), ("orders", "nowhere(id)"), ("users", "lower(email)")]
    lines = [json.loads(line.partition(": ")[2]) for line in clock.described(wanted)]
    by_key = {line["key"]: line for line in lines}
    assert set(by_key) == {"(total % 10)", "lower(email)"}
    assert by_key["(total % 10)"]["of"] == ["public", "orders"]
    assert by_key["(total % 10)"]["n_distinct"] == 10
    assert by_key["lower(email)"]["n_distinct"] == -1
    assert by_key["lower(email)"]["histogram_bounds"].startswith("{user1")
    assert beside.run("SELECT count(*) FROM pg_statistic_ext") == [(0,)]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM orders WHERE status IN ($1, $2)",
        "SELECT meta FROM docs WHERE CAST(((meta -> 'box') ->> 'lot') AS varchar) = $1::varchar",
    ],
)
def test_values_of_lists_and_of_keys_in_json_are_drawn(clock: Clock, query: str) -> None:
    timed = clock.time({query: 5000.0}, frozenset())
    assert clock.refused == {}
    assert timed[query].plan.found > 0
