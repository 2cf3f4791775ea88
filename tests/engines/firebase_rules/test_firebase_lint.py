"""What the lints find, and what they leave alone, from a table of rules."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.engines.firebase_rules import Rules, read_rules
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.table import load_table

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "lints.yaml").read_text(encoding="utf-8"))
START = {
    "firestore": "service cloud.firestore {\nmatch /databases/{database}/documents {",
    "storage": "service firebase.storage {\nmatch /b/{bucket}/o {",
}


def rules(case: dict[str, Any]) -> Rules:
    start = START[case.get("service", "firestore")]
    return read_rules(f"rules_version = '2';\n{start}\n{case['body']}\n}} }}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_lint_finds_what_the_table_says_and_nothing_else(case: dict[str, Any]) -> None:
    found = lint(rules(case))
    assert sorted(f"{each.id}@{each.line}" for each in found) == sorted(case["finds"])
    for each in found:
        assert all((each.what, each.why, each.do))


def test_every_kind_of_finding_is_in_the_table() -> None:
    source = "".join(path.read_text() for path in _package().glob("lint_*.py"))
    written = {part.split('"')[0] for part in source.split('id="')[1:]}
    covered = {find.split("@")[0] for case in CASES for find in case["finds"]}
    assert {kind for kind in written if kind not in covered} == set()


def _package() -> Path:
    import blueproof.engines.firebase_rules as package

    return Path(str(package.__file__)).parent


def test_the_chat_rules_of_the_tables_are_quiet() -> None:
    table = load_table(HERE / "tables" / "chat.yaml")
    assert table.rules
    assert [finding.id for finding in lint(table.rules)] == []
