"""The stories of bench/slow are sound, and the judge of their answers can tell right from wrong."""

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

SLOW = Path(__file__).parent.parent / "bench" / "slow"
STORIES = SLOW / "stories"
PLAN = "Seq Scan on items  (cost=0.00..1.00 rows=1)\n  Filter: (object_id = 123)"


@pytest.fixture
def stories(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(SLOW))
    return importlib.import_module("stories")


def story(stories: Any) -> Any:
    return stories.Story(
        id="01-a",
        source="https://example.org/1",
        half="tuned",
        request=f"items is slow by object_id, newest id first: {PLAN}",
        fix_kind="index",
        tables=("items",),
        match=(r"index\b.{0,40}items\b.{0,20}object_id, id",),
        must_not=("hash index",),
        symptom_match=("Seq Scan on items",),
    )


def blueprint(**parts: Any) -> dict[str, Any]:
    empty = ("recommendations", "changes", "steps", "scenes", "proofs")
    return {"answer": "It depends.", **{name: [] for name in empty}, **parts}


def advice(choice: str) -> dict[str, Any]:
    return {"slot": "Slow query", "choice": choice, "because": ["it is read"]}


def check(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(SLOW / "stories.py"), "--check", "--stories", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == (1 if done.stdout else 0), done.stderr
    return done.stdout.splitlines()


def test_the_stories_are_sound() -> None:
    assert check(STORIES) == []
    names = [file.name.partition("-")[0] for file in sorted(STORIES.glob("[0-9]*.yaml"))]
    there = (
        *range(1, 37),
        *range(101, 125),
        *range(201, 223),
        *range(301, 321),
        *range(401, 418),
        419,
        420,
        *range(501, 521),
        *range(601, 655),
        *range(701, 716),
        *range(721, 741),
        *range(801, 823),
    )
    assert names == sorted(f"{n:02}" for n in there)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("match:\n", "match:\n  - 'lower'\n", "an echo passes: 'lower'"),
        ("tables: [users]", "tables: [members]", "members is no name of the person's"),
        ("Supabase Auth:", "CREATE TABLE users ();", "the request holds DDL"),
        ("half: tuned", "half: tuend", "half is 'tuend'"),
        ("half: tuned", "haf: tuned", "nobody reads haf"),
        ("half: tuned", "half: tuned\nddl: true", "the request holds no DDL"),
        ("symptom: ", "note: ", "no symptom"),
        ("fix_kind: expression", "fix_kind: magic", "fix_kind is 'magic'"),
        ("  - 'expression index.{0,60}lower'", "  - '('", "missing ), unterminated subpattern"),
        ("symptom_match:\n", "symptom_match:\n  - 'Unique'\n", "any database shows 'Unique'"),
        ("lower(email));\n", "email);\n", "the experts' own fix does not match"),
    ],
)
def test_a_story_that_is_not_sound_is_told(tmp_path: Path, old: str, new: str, fault: str) -> None:
    file = STORIES / "01-auth-users-lower-email.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / file.name).write_text(text.replace(old, new), encoding="utf-8")
    assert any(fault in line for line in check(tmp_path)), check(tmp_path)


def test_the_experts_fix_is_seen_and_an_echo_is_not(stories: Any) -> None:
    told = story(stories)
    right = blueprint(recommendations=[advice("an index on items (object_id, id)")])
    seen = stories.judged(told, right, {}, 1.0)
    assert (seen.fix, seen.names_table, seen.reproduced, seen.symptom) == (True, True, False, None)
    echo = stories.judged(told, blueprint(answer=told.request, request=told.request), {}, 1.0)
    assert (echo.fix, echo.names_table, echo.reproduced) == (False, True, False)


def test_an_index_made_if_it_does_not_exist_is_no_not_exists(stories: Any) -> None:
    told = replace(story(stories), match=(r"\bnot exists\b",))
    made = advice("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON items (id)")
    assert not stories.judged(told, blueprint(recommendations=[made]), {}, 1.0).fix
    asked = advice("WHERE NOT EXISTS (SELECT 1 FROM items)")
    assert stories.judged(told, blueprint(recommendations=[asked]), {}, 1.0).fix


def test_only_the_first_two_pieces_count_and_what_must_not_be_said_does_not(stories: Any) -> None:
    told, right = story(stories), advice("an index on items (object_id, id)")
    third = blueprint(recommendations=[advice("wait"), advice("wait"), right])
    assert not stories.judged(told, third, {}, 1.0).fix
    bad = blueprint(recommendations=[right, advice("a hash index")])
    assert not stories.judged(told, bad, {}, 1.0).fix
    step = blueprint(steps=[{"do": "CREATE INDEX ON items (object_id, id)"}])
    assert stories.judged(told, step, {}, 1.0).fix


def test_the_symptom_counts_where_the_story_is_reproduced_and_not_where_it_is_quoted(
    stories: Any,
) -> None:
    told = story(stories)
    schema = {"reproduction/schema.sql": 'CREATE TABLE "items" (id bigint)'}
    quoted = stories.judged(told, blueprint(request=told.request), schema, 1.0)
    assert (quoted.reproduced, quoted.created, quoted.symptom) == (True, ("items",), False)
    shown = stories.judged(told, blueprint(), {**schema, "plans.txt": PLAN}, 1.0)
    assert shown.symptom is True
    other = {"schema.sql": "CREATE TABLE items_old (id bigint)", "plans.txt": PLAN}
    assert stories.judged(told, blueprint(), other, 1.0).symptom is None
    scene = {"kind": "database", "schema": {"text": 'CREATE TABLE public."items" (id int)'}}
    assert stories.judged(told, blueprint(scenes=[scene]), {}, 1.0).reproduced
    unnamed = replace(told, tables=())
    assert stories.judged(unnamed, blueprint(), other, 1.0).reproduced


def test_a_process_that_fails_is_no_answer(
    stories: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "python"
    monkeypatch.setattr(stories.sys, "executable", str(program))
    for script, error in (("exit 2", "failed"), ("exit 0", "exit code 0 and no output")):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        assert stories.ask(story(stories)).error == error
    monkeypatch.setattr(stories, "SECONDS", 0.2)
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    slow = stories.ask(story(stories))
    assert slow.error == "no answer within 0.2 s"
    assert slow.seconds < 10
