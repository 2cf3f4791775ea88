"""The image and what runs in it: alive, not root, and stopped without losing a request."""

import datetime as dt
import re
from collections.abc import Iterator

from blueproof.cloud.stack import as_text
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.values import records
from blueproof.engines.deployment.workflow import Step
from blueproof.facts.pinned import images
from blueproof.facts.retired import ended

_IGNORED = (".git", ".env", "node_modules")
_EXEC = re.compile(r"(?:^|; )exec [^;&|]+$")
_SHELLS = {"npm", "npx", "pnpm", "yarn", "sh", "bash"}
_DEFAULT = re.compile(r"secondsFrom\('(\w+)_SECONDS', (\d+)\)")
_CONSTANT = re.compile(r"^const (\w+_MS) = ([\d_]+);", re.MULTILINE)
_NODE, _TERRAFORM = "actions/setup-node", "hashicorp/setup-terraform"
_IDLE = 60  # seconds, an Application Load Balancer's own default
_NOTE = re.compile(r"^\s*//.*$", re.MULTILINE)


def _nobody(project: Project) -> Iterator[Judged]:
    """What runs is not root."""
    last = project.image[-1] if project.image else None
    user = last.last("USER") if last else None
    named = user.words[0].partition(":")[0] if user and user.words else "root"
    said = f"the image runs as {named}"
    yield Judged("Dockerfile", said if named in {"root", "0"} else "")


def _gives_way(words: tuple[str, ...]) -> bool:
    """Whether a shell ends in the service itself, which then gets its signals: exec."""
    return words[:2] == ("sh", "-c") and bool(_EXEC.search(words[-1]))


def _stops(project: Project) -> Iterator[Judged]:
    """SIGTERM reaches node, and whoever sends it waits long enough."""
    last = project.image[-1] if project.image else None
    command = last.last("CMD") if last else None
    words = command.words if command else ()
    direct = command is not None and command.is_exec and bool(words) and (
        words[0] not in _SHELLS or _gives_way(words)
    )  # fmt: skip
    yield Judged("Dockerfile", "" if direct else "the image does not start node itself: SIGTERM "
                 "ends with a shell or npm")  # fmt: skip
    needed = _draining(project)
    for stack, task in project.of("aws_ecs_task_definition"):
        for container in records(task.body.get("container_definitions")):
            given = as_text(container.get("stopTimeout")) or "30"
            said = f"{task.address} is killed after {given} s, and stopping takes {needed:g} s"
            yield Judged(place(stack, task), said if float(given) < needed else "")
    kept = _kept_alive(project)
    for stack, balancer in project.of("aws_lb"):
        idle = float(as_text(balancer.body.get("idle_timeout")) or _IDLE)
        short = 0 < kept <= idle
        said = f"node closes idle connections before {balancer.address} does, which means 502"
        yield Judged(place(stack, balancer), said if short else "")


def _kept_alive(project: Project) -> float:
    """The seconds for which the lifecycle file keeps idle connections; 0 where there is none."""
    told = [
        as_text(pair.get("value"))
        for _, task in project.of("aws_ecs_task_definition")
        for container in records(task.body.get("container_definitions"))
        for pair in records(container.get("environment"))
        if pair.get("name") == "KEEP_ALIVE_SECONDS"
    ]
    return float(told[0]) if told else _seconds(project).get("KEEP_ALIVE", 0)


def _draining(project: Project) -> float:
    """The seconds that the lifecycle file takes to stop at most; 0 where there is none."""
    seconds = _seconds(project)
    closing = dict(_CONSTANT.findall(_lifecycle_text(project))).get("CLOSE_BOUND_MS", "0")
    parts = (seconds.get("DRAIN", 0), seconds.get("GRACE", 0))
    return sum(parts) + float(closing.replace("_", "")) / 1000


def _seconds(project: Project) -> dict[str, float]:
    found = _DEFAULT.findall(_lifecycle_text(project))
    return {name: float(number) for name, number in found}


