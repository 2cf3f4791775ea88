"""Queries of tables with row security are timed as those whom the policies bind."""

import contextlib
from collections.abc import Iterator

import pytest

from blueproof.engines.postgres.clock import Clock
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.session import Session

DDL = """
CREATE TABLE plain (id int PRIMARY KEY);
CREATE TABLE notes (id int PRIMARY KEY, owner int NOT NULL, body text NOT NULL);
CREATE TABLE closed (id int PRIMARY KEY);
INSERT INTO notes SELECT g, g % 50, 'x' FROM generate_series(1, 20000) g;
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notes USING (owner = current_setting('app.me')::int);
ANALYZE notes;
"""
ALL = "SELECT id FROM notes"
EVERY, OWN = 20_000, 400


@pytest.fixture(scope="module")
def reader(server: Server) -> str:
    with contextlib.closing(server.admin("postgres")) as admin:
        admin.run(
            "DO $$ BEGIN CREATE ROLE binding_reader NOLOGIN; "
            "EXCEPTION WHEN duplicate_object THEN END $$"
        )
    return "binding_reader"


@pytest.fixture
def admin(server: Server) -> Iterator[Session]:
    with scratch(server) as name, contextlib.closing(server.admin(name)) as session:
        session.run(DDL)
        yield session


def found(clock: Clock, query: str, *shown: str) -> float:
    """How many rows the query's plan brought up."""
    with clock.changed(frozenset(shown)):
        run = clock.run(query, 5000.0)
    assert run is not None, clock.refused
    return run.plan.found


def test_a_superuser_s_copy_is_asked_as_the_role_that_may_read(admin: Session, reader: str) -> None:
    admin.run(f"GRANT SELECT ON notes TO {reader}")
    clock = Clock(session=admin, name="copy")
    assert found(clock, ALL) == OWN


def test_nobody_but_the_owner_may_read_so_it_is_asked_as_the_owner(admin: Session) -> None:
    assert found(Clock(session=admin, name="copy"), ALL) == EVERY


def test_a_query_that_the_role_may_not_ask_is_asked_all_the_same(
    admin: Session, reader: str
) -> None:
    admin.run(f"GRANT SELECT ON notes TO {reader}")
    clock = Clock(session=admin, name="copy")
    both = "SELECT n.id FROM notes n WHERE n.id NOT IN (SELECT id FROM plain)"
    assert found(clock, both) == EVERY


def test_a_policy_is_changed_only_while_it_is_shown(admin: Session, reader: str) -> None:
    admin.run(f"GRANT SELECT ON notes TO {reader}")
    clock = Clock(session=admin, name="copy")
    change = "POLICY own ON notes USING (owner < 2)"
    assert clock.build([change]) == {change: 0}
    assert [found(clock, ALL, change), found(clock, ALL)] == [2 * OWN, OWN]


def test_a_policy_that_cannot_be_changed_is_kept_with_the_server_s_words(admin: Session) -> None:
    clock = Clock(session=admin, name="copy")
    assert clock.build(["POLICY gone ON notes USING (true)"]) == {}
    assert "does not exist" in clock.refused["POLICY gone ON notes USING (true)"]


def test_the_forced_owner_is_bound_as_it_is(server: Server) -> None:
    with scratch(server) as name, contextlib.closing(server.guest(name)) as guest:
        guest.run(DDL + "ALTER TABLE notes FORCE ROW LEVEL SECURITY")
        assert found(Clock(session=guest, name="copy"), ALL) == OWN
