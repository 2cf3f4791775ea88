"""No SQL of a person's gets out of the private server, or takes more of the machine than its share.

Every attempt goes in where people's SQL goes in. Afterwards nothing has been written outside,
nobody has gained power, and the server answers.
"""

import contextlib
import dataclasses
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from escapes import Escape
from escapes_bounds import BOUNDS
from escapes_power import POWER

from blueproof.core.errors import BlueproofError
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Refused, Twin
from blueproof.sql.statistics import ColumnStatistics, Statistics, TableStatistics

ALL = (*POWER, *BOUNDS)
_LONGEST_SECONDS = 20.0
_KEPT = "CREATE TABLE kept (id bigint PRIMARY KEY, a text); CREATE SCHEMA kept_schema;\n"


@pytest.fixture(scope="session")
def canary() -> Iterator[Path]:
    """A path that every system user may write: a file there is the proof of an escape."""
    with tempfile.TemporaryDirectory(prefix="canary-", dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder, "canary")


def _filled(escape: Escape, canary: Path) -> Escape:
    def fill(text: str) -> str:
        return text.replace("{program}", f"touch {canary}").replace("{file}", str(canary))

    return dataclasses.replace(
        escape,
        ddl=fill(escape.ddl),
        queries=tuple(map(fill, escape.queries)),
        changes=tuple(map(fill, escape.changes)),
    )


def _statistics(twin: Twin) -> Statistics:
    """Values for every column: taking them in calls the column's input function."""
    return Statistics(
        until=date(2026, 1, 1),
        tables=tuple(
            TableStatistics(
                table=table.name,
                rows=1000,
                pages=10,
                basis="given",
                columns=tuple(
                    ColumnStatistics(column=c.name, common=("1", "2"), frequencies=(0.5, 0.25))
                    for c in table.columns
                ),
            )
            for table in twin.schema.tables
        ),
    )


def _answers(server: Server, escape: Escape) -> list[str]:
    """Everything that the attempt was told."""
    said: list[str] = []
    try:
        with Twin(server, _KEPT + escape.ddl) as twin:
            said += map(str, twin.left_out)
            twin.set_statistics(_statistics(twin))
            said += _plans(twin, escape)
            assert "kept" in twin.schema_after().by_name, "our table is gone"
    except BlueproofError as error:
        said.append(str(error))
    return said


def _plans(twin: Twin, escape: Escape) -> Iterator[str]:
    for query in escape.queries:
        try:
            yield twin.plan(query, escape.changes).headline
        except (Refused, BlueproofError) as refused:
            yield str(refused)


def _assert_unharmed(server: Server, canary: Path) -> None:
    assert not canary.exists(), "it wrote a file"
    with contextlib.closing(server.admin()) as admin:
        powerful = admin.run("SELECT rolname::text FROM pg_roles WHERE rolsuper OR rolcreaterole")
        assert powerful == [("admin",)]
        assert admin.run("SELECT FROM pg_roles WHERE rolname = 'canary'") == []
        assert admin.run("SELECT FROM pg_auth_members WHERE member = 'guest'::regrole") == []
        assert admin.run("SELECT FROM pg_db_role_setting") == []
        assert admin.run("SELECT FROM pg_stat_activity WHERE usename = 'guest'") == []
        assert admin.run("SELECT FROM pg_database WHERE datname LIKE 'twin%'") == []


@pytest.mark.parametrize("escape", ALL, ids=lambda escape: escape.name)
def test_the_attempt_is_stopped_and_the_server_answers(
    escape: Escape, tight_server: Server, canary: Path
) -> None:
    started = time.monotonic()
    said = _answers(tight_server, _filled(escape, canary))
    assert time.monotonic() - started < _LONGEST_SECONDS
    assert any(escape.says in line for line in said) or not escape.says, said
    _assert_unharmed(tight_server, canary)


@pytest.mark.parametrize("escape", POWER, ids=lambda escape: escape.name)
@pytest.mark.usefixtures("with_extensions")
def test_the_attempt_is_stopped_where_the_extensions_are_not_here_too(
    escape: Escape, bare_server: Server, canary: Path
) -> None:
    said = _answers(bare_server, _filled(escape, canary))
    assert any(escape.says in line for line in said) or not escape.says, said
    _assert_unharmed(bare_server, canary)


def test_the_canary_sings_when_somebody_with_power_runs_a_program(
    tight_server: Server, canary: Path
) -> None:
    with contextlib.closing(tight_server.admin()) as admin:
        admin.run(f"COPY (SELECT 1) TO PROGRAM 'touch {canary}'")
    assert canary.exists()
    canary.unlink()


def test_answers_are_one_line_of_bounded_length(tight_server: Server) -> None:
    ddl = "DO $$ BEGIN RAISE EXCEPTION '%', repeat(E'x\\n', 100000); END $$"
    with Twin(tight_server, ddl) as twin:
        (left,) = twin.left_out
    assert "\n" not in str(left)
    assert len(str(left)) < 1000


def test_names_in_the_catalog_are_read_right_though_the_schema_hijacks_operators(
    tight_server: Server,
) -> None:
    hijack = next(e for e in ALL if e.name.startswith("operators that fit"))
    with Twin(tight_server, _KEPT + hijack.ddl) as twin:
        table = twin.schema.by_name["kept"]
        assert [(c.name, c.type) for c in table.columns] == [("id", "bigint"), ("a", "text")]
        assert table.primary_key == ("id",)
        assert [i.name for i in twin.schema.indexes] == ["kept_pkey"]
