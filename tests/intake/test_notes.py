"""Logs and notes that are handed over are read as the words they are."""

from pathlib import Path

import pytest

from blueproof.consult import consult
from blueproof.core.errors import InputError
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


def test_records_of_json_are_counted_by_what_they_say(tmp_path: Path) -> None:
    log = tmp_path / "api.jsonl"
    lines = [
        f'{{"level":"error","msg":"Timed out fetching a new connection","ts":"14:{m:02}"}}'
        for m in range(10, 40)
    ]
    key = "sk_live_abcdefghijklmnop123"
    lines += [f'{{"level":"fatal","error":{{"message":"disk full"}},"key":"{key}"}}']
    log.write_text("\n".join((*lines, '{"cut": ')), encoding="utf-8")
    request = with_paths(read_request(WORDS), (log,)).request
    assert "30 times, 14:10 to 14:39: error Timed out fetching a new connection" in request
    assert "Once: fatal disk full" in request
    assert key not in request


def test_text_of_any_name_is_read_and_a_picture_is_named_while_the_words_are_answered(
    tmp_path: Path,
) -> None:
    text, picture = tmp_path / "dump.thread", tmp_path / "shot.png"
    text.write_text("ECONNREFUSED 10.0.0.4:6379", encoding="utf-8")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    brief = with_paths(read_request(WORDS), (picture, text))
    assert "ECONNREFUSED 10.0.0.4:6379" in brief.request
    assert any(a.key == "shot.png" and a.value == "not read" for a in brief.assumptions)
    assert "PNG" not in brief.request


def test_json_that_is_no_bill_is_read_as_text_unless_a_bill_is_asked_for(tmp_path: Path) -> None:
    alarm = tmp_path / "alarm.json"
    alarm.write_text('{"AlarmName": "cpu", "StateReason": "88.2 > 80"}', encoding="utf-8")
    assert "StateReason" in with_paths(read_request(WORDS), (alarm,)).request
    with pytest.raises(InputError):
        with_paths(read_request("Why is our AWS bill so high this month?"), (alarm,))
