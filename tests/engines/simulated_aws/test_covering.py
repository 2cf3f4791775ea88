"""A role that applies infrastructure lacks nothing that Terraform called while applying it."""

import json
from typing import Any

import pytest
from pretended import HERE, by_github, by_service, grant, made, started

from blueproof.engines.simulated_aws.covering import covered
from blueproof.engines.simulated_aws.judging import Asked
from blueproof.engines.simulated_aws.made import Thing
from blueproof.engines.simulated_aws.serving import SimulatedAws

RUN = "arn:aws:iam::123456789012:role/api-production-run"
REGION = {"aws:RequestedRegion": "us-east-1"}
TO_LAMBDA: dict[str, Any] = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
GRANTS = (
    grant("iam:CreateRole iam:GetRole", "arn:aws:iam::123456789012:role/api-*"),
    grant("iam:PassRole", "arn:aws:iam::123456789012:role/api-*", **TO_LAMBDA),
    grant("lambda:CreateFunction", f"arn:aws:lambda:{HERE}:function:api-*"),
    grant("secretsmanager:CreateSecret", f"arn:aws:secretsmanager:{HERE}:secret:api-*"),
)
CALLED = (
    Asked(action="iam:CreateRole", resource=RUN, context=REGION),
    Asked(
        action="lambda:CreateFunction",
        resource=f"arn:aws:lambda:{HERE}:function:api-production",
        context=REGION,
    ),
    Asked(
        action="iam:PassRole",
        resource=RUN,
        context={**REGION, "iam:PassedToService": "lambda.amazonaws.com"},
    ),
    Asked(action="secretsmanager:CreateSecret", resource="", context=REGION),
    Asked(action="sts:GetCallerIdentity", context=REGION),
    Asked(action="kms:DescribeKey", resource="", context=REGION),
)


def told(folder: str, name: str, trust: dict[str, Any], *grants: dict[str, Any]) -> list[Thing]:
    """A role as Terraform's state tells it."""
    trusted, allowed = (json.dumps({"Statement": [*s]}) for s in ([trust], grants))
    arn = f"arn:aws:iam::123456789012:role/{name}"
    return [
        Thing(folder, "aws_iam_role", {"name": name, "arn": arn, "assume_role_policy": trusted}),
        Thing(folder, "aws_iam_role_policy", {"role": name, "policy": allowed}),
    ]


def wrong(*grants: dict[str, Any], at: str = "infra/service", more: str = "") -> list[str]:
    found = made(
        *([Thing("infra/service", more, {})] if more else []),
        *told("infra/bootstrap", "api-apply", by_github("repo:a/b:environment:x"), *grants),
        *told("infra/service", "api-production-run", by_service("lambda.amazonaws.com")),
    )
    return [p.action for p in covered(found, [(at, asked) for asked in CALLED]) if p.complaint]


def test_a_role_with_all_that_was_called_lacks_nothing() -> None:
    assert wrong(*GRANTS) == []


@pytest.mark.parametrize("number", range(1, len(GRANTS)))
def test_a_role_without_one_of_the_grants_lacks_it(number: int) -> None:
    lacks = GRANTS[number]["Action"]
    assert wrong(*GRANTS[:number], *GRANTS[number + 1 :]) == lacks


def test_a_grant_on_another_resource_does_not_do() -> None:
    others = grant("lambda:CreateFunction", f"arn:aws:lambda:{HERE}:function:shop-*")
    assert wrong(GRANTS[0], GRANTS[1], others, GRANTS[3]) == ["lambda:CreateFunction"]


def test_a_look_at_the_default_key_is_spared_and_one_at_a_key_of_ours_is_not() -> None:
    assert wrong(*GRANTS, more="aws_kms_key") == ["kms:DescribeKey"]
    assert wrong(*GRANTS, more="aws_sns_topic") == []


def test_a_role_is_not_asked_about_the_stack_that_it_is_in() -> None:
    assert wrong(GRANTS[0], at="infra/bootstrap") == []


def test_the_simulation_writes_down_what_is_called_with_the_name_if_it_is_known() -> None:
    aws: SimulatedAws = started()
    before = len(aws.called())
    aws.client("ecs").list_clusters()
    aws.client("iam").list_roles()
    aws.client("lambda").list_functions()
    aws.client("secretsmanager").list_secrets()
    aws.client("logs").create_log_group(logGroupName="written-down")
    heard = [(asked.action, asked.resource) for asked in aws.called()[before:]]
    assert heard == [
        ("ecs:ListClusters", "*"),
        ("iam:ListRoles", ""),
        ("lambda:ListFunctions", "*"),
        ("secretsmanager:ListSecrets", ""),
        ("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:written-down"),
    ]
