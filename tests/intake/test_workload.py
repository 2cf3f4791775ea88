"""Queries handed over as files or folders of SQL, statistics and logs."""

import gzip
from pathlib import Path

import pytest

from blueproof.core.errors import InputError
from blueproof.intake import workload
from blueproof.intake.database import Handed, read_database
from blueproof.intake.workload import gather_queries
from blueproof.sql.queries import read_queries

LOGGED = "2026-11-29 06:00:00 UTC [7] LOG:  duration: 5.0 ms  statement: {}\n"
STATISTICS = 'query,calls,mean_exec_time\n"SELECT a FROM t WHERE b = $1",500,2.5\n'


def texts(path: Path) -> list[tuple[str, float]]:
    pieces, _ = gather_queries(path, option="--queries")
    found, passed = read_queries("".join(p.text for p in pieces), path="queries.sql")
    assert passed == ()
    return [(q.text, q.weight) for q in found]


def passed_over(path: Path) -> tuple[str, ...]:
    return gather_queries(path, option="--queries")[1]


def test_a_file_of_sql_is_handed_on_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "q.sql"
    file.write_text("-- one\nSELECT 1;\nSELECT 1;", encoding="utf-8")
    pieces, passed = gather_queries(file, option="--queries")
    assert ([p.text for p in pieces], passed) == (["-- one\nSELECT 1;\nSELECT 1;"], ())


@pytest.mark.parametrize("name", ["stats.csv", "stats.sql", "stats"])
def test_the_content_tells_the_form_not_the_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(STATISTICS, encoding="utf-8")
    assert texts(tmp_path / name) == [("SELECT a FROM t WHERE b = $1", 500)]


def test_a_folder_of_logs_is_one_workload_beside_its_sql(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "q.sql").write_text("SELECT 9", encoding="utf-8")
    (tmp_path / "db.log").write_text(LOGGED.format("SELECT a FROM t"), encoding="utf-8")
    (tmp_path / "old" / "db.log.1").write_text(LOGGED.format("select a from t"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("SELECT 8", encoding="utf-8")
    pieces, _ = gather_queries(tmp_path, option="--queries")
    assert [p.text.strip().splitlines()[-1] for p in pieces] == ["SELECT 9", "SELECT a FROM t;"]
    assert "-- calls: 2\n" in pieces[1].text


def test_of_one_log_in_several_forms_one_is_read(tmp_path: Path) -> None:
    for form in ("csv", "json", "log"):
        (tmp_path / f"db.{form}").write_text(STATISTICS, encoding="utf-8")
    assert texts(tmp_path) == [("SELECT a FROM t WHERE b = $1", 500)]


def test_bytes_that_are_no_utf_8_spoil_nothing_and_are_said(tmp_path: Path) -> None:
    file = tmp_path / "db.log"
    text = LOGGED.format("SELECT a FROM t WHERE b > 'Zürich'") + LOGGED.format("SELECT 1 FROM t")
    file.write_bytes(text.encode("latin-1"))
    assert [found for found, _ in texts(file)] == [
        "SELECT a FROM t WHERE b > 'Z\N{REPLACEMENT CHARACTER}rich'", "SELECT 1 FROM t",
    ]  # fmt: skip
    assert "not UTF-8" in passed_over(file)[0]


def test_what_is_too_long_is_cut_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "db.log"
    file.write_text(LOGGED.format("SELECT a FROM t") * 3, encoding="utf-8")
    monkeypatch.setattr(workload, "MOST_BYTES", len(LOGGED) * 2 + 40)
    assert texts(file) == [("SELECT a FROM t", 2)]
    assert "was not read" in passed_over(file)[0]


def test_a_packed_log_is_said_to_be_packed(tmp_path: Path) -> None:
    packed = gzip.compress(b"LOG:  duration: 1 ms")
    (tmp_path / "db.log.gz").write_bytes(packed)
    with pytest.raises(InputError, match="gunzip"):
        gather_queries(tmp_path / "db.log.gz", option="--queries")
    (tmp_path / "db.log").write_text(LOGGED.format("SELECT a FROM t"), encoding="utf-8")
    assert "unpack it" in passed_over(tmp_path)[0]


def test_a_log_without_queries_is_refused_with_what_it_holds(tmp_path: Path) -> None:
    file = tmp_path / "db.log"
    file.write_text(LOGGED.format("BEGIN"), encoding="utf-8")
    with pytest.raises(InputError, match=r"no query can be read from it: .*BEGIN 1"):
        gather_queries(file, option="--queries")


def test_a_brief_holds_what_was_read_as_sql_with_its_secrets_masked(tmp_path: Path) -> None:
    schema, log = tmp_path / "schema.sql", tmp_path / "db.log"
    schema.write_text("CREATE TABLE t (a int);", encoding="utf-8")
    statement = "SELECT a FROM t WHERE b LIKE 'postgres://app:hunter2x@db/shop%'"
    log.write_text(
        LOGGED.format(statement) + LOGGED.format("SET x = 'hunter2x'") + LOGGED.format("SELECT ("),
        encoding="utf-8",
    )
    brief = read_database(Handed(schema=schema, queries=log))
    document = brief.document("queries")
    assert document is not None
    assert "hunter2x" not in document.text
    assert "://app:***@db" in document.text
    assert [text.rpartition(":3: ")[2] for text in brief.not_understood] == [
        "SELECT (: cut off, a bracket stays open"
    ]
