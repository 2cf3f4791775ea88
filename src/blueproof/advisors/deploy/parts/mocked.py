"""Tests of the stacks by `terraform test`: planned with a mocked AWS, without an account.

They run every expression, condition and template with values that AWS would give, which
`terraform validate` does not, and refuse inputs that must be refused.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.deploy.parts.twofold import IS_PRODUCTION
from blueproof.cloud.hcl import print_blocks
from blueproof.cloud.stack import (
    Body,
    Resource,
    Stack,
    Table,
    Value,
    Variable,
    body,
    expressions,
    ref,
    table,
)

_NEVER_SHOWN = "mocked-and-in-no-file"  # must not turn up in a plan
_ACCOUNT = "123456789012"
_ATTRIBUTE = re.compile(r"(\w+) = string")
_LONGEST_NAME = "a-name-of-20-letters"
_GIVEN: dict[str, Value] = {
    "repository": "acme/shop",
    "image": f"{_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/api@sha256:{'0' * 64}",
    "alarm_email": "you@example.com",
    "domain": "api.example.com",
    "zone": "example.com",
    "vpc_id": "vpc-0123456789abcdef0",
    "public_subnets": ("subnet-00000000000000001", "subnet-00000000000000002"),
    "private_subnets": ("subnet-00000000000000003", "subnet-00000000000000004"),
    "database_security_group": "sg-0123456789abcdef0",
    "load_balancer_arn": f"arn:aws:elasticloadbalancing:us-east-1:{_ACCOUNT}:loadbalancer/app/a/1",
    "listener_arn": f"arn:aws:elasticloadbalancing:us-east-1:{_ACCOUNT}:listener/app/a/1/2",
    "load_balancer_security_group": "sg-0123456789abcdef1",
    "cluster": "shared",
    "registry": "api",
    "database_password": _NEVER_SHOWN,
}
# What an account, or a service of AWS, would answer.
_LOOKED_UP: dict[str, Table] = {
    "aws_availability_zones": table(names=("us-east-1a", "us-east-1b")),
    "aws_caller_identity": table(account_id=_ACCOUNT),
    "aws_iam_policy_document": table(json="{}"),
}
_ARNS = {"aws_iam_role": f"arn:aws:iam::{_ACCOUNT}:role/mocked"}
_CERTIFICATE = table(
    domain_name="api.example.com",
    resource_record_name="_a.api.example.com",
    resource_record_type="CNAME",
    resource_record_value="_b.example.com",
)
# How long names may be, by what has them.
_LONGEST = {
    "aws_lb": ("name", 32),
    "aws_lb_target_group": ("name", 32),
    "aws_db_instance": ("identifier", 63),
    "aws_elasticache_replication_group": ("replication_group_id", 40),
    "aws_lambda_function": ("function_name", 64),
    "aws_iam_role": ("name", 64),
    "aws_s3_bucket": ("bucket", 63),
}
_REFUSED = {
    "image": ("an_image_by_its_tag", f"{_ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/api:latest"),
    "repository": ("a_repository_with_a_star", "acme/*"),
    "environment": ("an_environment_that_there_is_not", "test"),
}


def mocked(stack: Stack) -> tuple[str, str]:
    """The path and the text of a stack's tests."""
    blocks = [
        ('mock_provider "aws"', _provider(stack)),
        ("variables", Body(tuple(_inputs(stack)))),
        ('run "planned_with_the_longest_names"', _planned(stack)),
        *_staged(stack),
        *_refusals(stack),
    ]
    return f"{stack.folder}/tests/plan.tftest.hcl", print_blocks(tuple(blocks))


def _provider(stack: Stack) -> Body:
    made = sorted({r.kind for r in stack.made})
    read = sorted({r.kind for r in stack.resources if r.mode == "data"})
    resources = tuple((f'mock_resource "{kind}"', body(defaults=_answer(kind))) for kind in made)
    lookups = tuple(
        (f'mock_data "{kind}"', body(defaults=_LOOKED_UP.get(kind, table(arn=_arn(kind)))))
        for kind in read
    )
    return Body((("override_during", ref("plan")), *resources, *lookups))


