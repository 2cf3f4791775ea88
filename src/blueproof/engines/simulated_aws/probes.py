"""What each role must be able to do, and what it must not: probes, made from what was applied.

What must be allowed is each statement of the role's own policies, on the resources that were made
where they fit, and whatever its tasks and functions need to start. What must be denied does not
depend on the policies, or a policy that is too wide would excuse itself; it depends on who takes
the role on, and on whether the role makes other roles, as the one that applies infrastructure does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from blueproof.engines.simulated_aws.calls import CALLS, DESTROYS
from blueproof.engines.simulated_aws.judging import fits
from blueproof.engines.simulated_aws.made import Made, Role, listed
from blueproof.engines.simulated_aws.naming import is_whole
from blueproof.engines.simulated_aws.needs import needs
from blueproof.engines.simulated_aws.serving import ACCOUNT, REGION

Judgement = Literal["allowed", "denied"]
_HERE = f"{REGION}:{ACCOUNT}"
# Somebody else's in the same account: nobody's policy should reach it.
OTHERS: Mapping[str, str] = {
    "apigateway": f"arn:aws:apigateway:{REGION}::/apis",
    "budgets": f"arn:aws:budgets::{ACCOUNT}:budget/others",
    "cloudwatch": f"arn:aws:cloudwatch:{_HERE}:alarm:others",
    "dynamodb": f"arn:aws:dynamodb:{_HERE}:table/others",
    "ecr": f"arn:aws:ecr:{_HERE}:repository/others",
    "ecs": f"arn:aws:ecs:{_HERE}:service/others/others",
    "ecs:DescribeTasks": f"arn:aws:ecs:{_HERE}:task/others/others",
    "ecs:RunTask": f"arn:aws:ecs:{_HERE}:task-definition/others:1",
    "iam": f"arn:aws:iam::{ACCOUNT}:role/others",
    "iam:CreateUser": f"arn:aws:iam::{ACCOUNT}:user/others",
    "iam:CreateAccessKey": f"arn:aws:iam::{ACCOUNT}:user/others",
    "iam:CreateServiceLinkedRole":
        f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/others.amazonaws.com/others",
    "lambda": f"arn:aws:lambda:{_HERE}:function:others",
    "logs": f"arn:aws:logs:{_HERE}:log-group:others:*",
    "rds": f"arn:aws:rds:{_HERE}:db:others",
    "s3": "arn:aws:s3:::others-of-this-account",
    "s3:GetObject": "arn:aws:s3:::others-of-this-account/tried",
    "s3:PutObject": "arn:aws:s3:::others-of-this-account/tried",
    "secretsmanager": f"arn:aws:secretsmanager:{_HERE}:secret:others-AbCdEf",
    "sns": f"arn:aws:sns:{_HERE}:others",
    "ssm": f"arn:aws:ssm:{_HERE}:parameter/others",
    "sts": f"arn:aws:iam::{ACCOUNT}:role/others",
}  # fmt: skip
_NOBODY = (
    "iam:CreateUser", "iam:CreateAccessKey", "s3:ListAllMyBuckets", "s3:CreateBucket",
    "s3:DeleteBucket", "s3:PutObject", "s3:GetObject", "secretsmanager:GetSecretValue",
    "dynamodb:ListTables", "dynamodb:Scan", "dynamodb:DeleteTable", "ec2:RunInstances",
    "lambda:UpdateFunctionCode", "rds:DeleteDBInstance", "sns:Publish", "sts:AssumeRole",
    "ssm:GetParameter", "ecr:PutImage",
)  # fmt: skip
_ONLY_APPLIES = ("ecs:UpdateService", "ec2:CreateVpc", "iam:PassRole")
_ON_ITSELF = ("iam:AttachRolePolicy", "iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy")


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One try: the role, the action, on what, and whether it must be allowed.

    `got` is "" before it is tried, and begins with "not judged" where the simulation cannot tell.
    """

    role: str
    action: str
    resource: str
    expected: Judgement
    got: str = ""

    @property
    def is_judged(self) -> bool:
        """Whether the simulation could tell."""
        return self.got in {"allowed", "denied"}

    @property
    def complaint(self) -> str:
        """What is wrong, as a sentence; "" if nothing, or if it was not judged."""
        if not self.is_judged or self.got == self.expected:
            return ""
        return f"{self.role}: {self.action} on {self.resource} is {self.got}, not {self.expected}"


def probes(made: Made) -> tuple[Probe, ...]:
    """The probes of all roles, each once, none tried yet."""
    return tuple(probe for role in made.roles for probe in _of_role(role, made))


