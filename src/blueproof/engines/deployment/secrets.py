"""Where secrets stand: in no file, no state, no setting; and no key that lives for ever."""

import re
from collections.abc import Iterator

from blueproof.cloud.stack import Resource, Stack, Table, Value
from blueproof.engines.deployment.callers import signs_in
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.values import Values, records

_SECRET_NAME = re.compile(
    r"(?:SECRET|PASSWORD|PASSWD|TOKEN|PRIVATE|CREDENTIAL|API_?KEY|ACCESS_?KEY|DATABASE_URL|DSN)",
    re.IGNORECASE,
)
# A name that says where a secret lies is none: DATABASE_SECRET_ARN, TOKEN_URL.
_POINTS = re.compile(r"_(?:ARN|ID|NAME|VERSION|PATH|FILE|TTL|SECONDS)$", re.IGNORECASE)
_KNOWN = (
    ("an AWS access key", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a GitHub token", re.compile(r"\b(?:ghp|gho|ghs|github_pat)_[A-Za-z0-9_]{20,}")),
    ("a Stripe key", re.compile(r"\b[sr]k_live_[A-Za-z0-9]{10,}")),
    ("a password in an address",
     re.compile(r"\b[a-z]+://[^\s:/@${}]+:[^\s/@${}]{3,}@(?!localhost|127\.0\.0\.1)")),
)  # fmt: skip
# What tests are given says of itself that it is none.
_MADE_UP = re.compile(r"^(?:no-secret|not-a-secret|checks|test|dummy|fake)\b")
_LOCAL = re.compile(r"@(?:localhost|127\.0\.0\.1)[:/]")
_STATE = {
    "aws_db_instance": ("password",),
    "aws_rds_cluster": ("master_password",),
    "aws_secretsmanager_secret_version": ("secret_string", "secret_binary"),
    "aws_ssm_parameter": ("value",),
    "aws_elasticache_replication_group": ("auth_token",),
}
_LONG_LIVED = ("aws_iam_access_key", "aws_iam_user", "aws_iam_user_login_profile")


def _is_secret(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _POINTS.search(name)


def _settings(project: Project) -> Iterator[Judged]:
    """Settings of tasks, functions, images and workflows that hold a secret's value."""
    for stack in project.stacks:
        values = project.values(stack)
        for resource in stack.of("aws_ecs_task_definition", "aws_lambda_function"):
            for name, value in _pairs(resource):
                yield from _setting(place(stack, resource), name, values.text(value))
        for variable in stack.variables:
            default = values.text(variable.default)
            null = default.strip("<>") in {"null", ""}
            where = f"{stack.folder}/variables.tf"
            yield from _setting(where, variable.name, "" if null else default)
    for stage in project.image:
        for instruction in stage.all("ENV", "ARG"):
            for word in instruction.words:
                name, _, value = word.partition("=")
                yield from _setting(f"Dockerfile:{instruction.line}", name, value)


def _pairs(resource: Resource) -> Iterator[tuple[str, Value]]:
    for container in records(resource.body.get("container_definitions")):
        for pair in records(container.get("environment")):
            yield str(pair.get("name")), pair.get("value")
    settings = resource.body.block("environment").get("variables")
    if isinstance(settings, Table):
        yield from settings.entries


def _setting(where: str, name: str, value: str) -> Iterator[Judged]:
    wrong = _is_secret(name) and value and not value.startswith("arn:")
    yield Judged(f"{where} {name}", f"{where}: {name} holds a secret's value" if wrong else "")


def _workflow_settings(project: Project) -> Iterator[Judged]:
    """Settings of jobs: a secret comes from GitHub's secrets, or opens a store of the run's own."""
    for workflow in project.workflows:
        for job in workflow.jobs:
            places = [workflow.env, job.env, *(s.env for s in job.steps)]
            for settings in places:
                for name, value in settings.items():
                    literal = value and "${{" not in value and not _LOCAL.search(value)
                    made_up = _MADE_UP.match(value) and not signs_in(job)
                    wrong = literal and _is_secret(name) and not made_up
                    where = f"{workflow.path}: {job.name} {name}"
                    yield Judged(where, f"{where} holds a secret's value" if wrong else "")


def _texts(project: Project) -> Iterator[Judged]:
    """No file holds what looks like a key, wherever in it."""
    for path, text in project.files:
        found = next((what for what, pattern in _KNOWN if _leaks(pattern, text)), "")
        yield Judged(path, f"{path} holds {found}" if found else "")


def _leaks(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(text) is not None


def _state(project: Project) -> Iterator[Judged]:
    """Terraform is given no secret that it would write into its state."""
    for stack, resource in project.of(*_STATE):
        told = [
            name
            for name in _STATE[resource.kind]
            if resource.body.get(name) is not None and not _is_plain(stack, resource)
        ]
        said = f"{resource.address} has {told[0]}, which is kept in the state" if told else ""
        yield Judged(place(stack, resource), said)
    for stack in project.stacks:
        values = Values(stack)
        for output in stack.outputs:
            shown_by = values.resource(output.value)
            shown = shown_by is not None and shown_by.kind == "aws_secretsmanager_secret_version"
            yield Judged(f"{stack.folder}/outputs.tf: {output.name}",
                         f"the output {output.name} shows a secret" if shown else "")  # fmt: skip


def _is_plain(_stack: Stack, resource: Resource) -> bool:
    return resource.kind == "aws_ssm_parameter" and resource.body.text("type") != "SecureString"


def _keys(project: Project) -> Iterator[Judged]:
    """Nobody holds a key of AWS: the pipeline takes roles on."""
    for stack in project.stacks:
        found = [r.address for r in stack.of(*_LONG_LIVED)]
        said = f"{found[0]} is or has a key that lives until somebody deletes it" if found else ""
        yield Judged(stack.folder, said)
    for workflow in project.workflows:
        for job in workflow.jobs:
            kept = any("aws-access-key-id" in s.given for s in job.steps) or any(
                "secrets.AWS_" in t for t in job.texts
            )
            where = f"{workflow.path}: {job.name}"
            yield Judged(where, f"{where} signs in with a key of AWS" if kept else "")


RULES = (
    Rule(id="no-secret-in-settings", check=_settings),
    Rule(id="no-secret-in-workflows", check=_workflow_settings),
    Rule(id="no-secret-in-files", check=_texts),
    Rule(id="no-secret-in-state", check=_state),
    Rule(id="no-key-that-lasts", check=_keys),
)
