"""Whether the guide can be followed: each command finds what the ones before have made."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.cloud.stack import Stack
from blueproof.engines.deployment.callers import signs_in
from blueproof.engines.deployment.guide import Stage
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project
from blueproof.engines.deployment.shell import Command

_KEY = re.compile(r"key=([\w$./{}-]+)")
_PUT = re.compile(r"environments/([\w-]+)$")
# What a later stack looks up under its own name is made by an earlier one.
_GIVEN_NAME = "var.registry"
_LOOKED_UP = ("aws_ecr_repository", "aws_secretsmanager_secret")


@dataclass
class _Made:
    """What is there after the commands so far."""

    variables: set[str] = field(default_factory=lambda: {"HOME", "PATH", "PWD", "USER"})
    begun: set[str] = field(default_factory=set)
    applied: set[str] = field(default_factory=set)
    environments: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    pushed: bool = False
    zone: bool = False


def _order(project: Project) -> Iterator[Judged]:
    made = _Made()
    stacks = {stack.folder: stack for stack in project.stacks}
    for stage in project.guide:
        for command in stage.commands:
            wrong = next(_unmet(command, made, stacks, project), "")
            shown = " ".join(command.words[:3]) or " ".join(command.sets)
            yield Judged(f"GUIDE.md {stage.title}: {shown}",
                         f"GUIDE.md, {stage.title}: {wrong}" if wrong else "")  # fmt: skip
            _do(command, made)
    if not project.guide:
        yield Judged("GUIDE.md", "there is no guide")


def _unmet(
    command: Command, made: _Made, stacks: dict[str, Stack], project: Project
) -> Iterator[str]:
    """What the command needs and is not there yet."""
    for name in command.reads:
        if name not in made.variables and name not in command.sets:
            yield f"${name} is read before it is set"
    folder = command.option("-chdir")
    if command.words[:1] == ("terraform",) and folder:
        yield from _of_terraform(command, folder, made, stacks)
    if command.runs("gh", "variable", "set"):
        place = command.option("--env")
        if place and place not in made.environments:
            yield f"the environment {place} is used before it is made"
    if command.runs("gh", "workflow", "run"):
        file = next(iter(command.words[3:4]), "")
        yield from _before_a_run(file, made, project)
    if command.runs("git", "push"):
        for file in _on_push(project):
            yield from _before_a_run(file, made, project)


def _of_terraform(
    command: Command, folder: str, made: _Made, stacks: dict[str, Stack]
) -> Iterator[str]:
    stack = stacks.get(folder)
    if stack is None:
        yield f"there is no folder {folder}"
        return
    if command.runs("terraform", "output"):
        name = command.words[-1]
        if folder not in made.applied:
            yield f"an output of {folder} is read before it is applied"
        if name not in {o.name for o in stack.outputs}:
            yield f"{folder} has no output {name}"
    if command.runs("terraform", "apply"):
        if folder not in made.begun:
            yield f"{folder} is applied before terraform init"
        yield from _inputs(command, stack, made)
        yield from _earlier(stack, folder, made)


def _inputs(command: Command, stack: Stack, made: _Made) -> Iterator[str]:
    """Inputs that must be given and are not, or that are given and not there."""
    given = {
        command.words[n + 1].partition("=")[0]
        for n, word in enumerate(command.words[:-1])
        if word == "-var"
    }
    known = {v.name for v in stack.variables}
    for name in sorted(given - known):
        yield f"{stack.folder} has no variable {name}"
    for variable in stack.variables:
        from_environment = f"TF_VAR_{variable.name}" in made.variables
        needed = variable.must_be_set or variable.ephemeral
        if needed and variable.name not in given and not from_environment:
            yield f"{stack.folder} is applied without its variable {variable.name}"


def _earlier(stack: Stack, folder: str, made: _Made) -> Iterator[str]:
    """What another stack, a push or a registrar must have made before."""
    # One whose name the person gives stands already.
    looked_up = [
        r for kind in _LOOKED_UP for r in stack.data(kind) if r.body.text("name") != _GIVEN_NAME
    ]
    if looked_up and not made.applied - {folder}:
        yield f"{looked_up[0].address} is looked up before anything makes it"
    if any(v.name == "image" for v in stack.variables) and not made.pushed:
        yield f"{folder} starts an image that nobody has pushed"
    if stack.data("aws_route53_zone") and not made.zone:
        yield f"{stack.data('aws_route53_zone')[0].address} is looked up before it is made"


def _on_push(project: Project) -> tuple[str, ...]:
    """The workflows that a push starts and that take a role on."""
    return tuple(
        workflow.path.rpartition("/")[2]
        for workflow in project.workflows
        if "push" in workflow.events and any(signs_in(job) for job in workflow.jobs)
    )


def _before_a_run(file: str, made: _Made, project: Project) -> Iterator[str]:
    """A workflow is started when its roles and what it deploys to are there."""
    if f".github/workflows/{file}" not in project.texts:
        yield f"there is no workflow {file}"
    missed = {s.folder for s in project.stacks} - made.applied
    if missed:
        yield f"{file} runs before {', '.join(sorted(missed))} is applied"
    if not any("ROLE" in name for name in made.told):
        yield f"{file} runs before GitHub knows its role"


def _do(command: Command, made: _Made) -> None:
    """Note what the command makes."""
    made.variables.update(command.sets)
    folder = command.option("-chdir")
    if command.runs("terraform", "init"):
        made.begun.add(folder)
    if command.runs("terraform", "apply"):
        made.applied.add(folder)
    if command.runs("docker", "push"):
        made.pushed = True
    if command.runs("aws", "route53", "create-hosted-zone"):
        made.zone = True
    if command.runs("gh", "variable", "set"):
        made.told.add(command.words[3])
    if command.words[:2] == ("gh", "api") and "PUT" in command.words:
        found = next((m for w in command.words if (m := _PUT.search(w))), None)
        if found:
            made.environments.add(found[1])


def _ways_back(project: Project) -> Iterator[Judged]:
    """Each stage says how to see that it worked, and how to undo it."""
    for stage in project.guide:
        for label, lacks in (("See that it worked:", "how to see that it worked"),
                             ("Back:", "how to undo it")):  # fmt: skip
            said = f"GUIDE.md, {stage.title}: does not say {lacks}"
            yield Judged(f"GUIDE.md {stage.title}", "" if _says(stage, label) else said)


def _says(stage: Stage, label: str) -> bool:
    return any(
        line.startswith(label) and len(line) > len(label) + 5  # more than the label
        for line in stage.words.splitlines()
    )


def _same_state(project: Project) -> Iterator[Judged]:
    """The guide and the pipeline mean the same state."""
    guide = {
        (c.option("-chdir"), m[1])
        for s in project.guide
        for c in s.commands
        if c.runs("terraform", "init")
        for w in c.words
        if (m := _KEY.search(w))
    }
    for workflow in project.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                for command in step.commands:
                    if not command.runs("terraform", "init"):
                        continue
                    told = next((m[1] for w in command.words if (m := _KEY.search(w))), "")
                    folder = command.option("-chdir")
                    pattern = re.sub(r"\\\$\\?\{?\w+\\?\}?", r"[\\w-]+", re.escape(told))
                    fits = any(f == folder and re.fullmatch(pattern, k) for f, k in guide)
                    where = f"{workflow.path}: {job.name}"
                    said = f"{where} keeps the state of {folder} elsewhere than the guide"
                    yield Judged(where, "" if fits else said)


def _given(project: Project) -> Iterator[Judged]:
    """The pipeline gives Terraform every input that it must have, when it plans and applies."""
    stacks = {stack.folder: stack for stack in project.stacks}
    for workflow in project.workflows:
        for job in workflow.jobs:
            held = {**workflow.env, **job.env}
            for step in job.steps:
                there = {*held, *step.env}
                for command in step.commands:
                    there |= set(command.sets)
                    stack = stacks.get(command.option("-chdir"))
                    if stack is None or not command.runs("terraform", "plan"):
                        continue
                    yield from _lacking(f"{workflow.path}: {job.name}", stack, command, there)


def _lacking(where: str, stack: Stack, command: Command, there: set[str]) -> Iterator[Judged]:
    given = {
        command.words[n + 1].partition("=")[0]
        for n, word in enumerate(command.words[:-1])
        if word == "-var"
    }
    for variable in stack.variables:
        if variable.must_be_set or variable.ephemeral:
            fine = variable.name in given or f"TF_VAR_{variable.name}" in there
            said = f"{where} plans {stack.folder} without its variable {variable.name}"
            yield Judged(f"{where} {variable.name}", "" if fine else said)


RULES = (
    Rule(id="guide-in-order", check=_order),
    Rule(id="guide-goes-back", check=_ways_back),
    Rule(id="inputs-are-given", check=_given),
    Rule(id="one-state", check=_same_state),
)
