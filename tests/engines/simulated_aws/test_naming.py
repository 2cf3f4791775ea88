"""Requests are named as AWS names them to IAM, or not judged at all."""

from typing import Any

import pytest
from pretended import HERE

from blueproof.engines.simulated_aws.calls import CALLS, Name
from blueproof.engines.simulated_aws.judging import UnjudgedError
from blueproof.engines.simulated_aws.naming import action_of, name_of, parameters

NAMES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a service, by its cluster's name": (
        "ecs:UpdateService", {"cluster": "a", "service": "b"}, f"arn:aws:ecs:{HERE}:service/a/b",
    ),
    "a service, by its cluster's arn": (
        "ecs:DescribeServices",
        {"cluster": f"arn:aws:ecs:{HERE}:cluster/a", "services": ["b"]},
        f"arn:aws:ecs:{HERE}:service/a/b",
    ),
    "one database": (
        "rds:DescribeDBInstances", {"DBInstanceIdentifier": "a"}, f"arn:aws:rds:{HERE}:db:a",
    ),
    "databases by what they have": ("rds:DescribeDBInstances", {}, f"arn:aws:rds:{HERE}:db:*"),
    "what cannot be narrowed": ("ecr:GetAuthorizationToken", {}, "*"),
    "a form's list": (
        "iam:GetRole", {"RoleName": ["a"]}, "arn:aws:iam::123456789012:role/a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NAMES)
def test_a_request_is_named_as_iam_knows_it(case: str) -> None:
    action, given, expected = NAMES[case]
    assert name_of(action, given, "us-east-1", "123456789012") == expected


@pytest.mark.parametrize(
    ("action", "given"),
    [("rds:DeleteDBInstance", {}), ("ecs:UpdateService", {"cluster": "a"}), ("x:Unknown", {})],
)
def test_a_request_without_a_name_is_not_judged(action: str, given: dict[str, Any]) -> None:
    with pytest.raises(UnjudgedError):
        name_of(action, given, "us-east-1", "123456789012")


def test_an_operation_is_known_to_iam_by_another_name() -> None:
    assert action_of("budgets", "CreateBudget") == "budgets:ModifyBudget"
    assert action_of("budgets", "DescribeSubscribersForNotification") == "budgets:ViewBudget"
    assert action_of("monitoring", "PutMetricAlarm") == "cloudwatch:PutMetricAlarm"


def test_parameters_are_read_from_json_forms_and_paths() -> None:
    assert parameters(b'{"a": [1]}', {}, "/") == {"a": [1]}
    assert parameters(b"", {"a": ["b", "c"]}, "/") == {"a": "b"}
    found = parameters(b"", {}, "/2015-03-31/functions/arn:aws:lambda:x:1:function:f/aliases/live")
    assert (found["FunctionName"], found["Name"]) == ("f", "live")


@pytest.mark.parametrize("action", CALLS)
def test_every_call_can_be_made_for_the_resource_that_it_concerns(action: str) -> None:
    name = Name("arn:aws:ecs:us-east-1:123456789012:kind/one/two/three")
    assert isinstance(CALLS[action].given(name), dict)
