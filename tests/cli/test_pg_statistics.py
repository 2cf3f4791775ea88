"""Statistics handed over, or read from a live database: the answer, the folder, what goes wrong."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin

DDL = """
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, user_id bigint NOT NULL, status text NOT NULL, note text
);
"""
ROWS = """
INSERT INTO users SELECT g, 'user' || g || '@example.com' FROM generate_series(1, 5000) g;
INSERT INTO orders SELECT g, 1 + g % 5000, (ARRAY['open', 'paid', 'sent'])[1 + g % 3],
  'note ' || g FROM generate_series(1, 50000) g;
"""
QUERY = "-- name: by_user\nSELECT * FROM orders WHERE user_id = $1;\n"
CANARY = "canary9"


def run(*arguments: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blueproof", *map(str, arguments)],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def live(server: Server) -> Iterator[str]:
    """The connection string of a database with rows."""
    with Twin(server, DDL) as full:
        session = full._guest  # noqa: SLF001 (rows are no business of a twin: the test makes them)
        session.run(ROWS)
        session.run("VACUUM ANALYZE users")
        session.run("VACUUM ANALYZE orders")
        yield f"host={server.data.parent} user=guest password={CANARY} dbname={full._name}"  # noqa: SLF001 (as above)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "queries.sql").write_text(QUERY)
    (tmp_path / "schema.sql").write_text(DDL)
    return tmp_path


def test_a_live_database_is_advised_on_and_its_folder_proves_itself_without_it(
    live: str, folder: Path
) -> None:
    done = run("pg", "--dsn", live, "--queries", "queries.sql", "--no-input", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "at your row counts" in " ".join(done.stdout.split())
    out = folder / "blueproof-out"
    for file in out.rglob("*"):
        assert not file.is_file() or CANARY not in file.read_text(encoding="utf-8"), file
    assert "-- blueproof statistics 1" in (out / "statistics.sql").read_text(encoding="utf-8")
    ledger = (out / "proofs.json").read_text(encoding="utf-8")
    assert "given statistics" in ledger
    assert "pg_restore_relation_stats" not in ledger  # the file beside it holds the text
    proved = run("prove", cwd=folder)
    assert proved.returncode == 0, proved.stdout
    edited = out / "statistics.sql"
    text = edited.read_text(encoding="utf-8")
    edited.write_text(text.replace("'reltuples', '50000'", "'reltuples', '700'"), encoding="utf-8")
    assert "✗" in run("prove", cwd=folder).stdout


def test_collected_statistics_are_the_same_as_those_read_live(live: str, folder: Path) -> None:
    first = run("pg", "--dsn", live, "--queries", "queries.sql", "--no-input", cwd=folder)
    shutil.copy(folder / "blueproof-out" / "statistics.sql", folder / "stats.sql")
    second = run("pg", "--schema", "schema.sql", "--stats", "stats.sql", "--queries", "queries.sql",
                 "--no-input", "--out", "again", cwd=folder)  # fmt: skip
    answers = [re.search(r"Answer.*?Understood", d.stdout, re.DOTALL) for d in (first, second)]
    assert answers[0]
    assert answers[1]
    assert answers[0][0] == answers[1][0]


def test_a_scale_is_said_and_survives_an_answer(live: str, folder: Path) -> None:
    done = run("pg", "--dsn", live, "--queries", "queries.sql", "--scale", "10", "--rows",
               "users=7k", "--no-input", cwd=folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "at 10 times the rows of the statistics given" in " ".join(done.stdout.split())
    again = run("answer", "orders=1M", cwd=folder)
    assert again.returncode == 0, again.stderr
    text = (folder / "blueproof-out" / "statistics.sql").read_text(encoding="utf-8")
    assert text.endswith(
        "\n-- scale: 10\n-- rows: public.users 7000\n-- rows: public.orders 1000000\n"
    )
    assert run("prove", cwd=folder).returncode == 0


def test_the_script_that_collects_is_printed(tmp_path: Path) -> None:
    done = run("pg", "collect", cwd=tmp_path)
    assert done.returncode == 0
    assert "default_transaction_read_only = on" in done.stdout
    assert done.stdout.endswith(";\n")


def test_what_cannot_be_read_gets_one_line_and_leaves_nothing(folder: Path) -> None:
    (folder / "stats.sql").write_text("id,rows\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"postgres://me:{CANARY}@127.0.0.1:{port}/shop"
    cases: dict[tuple[str, ...], str] = {
        ("--schema", "schema.sql", "--stats", "stats.sql"): "stats.sql: no statistics",
        ("--schema", "schema.sql", "--stats", "gone.sql"): "--stats: gone.sql does not exist",
        ("--stats", "stats.sql"): "give --schema",
        ("--dsn", url): "no server answers",
        ("--dsn", url, "--stats", "stats.sql"): "leave --stats out",
        ("--dsn", f"postgres://me:{CANARY}/@h/x"): "port",
        ("--schema", "schema.sql", "--scale", "0"): "--scale: 0 is no factor",
        ("--schema", "schema.sql", "--scale", "nan"): "--scale: nan is no factor",
    }
    for words, said in cases.items():
        done = run("pg", *words, cwd=folder)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert said in done.stderr
        assert CANARY not in done.stderr
        assert not (folder / "blueproof-out").exists()


def test_statements_that_nobody_counts_are_told_in_a_line(live: str, folder: Path) -> None:
    done = run("pg", "--dsn", live, "--from-statements", "--no-input", cwd=folder)
    assert done.returncode == 2
    assert "pg_stat_statements is not there: add it to shared_preload_libraries" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (folder / "blueproof-out").exists()


def test_statements_come_from_a_live_database_alone(folder: Path) -> None:
    done = run("pg", "--schema", "schema.sql", "--from-statements", cwd=folder)
    assert done.returncode == 2
    assert "--from-statements takes the queries of --dsn" in done.stderr
