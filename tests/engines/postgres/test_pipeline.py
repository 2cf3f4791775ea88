"""Many statements sent at once run as they would one by one."""

import contextlib
from collections.abc import Iterator

import pytest

from blueproof.core.errors import InputError
from blueproof.engines.postgres.limits import Limits
from blueproof.engines.postgres.pipeline import Pipeline
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import GUEST, Server, scratch


@pytest.fixture
def guest(server: Server) -> Iterator[Pipeline]:
    with scratch(server) as name, contextlib.closing(server.guest(name)) as session:
        yield session


def _run(guest: Pipeline, *statements: str) -> int:
    """How many were committed before the end, or before the first that was refused."""
    done = 0

    def committed() -> None:
        nonlocal done
        done += 1

    try:
        guest.run_each(statements, committed)
    except ServerRefusal:
        guest.run("ROLLBACK")
    return done


def _tables(guest: Pipeline) -> list[str]:
    rows = guest.run("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [name for (name,) in rows]


def test_more_statements_than_go_at_once_all_run_in_order(guest: Pipeline) -> None:
    comment = "x" * 1000
    statements = [f"CREATE TABLE t{n} (a int) /* {comment} */" for n in range(150)]
    assert _run(guest, *statements, "ALTER TABLE t149 ADD b int") == 151
    assert len(_tables(guest)) == 150


def test_what_follows_a_refusal_is_not_run_and_what_precedes_it_stays(guest: Pipeline) -> None:
    done = _run(guest, "CREATE TABLE a (x int)", "CREATE TABLE a (x int)", "CREATE TABLE b (x int)")
    assert (done, _tables(guest)) == (1, ["a"])


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE b (x int); CREATE TABLE c (x int)", "COMMIT; CREATE TABLE c (x int)"]
)
def test_a_text_that_holds_two_statements_is_refused(guest: Pipeline, sql: str) -> None:
    assert _run(guest, "CREATE TABLE a (x int)", sql) == 1
    assert _tables(guest) == ["a"]


def test_each_statement_has_its_own_transaction_and_its_own_time(guest: Pipeline) -> None:
    local = "DO $$ BEGIN PERFORM set_config('search_path', 'nowhere', true); END $$"
    longer = "DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); END $$"
    look = (
        "DO $$ BEGIN"
        " IF current_setting('statement_timeout') = '0' THEN RAISE 'none'; END IF; END $$"
    )
    assert _run(guest, local, "CREATE TABLE a (x int)", longer, look) == 4
    assert _tables(guest) == ["a"]


def test_each_statement_is_waited_for_as_long_as_if_it_were_alone(server: Server) -> None:
    limits = Limits(statement_seconds=1.0, grace_seconds=0.5)
    sleep = "DO $$ BEGIN PERFORM pg_sleep(0.7); END $$"
    with scratch(server) as name:
        address = server._address(name, GUEST, "")  # noqa: SLF001 (with other limits than its own)
        with contextlib.closing(Pipeline(address, limits, server._end_process)) as guest:  # noqa: SLF001
            assert _run(guest, sleep, sleep, sleep) == 3
            assert _run(guest, sleep, "DO $$ BEGIN PERFORM pg_sleep(9); END $$", sleep) == 1
            assert guest.renewed == 0


@pytest.mark.parametrize("encoding", ["UTF8", "LATIN1"])
def test_names_arrive_whatever_the_encoding_of_the_client(guest: Pipeline, encoding: str) -> None:
    guest.run(f"SET client_encoding = '{encoding}'")
    assert _run(guest, 'CREATE TABLE "Größe" (a int)') == 1
    guest.run("SET client_encoding = 'UTF8'")
    assert _tables(guest) == ["Größe"]


def test_what_a_statement_commits_too_late_is_a_refusal_of_that_statement(guest: Pipeline) -> None:
    guest.run("CREATE TABLE a (x int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    twice = "DO $$ BEGIN INSERT INTO a VALUES (1), (1); END $$"
    assert _run(guest, "CREATE TABLE b (x int)", twice, "CREATE TABLE c (x int)") == 1
    assert _tables(guest) == ["a", "b"]


def test_a_connection_that_is_lost_loses_no_count_of_what_was_done(guest: Pipeline) -> None:
    ends = "DO $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$"
    done = _run(guest, "CREATE TABLE a (x int)", ends, "CREATE TABLE b (x int)")
    assert (done, _tables(guest)) == (1, ["a"])
    assert guest.renewed == 1


def test_the_caller_may_stop_after_any_statement(guest: Pipeline) -> None:
    def stop() -> None:
        raise InputError("enough")

    with pytest.raises(InputError, match="enough"):
        guest.run_each(["CREATE TABLE a (x int)", "CREATE TABLE b (x int)"], stop)
