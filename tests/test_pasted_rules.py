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
