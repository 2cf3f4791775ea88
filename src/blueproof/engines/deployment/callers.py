"""Who asks AWS for a role with a token of GitHub's, and which jobs are meant to."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from blueproof.engines.deployment.project import REPOSITORY, Project
from blueproof.engines.deployment.shell import Command, commands
from blueproof.engines.deployment.workflow import Job, Workflow

HOST = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
_OTHERS = ("acme/shop-2", "acme/other", "evil/shop")
_ONLY = re.compile(r"github\.event_name\s*==\s*'(\w+)'")
_VARIABLE = re.compile(r"vars\.(\w+)")
_MANUAL = ("workflow_dispatch", "schedule", "workflow_run", "release", "repository_dispatch")
_SIGN_IN = "aws-actions/configure-aws-credentials"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A run of GitHub Actions as its token describes it."""

    who: str
    subject: str
    audience: str = AUDIENCE

    @property
    def claims(self) -> Mapping[str, str]:
        """The claims of the token, by the keys that a condition uses."""
        _, repository, *rest = self.subject.split(":", 2)
        found = {
            "sub": self.subject,
            "aud": self.audience,
            "repository": repository,
            "repository_owner": repository.partition("/")[0],
        }
        kind, _, name = (rest[0] if rest else "").partition(":")
        if kind in {"ref", "environment"}:
            found[kind] = name
        return {f"{HOST}:{key}": value for key, value in found.items()}


@dataclass(frozen=True, kw_only=True)
class Use:
    """A job that takes a role on: the role's address or name, and the subjects of its tokens."""

    job: str
    role: str
    subjects: tuple[str, ...]


def callers(project: Project) -> tuple[Caller, ...]:
    """The runs that are tried against every role, meant or not."""
    places = sorted({j.environment for w in project.workflows for j in w.jobs if j.environment})
    own = [
        ("a push to main", "ref:refs/heads/main"),
        ("a push to another branch", "ref:refs/heads/try-it"),
        ("a tag", "ref:refs/tags/v1"),
        ("a pull request", "pull_request"),
        *((f"the environment {name}", f"environment:{name}") for name in places),
        ("an environment that nobody made", "environment:anything"),
    ]
    found = [Caller(who=who, subject=f"repo:{REPOSITORY}:{rest}") for who, rest in own]
    for other in _OTHERS:
        found += [
            Caller(who=f"{who} of {other}", subject=f"repo:{other}:{rest}") for who, rest in own
        ]
    found += [
        Caller(
            who=f"{who} with a token for somebody else",
            subject=f"repo:{REPOSITORY}:{rest}",
            audience=f"https://github.com/{REPOSITORY.partition('/')[0]}",
        )
        for who, rest in own
    ]
    return tuple(found)


def uses(project: Project) -> tuple[Use, ...]:
    """The jobs that take roles on."""
    return tuple(
        Use(job=f"{w.path}: {j.name}", role=role, subjects=tuple(_subjects(w, j)))
        for w in project.workflows
        for j in w.jobs
        for step in j.steps
        if step.action == _SIGN_IN
        for role in [_role(step.given.get("role-to-assume", ""), project)]
    )


def signs_in(job: Job) -> bool:
    """Whether a job takes a role of AWS on."""
    return any(step.action == _SIGN_IN for step in job.steps)


def events_of(workflow: Workflow, job: Job) -> tuple[str, ...]:
    """The events on which the job runs."""
    ways = [_ONLY.search(way) for way in job.condition.split("||")]
    only = {found[1] for found in ways if found}
    free = not all(ways)  # one way at least asks for no event
    return tuple(e for e in workflow.events if free or e in only)


def _subjects(workflow: Workflow, job: Job) -> Iterator[str]:
    if job.environment:
        yield f"repo:{REPOSITORY}:environment:{job.environment}"
        return
    for event in events_of(workflow, job):
        if event == "pull_request":
            yield f"repo:{REPOSITORY}:pull_request"
        elif event == "push":
            settings = workflow.events[event] or {}
            for branch in settings.get("branches") or ["main"]:
                yield f"repo:{REPOSITORY}:ref:refs/heads/{branch}"
        elif event in _MANUAL or event == "pull_request_target":
            yield f"repo:{REPOSITORY}:ref:refs/heads/main"


def _role(told: str, project: Project) -> str:
    """The address of the role that `role-to-assume` comes to, or its name where it stands there."""
    variable = _VARIABLE.search(told)
    if variable is None:
        return told.rpartition("/")[2]
    return roles_by_variable(project).get(variable[1], "")


def roles_by_variable(project: Project) -> Mapping[str, str]:
    """The roles by the repository variable in which the guide puts their names."""
    outputs = {
        (stack.folder, output.name): output.value
        for stack in project.stacks
        for output in stack.outputs
    }
    stacks = {stack.folder: stack for stack in project.stacks}
    found: dict[str, str] = {}
    for name, inner in set_variables(project):
        folder = inner.option("-chdir")
        value = (
            outputs.get((folder, inner.words[-1])) if inner.runs("terraform", "output") else None
        )
        resource = project.values(stacks[folder]).resource(value) if folder in stacks else None
        if resource is not None and resource.kind == "aws_iam_role":
            found[name] = resource.address
    return found


def set_variables(project: Project) -> Iterator[tuple[str, Command]]:
    """The repository variables that the guide sets by a command, each with that command."""
    for stage in project.guide:
        for command in stage.commands:
            if command.runs("gh", "variable", "set"):
                inner = commands(command.option("--body").removeprefix("$(").removesuffix(")"))
                if inner:
                    yield command.words[3], inner[0]
