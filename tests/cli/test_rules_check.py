"""blueproof rules check, as a person meets it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from blueproof.cli.main import commands
from blueproof.core.errors import BlueproofError

GOOD = """rules_version = '2';
service cloud.firestore {
  match /databases/{database}/documents {
    match /notes/{uid} {
      allow get: if request.auth.uid == uid;
    }
  }
}
"""
CASES = """cases:
  - {name: one's own, as: alice, do: get, path: notes/alice, expect: allow}
  - {name: another's, as: bob, do: get, path: notes/alice, expect: deny}
  - {name: not all, as: bob, do: list, path: notes, expect: deny}
documents: {notes/alice: {}}
"""
SIMULATED = "simulated by our evaluator, not Google's"


def check(tmp_path: Path, rules: str, *options: str, table: str = "") -> tuple[int, str]:
    (tmp_path / "a.rules").write_text(rules, encoding="utf-8")
    (tmp_path / "t.yaml").write_text(table, encoding="utf-8")
    given = ("--table", str(tmp_path / "t.yaml")) if table else ()
    done = CliRunner().invoke(
        commands, ("rules", "check", str(tmp_path / "a.rules"), *given, *options),
        standalone_mode=False, catch_exceptions=False,
    )  # fmt: skip
    return done.return_value or done.exit_code, done.output


def refused(tmp_path: Path, rules: str, *options: str, table: str = "") -> str:
    with pytest.raises(BlueproofError) as told:
        check(tmp_path, rules, *options, table=table)
    assert "\n" not in str(told.value)
    return str(told.value)


def test_rules_without_faults_are_quiet(tmp_path: Path) -> None:
    code, shown = check(tmp_path, GOOD)
    assert code == 0
    assert "nothing found" in shown
    assert SIMULATED in shown


def test_a_finding_says_line_what_why_and_what_to_do(tmp_path: Path) -> None:
    code, shown = check(tmp_path, GOOD.replace("request.auth.uid == uid", "true || uid == 'a'")
                        .replace("get:", "write:"))  # fmt: skip
    assert code == 1
    assert "line 5: anybody may create, update, delete" in shown
    assert "why  the project's id" in shown
    assert "do   ask for request.auth" in shown


def test_a_table_is_decided_and_its_gaps_are_named(tmp_path: Path) -> None:
    code, shown = check(tmp_path, GOOD, table=CASES)
    assert code == 0
    assert "3 of 3 cases are decided as expected" in shown
    assert "1 of 1 conditions were true and false" in shown


def test_a_case_that_fails_says_why_and_is_exit_code_one(tmp_path: Path) -> None:
    code, shown = check(tmp_path, GOOD, table=CASES.replace("expect: allow", "expect: deny"))
    assert code == 1
    assert "one's own: expected deny, is allow" in shown
    assert "line 5: granted" in shown


def test_json_holds_the_same(tmp_path: Path) -> None:
    code, shown = check(tmp_path, GOOD, "--json", "--weaken", "--attack", table=CASES)
    told = json.loads(shown)
    assert code == 0
    assert told["simulated"] == SIMULATED
    assert [case["passed"] for case in told["cases"]] == [True] * 3
    assert told["weakenings"] == 2
    assert [each for each in told["unnoticed"] if each["missing"]] == []
    assert {attack["kind"] for attack in told["attacks"]} >= {"enumerate", "nobody", "write"}


def test_a_weakening_that_nothing_notices_and_an_attack_that_succeeds(tmp_path: Path) -> None:
    less = "\n".join(line for line in CASES.splitlines() if "another's" not in line)
    code, shown = check(tmp_path, GOOD, "--weaken", table=less)
    assert code == 1
    assert "not noticed: grant always" in shown
    assert "missing case: bob must not get notes/alice" in shown
    open_ = GOOD.replace("request.auth.uid == uid", "request.auth != null")
    code, shown = check(tmp_path, open_, "--attack", table=CASES.replace(
        "path: notes/alice, expect: deny", "path: notes/alice/x/y, expect: deny"))  # fmt: skip
    assert code == 1
    assert "read: a-stranger may get notes/alice (line 5)" in shown


OR = "[[a, ==, alice], {or: [[b, ==, 1], [b, ==, 2]]}]"


def test_a_missing_query_with_an_or_is_written_as_in_a_table(tmp_path: Path) -> None:
    rules = GOOD.replace("get: if request.auth.uid == uid", "list: if request.auth.uid == 'alice'")
    asked = f"as: alice, do: list, path: notes, query: {{where: {OR}}}"
    table = f"cases: [{{{asked}, expect: allow}}]"
    code, shown = check(tmp_path, rules, "--weaken", table=table)
    assert code == 1
    either = "{'or': [['b', '==', 1], ['b', '==', 2]]}"
    assert f"list notes where [['a', '==', 'alice'], {either}]" in shown


def test_input_that_makes_no_sense_is_one_line(tmp_path: Path) -> None:
    assert "a.rules:5:" in refused(tmp_path, GOOD.replace("uid;", "uid &;"))
    assert "--table" in refused(tmp_path, GOOD, "--weaken")
    assert "the rules are for cloud.firestore" in refused(
        tmp_path, GOOD, table=f"service: storage\n{CASES}"
    )
    assert "t.yaml" in refused(tmp_path, GOOD, table="cases: []")
    with pytest.raises(BlueproofError, match="cannot be read"):
        CliRunner().invoke(
            commands, ("rules", "check", str(tmp_path / "none")), standalone_mode=False,
            catch_exceptions=False,
        )  # fmt: skip
