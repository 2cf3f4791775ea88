"""Bad input gets one clear line and exit code 2; nothing is half written, nothing leaks."""

import gzip
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL);\n"
QUERY = "SELECT * FROM orders WHERE customer_id = $1;\n"


def run(
    *arguments: str | Path, cwd: Path, text: str | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "blueproof", *map(str, arguments)],
        cwd=cwd, input=text, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    file = tmp_path / "schema.sql"
    file.write_text(SCHEMA)
    return file


CONTENTS = {
    "gzip": (gzip.compress(SCHEMA.encode()), "schema.sql"),
    "sqlite": (b"SQLite format 3\0" + bytes(100), "SQLite"),
    "pg_dump custom": (b"PGDMP\x01\x0e\x00" + bytes(100), "pg_restore"),
    "NUL": (b"CREATE TABLE a (\0 id int);", "schema.sql"),
    "latin 1": ("CREATE TABLE caf\xe9 (id int);".encode("latin-1"), "UTF-8"),
    "empty": (b"", "empty"),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_file_that_is_no_sql_text(content: tuple[bytes, str], tmp_path: Path) -> None:
    file = tmp_path / "schema.sql"
    file.write_bytes(content[0])
    refused(run("pg", "--schema", file, cwd=tmp_path), content[1])
    assert not (tmp_path / "blueproof-out").exists()


def test_a_syntax_error_says_line_and_column_in_the_persons_file(tmp_path: Path) -> None:
    file = tmp_path / "my schema.sql"
    file.write_text(SCHEMA + "\nCREATE TABLE broken (id bigint,, name text);\n")
    refused(
        run("pg", "--schema", file, cwd=tmp_path),
        "my schema.sql:3:32",
        'syntax error at or near ","',
    )


def test_a_syntax_error_in_a_folder_names_the_file_it_is_in(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "001_first.sql").write_text(SCHEMA)
    (folder / "002_second.sql").write_text("-- fine\nALTER TABLE orders ADD COLUM note text;\n")
    refused(run("pg", "--schema", folder, cwd=tmp_path), "002_second.sql:2:")


def test_a_syntax_error_in_a_query_is_said_and_the_rest_goes_on(
    schema: Path, tmp_path: Path
) -> None:
    queries = tmp_path / "queries.sql"
    queries.write_text(QUERY + "SELECT FROM WHERE;\n")
    done = run("pg", "--schema", schema, "--queries", queries, cwd=tmp_path)
    assert done.returncode == 0
    assert "syntax error" in (tmp_path / "blueproof-out" / "report.md").read_text()
    assert "customer_id" in done.stdout


def test_an_extension_that_is_not_here_is_named_and_the_rest_goes_on(
    schema: Path, tmp_path: Path
) -> None:
    schema.write_text("CREATE EXTENSION postgis;\n" + SCHEMA + "CREATE TABLE p (g geometry);\n")
    done = run("pg", "--schema", schema, cwd=tmp_path)
    assert done.returncode == 0
    assert "postgis" in done.stdout
    assert "geometry" in (tmp_path / "blueproof-out" / "report.md").read_text()


def test_paths_that_cannot_be_read(tmp_path: Path) -> None:
    refused(run("pg", "--schema", tmp_path / "nothing.sql", cwd=tmp_path), "nothing.sql")
    loop = tmp_path / "loop.sql"
    loop.symlink_to(loop)
    refused(run("pg", "--schema", loop, cwd=tmp_path), "loop.sql")
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(run("pg", "--schema", empty, cwd=tmp_path), "empty")
    refused(run("pg", "--schema", "/dev/zero", cwd=tmp_path), "/dev/zero")


def test_a_circular_folder_does_not_hang(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "again").symlink_to(folder)
    (folder / "1.sql").write_text(SCHEMA)
    assert run("pg", "--schema", folder, cwd=tmp_path).returncode == 0


def test_wrong_use_gets_a_hint(schema: Path, tmp_path: Path) -> None:
    refused(run("demmo", cwd=tmp_path), "did you mean 'demo'")
    refused(run("pg", cwd=tmp_path), "--schema")
    refused(run("pg", "--schema", schema, "--rows", "orders", cwd=tmp_path), "orders=12M")
    refused(run("pg", "--schema", schema, "--rows", "nothing=5", cwd=tmp_path), "nothing", "orders")
    refused(run("explain", "pg-missing-indx", cwd=tmp_path), "did you mean pg-missing-index")
    refused(run("prove", tmp_path / "no", cwd=tmp_path), "--out")
    refused(run("why", "p1", cwd=tmp_path), "blueproof-out")
    refused(run("doctor", "--install", "nonsense", cwd=tmp_path), "lint")
    refused(run("demo", "nothing", cwd=tmp_path), "pg")


def test_a_foreign_output_folder_is_left_alone(schema: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    refused(run("pg", "--schema", schema, "--out", out, cwd=tmp_path), "mine", "--force")
    assert [f.name for f in out.iterdir()] == ["notes.txt"]
    refused(run("pg", "--schema", schema, "--out", schema, cwd=tmp_path), "schema.sql")


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)],
        capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("a small disk can be mounted by root only")
    return folder


def test_a_full_disk_leaves_nothing_behind(tiny_disk: Path, schema: Path, tmp_path: Path) -> None:
    try:
        refused(run("pg", "--schema", schema, "--out", tiny_disk / "out", cwd=tmp_path), "space")
        assert list(tiny_disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(tiny_disk)], check=True)


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder for temporary files that the server's account may enter, root or not."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def test_ctrl_c_leaves_nothing_half_written(schema: Path, scratch: Path, tmp_path: Path) -> None:
    started = subprocess.Popen(
        [sys.executable, "-m", "blueproof", "pg", "--schema", str(schema)],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not list(scratch.glob("blueproof-*/data")) and time.monotonic() < deadline:
        time.sleep(0.01)
    started.send_signal(signal.SIGINT)
    _, said = started.communicate(timeout=60)
    assert started.returncode == 130, said
    assert "Traceback" not in said
    assert not (tmp_path / "blueproof-out").exists()
    assert list(scratch.iterdir()) == []


def test_secrets_are_masked_in_every_file(schema: Path, tmp_path: Path) -> None:
    secret = "hunter2hunter2"  # noqa: S105 -- not one
    schema.write_text(SCHEMA + f"-- postgres://app:{secret}@db.example.com/shop\n"
                      f"CREATE ROLE app LOGIN PASSWORD '{secret}';\n")  # fmt: skip
    done = run("pg", "--schema", schema, cwd=tmp_path)
    assert done.returncode == 0
    for file in (tmp_path / "blueproof-out").rglob("*"):
        if file.is_file():
            assert secret not in file.read_text(), file
    assert secret not in done.stdout


def test_standard_input_is_read(tmp_path: Path) -> None:
    done = run("pg", "--schema", "-", "--json", cwd=tmp_path, text=SCHEMA)
    assert done.returncode == 0
    assert '"shape": 1' in done.stdout
