"""The vendor tests of the Firebase starter are the cases of its tables, printed."""

from pathlib import Path

import pytest

from blueproof.starters.firebase_files.rules_tests import printed_name, rules_test
from blueproof.starters.firebase_files.typescript import Call, Raw, shown

FEATURES = Path(__file__).parents[2] / "src" / "blueproof" / "starters" / "firebase"
TABLES = sorted(FEATURES.glob("*/rules-tests/*.yaml"))
TABLE = """service: firestore
now: 2026-01-01T12:00:00Z
documents:
  notes/a: {by: ann, at: !timestamp 2026-01-01T11:59:00Z}
cases:
  - {name: hers, as: ann, do: get, path: notes/a, expect: allow}
  - {name: nobody's, as: null, do: delete, path: notes/a, expect: deny}
  - name: a list
    as: {uid: ann, token: {role: admin}}
    do: list
    collection_group: notes
    query: {where: [[__name__, in, [a]]], order_by: [[at, desc]], limit: 3}
    expect: allow
  - {name: now, as: ann, do: update, path: notes/a, data: {at: !server_time }, expect: allow}
"""


@pytest.mark.parametrize("table", TABLES, ids=lambda each: each.stem)
def test_the_files_are_what_is_printed_from_the_tables(table: Path) -> None:
    shipped = table.with_name(printed_name(table.name)).read_text(encoding="utf-8")
    assert shipped == rules_test(table.read_text(encoding="utf-8")), "dev/print_rules_tests.py"


def test_each_table_is_printed_once() -> None:
    names = [table.with_name(printed_name(table.name)) for table in TABLES]
    assert len(TABLES) == len(set(names)) >= 10


def test_cases_are_told_in_the_vendor_s_words() -> None:
    text = rules_test(TABLE)
    assert 'seeded({ "notes/a": { by: "ann", at: ago(60) } }),' in text
    assert 'await assertSucceeds(getDoc(doc(as("ann"), "notes/a")));' in text
    assert 'it("nobody\'s", async () => {' in text
    assert 'await assertFails(deleteDoc(doc(nobody(), "notes/a")));' in text
    assert 'collectionGroup(as("ann", { role: "admin" }), "notes"),' in text
    assert 'where(documentId(), "in", ["a"]),' in text
    assert 'setDoc(doc(as("ann"), "notes/a"), { at: serverTimestamp() })' in text
    assert 'import { ago, as, nobody, seeded } from "./support";' in text


def test_what_is_too_long_for_a_line_is_broken() -> None:
    long = "x" * 60
    call = Call("f", (long, {"a": long, "b": Raw("c")}))
    assert shown(call, 0, 0) == f'f("{long}", {{\n  a: "{long}",\n  b: c,\n}})'
    assert shown([long, long], 0, 0) == f'[\n  "{long}",\n  "{long}",\n]'
    assert shown([1, "é", None], 0, 0) == '[1, "é", null]'
