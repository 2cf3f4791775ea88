"""Made rows lie so that what a query asks for is as hard to find as people tell."""

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest

from blueproof.engines.postgres.clock import clock_at
from blueproof.engines.postgres.reproducing import filled
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.guessing.rows import Ground, Shape, fillings
from blueproof.sql.guessing.tables import guess_tables

QUERIES = (
    "SELECT sum(bytes) FROM blobs WHERE bucket = $1 AND folder = $2",
    "SELECT pk FROM audits WHERE pk < 90000000 ORDER BY pk DESC LIMIT 100",
    "SELECT region, sum(cost) FROM charges WHERE product_code LIKE '04A%' GROUP BY region",
    "SELECT id FROM genes WHERE title ~* '^red.*fox$' OR title ~* 'wild cat'",
    "SELECT id FROM mails WHERE state = 'queued' AND due_at <= '2025-02-19 23:53:01.87' LIMIT 1",
)
ROWS = {"blobs": 10_000, "audits": 5_000, "charges": 5_000, "genes": 9_000, "mails": 2_000}


@pytest.fixture(scope="module")
def guest(server: Server) -> Iterator[Session]:
    guess = guess_tables(QUERIES, {})
    with Twin(server, guess.made + guess.keys) as twin:
        ground = Ground(
            schema=twin.schema,
            seen=guess.seen,
            kinds=guess.tables,
            shape=Shape(),
            today=date(2026, 11, 29),
        )
    scripts = tuple((f.table, f.sql) for f in fillings(ground, ROWS))
    with filled(server, guess.made, scripts, guess.keys) as made:
        assert made.refused == ()
        with clock_at(made.dsn) as clock, contextlib.closing(clock.session) as session:
            yield session


def one(guest: Session, query: str) -> float:
    return float(guest.run(query)[0][0])


@pytest.mark.parametrize("column", ["bucket", "folder"])
def test_of_two_names_asked_for_together_neither_tells_a_row(guest: Session, column: str) -> None:
    each = one(guest, f"SELECT count(*)::float8 / count(DISTINCT {column}) FROM blobs")
    both = one(guest, "SELECT count(*)::float8 / count(DISTINCT (bucket, folder)) FROM blobs")
    assert each > 20 * both


def test_a_cursor_lies_among_the_keys(guest: Session) -> None:
    below = one(guest, "SELECT avg((pk < 90000000)::int) FROM audits")
    assert 0.3 < below < 0.7


def test_a_beginning_that_is_asked_for_has_many_rows(guest: Session) -> None:
    assert one(guest, "SELECT count(*) FROM charges WHERE product_code LIKE '04A%'") > 50


def test_a_regular_expression_finds_rows(guest: Session) -> None:
    assert one(guest, "SELECT count(*) FROM genes WHERE title ~* 'red.*fox'") > 0
    assert one(guest, "SELECT count(*) FROM genes WHERE title ~* 'wild cat'") > 0


def test_no_row_is_later_than_the_moment_at_which_a_query_ran(guest: Session) -> None:
    assert one(guest, "SELECT avg((due_at <= '2025-02-20 01:00')::int) FROM mails") > 0.99


def test_a_key_has_the_name_that_queries_join_it_by() -> None:
    query = "SELECT * FROM visits v JOIN wards w ON w.pk = v.ward_fk WHERE v.bed_uuid = $1"
    tables = {t: {c.name: c for c in cs} for t, cs in guess_tables((query,), {}).tables.items()}
    assert tables["wards"]["pk"].kind == "key"
    assert "id" not in tables["wards"]
    assert tables["visits"]["bed_uuid"].type == "uuid"
