"""Whether the parts of a deployment fit: every name leads somewhere, every role is enough."""

import re
from collections.abc import Iterator

from blueproof.cloud.stack import Resource, Stack, expressions
from blueproof.engines.deployment.callers import roles_by_variable, signs_in, uses
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.policies import Role
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.shell import Command
from blueproof.engines.deployment.values import records
from blueproof.engines.deployment.workflow import Job

_INPUT = re.compile(r"\bvar\.([a-z][a-z0-9_]*)")
_LOCAL = re.compile(r"\blocal\.([a-z][a-z0-9_]*)")
_IMAGE = ("ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PUSH = ("ecr:InitiateLayerUpload", "ecr:UploadLayerPart", "ecr:CompleteLayerUpload",
         "ecr:PutImage", "ecr:BatchCheckLayerAvailability")  # fmt: skip
_WAITS = {
    "services-stable": "ecs:DescribeServices", "tasks-stopped": "ecs:DescribeTasks",
    "function-updated-v2": "lambda:GetFunction", "function-updated": "lambda:GetFunction",
    "published-version-active": "lambda:GetFunctionConfiguration",
}  # fmt: skip
_NAMED_OTHERWISE = {"lambda:Invoke": "lambda:InvokeFunction"}
_WORKFLOW_VARIABLE = re.compile(r"\bvars\.([A-Z_][A-Z0-9_]*)")


def _references(project: Project) -> Iterator[Judged]:
    """Every reference of Terraform leads to something that is declared."""
    for stack in project.stacks:
        variables = {v.name for v in stack.variables}
        names = {n for _, head, b in stack.settings if head == "locals" for n, _ in b.entries}
        for resource in stack.resources:
            lost = [r for r in sorted(resource.references) if stack.named(r) is None]
            words = " ".join(expressions(resource.body))
            lost += [f"var.{n}" for n in _INPUT.findall(words) if n not in variables]
            lost += [f"local.{n}" for n in _LOCAL.findall(words) if n not in names]
            said = f"{resource.address} refers to {lost[0]}, which is not there" if lost else ""
            yield Judged(place(stack, resource), said)


def _task_roles(project: Project) -> Iterator[Judged]:
    """What runs has roles that its service may take on, and that are enough to start it."""
    by_address = {(r.stack, r.address): r for r in project.roles}
    for stack, task in project.of("aws_ecs_task_definition"):
        values = project.values(stack)
        for argument in ("execution_role_arn", "task_role_arn"):
            found = values.resource(task.body.get(argument))
            role = by_address.get((stack.folder, found.address)) if found else None
            said = "" if role and role.trusts("ecs-tasks.amazonaws.com") else (
                f"{task.address} has no {argument} that ECS may take on")  # fmt: skip
            yield Judged(f"{place(stack, task)} {argument}", said)
            if role and argument == "execution_role_arn":
                yield from _starts(project, stack, task, role)
    for stack, function in project.of("aws_lambda_function"):
        found = project.values(stack).resource(function.body.get("role"))
        role = by_address.get((stack.folder, found.address)) if found else None
        fits = role is not None and role.trusts("lambda.amazonaws.com")
        said = f"{function.address} has no role that Lambda may take on"
        yield Judged(place(stack, function), "" if fits else said)
        if role is not None:
            said = f"{role.address} cannot write the log of {function.address}"
            yield Judged(role.where, "" if role.may("logs:PutLogEvents") else said)


def _starts(project: Project, stack: Stack, task: Resource, role: Role) -> Iterator[Judged]:
    """The role that starts a task pulls the image, writes the log and reads each secret."""
    for action in (*_IMAGE, "logs:CreateLogStream", "logs:PutLogEvents"):
        yield Judged(role.where, "" if role.may(action) else f"{role.address} may not {action}")
    values = project.values(stack)
    for container in records(task.body.get("container_definitions")):
        for secret in records(container.get("secrets")):
            name = values.text(secret.get("valueFrom"))
            bare = re.split(r":[A-Z_a-z]+::$", name)[0]
            may = role.may("secretsmanager:GetSecretValue", bare) or role.may(
                "ssm:GetParameters", bare
            )
            said = f"{role.address} may not read {values.text(secret.get('name'))}"
            yield Judged(f"{place(stack, task)} {values.text(secret.get('name'))}",
                         "" if may else said)  # fmt: skip


