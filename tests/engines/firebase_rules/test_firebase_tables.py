"""Tables of cases, decided; and tables that cannot be read."""

from pathlib import Path

import pytest

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.table import Case, Table, load_table, read_table, run_table

FOLDER = Path(__file__).parent / "tables"
TABLES = {path.stem: load_table(path) for path in sorted(FOLDER.glob("*.yaml"))}
CASES = [(table, case) for table in TABLES.values() for case in table.cases]


@pytest.mark.parametrize(
    ("table", "case"), CASES, ids=[f"{Path(table.name).stem}: {case.name}" for table, case in CASES]
)
def test_a_case_is_decided_as_the_table_expects(table: Table, case: Case) -> None:
    assert table.rules
    (outcome,) = run_table(
        table.rules,
        Table(name="", service=table.service, rules=None, documents=table.documents,
              firestore=table.firestore, cases=(case,)),
    )  # fmt: skip
    assert outcome.passed, outcome.decision


RULES = """rules: |
  rules_version = '2';
  service cloud.firestore { match /databases/{d}/documents { match /a/{b} { allow read; } } }
"""
CASE = "cases: [{name: one, as: null, do: get, path: a/b, expect: allow}]\n"
BAD = {
    "cases: []": "no cases",
    "service: other\n" + CASE: "no service 'other'",
    "servise: firestore\n" + CASE: "no 'servise'",
    "service: storage\n" + RULES + CASE: "the rules are for cloud.firestore",
    "[1]": "no map",
    "a: [": "t.yaml:1",
    "documents: [1]\n" + CASE: "documents is a map",
    "documents: {a: {}}\n" + CASE: "no path of a document",
    "documents: {a//b: {}}\n" + CASE: "no path of a document",
    "documents: {a/b: 1}\n" + CASE: "the data of a/b is no map",
    "documents: {a/b: {1: x}}\n" + CASE: "is no string",
    "documents: {a/b: {x: !duration 3y}}\n" + CASE: "no duration",
    "documents: {a/b: {x: !bytes '*'}}\n" + CASE: "no base64",
    "documents: {a/b: {x: !latlng [100, 0]}}\n" + CASE: "!latlng",
    "documents: {a/b: {x: !timestamp soon}}\n" + CASE: "!timestamp",
    "documents: {a/b: {x: !other 1}}\n" + CASE: "!other",
    "documents: {a/b: {x: 9223372036854775808}}\n" + CASE: "64 bits",
    "documents: {a/b: {}, a/b: {}}\n" + CASE: "stands twice",
    "now: soon\n" + CASE: "now is no moment",
    "rules: 1\n" + CASE: "rules is no text",
    "rules: service\n" + CASE: "1:8",
    "cases: [{do: fetch, path: a/b, expect: allow}]": "do is one of",
    "cases: [{do: get, path: a/b, expect: maybe}]": "expect is allow or deny",
    "cases: [{do: get, path: a/b, expct: allow}]": "no 'expct'",
    "cases: [{do: get, expect: allow}]": "no path",
    "cases: [{do: create, path: a/b, expect: allow}]": "create needs data",
    "cases: [{as: {id: x}, do: get, path: a/b, expect: allow}]": "as is null",
    "documents: {a/b: {}}\ncases: [{do: create, path: a/b, data: {}, expect: allow}]": "an update",
    "cases: [{do: list, path: a, query: {wher: []}, expect: allow}]": "no 'wher'",
    "cases: [{do: list, path: a, query: {where: [[a, b]]}, expect: allow}]": "a constraint is",
    "cases: [{do: list, path: a, query: {where: [[a, is, b]]}, expect: allow}]": "no operator",
    "cases: [{do: list, path: a, query: {where: {a: 1}}, expect: allow}]": "where is a list",
    "cases: [{do: list, path: a, query: {where: [{or: []}]}, expect: allow}]": "or is a list",
    "cases: [{do: list, path: a, query: {where: [{or: [[a, b]]}]}, expect: allow}]": "a constraint",
    "cases: [{do: list, path: a, query: {where: [{and: [[a, is]]}]}, expect: allow}]": "no 'and'",
    "cases: [{do: list, path: a, query: {limit: x}, expect: allow}]": "limit is a number",
}


@pytest.mark.parametrize("text", BAD)
def test_a_table_that_makes_no_sense_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_table(text, name="t.yaml")
    assert BAD[text] in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_rules_may_stand_in_a_file_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.rules").write_text(RULES.removeprefix("rules: |\n"))
    (tmp_path / "t.yaml").write_text("rules_file: a.rules\n" + CASE)
    table = load_table(tmp_path / "t.yaml")
    assert table.rules
    assert [outcome.passed for outcome in run_table(table.rules, table)] == [True]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_table(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("case", "says"),
    [
        ("{name: odd, do: get, path: a, expect: deny}", "case 'odd': the path 'a' is a collection"),
        ("{name: even, do: list, path: a/b, expect: deny}", "case 'even': a list is of a"),
        ("{name: quoted, do: list, path: a, query: {where: [['`x`', '==', 1]]}, expect: deny}",
         "back quotes"),
    ],
)  # fmt: skip
def test_a_case_that_cannot_be_asked_is_named(case: str, says: str) -> None:
    table = read_table(f"{RULES}cases: [{case}]", name="t.yaml")
    assert table.rules
    with pytest.raises(InputError, match=says):
        run_table(table.rules, table)
