"""Roles that may too much, too little, or be taken on by others are found by trying them."""

import json
from typing import Any

import pytest
from pretended import HERE, by_github, by_service, grant, made, role, started

from blueproof.engines.simulated_aws.made import Made, Thing
from blueproof.engines.simulated_aws.probes import Probe, probes
from blueproof.engines.simulated_aws.probing import try_probes, try_roles, try_taking
from blueproof.engines.simulated_aws.serving import SimulatedAws

OWN = f"arn:aws:ecs:{HERE}:service/api-production/api-production"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:api-production/database-url-AbCdEf"
BUCKET = "arn:aws:s3:::api-terraform"
REPOSITORY = f"arn:aws:ecr:{HERE}:repository/api"
GROUP = f"arn:aws:logs:{HERE}:log-group:/ecs/api-production"
START = "arn:aws:iam::123456789012:role/api-production-start"
THINGS = (
    Thing("infra", "aws_ecs_service", {"id": OWN}),
    Thing("infra", "aws_secretsmanager_secret", {"arn": SECRET}),
    Thing("infra", "aws_s3_bucket", {"arn": BUCKET}),
    Thing("infra", "aws_ecr_repository", {"arn": REPOSITORY, "name": "api"}),
    Thing("infra", "aws_cloudwatch_log_group", {"arn": GROUP, "name": "/ecs/api-production"}),
)
IN_REGION: dict[str, Any] = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
TO_TASKS: dict[str, Any] = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
PRODUCTION = "repo:acme/api:environment:production"
DEPLOY = (
    grant("ecr:GetAuthorizationToken"),
    grant("ecr:PutImage ecr:BatchGetImage", REPOSITORY),
    grant("ecs:RegisterTaskDefinition", **IN_REGION),
    grant("ecs:UpdateService ecs:DescribeServices", f"arn:aws:ecs:{HERE}:service/api-*/api-*"),
    grant("iam:PassRole", START, **TO_TASKS),
)
PULL_REQUEST = "repo:acme/api:pull_request"
PLAN = (grant("s3:ListBucket", BUCKET), grant("s3:GetObject", f"{BUCKET}/*"))


@pytest.fixture(scope="module")
def aws() -> SimulatedAws:
    running = started()
    running.client("ecr").create_repository(repositoryName="api")
    return running


def deploying(aws: SimulatedAws, *more: dict[str, Any]) -> Made:
    return made(role(aws, "deploy", by_github(PRODUCTION), *DEPLOY, *more), THINGS)


def planning(aws: SimulatedAws, *more: dict[str, Any]) -> Made:
    return made(role(aws, "plan", by_github(PULL_REQUEST), *PLAN, *more), THINGS)


def tried(aws: SimulatedAws, found: Made) -> tuple[tuple[Probe, ...], set[str]]:
    """All probes, and those that did not come out as they must, in short."""
    all_of_them = try_roles(aws, found)
    return all_of_them, {_shortly(p) for p in all_of_them if p.complaint}


def wrong_of(aws: SimulatedAws, found: Made, service: str) -> set[str]:
    """The probes of one service's actions that did not come out as they must, in short."""
    chosen = [p for p in probes(found) if p.action.startswith(f"{service}:")]
    assert chosen
    return {_shortly(p) for p in try_probes(aws, found.roles, chosen) if p.complaint}


def _shortly(probe: Probe) -> str:
    return f"{probe.action} {probe.resource} {probe.got}"


def test_a_deploy_role_with_just_enough_passes(aws: SimulatedAws) -> None:
    all_of_them, wrong = tried(aws, deploying(aws))
    assert wrong == set()
    assert all(probe.is_judged for probe in all_of_them)
    allowed = {f"{p.action} {p.resource}" for p in all_of_them if p.got == "allowed"}
    assert allowed >= {
        f"ecs:UpdateService {OWN}",
        f"ecr:PutImage {REPOSITORY}",
        f"iam:PassRole {START}",
        f"sts:AssumeRoleWithWebIdentity {PRODUCTION}",
    }


WIDENED = {
    "all of S3": (grant("s3:*"), "s3:CreateBucket arn:aws:s3:::others-of-this-account allowed"),
    "users": (grant("iam:*"), "iam:CreateUser arn:aws:iam::123456789012:user/others allowed"),
    "the secret": (
        grant("secretsmanager:GetSecretValue", SECRET),
        f"secretsmanager:GetSecretValue {SECRET} allowed",
    ),
    "every service": (
        grant("ecs:UpdateService", "*"),
        f"ecs:UpdateService arn:aws:ecs:{HERE}:service/others/others allowed",
    ),
    "any role for a task": (
        grant("iam:PassRole"),
        "iam:PassRole arn:aws:iam::123456789012:role/others allowed",
    ),
    "the state": (grant("s3:PutObject", f"{BUCKET}/*"), f"s3:PutObject {BUCKET}/tried allowed"),
    "everything but IAM": (
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        "dynamodb:ListTables * allowed",
    ),
}


