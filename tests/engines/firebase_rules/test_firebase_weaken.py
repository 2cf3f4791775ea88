"""Weakened rules are noticed by a table or not; what strangers try is refused or reported."""

from dataclasses import replace

import pytest

from blueproof.engines.firebase_rules import decide, read_rules
from blueproof.engines.firebase_rules.attacks import DELETED, Attack, attacks_of
from blueproof.engines.firebase_rules.coverage import coverage
from blueproof.engines.firebase_rules.mutants import survivors, weakened
from blueproof.engines.firebase_rules.table import Table, read_table, run_table

TABLE = """
rules: |
  rules_version = '2';
  service cloud.firestore {
    match /databases/{database}/documents {
      function own(uid) { return request.auth.uid == uid; }
      match /notes/{uid} {
        allow get: if own(uid);
        allow update: if own(uid) && request.resource.data.text.size() <= 5;
      }
    }
  }
documents:
  notes/alice: {text: a}
cases:
  - {name: one's own, as: alice, do: get, path: notes/alice, expect: allow}
  - {name: not another's, as: bob, do: get, path: notes/alice, expect: deny}
  - {name: nobody lists, as: alice, do: list, path: notes, expect: deny}
  - {name: a change, as: alice, do: update, path: notes/alice, data: {text: b}, expect: allow}
  - {name: nothing is deleted, as: alice, do: delete, path: notes/alice, expect: deny}
"""
TOO_LONG = (
    "  - {name: too long, as: alice, do: update, path: notes/alice, data: {text: toolong}, "
    "expect: deny}\n"
)
OTHERS = (
    "  - {name: not another's change, as: bob, do: update, path: notes/alice, data: {text: b}, "
    "expect: deny}\n"
)


def unnoticed(more: str = "") -> dict[str, str]:
    table = read_table(TABLE + more, name="t")
    assert table.rules
    return {
        survivor.mutant.what: f"{survivor.missing.uid} {survivor.missing.method}"
        if survivor.missing else ""
        for survivor in survivors(table.rules, table)
    }  # fmt: skip


def test_a_guard_that_no_case_tests_is_named_with_the_case_that_would() -> None:
    found = unnoticed()
    assert found["drop request.resource.data.text.size() <= 5"] == "alice update"
    assert found["drop own(uid)"] == "bob update"


def test_a_case_more_notices_the_weakening() -> None:
    assert "drop request.resource.data.text.size() <= 5" not in unnoticed(TOO_LONG)
    assert "drop own(uid)" not in unnoticed(OTHERS)


def test_a_table_that_tests_every_guard_misses_nothing_that_can_be_shown() -> None:
    assert [what for what, missing in unnoticed(TOO_LONG + OTHERS).items() if missing] == []


def test_every_weakening_is_other_rules_that_can_be_read() -> None:
    table = read_table(TABLE, name="t")
    assert table.rules
    mutants = [*weakened(table.rules)]
    assert len(mutants) == len({mutant.rules.text for mutant in mutants})
    for mutant in mutants:
        assert read_rules(mutant.rules.text).file == mutant.rules.file
        assert mutant.rules.file != table.rules.file
        assert mutant.line > 1


def test_a_negated_guard_is_dropped_and_what_is_behind_it_is_not_made_stricter() -> None:
    rules = read_rules(
        "service cloud.firestore { match /databases/{d}/documents { match /a/{b} {\n"
        "allow get: if !(b == 'x' || b == 'y') && b != 'z'; } } }"
    )
    conditions = {mutant.rules.text.split("allow ")[1].split("\n")[0] for mutant in weakened(rules)}
    assert "get: if !((b == 'x') || false) && (b != 'z');" in conditions
    assert "get: if ((b == 'x') || (b == 'y')) && (b != 'z');" in conditions
    assert "read: if !((b == 'x') || (b == 'y')) && (b != 'z');" in conditions
    assert not any("|| true" in condition for condition in conditions)


def test_coverage_names_conditions_that_were_not_seen_both_ways() -> None:
    table = read_table(TABLE, name="t")
    assert table.rules
    covered = coverage(table.rules, (o.decision for o in run_table(table.rules, table)))
    assert [(gap.text, gap.never) for gap in covered.gaps] == [
        ("own(uid)", "false"), ("request.resource.data.text.size() <= 5", "false"),
    ]  # fmt: skip


OPEN = """
rules: |
  rules_version = '2';
  service cloud.firestore {
    match /databases/{database}/documents {
      match /%s { allow %s; }
    }
  }
documents:
  users/alice: {name: Alice, role: member}
  rooms/r: {members: [alice]}
  rooms/r/messages/m: {author: alice}
  devices/d: {owner: alice, token: t}
cases:
  - {name: one's own, as: alice, do: get, path: users/alice, expect: allow}
"""


def tried(path: str, allow: str) -> tuple[Attack, ...]:
    table = read_table(OPEN % (path, allow), name="t")
    assert table.rules
    return attacks_of(table.rules, table)


def kinds(path: str, allow: str) -> set[str]:
    return {attack.kind for attack in tried(path, allow) if attack.succeeds}


@pytest.mark.parametrize(
    ("path", "allow", "found"),
    [
        ("users/{u}", "get: if request.auth != null", {"read", "anonymous"}),
        ("users/{u}", "list: if request.auth == null || request.auth.uid == 'a-stranger'",
         {"enumerate", "nobody"}),
        ("users/{u}", "update: if request.auth.uid == u", {"self-promote"}),
        ("users/{u}", "update: if request.auth.uid == u && !('admin' in request.resource.data) "
         "&& request.resource.data.role == resource.data.role", set()),
        ("rooms/{r}", "update: if request.auth.uid in request.resource.data.members "
         "&& request.auth.token.email is string", {"join"}),
        ("rooms/{r}/messages/{m}", "get: if request.auth.token.email is string", {"cross-tenant"}),
        ("rooms/{r}/messages/{m}", "create: if request.auth.token.email is string",
         {"impersonate"}),
        ("devices/{d}", "update: if request.auth.token.email is string",
         {"write", "take over a token"}),
        ("rooms/{r}", "get, list: if request.auth.uid in resource.data.members", set()),
    ],
)  # fmt: skip
def test_an_attack_that_succeeds_is_reported_by_its_kind(
    path: str, allow: str, found: set[str]
) -> None:
    assert kinds(path, allow) == found


def test_what_the_table_lets_strangers_do_is_meant() -> None:
    public = "  - {name: public, as: null, do: get, path: users/alice, expect: allow}\n"
    table = read_table(OPEN % ("users/{u}", "get") + public, name="t")
    assert table.rules
    assert [attack for attack in attacks_of(table.rules, table) if attack.succeeds] == []


def test_a_deleted_user_is_tried_without_their_document() -> None:
    found = tried("users/{u}", "create: if request.auth.uid == u")
    assert [attack.decision.allowed for attack in found if attack.kind == DELETED] == [True]
    assert kinds("users/{u}", "create: if request.auth.uid == u") == set()


def test_an_attack_is_what_decide_says() -> None:
    table: Table = read_table(OPEN % ("{all=**}", "read"), name="t")
    assert table.rules
    for attack in attacks_of(table.rules, table):
        if attack.kind != DELETED:
            again = decide(table.rules, replace(attack.request), table.documents)
            assert again.allowed is attack.decision.allowed