def _answer(kind: str) -> Table:
    if kind == "aws_acm_certificate":
        return table(arn=_arn(kind), domain_validation_options=(_CERTIFICATE,))
    if kind == "aws_apigatewayv2_api":
        return table(arn=_arn(kind), execution_arn=_arn("execute-api"))
    return table(arn=_arn(kind))


def _arn(kind: str) -> str:
    return _ARNS.get(kind, f"arn:aws:mocked:us-east-1:{_ACCOUNT}:{kind}/mocked")


def _inputs(stack: Stack) -> Iterator[tuple[str, Value]]:
    for variable in stack.variables:
        if variable.name in _GIVEN:
            yield variable.name, _GIVEN[variable.name]
        elif variable.name.endswith("_image"):
            yield variable.name, _GIVEN["image"]
        elif variable.must_be_set:
            yield variable.name, _example(variable)


def _example(variable: Variable) -> Value:
    if variable.type.startswith("object"):
        return table(**dict.fromkeys(_ATTRIBUTE.findall(variable.type), "an-example"))
    return table() if variable.type.startswith("map") else "an-example"


def _planned(stack: Stack) -> Body:
    known = {v.name for v in stack.variables}
    given: dict[str, Value] = {"name": _LONGEST_NAME}
    if "environment" in known:
        given["environment"] = "production"
    fits = tuple(_fits(resource) for resource in stack.made if _limited(resource))
    return body(
        command=ref("plan"),
        variables=body(**given),
        **{"assert": (*_asserted(stack), *fits)},
    )


def _staged(stack: Stack) -> Iterator[tuple[str, Body]]:
    """The plan of a staging, where its sizes are others."""
    texts = (text for resource in stack.made for text in expressions(resource.body))
    if any(f"local.{IS_PRODUCTION}" in text for text in texts):
        given = body(name=_LONGEST_NAME, environment="staging")
        asserts = tuple(_asserted(stack))
        yield (
            'run "planned_for_staging"',
            body(command=ref("plan"), variables=given, **{"assert": asserts}),
        )


def _asserted(stack: Stack) -> Iterator[Body]:
    for store in stack.of("aws_db_instance"):
        yield _assert(f"{store.address}.publicly_accessible == false",
                      "The database must have no public address.")  # fmt: skip
    for task in stack.of("aws_ecs_task_definition"):
        yield _assert(f'!strcontains({task.address}.container_definitions, "{_NEVER_SHOWN}")',
                      "The task must be given the secret's name, not its value.")  # fmt: skip
    for target in stack.of("aws_appautoscaling_target"):
        yield _assert(f"{target.address}.min_capacity <= {target.address}.max_capacity",
                      "There must be room to scale.")  # fmt: skip
    for registry in stack.of("aws_ecr_repository"):
        yield _assert(f'{registry.address}.image_tag_mutability == "IMMUTABLE"',
                      "A tag must not move to another image.")  # fmt: skip
    for function in stack.of("aws_lambda_function"):
        yield _assert(f"{function.address}.reserved_concurrent_executions > 0",
                      "The function must have a ceiling.")  # fmt: skip


def _assert(condition: str, message: str) -> Body:
    return body(condition=ref(condition), error_message=message)


def _limited(resource: Resource) -> bool:
    named = _LONGEST.get(resource.kind)
    return named is not None and resource.body.get(named[0]) is not None


def _fits(resource: Resource) -> Body:
    argument, most = _LONGEST[resource.kind]
    return _assert(
        f"length({resource.address}.{argument}) <= {most}",
        f"AWS takes at most {most} characters here.",
    )


def _refusals(stack: Stack) -> Iterator[tuple[str, Body]]:
    for variable in stack.variables:
        if variable.checks and variable.name in _REFUSED:
            name, wrong = _REFUSED[variable.name]
            yield (
                f'run "{name}_is_refused"',
                body(
                    command=ref("plan"),
                    variables=Body(((variable.name, wrong),)),
                    expect_failures=(ref(f"var.{variable.name}"),),
                ),
            )