@pytest.mark.parametrize("case", WIDENED)
def test_a_deploy_role_that_may_more_is_found(aws: SimulatedAws, case: str) -> None:
    more, expected = WIDENED[case]
    found = deploying(aws, more)
    chosen = [p for p in probes(found) if f"{p.action} {p.resource} allowed" == expected]
    assert [p.expected for p in chosen] == ["denied"]
    assert [bool(p.complaint) for p in try_probes(aws, found.roles, chosen)] == [True]


def test_a_denial_beside_what_is_too_wide_makes_it_good_again(aws: SimulatedAws) -> None:
    denied = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    wide = grant("s3:*")
    assert wrong_of(aws, deploying(aws, wide), "s3") != set()
    assert wrong_of(aws, deploying(aws, wide, denied), "s3") == set()


def test_a_condition_on_another_region_takes_the_right_away(aws: SimulatedAws) -> None:
    elsewhere: dict[str, Any] = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    found = made(
        role(
            aws, "deploy", by_github(PRODUCTION), grant("ecs:RegisterTaskDefinition", **elsewhere)
        ),
        THINGS,
    )
    assert wrong_of(aws, found, "ecs") == {"ecs:RegisterTaskDefinition * denied"}


def test_a_role_that_a_pull_request_takes_on_only_reads(aws: SimulatedAws) -> None:
    assert tried(aws, planning(aws))[1] == set()
    wrong = wrong_of(aws, planning(aws, grant("ecr:PutImage", REPOSITORY)), "ecr")
    assert wrong == {f"ecr:PutImage {REPOSITORY} allowed"}


@pytest.mark.parametrize(
    ("lacks", "taken"),
    [
        ("sub", "repo:somebody/else:pull_request"),
        ("aud", f"{PULL_REQUEST} for https://example.com"),
    ],
)
def test_a_trust_without_its_condition_lets_others_in(
    aws: SimulatedAws, lacks: str, taken: str
) -> None:
    trust = by_github(PULL_REQUEST)
    pairs = trust["Condition"]["StringEquals"]
    wanted = pairs.pop(f"token.actions.githubusercontent.com:{lacks}")
    if lacks == "sub":  # named, so that somebody takes it on, but by a pattern that is too wide
        key = "token.actions.githubusercontent.com:sub"
        trust["Condition"]["StringLike"] = {key: [*wanted, "repo:*:*"]}
    found = made(role(aws, "plan", trust, *PLAN), THINGS)
    wrong = {_shortly(p) for p in try_taking(aws, found.roles[0]) if p.complaint}
    assert f"sts:AssumeRoleWithWebIdentity {taken} allowed" in wrong


def starting(aws: SimulatedAws, *grants: dict[str, Any]) -> Made:
    """A role that starts a task which pulls an image, reads a secret and writes a log."""
    things = role(aws, "start", by_service("ecs-tasks.amazonaws.com"), *grants)
    container = {
        "image": f"123456789012.dkr.ecr.us-east-1.amazonaws.com/api@sha256:{'0' * 64}",
        "secrets": [{"name": "DATABASE_URL", "valueFrom": f"{SECRET}:url::"}],
        "logConfiguration": {"options": {"awslogs-group": "/ecs/api-production"}},
    }
    task = {
        "execution_role_arn": things[0].arn,
        "container_definitions": json.dumps([container]),
    }
    return made(things, THINGS, Thing("infra", "aws_ecs_task_definition", task))


START_GRANTS = (
    grant("ecr:GetAuthorizationToken"),
    grant("ecr:BatchGetImage", REPOSITORY),
    grant("logs:CreateLogStream logs:PutLogEvents", f"{GROUP}:*"),
    grant("secretsmanager:GetSecretValue", SECRET),
)


def unmet(aws: SimulatedAws, found: Made) -> list[str]:
    """The actions that must be allowed and are not."""
    chosen = [probe for probe in probes(found) if probe.expected == "allowed"]
    assert chosen
    return [p.action for p in try_probes(aws, found.roles, chosen) if p.complaint]


def test_a_task_whose_role_has_all_it_needs_starts(aws: SimulatedAws) -> None:
    assert unmet(aws, starting(aws, *START_GRANTS)) == []


@pytest.mark.parametrize("number", range(len(START_GRANTS)))
def test_a_task_whose_role_lacks_a_grant_does_not(aws: SimulatedAws, number: int) -> None:
    found = starting(aws, *START_GRANTS[:number], *START_GRANTS[number + 1 :])
    assert unmet(aws, found) == START_GRANTS[number]["Action"]


def test_what_no_call_is_known_for_is_not_passed(aws: SimulatedAws) -> None:
    found = made(role(aws, "deploy", by_github(PRODUCTION), grant("braket:CancelJob")))
    left = [probe for probe in try_roles(aws, found) if not probe.is_judged]
    assert [(p.action, p.complaint) for p in left] == [("braket:CancelJob", "")]
