"""Large writes in steps, each of its own: as texts, and run on rows."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlglot

from blueproof.engines.postgres import catalog, loading
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.sql.batches import BATCH, first_rows_only, stepwise
from blueproof.sql.schema import Column, Schema, Table

EVENTS = Table(
    name="events",
    columns=(
        Column(name="id", type="bigint", not_null=True),
        Column(name="kind", type="text"),
        Column(name="done", type="boolean"),
    ),
    primary_key=("id",),
)
SCHEMA = Schema(tables=(EVENTS, Table(name="kinds", columns=(Column(name="k", type="text"),))))
DDL = "CREATE TABLE events (id bigint PRIMARY KEY, kind text, done boolean);"
ROWS = """
INSERT INTO events SELECT n * 3, CASE WHEN n % 4 = 0 THEN NULL ELSE 'k' || n % 3 END, n % 2 = 0
FROM generate_series(1, 12000) AS n;
"""


@pytest.fixture
def guest(server: Server) -> Iterator[Session]:
    name = server.create_database()
    try:
        with closing(server.guest(name)) as session:
            with closing(server.admin(name)) as admin:
                loading.load(DDL, path="schema", guest=session, admin=admin)
            session.run(ROWS)
            yield session
    finally:
        server.drop_database(name)


@pytest.mark.parametrize(
    "write",
    [
        "DELETE FROM events WHERE kind = 'k1' OR done",
        "UPDATE events e SET kind = 'none', done = NOT e.done WHERE e.kind IS NULL OR e.done",
        "UPDATE events SET kind = id::text",
    ],
)
def test_all_steps_together_do_what_the_one_write_does(guest: Session, write: str) -> None:
    found = stepwise(write, catalog.read_schema(guest))
    assert found is not None
    rows = "SELECT id, kind, done FROM events ORDER BY id"
    guest.run("BEGIN")
    guest.run(write)
    once = guest.run(rows)
    guest.run("ROLLBACK")
    assert guest.run(rows) != once
    guest.run(found.script.replace("pg_sleep(0.1)", "pg_sleep(0)"))
    assert guest.run(rows) == once


def test_a_step_is_the_write_between_two_keys() -> None:
    found = stepwise("DELETE FROM events AS e WHERE e.kind = $1 OR e.done", SCHEMA)
    assert found is not None
    assert (found.table, found.key, found.deletes) == ("events", "id", True)
    assert " ".join(found.step.split()) == (
        "DELETE FROM events AS e WHERE e.id >= $2 AND e.id < $3 AND (e.kind = $1 OR e.done)"
    )


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * FROM events",
        "DELETE FROM events WHERE id < (SELECT avg(id) FROM events)",
        "DELETE FROM events WHERE done RETURNING id",
        "UPDATE events SET id = id + 1",
        "UPDATE kinds SET k = ''",
    ],
)
def test_what_hangs_on_more_than_each_row_is_not_done_in_steps(text: str) -> None:
    assert stepwise(text, SCHEMA) is None


@pytest.mark.parametrize(
    ("text", "is_done"),
    [
        ("DELETE FROM events WHERE kind = 'a'", True),
        ("UPDATE events SET kind = 'b' WHERE kind IS NULL", True),
        ("UPDATE events SET kind = 'b' WHERE kind = 'a' AND id > 5", True),
        ("UPDATE events SET kind = 'b' WHERE kind <> 'b'", True),
        ("UPDATE events SET done = true WHERE NOT done", True),
        ("UPDATE events SET done = false WHERE done", True),
        ("UPDATE events SET kind = 'b' WHERE kind IS NOT NULL", False),
        ("UPDATE events SET kind = 'b' WHERE NOT (kind IS NULL)", False),
        ("UPDATE events SET kind = 'a' WHERE kind = 'a'", False),
        ("UPDATE events SET kind = 'b' WHERE kind <> 'a'", False),
        ("UPDATE events SET done = true WHERE done", False),
        ("UPDATE events SET kind = upper(kind) WHERE kind IS NULL", False),
        ("UPDATE events SET kind = 'b' WHERE id > 5", False),
        ("UPDATE events SET kind = 'b'", False),
        ("DELETE FROM events USING kinds WHERE kind = k", False),
        ("DELETE FROM events WHERE kind IN (SELECT k FROM kinds)", False),
        ("SELECT 1", False),
    ],
)
def test_some_rows_at_a_time_are_taken_where_none_is_met_again(text: str, *, is_done: bool) -> None:
    found = first_rows_only(sqlglot.parse_one(text, read="postgres"), "id")
    assert (found is not None) == is_done
    if found is not None:
        assert f"LIMIT {BATCH}" in found
