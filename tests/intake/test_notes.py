"""Logs and notes that are handed over are read as the words they are."""

from pathlib import Path

from blueproof.consult import consult
from blueproof.intake.paths import with_paths
from blueproof.intake.words.read import read_request

LOG = (
    "14:11 ERROR Error: timeout exceeded when trying to connect\n14:11 WARN smtp took 24100ms\n"
    "pg_stat_activity: 180 connections: 150 idle in transaction, 30 active\n"
    "DATABASE_URL=postgres://app:S3cretPass@db.example.com/shop\n"
)
WORDS = "Checkout fails since 14:10, Express on ECS with Postgres. The log is attached, what now?"


def test_a_log_is_read_behind_the_request_and_its_secrets_are_masked(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    log.write_text(LOG, encoding="utf-8")
    brief = with_paths(read_request(WORDS), (log,))
    assert brief.request.startswith(WORDS)
    assert "S3cretPass" not in brief.request
    assert "150 of 180 sessions are idle in transaction" in consult(brief).answer


def test_of_a_long_file_the_beginning_and_the_end_are_read(tmp_path: Path) -> None:
    note = tmp_path / "notes.md"
    note.write_text("first line\n" + "x " * 40_000 + "\nlast line", encoding="utf-8")
    brief = with_paths(read_request(WORDS), (note,))
    assert "first line" in brief.request
    assert "last line" in brief.request
    assert len(brief.request) < 21_000
    assert any("middle" in str(each.value) for each in brief.assumptions)


def test_a_plan_in_a_text_file_stays_a_plan(tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text(
        "Seq Scan on a  (cost=0.00..1.05 rows=5 width=4) (actual time=0.01..0.01 rows=5 loops=1)\n"
        "  Filter: (status = 'open'::text)\nPlanning Time: 0.1 ms\nExecution Time: 0.2 ms\n",
        encoding="utf-8",
    )
    brief = with_paths(read_request("Why is this slow?"), (plan,))
    assert brief.document("plan") is not None
    assert "Seq Scan" not in brief.request
