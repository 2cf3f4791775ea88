"""What keeps a workflow's job from running, or from reaching what it needs while it runs."""

import re
from collections.abc import Iterator

import yaml

from blueproof.advisors.pipeline.fault import Edit, Fault, indent_of
from blueproof.advisors.pipeline.workflow import Job, Workflow, pairs

_BARE_REF = re.compile(r"github\.ref\s*(?P<sign>[!=]=)\s*(?P<mark>['\"])(?!refs/)(?P<name>[^'\"]+)")
_PORTS = {"postgres": 5432, "postgis": 5432, "mysql": 3306, "mariadb": 3306, "redis": 6379,
          "valkey": 6379, "mongo": 27017, "rabbitmq": 5672}  # fmt: skip
_LOCAL = re.compile(r"\blocalhost\b|\b127\.0\.0\.1\b")
# What is read from the folder of the repository, or was built there.
_OF_THE_FOLDER = re.compile(
    r"\baws s3 sync (?:\./)?(?P<made>[\w./-]+)|\bdocker build\b[^\n]*(?P<here>\s\.)(?:\s|$)"
    r"|\b(?:terraform|cdk|sls|serverless|sam) (?:apply|deploy)\b"
)
_BRINGS = ("actions/checkout", "actions/download-artifact")


def faults(workflow: Workflow) -> Iterator[Fault]:
    """Conditions that never hold, services that cannot be reached, jobs with an empty folder."""
    yield from _never_true(workflow)
    yield from _unreachable(workflow)
    for job in workflow.jobs:
        yield from _empty(workflow, job)


def _never_true(workflow: Workflow) -> Iterator[Fault]:
    for number, line in enumerate(workflow.lines, start=1):
        found = _BARE_REF.search(line)
        if not found:
            continue
        name = found["name"]
        right = line[: found.start("name")] + f"refs/heads/{name}" + line[found.end("name") :]
        never = "never" if found["sign"] == "==" else "always"
        yield Fault(
            rule="ref-is-no-branch", path=workflow.path, line=number, rank="breaks",
            says=f"github.ref is refs/heads/{name} on that branch, so this is {never} true"
            f"{' and the job is skipped on each run' if never == 'never' else ''}",
            right=right.strip(), edits=(Edit(first=number, last=number, lines=(right,)),),
        )  # fmt: skip


def _unreachable(workflow: Workflow) -> Iterator[Fault]:
    """Services without a port where the job runs on the machine and not in a container."""
    if not _LOCAL.search(workflow.text):
        return
    for job in pairs(pairs(workflow.root).get("jobs", (None, None))[1]).values():
        told = pairs(job[1])
        if "services" not in told or "container" in told:
            continue
        for name, (_, service) in pairs(told["services"][1]).items():
            given = pairs(service)
            image = given.get("image")
            if image is None or "ports" in given or not isinstance(image[1], yaml.ScalarNode):
                continue
            kind = image[1].value.partition(":")[0].rpartition("/")[2]
            if kind in _PORTS:
                yield _without_port(workflow, name, _PORTS[kind], image[0].start_mark.line + 1)


def _without_port(workflow: Workflow, name: str, port: int, line: int) -> Fault:
    inner = indent_of(workflow.lines[line - 1])
    right = f'ports: ["{port}:{port}"]'
    return Fault(
        rule="service-without-port", path=workflow.path, line=line, rank="breaks",
        says=f"the service {name} opens no port to the machine that the steps run on: localhost "
        f"refuses the connection to {port}",
        right=right, edits=(Edit(first=line + 1, last=line, lines=(f"{inner}{right}",)),),
    )  # fmt: skip


def _empty(workflow: Workflow, job: Job) -> Iterator[Fault]:
    """A job that hands over files of the repository, which no step of it has brought or built."""
    if any(step.action in _BRINGS or step.action.endswith("checkout") for step in job.steps):
        return
    for step in job.steps:
        found = _OF_THE_FOLDER.search(step.run.text) if step.run else None
        if step.run and found:
            made = found["made"] or "the repository"
            yield Fault(
                rule="nothing-checked-out", path=workflow.path, line=step.run.line, rank="breaks",
                says=f"the job {job.name} begins in an empty folder and neither checks out nor "
                f"builds nor downloads {made}; with --delete an empty folder empties the target",
                right="- uses: actions/checkout, then the build, or actions/download-artifact",
            )  # fmt: skip
            return
