"""Policies are judged as AWS judges them; what cannot be judged says so."""

import json
from typing import Any

import pytest

from blueproof.engines.simulated_aws.judging import Asked, UnjudgedError, allowed, fits

REGION = {"aws:RequestedRegion": "us-east-1"}


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Statement": list(statements)})


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}


BUCKET = "arn:aws:s3:::a/b"
CASES: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "named": ([statement()], True),
    "nothing": ([], False),
    "another action": ([statement(Action="s3:PutObject")], False),
    "in other letters": ([statement(Action=["s3:getobject"])], True),
    "by a pattern": ([statement(Action="s3:Get*")], True),
    "a pattern that ends earlier": ([statement(Action="s3:Ge")], False),
    "on the resource": ([statement(Resource=[BUCKET])], True),
    "on what lies in it": ([statement(Resource="arn:aws:s3:::a/*")], True),
    "on the bucket alone": ([statement(Resource="arn:aws:s3:::a")], False),
    "one letter open": ([statement(Resource="arn:aws:s3:::?/b")], True),
    "a dot is a dot": ([statement(Resource="arn:aws:s3:::./b")], False),
    "all but others": ([statement(NotAction="iam:*") | {"Action": None}], True),
    "all but this": ([statement(NotResource=BUCKET)], False),
    "denied after all": ([statement(), statement(Effect="Deny", Action="*")], False),
    "denied elsewhere": ([statement(), statement(Effect="Deny", Resource="arn:x")], True),
    "in this region": (
        [statement(Condition={"StringEquals": {"aws:RequestedRegion": ["us-east-1"]}})],
        True,
    ),
    "in another": (
        [statement(Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})],
        False,
    ),
    "not in another": (
        [statement(Condition={"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}})],
        True,
    ),
    "a key that the request lacks": (
        [statement(Condition={"StringEquals": {"iam:PassedToService": "x"}})],
        False,
    ),
    "if it is there": (
        [statement(Condition={"StringEqualsIfExists": {"iam:PassedToService": "x"}})],
        True,
    ),
    "a denial whose condition does not hold": (
        [
            statement(),
            statement(
                Effect="Deny", Condition={"StringLike": {"aws:RequestedRegion": "eu-*"}}
            ),
        ],
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_policy_allows_what_it_says(case: str) -> None:
    statements, expected = CASES[case]
    for each in statements:
        if "NotAction" in each:
            del each["Action"]
        if "NotResource" in each:
            del each["Resource"]
    asked = Asked(action="s3:GetObject", resource=BUCKET, context=REGION)
    assert allowed([policy(*statements)], asked) is expected


def test_a_denial_in_one_policy_holds_against_another() -> None:
    documents = [policy(statement()), policy(statement(Effect="Deny"))]
    assert not allowed(documents, Asked(action="s3:GetObject"))


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"DateLessThan": {"aws:RequestedRegion": "2030-01-01"}}, "DateLessThan"),
        ({"StringEquals": {"aws:SourceIp": "10.0.0.1"}}, "nothing is known here of aws:SourceIp"),
    ],
)
def test_a_condition_that_the_simulation_knows_nothing_of_is_not_judged(
    condition: dict[str, Any], said: str
) -> None:
    asked = Asked(action="s3:GetObject", context=REGION)
    with pytest.raises(UnjudgedError, match=said):
        allowed([policy(statement(Condition=condition))], asked)
    elsewhere = statement(Action="s3:PutObject", Condition=condition)
    assert allowed([policy(statement(), elsewhere)], asked)


def test_a_pattern_is_no_regular_expression() -> None:
    assert fits("a+(b)*", "a+(b)c")
    assert not fits("a+", "aa")