def _of_role(role: Role, made: Made) -> Iterator[Probe]:
    """What must be denied is not excused by a policy that allows it."""
    denied = dict.fromkeys(_forbidden(role, made))
    for action, resource in dict.fromkeys([*_granted(role, made), *needs(role, made)]):
        if (action, resource) not in denied:
            yield Probe(role=role.name, action=action, resource=resource, expected="allowed")
    for action, resource in denied:
        yield Probe(role=role.name, action=action, resource=resource, expected="denied")


def uncalled(role: Role) -> tuple[str, ...]:
    """The statements that no call is known for, by their name or first action."""
    return tuple(
        str(s.get("Sid") or listed(s.get("Action", "?"))[0])
        for s in role.statements
        if s["Effect"] == "Allow" and not _actions(s)
    )


def _granted(role: Role, made: Made) -> Iterator[tuple[str, str]]:
    for statement in role.statements:
        if statement["Effect"] != "Allow" or not _is_met(statement):
            continue
        for pattern in listed(statement.get("Resource", [])):
            for action in _actions(statement):
                yield action, _one(pattern, action, made)


def _is_met(statement: Mapping[str, Any]) -> bool:
    """Whether a role is handed to the one service that the simulation asks about, or none is."""
    if "iam:PassRole" not in listed(statement.get("Action", [])):
        return True
    conditions = statement.get("Condition", {}).values()
    to = [v for pairs in conditions for v in listed(pairs.get("iam:PassedToService", []))]
    return not to or "ecs-tasks.amazonaws.com" in to


def _actions(statement: Mapping[str, Any]) -> tuple[str, ...]:
    """The actions to try: those named, and the first of each pattern."""
    found: list[str] = []
    for pattern in listed(statement.get("Action", [])):
        known = [a for a in CALLS if fits(pattern.lower(), a.lower()) and a not in DESTROYS]
        found += known[:1]
    return tuple(dict.fromkeys(found))


def _one(pattern: str, action: str, made: Made) -> str:
    """A resource that a pattern names: one that was made, if any fits, else one thought up."""
    other = other_than(action)
    if pattern == "*":
        linked = "ecs.amazonaws.com/others" if action.endswith("ServiceLinkedRole") else ""
        return other.replace("others.amazonaws.com/others", linked) if linked else other
    own = [arn for arn in made.arns if fits(pattern, arn) and _kind(arn) == _kind(other)]
    if action == "iam:CreateServiceLinkedRole":
        return pattern.replace("/*", "/ecs.amazonaws.com/tried")
    return own[0] if own else pattern.replace("*", "tried").replace("?", "x")


def _kind(arn: str) -> tuple[str, str]:
    """The service, and what sort of its things: ("ecs", "service")."""
    parts = arn.split(":", 5)
    rest = parts[-1]
    return parts[2], rest.partition("/")[0].partition(":")[0] if "/" in rest or ":" in rest else ""


def other_than(action: str) -> str:
    """Somebody else's resource of the sort that an action is about; "*" if it is about none."""
    if is_whole(action):
        return "*"
    return OTHERS.get(action) or OTHERS.get(action.partition(":")[0], "*")


def _forbidden(role: Role, made: Made) -> Iterator[tuple[str, str]]:
    yield from ((action, other_than(action)) for action in _NOBODY)
    yield from ((action, role.arn) for action in _ON_ITSELF)
    yield from (("s3:DeleteBucket", bucket.arn) for bucket in made.memory)
    if applies(role, made):
        return
    yield from ((action, other_than(action)) for action in _ONLY_APPLIES)
    yield from (("rds:DeleteDBInstance", t.arn) for t in made.of("aws_db_instance") if t.arn)
    for bucket in made.memory:
        yield "s3:PutObject", f"{bucket.arn}/tried"
    if role.by_github:
        yield from (
            ("secretsmanager:GetSecretValue", t.arn) for t in made.of("aws_secretsmanager_secret")
        )
    if not role.by_github or any(s.endswith(":pull_request") for s in role.subjects):
        yield from _deploying(made)


def applies(role: Role, made: Made) -> bool:
    """Whether it makes the roles of the service, as whoever applies infrastructure must."""
    own = [other.arn for other in made.roles if not other.by_github]
    return role.by_github and any(role.may("iam:CreateRole", arn) for arn in own)


def _deploying(made: Made) -> Iterator[tuple[str, str]]:
    """What only a deploy does to the service."""
    yield from (("ecs:UpdateService", t.arn) for t in made.of("aws_ecs_service"))
    yield from (("lambda:UpdateFunctionCode", t.arn) for t in made.of("aws_lambda_function"))
    yield from (("ecr:PutImage", t.arn) for t in made.of("aws_ecr_repository"))