def _lifecycle_text(project: Project) -> str:
    names = {"lifecycle.mjs", "lifecycle.ts"}
    found = (t for path, t in project.files if path.rpartition("/")[2] in names)
    return _NOTE.sub("", next(found, ""))


def _slim(project: Project) -> Iterator[Judged]:
    """What builds stays out of what runs, and so do secrets."""
    several = len(project.image) > 1
    yield Judged("Dockerfile", "" if several else "the image keeps what built it")
    ignored = {line.strip() for line in project.texts.get(".dockerignore", "").splitlines()}
    for name in _IGNORED:
        left = {name, f"**/{name}", f"{name}/"} & ignored
        yield Judged(f".dockerignore {name}", "" if left else f"{name} goes into the image")


def _alive(project: Project) -> Iterator[Judged]:
    """Nothing that runs has been ended by its maker."""
    today = dt.datetime.now(tz=dt.UTC).date()
    for where, what, name, version in _versions(project):
        known = ended(what, name, version, today)
        said = f"{name} {version} ended on {known.ends}" if known else ""
        yield Judged(f"{where}: {name} {version}".strip(), said)


def _versions(project: Project) -> Iterator[tuple[str, str, str, str]]:
    for stage in project.image:
        name, _, tag = stage.image.partition(":")
        if name == "node":
            yield "Dockerfile", "node", "node", tag.partition("-")[0]
    for path, step in _steps(project):
        if step.action == _NODE:
            yield path, "node", "node", step.given.get("node-version", "")
        if step.action == _TERRAFORM:
            line = step.given.get("terraform_version", "").lstrip("~^>= ")
            yield path, "terraform-version", "terraform", line
        if step.action:
            yield path, "action", step.action, ""
    for stack, store in project.of("aws_db_instance"):
        version = as_text(store.body.get("engine_version"))
        yield place(stack, store), "postgresql", "rds-postgresql", version
    for stack, function in project.of("aws_lambda_function"):
        runtime = as_text(function.body.get("runtime"))
        if runtime:
            yield place(stack, function), "lambda-runtime", runtime, ""


def _steps(project: Project) -> Iterator[tuple[str, Step]]:
    for workflow in project.workflows:
        for job in workflow.jobs:
            yield from ((workflow.path, step) for step in job.steps)


def _same_node(project: Project) -> Iterator[Judged]:
    """What is tested runs on the line of Node that the image has."""
    lines = {s.image.partition(":")[2].partition(".")[0] for s in project.image
             if s.image.startswith("node:")}  # fmt: skip
    for path, step in _steps(project):
        if step.action == _NODE and "node-version" in step.given:
            line = step.given["node-version"].partition(".")[0]
            said = f"{path} tests on Node {line}, the image has another"
            yield Judged(path, "" if {line} == lines else said)


def _known_images(project: Project) -> Iterator[Judged]:
    """Each base image is one that its maintainers list."""
    known = {image.name for image in images()}
    own = {stage.name for stage in project.image}
    own.add("scratch")  # no image: nothing at all
    found = [("Dockerfile", stage.image) for stage in project.image if stage.image not in own]
    for stage in project.image:
        for copied in stage.all("COPY"):
            source = next((w[7:] for w in copied.words if w.startswith("--from=")), "")
            if source and source not in own:
                found.append((f"Dockerfile:{copied.line}", source))
    found += [
        (f"{w.path}: {j.name}", str(service.get("image", "")))
        for w in project.workflows
        for j in w.jobs
        for service in j.services.values()
    ]
    for where, name in found:
        bare = name.partition("@")[0]
        yield Judged(f"{where} {bare}", "" if bare in known else
                     f"{bare} is no image that was looked up")  # fmt: skip


RULES = (
    Rule(id="not-root", check=_nobody),
    Rule(id="stops-in-time", check=_stops),
    Rule(id="image-is-slim", check=_slim),
    Rule(id="nothing-ended", check=_alive),
    Rule(id="one-node", check=_same_node),
    Rule(id="images-exist", check=_known_images),
)
