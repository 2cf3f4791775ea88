"""IAM policies that stand in words: what is found, what is said, and what a narrow one allows."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.cloud.policy import policies_in
from blueproof.consulting.kinds import kind_of
from blueproof.consulting.policies import advise_policies
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "requests.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_is_said_of_a_policy(case: dict[str, Any]) -> None:
    brief = read_request(case["request"])
    found = advise_policies(brief, kind_of(brief, "review"), lambda _: None)
    assert found is not None
    assert [s for s in case["says"] if s not in found.answer] == []
    assert sorted(f.rule for f in found.findings) == sorted(case["finds"])
    assert [a.path for a in found.artifacts] == (
        [case["file"] if isinstance(case["file"], str) else "iam/policy.json"] if case["file"]
        else []
    )  # fmt: skip
    assert [s for s in case.get("not", ()) if s in found.answer] == []


@pytest.mark.parametrize(
    ("action", "resource", "verdict"),
    [
        ("s3:GetObject", "arn:aws:s3:::in/uploads/x", "allowed"),
        ("s3:getobject", "arn:aws:s3:::in/uploads/x", "allowed"),
        ("s3:GetObject", "arn:aws:s3:::in/thumbs/x", "refused"),
        ("s3:DeleteObject", "arn:aws:s3:::in/uploads/x", "refused"),
        ("s3:PutObject", "arn:aws:s3:::in/uploads/x", "depends"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:1:q", "refused"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:eu-west-1:1:q", "allowed"),
    ],
)
def test_a_deny_wins_and_nothing_is_allowed_by_itself(
    action: str, resource: str, verdict: str
) -> None:
    [policy] = policies_in(
        """{"Statement": [
        {"Effect": "Allow", "Action": ["s3:*"], "Resource": "arn:aws:s3:::in/uploads/*"},
        {"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        {"Effect": "Allow", "NotAction": ["sqs:Send*", "s3:*"], "Resource": "*"}]}"""
    )
    assert policy.decides(action, resource) == verdict


def test_what_is_no_policy_is_left_alone() -> None:
    brief = read_request('why does {"status": 403, "message": "forbidden"} come back from S3?')
    assert advise_policies(brief, kind_of(brief, "review"), lambda _: None) is None