def _pipeline_roles(project: Project) -> Iterator[Judged]:
    """Each job's role may do what the job's scripts ask of AWS."""
    known = {r.address: r for r in project.roles} | {r.name: r for r in project.roles}
    named = {u.job: known.get(u.role) for u in uses(project)}
    for workflow in project.workflows:
        for job in workflow.jobs:
            where = f"{workflow.path}: {job.name}"
            if not signs_in(job) or (role := named.get(where)) is None:
                continue
            for action in _asked(job):
                said = f"{where} needs {action}, and {role.address} does not have it"
                yield Judged(f"{where} {action}", "" if role.may(action) else said)


def _asked(job: Job) -> tuple[str, ...]:
    """The actions of AWS that the commands of a job need."""
    found: dict[str, None] = {}
    for step in job.steps:
        for command in step.commands:
            found |= dict.fromkeys(_of_command(command))
    return tuple(found)


def _of_command(command: Command) -> Iterator[str]:
    plain = [w for w in command.words if not w.startswith("-")]
    match plain:
        case ["aws", _, "wait", waiter, *_]:
            yield _WAITS.get(waiter, f"unknown waiter {waiter}")
        case ["aws", "ecr", "get-login-password", *_]:
            yield "ecr:GetAuthorizationToken"
        case ["aws", "s3", *_]:
            return
        case ["aws", service, verb, *_]:
            action = f"{service}:{''.join(w.capitalize() for w in verb.split('-'))}"
            yield _NAMED_OTHERWISE.get(action, action)
            if action in {"ecs:RegisterTaskDefinition", "ecs:RunTask"}:
                yield "iam:PassRole"
        case ["docker", "push", *_]:
            yield from _PUSH


def _variables(project: Project) -> Iterator[Judged]:
    """Every repository variable that a workflow reads is set by the guide."""
    everywhere, by_place = _set(project)
    for workflow in project.workflows:
        for job in workflow.jobs:
            texts = (*job.texts, *workflow.env.values())
            for name in sorted({n for t in texts for n in _WORKFLOW_VARIABLE.findall(t)}):
                there = name in everywhere or name in by_place.get(job.environment, set())
                where = f"{workflow.path}: {job.name}"
                said = f"{where} reads the variable {name}, which the guide does not set there"
                yield Judged(f"{where} {name}", "" if there else said)
    for name in roles_by_variable(project):
        yield Judged(f"GUIDE.md {name}")


def _set(project: Project) -> tuple[set[str], dict[str, set[str]]]:
    """The variables that the guide sets: for all jobs, and for those of one environment."""
    everywhere: set[str] = set()
    by_place: dict[str, set[str]] = {}
    for stage in project.guide:
        for command in stage.commands:
            if command.runs("gh", "variable", "set"):
                place_ = command.option("--env")
                held = by_place.setdefault(place_, set()) if place_ else everywhere
                held.add(command.words[3])
    return everywhere, by_place


def _alone(project: Project) -> Iterator[Judged]:
    """What two hands could set has one owner: the pipeline, autoscaling or Terraform."""
    switched = _switched(project)
    for stack, service in project.of("aws_ecs_service"):
        ignored = service.body.block("lifecycle").texts("ignore_changes")
        if "ecs" in switched:
            said = f"Terraform and the pipeline both set the task definition of {service.address}"
            yield Judged(place(stack, service), "" if "task_definition" in ignored else said)
        targets = stack.of("aws_appautoscaling_target")
        scaled = any(service.address in t.references for t in targets)
        said = f"Terraform and autoscaling both set desired_count of {service.address}"
        yield Judged(place(stack, service), said
                     if scaled and "desired_count" not in ignored else "")  # fmt: skip
    for stack, function in project.of("aws_lambda_function"):
        ignored = function.body.block("lifecycle").texts("ignore_changes")
        both = "lambda" in switched and not {"image_uri", "filename", "s3_key"} & set(ignored)
        said = f"Terraform and the pipeline both set the code of {function.address}"
        yield Judged(place(stack, function), said if both else "")
    for stack, alias in project.of("aws_lambda_alias"):
        ignored = alias.body.block("lifecycle").texts("ignore_changes")
        both = "lambda" in switched and "function_version" not in ignored
        said = f"Terraform and the pipeline both move {alias.address}"
        yield Judged(place(stack, alias), said if both else "")


def _switched(project: Project) -> set[str]:
    """What the pipeline itself switches."""
    found = set()
    for workflow in project.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                if step.runs("aws", "ecs", "update-service"):
                    found.add("ecs")
                if step.runs("aws", "lambda", "update-function-code"):
                    found.add("lambda")
    return found


RULES = (
    Rule(id="names-lead-somewhere", check=_references),
    Rule(id="roles-start-it", check=_task_roles),
    Rule(id="roles-are-enough", check=_pipeline_roles),
    Rule(id="variables-are-set", check=_variables),
    Rule(id="one-owner", check=_alone),
)
