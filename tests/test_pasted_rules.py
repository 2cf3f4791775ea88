"""Security rules in the words of a request are read, and what they let through is told."""

import pytest

from blueproof.consult import consult
from blueproof.intake.words.read import read_request

RULE = (
    "match /teams/{teamId} { allow read: if request.auth != null; allow write: if request.auth.uid "
    "in resource.data.members; match /messages/{m} { allow read, write: if request.auth != null; "
    "} }"
)
FRAMED = f"""rules_version = '2';
service cloud.firestore {{
  match /databases/{{database}}/documents {{
    {RULE}
  }}
}}"""
BUCKET = "match /users/{uid}/{file} { allow read, write: if request.resource.size < 5000000; }"


@pytest.mark.parametrize(
    "rules", [RULE, FRAMED, f"```\n{FRAMED}\n```"], ids=["bare", "whole", "fenced"]
)
def test_pasted_rules_are_read(rules: str) -> None:
    found = consult(read_request(f"Can you check these rules? {rules} Only members may read."))
    harms = {f.rule for f in found.findings if f.severity == "harm"}
    assert harms == {"any-account", "members-can-change", "read-by-all"}
    assert "/teams/{teamId}/messages/{m}" in found.answer
    assert "databases" not in found.answer
    assert found.answer.startswith("Not safe as they stand: 4 of 8 things")
    severities = [f.severity for f in found.findings]
    assert severities == sorted(severities)  # harm stands before risk
    (kept,) = [a for a in found.artifacts if a.path == "firestore.rules"]
    assert kept.text.count("service cloud.firestore") == 1


def test_rules_of_a_bucket_are_read_as_such() -> None:
    found = consult(read_request(f"Is this storage rule fine? {BUCKET}"))
    assert any(a.path == "storage.rules" for a in found.artifacts)
    assert all(f.where.startswith("storage.rules:") for f in found.findings)


def test_rules_that_are_right_are_not_called_wrong() -> None:
    rule = (
        "match /notes/{id} { allow get: if request.auth.uid == resource.data.owner; "
        "allow delete: if request.auth.uid == resource.data.owner; }"
    )
    found = consult(read_request(f"Can you check this rule? {rule}"))
    assert not [f for f in found.findings if f.severity == "harm"]
    assert "lets people do" not in found.answer


@pytest.mark.parametrize("words", ["match /a/{b} { allow read: if", "what does match /a/{b} mean?"])
def test_a_piece_that_cannot_be_read_is_answered_as_words(words: str) -> None:
    found = consult(read_request(words))
    assert not [a for a in found.artifacts if a.path == "firestore.rules"]


AVATARS = (
    "match /b/{bucket}/o { match /avatars/{uid}/{file} { allow read: if true; allow write: if "
    "request.auth != null && request.auth.uid == uid && request.resource.size < 5000000 && "
    "request.resource.contentType.matches('image/.*'); } }"
)
ROOMS = """{"rules": {"rooms": {"$room": {
  ".read": "root.child('members/' + $room + '/' + auth.uid).exists()",
  "messages": {".write": "auth != null"}}},
  "members": {"$room": {"$uid": {".write": "%s"}}}}}"""


def rules_found(request: str) -> set[str]:
    return {f.rule for f in consult(read_request(request)).findings}


def test_what_everybody_is_meant_to_see_is_no_fault() -> None:
    wished = consult(read_request(f"Fine?\nEverybody may see the avatars.\n{AVATARS}"))
    assert "as you want it" in wished.answer
    assert wished.answer.startswith("Safe: nothing here lets a stranger in")
    assert "6 refused" in wished.answer
    for words in ("Are they fine?", "People complain that everybody can see the avatars.",
                  "Can everybody see the avatars?"):  # fmt: skip
        assert "open-to-everybody" in rules_found(f"{words}\n{AVATARS}"), words


def test_private_data_among_what_all_read_is_told_first() -> None:
    rule = "match /users/{id} { allow read: if request.auth != null; }"
    found = consult(read_request(f"Ok? Users have a name, a phone number and a bio.\n{rule}"))
    assert "phone number too" in found.answer
    assert "private-read" not in rules_found(f"Ok? Users have a name and a bio.\n{rule}")


def test_a_stranger_who_gets_in_is_told_with_what_was_tried() -> None:
    found = consult(read_request(f"Can you check these rules?\n{RULE}"))
    assert "the stranger may get in /teams/{teamId}; get, create, update, delete in" in found.answer
    assert any("data.members, and the author's id" in step.do for step in found.steps)


@pytest.mark.parametrize(
    ("write", "joins"),
    [
        ("auth.uid === $uid", True),
        ("auth != null", True),
        ("false", False),
        ("root.child('members/' + $room + '/' + auth.uid).exists()", False),
    ],
)
def test_who_joins_a_room_by_themselves_is_seen(write: str, *, joins: bool) -> None:
    assert ("self-join" in rules_found(f"Check our rules: {ROOMS % write}")) is joins


def test_policies_that_hold_are_said_first_with_what_was_tried() -> None:
    tables = """
    create table notes (id uuid primary key, owner uuid not null references auth.users(id));
    alter table notes enable row level security;
    create policy own on notes for all to authenticated using ((select auth.uid()) = owner);
    create index on notes (owner);
    """
    found = consult(read_request(f"Check this RLS, anything wrong? {tables}"))
    assert found.answer.startswith("The policies hold on notes: 4 attacks tried")


def test_a_document_that_a_stranger_takes_over_is_found_by_trying_it() -> None:
    words = (
        "Are these firestore rules fine? service cloud.firestore { match "
        "/databases/{database}/documents { match /listings/{id} { allow read: if request.auth != "
        "null; allow create, update: if request.auth != null && request.resource.data.sellerId == "
        "request.auth.uid; } } }"
    )
    answer = consult(read_request(words)).answer
    assert "asks that sellerId will be the person, and not that it is" in answer
    assert "update in /listings/{id}" in answer.partition("the stranger may")[2]
