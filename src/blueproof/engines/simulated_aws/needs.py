"""What tasks and functions need of their roles to start, read from how they were made."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from blueproof.engines.simulated_aws.made import Made, Role, Thing

Wanted = Iterator[tuple[str, str]]


def needs(role: Role, made: Made) -> Wanted:
    """The actions and resources that whatever runs under a role cannot start without."""
    for task in made.of("aws_ecs_task_definition"):
        if task.text("execution_role_arn") == role.arn:
            yield from _of_task(task, made)
    for function in made.of("aws_lambda_function"):
        if function.text("role") == role.arn:
            yield from _of_function(function, made)


def _of_task(task: Thing, made: Made) -> Wanted:
    for container in json.loads(task.text("container_definitions") or "[]"):
        repository = str(container.get("image", "")).partition("@")[0].partition("/")[2]
        for thing in made.of("aws_ecr_repository"):
            if thing.text("name") == repository:
                yield "ecr:GetAuthorizationToken", "*"
                yield "ecr:BatchGetImage", thing.arn
        for secret in container.get("secrets", []):
            yield from _secret(str(secret["valueFrom"]))
        yield from _log(_group(container), made)


def _group(container: Mapping[str, Any]) -> str:
    options = (container.get("logConfiguration") or {}).get("options") or {}
    return str(options.get("awslogs-group", ""))


def _of_function(function: Thing, made: Made) -> Wanted:
    logging = function.attributes.get("logging_config") or [{}]
    yield from _log(str(logging[0].get("log_group", "")), made)
    for environment in function.attributes.get("environment") or []:
        for value in (environment.get("variables") or {}).values():
            yield from _secret(str(value))
    if function.attributes.get("vpc_config"):
        yield "ec2:DescribeSubnets", "*"


def _secret(value: str) -> Wanted:
    """The secret's own name, without the key and version that a task may add."""
    service = value.split(":")[2] if value.startswith("arn:aws:") else ""
    if service == "secretsmanager":
        yield "secretsmanager:GetSecretValue", ":".join(value.split(":")[:7])
    if service == "ssm":
        yield "ssm:GetParameter", value


def _log(name: str, made: Made) -> Wanted:
    for group in made.of("aws_cloudwatch_log_group"):
        if group.text("name") == name:
            yield "logs:CreateLogStream", f"{group.arn.removesuffix(':*')}:log-stream:tried"
            yield "logs:PutLogEvents", f"{group.arn.removesuffix(':*')}:log-stream:tried"
