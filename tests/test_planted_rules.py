"""Holes planted in rules of Firebase and in Convex functions are told where they are pasted."""

import re
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.engines.firebase_database.reading import (
    judged_database_rules,
    pasted_database_rules,
)
from blueproof.engines.typescript.trees import tree
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    Path(__file__).with_name("planted_rules.yaml").read_text()
)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_planted_holes_are_told(case: dict[str, Any]) -> None:
    if "convex" in case["name"] and tree("convex") is None:
        pytest.skip("the TypeScript compiler is not here")
    found = consult(read_request(case["request"]))
    said = [found.answer, *(f"{f.where} {f.says}" for f in found.findings)]
    for hole in case["holes"]:
        assert any(all(re.search(r, s) for r in hole["line"]) for s in said), hole["what"]
    for quiet in case.get("quiet", ()):
        assert not [s for s in said if all(re.search(r, s) for r in quiet)]
    assert ("othing that we know" in found.answer) == (not case["holes"])


SCORES = (
    '{{"rules": {{"scores": {{"$uid": {{".read": "auth != null", ".write": "{write}"{more}}}}}}}}}'
)
KEPT = ', "points": {".validate": "newData.isNumber()"}'


@pytest.mark.parametrize(
    ("write", "more", "ids"),
    [
        ("auth.uid === $uid", "", {"any-account", "unchecked-write"}),
        ("auth.uid === $uid", KEPT, {"any-account"}),
        ("$uid == auth.uid", "", {"any-account", "unchecked-write"}),
        ("auth !== null", KEPT, {"any-account"}),
        ("auth.uid != null", KEPT, {"any-account"}),
        ("true", KEPT, {"any-account", "open-to-everybody"}),
        ("now < 1767222000000", KEPT, {"any-account", "test-rules"}),
        ("auth.token.admin === true", KEPT, {"any-account"}),
    ],
)
def test_rules_of_the_realtime_database(write: str, more: str, ids: set[str]) -> None:
    text = pasted_database_rules(f"ok? {SCORES.format(write=write, more=more)} Thanks!")
    assert {f.id for f in judged_database_rules(text)} == ids


def test_comments_and_commas_are_no_hindrance() -> None:
    rules = '{ // mine\n "rules": { /* all */ ".read": false, "a": { ".write": true, }, }, }'
    (found,) = judged_database_rules(pasted_database_rules(rules))
    assert (found.id, found.line) == ("open-to-everybody", 1)


@pytest.mark.parametrize("words", ['our "rules": { be kind }', 'what does ".read" mean?', "rules:"])
def test_words_are_no_rules(words: str) -> None:
    assert pasted_database_rules(words) == ""


ROLE = (
    '{"rules": {"users": {"$uid": {".write": "$uid === auth.uid", "role": {".validate": "%s"}}}, '
    "\"admin\": {\".write\": \"root.child('users/' + auth.uid + '/role').val() === 'admin'\"}}}"
)


@pytest.mark.parametrize(
    ("kept", "rises"),
    [("newData.isString()", True), ("newData.val() === data.val()", False), ("false", False)],
)
def test_a_role_that_people_set_is_no_role(kept: str, *, rises: bool) -> None:
    found = judged_database_rules(pasted_database_rules(ROLE % kept))
    assert any(f.id == "self-promotion" for f in found) == rises
