"""Rows of a schema that was handed over: they keep its keys and checks, and lie as is told."""

import contextlib
from collections.abc import Iterator
from datetime import date

import pytest
import sqlglot

from blueproof.advisors.known.reproduction.unchanged import only_changes
from blueproof.engines.postgres.clock import clock_at
from blueproof.engines.postgres.reproducing import filled
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.session import Session
from blueproof.engines.postgres.twin import Twin
from blueproof.sql.guessing.rows import Filling, Ground, Shape, fillings
from blueproof.sql.guessing.seen import read_seen

TODAY = date(2026, 11, 29)
TABLES = """
CREATE TABLE rooms (
  id uuid PRIMARY KEY, floor int NOT NULL DEFAULT 2, open boolean NOT NULL DEFAULT true
);
CREATE TABLE bookings (
  pk serial PRIMARY KEY, room uuid NOT NULL REFERENCES rooms,
  starts_at timestamptz NOT NULL, ends_at timestamptz NOT NULL, CHECK (ends_at > starts_at),
  low int NOT NULL, high int NOT NULL, CHECK (low <= high),
  status text NOT NULL CHECK (status IN ('NEW', 'PAID', 'DELIVERED', 'CANCELLED')),
  kind text NOT NULL DEFAULT 'pending' CHECK (kind IN ('pending', 'done')), note text
);
CREATE TABLE seats (fkid int NOT NULL REFERENCES bookings ON DELETE CASCADE, label varchar(20));
"""
QUERIES = (
    "SELECT * FROM bookings WHERE status = 'DELIVERED' AND starts_at <= '2010-08-08 00:00'",
    "UPDATE bookings SET note = 'seen', low = low * 1",
)


@pytest.fixture(scope="module")
def guest(server: Server) -> Iterator[Session]:
    names = {"rooms", "bookings", "seats"}
    with Twin(server, TABLES) as twin:
        schema = twin.schema
    known = {t.name: frozenset(t.by_name) for t in schema.tables if t.name in names}
    shape = Shape(shares={("bookings", "status"): {"DELIVERED": 0.62}})
    ground = Ground(
        schema=schema, seen=read_seen(QUERIES, known), kinds={}, shape=shape, today=TODAY
    )
    rows: tuple[Filling, ...] = fillings(ground, {"rooms": 50, "bookings": 4000, "seats": 6000})
    with filled(server, TABLES, tuple((f.table, f.sql) for f in rows), "") as made:
        assert made.refused == ()
        with clock_at(made.dsn) as clock, contextlib.closing(clock.session) as session:
            yield session


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [
        ("SELECT count(*) FROM seats JOIN bookings ON pk = fkid", 6000, 6000),
        ("SELECT count(*) FROM bookings JOIN rooms ON rooms.id = room", 4000, 4000),
        ("SELECT count(*) FROM bookings WHERE ends_at - starts_at > '1 day'", 0, 0),
        ("SELECT count(*) FROM bookings WHERE status = 'DELIVERED'", 2280, 2680),
        ("SELECT count(*) FROM bookings WHERE status = 'NEW'", 1, 400),
        ("SELECT count(*) FROM bookings WHERE kind = 'done'", 2400, 4000),
        ("SELECT count(*) FROM rooms WHERE floor = 2", 30, 50),
        ("SELECT count(*) FROM rooms WHERE open", 30, 50),
        ("SELECT count(*) FROM bookings WHERE starts_at <= '2010-08-08'", 800, 3200),
    ],
)
def test_rows_lie_as_the_schema_and_the_words_have_them(
    guest: Session, asked: str, least: int, most: int
) -> None:
    assert least <= guest.run(asked)[0][0] <= most


def test_an_update_of_what_changes_leaves_the_same_rows_and_the_usual_mistake_does_not(
    guest: Session,
) -> None:
    """Where the column is NULL, a comparison by <> keeps the row as it was."""
    guest.run("UPDATE bookings SET note = CASE WHEN pk % 3 = 0 THEN NULL ELSE 'seen' END")
    turned = only_changes(sqlglot.parse_one(QUERIES[1], read="postgres"))
    assert turned is not None
    _, compared, checked = turned
    differ = "SELECT count(*) FROM (({}) EXCEPT ALL ({})) AS d"
    assert guest.run(differ.format(compared, checked))[0][0] == 0
    wrong = checked.replace("IS DISTINCT FROM", "<>")
    assert guest.run(differ.format(compared, wrong))[0][0] > 0
