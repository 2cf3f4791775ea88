"""The image that a workflow builds, and whether it is the one that then runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from blueproof.advisors.pipeline.fault import Edit, Fault, indent_of
from blueproof.advisors.pipeline.workflow import Job, Step, Workflow
from blueproof.core.evidence import Citation
from blueproof.facts.pinned import actions, uses

_UPDATE = re.compile(r"\baws ecs update-service\b(?:[^\n\\]|\\\n|\\.)*")
_OPTION = r"--{name}[ =](?P<value>\"[^\"]*\"|'[^']*'|\S+)"
_PUSH = re.compile(r"\bdocker push (?P<image>\"[^\"]+\"|\S+)")
_IMAGE = re.compile(r"(?P<name>[\w./${}\-]+?)(?::(?P<tag>[\w.${}-]+))?")
_LATEST = re.compile(r"(?P<name>[\w./${}-]+):latest\b")
_PINNED = re.compile(r"(?P<family>[\w-]+):(?P<revision>\d+)")
_ONLY_DOCKER = re.compile(r"\s*(?:docker (?:build|push|tag)\b(?:[^\n\\]|\\\n)*|set -\w+[^\n]*|)\s*")
_CONTEXT = re.compile(r"\bdocker build\b(?:[^\n\\]|\\\n)*?\s(?P<context>\.|\./?[\w./-]+)\s*$",
                      re.MULTILINE)  # fmt: skip
_FILE = re.compile(r"(?:-f|--file)[ =](?P<file>\S+)")
_BUILDX, _BUILD = "docker/setup-buildx-action", "docker/build-push-action"
ROLLING = Citation(
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-service-parameters.html",
    checked=date(2026, 11, 30),
    says="a service whose task definition and settings stay the same is not deployed anew, unless "
    "that is forced; each revision of a task definition stays as it was registered",
)


def faults(workflow: Workflow) -> Iterator[Fault]:
    """What keeps the image that was built from being the one that runs, and what builds slowly."""
    for job in workflow.jobs:
        image = _pushed(job)
        for step in job.steps:
            if not step.run:
                continue
            yield from _latest(workflow, step)
            yield from _updates(workflow, job, step, image)
            yield from _slow(workflow, step)


def _pushed(job: Job) -> str:
    """The name of the image that the job pushes, without its tag; "" if none."""
    for step in job.steps:
        said = _PUSH.search(step.run.text) if step.run else None
        if said:
            found = _IMAGE.fullmatch(said["image"].strip("\"'"))
            return found["name"] if found else ""
    return ""


def _latest(workflow: Workflow, step: Step) -> Iterator[Fault]:
    """An image that is pushed under a name that says nothing of what is in it."""
    places = [n for n in range(step.first, step.last + 1)
              if _LATEST.search(workflow.lines[n - 1])]  # fmt: skip
    if not places or "docker push" not in (step.run.text if step.run else ""):
        return
    by_action = _by_buildx(workflow, step)
    edits = by_action or tuple(
        Edit(first=n, last=n, lines=(_LATEST.sub(_by_commit, workflow.lines[n - 1]),))
        for n in places
    )
    right = next(line for edit in edits for line in edit.lines if "sha" in line.lower()).strip()
    yield Fault(
        rule="image-latest", path=workflow.path, line=places[0], rank="breaks",
        says="each build is pushed as latest: which one runs cannot be told, a task that is "
        "replaced at night may take another, and there is none to go back to",
        right=right, edits=edits,
    )  # fmt: skip


def _by_commit(found: re.Match[str]) -> str:
    return f"{found['name']}:$GITHUB_SHA"


def _updates(workflow: Workflow, job: Job, step: Step, image: str) -> Iterator[Fault]:
    """A deploy to ECS that changes nothing, or ends before it is known to run."""
    assert step.run is not None
    said = _UPDATE.search(step.run.text)
    if said is None:
        return
    first = _line_of(workflow, step, "aws ecs update-service")
    last = first + said[0].count("\n")
    task = _option(said[0], "task-definition")
    pinned = _PINNED.fullmatch(task.strip("\"'"))
    after = step.run.text[said.end() :]
    waits = "wait services-stable" in "".join(
        s.run.text for s in job.steps if s.run and s.first >= step.first
    )
    place = _Place(workflow, step, first, last)
    if pinned or (image and not task):
        edits = _rolled(place, said[0], image)
        what = (
            f"the service is set to revision {pinned['revision']} of {pinned['family']} each "
            "time: that is what runs already, so nothing is deployed, and the run is green"
            if pinned
            else "the task definition stays the same, so it names the image as before: what this "
            "run built is taken only if the tag was moved to it"
        )
        yield Fault(
            rule="old-image", path=workflow.path, line=first, rank="breaks",
            says=f"{what}. Register the next revision with the image of this commit (the role "
            "needs ecs:DescribeTaskDefinition, ecs:RegisterTaskDefinition and iam:PassRole)",
            right='--task-definition "$REVISION"', edits=edits, evidence=(ROLLING,),
        )  # fmt: skip
    if not waits and "wait" not in after:
        edits = () if pinned or image else _waiting(place, said[0])
        yield Fault(
            rule="not-waited", path=workflow.path, line=first, rank="breaks",
            says="the run is green as soon as ECS was told: whether the new tasks start is not "
            "looked at",
            right=f"aws ecs wait services-stable {_of(said[0])}", edits=edits, evidence=(ROLLING,),
        )  # fmt: skip


def _line_of(workflow: Workflow, step: Step, words: str) -> int:
    return next(n for n in range(step.first, step.last + 1) if words in workflow.lines[n - 1])


def _option(command: str, name: str) -> str:
    found = re.search(_OPTION.format(name=name), command)
    return found["value"] if found else ""


def _of(command: str) -> str:
    cluster, service = _option(command, "cluster"), _option(command, "service")
    return f"--cluster {cluster or 'default'} --services {service or 'SERVICE'}"


@dataclass(frozen=True)
class _Place:
    """Where a command stands: its step, its first and last line."""

    workflow: Workflow
    step: Step
    first: int
    last: int

    @property
    def line(self) -> str:
        """Its first line."""
        return self.workflow.lines[self.first - 1]

    @property
    def inline(self) -> bool:
        """Whether it stands behind `run:`, and not in a block below it."""
        return self.line.lstrip().startswith(("- run:", "run:"))


def _rolled(place: _Place, command: str, image: str) -> tuple[Edit, ...]:
    """The script that registers the next revision, switches to it, waits, and looks."""
    service = _option(command, "service")
    if not image or not service:
        return ()
    family = _option(command, "task-definition").partition(":")[0].strip("\"'") or service
    cluster = _option(command, "cluster") or "default"
    of = f"--cluster {cluster} --service {service}"
    script = (
        f"aws ecs describe-task-definition --task-definition {family} \\",
        "  --query taskDefinition > task.json",
        f'jq --arg image "{image}:$GITHUB_SHA" \'.containerDefinitions[0].image = $image',
        "  | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities,",
        "    .registeredAt, .registeredBy)' task.json > next.json",
        'REVISION="$(aws ecs register-task-definition --cli-input-json file://next.json \\',
        '  --query taskDefinition.taskDefinitionArn --output text)"',
        f'aws ecs update-service {of} --task-definition "$REVISION" \\',
        "  --query service.serviceName",
        f"aws ecs wait services-stable {_of(command)}",
        f'RUNS="$(aws ecs describe-services {_of(command)} \\',
        "  --query 'services[0].taskDefinition' --output text)\"",
        'test "$RUNS" = "$REVISION"',
    )
    return (_script(place, script),)


def _waiting(place: _Place, command: str) -> tuple[Edit, ...]:
    if place.inline:
        return ()
    new = f"{indent_of(place.line)}aws ecs wait services-stable {_of(command)}"
    return (Edit(first=place.last + 1, last=place.last, lines=(new,)),)


def _script(place: _Place, script: tuple[str, ...]) -> Edit:
    """The lines of a script in the place of a command, as a block where it stood in one line."""
    line = place.line
    lines = tuple(f"{indent_of(line)}{said}" for said in script)
    if place.inline:
        key = line[: line.index("run:")]
        inner = " " * (len(key) + 2)
        lines = (f"{key}run: |", *(f"{inner}{said}" for said in script))
    return Edit(first=place.first, last=place.last, lines=lines)


def _slow(workflow: Workflow, step: Step) -> Iterator[Fault]:
    """An image that is built from nothing each time."""
    assert step.run is not None
    if "docker build" not in step.run.text or "cache" in step.run.text:
        return
    edits = _by_buildx(workflow, step)
    yield Fault(
        rule="no-layer-cache", path=workflow.path,
        line=_line_of(workflow, step, "docker build"), rank="speed",
        says="a runner begins without layers, so every layer is built anew in each run",
        right="cache-from: type=gha, cache-to: type=gha,mode=max", edits=edits,
    )  # fmt: skip


def _by_buildx(workflow: Workflow, step: Step) -> tuple[Edit, ...]:
    """The step as two of Docker's own actions, which keep layers; () where it does more."""
    assert step.run is not None
    text = step.run.text
    commands = re.sub(r"\\\n", " ", text).split("\n")
    pushes = _PUSH.findall(text)
    if not pushes or not all(_ONLY_DOCKER.fullmatch(c) for c in commands):
        return ()
    found = _IMAGE.fullmatch(pushes[0].strip("\"'"))
    if not found or "$" in found["name"]:
        return ()
    context, file = _CONTEXT.search(text), _FILE.search(text)
    dash = indent_of(workflow.lines[step.first - 1])
    dash = dash if workflow.lines[step.first - 1].lstrip().startswith("-") else dash[:-2]
    lines = [
        f"{dash}- uses: {uses(_BUILDX)} # {actions()[_BUILDX].tag}",
        f"{dash}- uses: {uses(_BUILD)} # {actions()[_BUILD].tag}",
        f"{dash}  with:",
        f"{dash}    context: {context['context'] if context else '.'}",
        *([f"{dash}    file: {file['file']}"] if file else []),
        f"{dash}    push: true",
        f"{dash}    tags: {found['name']}:${{{{ github.sha }}}}",
        f"{dash}    cache-from: type=gha",
        f"{dash}    cache-to: type=gha,mode=max",
    ]
    return (Edit(first=step.first, last=step.last, lines=tuple(lines)),)
