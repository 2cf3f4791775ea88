"""What in the service's own files will hurt once it runs in several copies on AWS."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.parts.patch import lifecycle
from blueproof.advisors.deploy.service import Service
from blueproof.core.advice import Finding
from blueproof.core.evidence import Citation
from blueproof.facts.retired import retirements

_STOP = Citation(
    url="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html",
    checked=date(2026, 11, 25),
    says="a task that is stopped gets SIGTERM, and SIGKILL after the stop timeout, 30 s by default",
)
_IDLE = Citation(
    url="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/"
    "edit-load-balancer-attributes.html",
    checked=date(2026, 11, 25),
    says="the idle timeout of a load balancer is 60 s by default, and the target's keep-alive "
    "should be longer",
)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """The findings, the worst first; nothing where no file was read."""
    order = ("harm", "risk", "note")
    yield from sorted(_findings(deployment), key=lambda found: order.index(found.severity))


def _findings(deployment: Deployment) -> Iterator[Finding]:
    service = deployment.service
    if not service.has_files:
        return
    yield from _state(service)
    yield from _address(service)
    yield from _retired(service)
    yield from _of_image(service)
    yield from _in_the_way(service)
    if not service.sigterm:
        yield Finding(
            rule="stops-cleanly", where=service.told("service.entry") or service.entry or "source",
            says="no file read here handles SIGTERM: each deploy and each scale-in cuts off the "
            f"requests in flight; {lifecycle(service)} does it in three lines",
            severity="risk", evidence=(_STOP,),
        )  # fmt: skip
    if not service.keep_alive and deployment.shape == "fargate":
        yield Finding(
            rule="keep-alive", where=service.told("service.entry") or service.entry or "source",
            says="Node closes idle connections after 5 s and the load balancer after 60 s: now and "
            f"then a request meets a closed one and gets 502; {lifecycle(service)} sets 65 s",
            severity="risk", evidence=(_IDLE,),
        )  # fmt: skip
    elif service.websockets and service.lives:
        yield Finding(
            rule="keep-alive", where=service.told("service.keep-alive"),
            says="websockets may be silent for long, so the load balancer keeps idle connections "
            "for an hour: have keepAliveTimeout be longer still, by KEEP_ALIVE_SECONDS, which each "
            "task is given",
            severity="risk", evidence=(_IDLE,),
        )  # fmt: skip


def _address(service: Service) -> Iterator[Finding]:
    """A database whose address is asked for in parts, and given whole."""
    if service.parts and service.database == "postgresql" and "DATABASE_URL" not in service.secrets:
        yield Finding(
            rule="address-in-parts", where=service.told("service.setting"),
            says=f"the database's address is read from {', '.join(service.parts)}, and what runs "
            "here is given DATABASE_URL: read that, or take it apart at the start",
            severity="harm",
        )  # fmt: skip


def _retired(service: Service) -> Iterator[Finding]:
    """A version of Node that has ended by the day on which its end was looked up."""
    ended = next(
        (r for r in retirements()
         if r.what == "node" and r.covers(service.node_said) and r.ends <= r.checked), None,
    ) if service.node_said else None  # fmt: skip
    if ended:
        yield Finding(
            rule="node-ended", where=service.told("version.node"),
            says=f"Node.js {ended.version} ended on {ended.ends}: the image and the checks take "
            f"{service.node}; raise it here and under engines, and read what changed in between",
            severity="risk", evidence=(ended.citation,),
        )  # fmt: skip


_FAULTS: dict[str, tuple[Literal["harm", "risk", "note"], str]] = {
    "secret": (
        "harm",
        "{name} stands in the Dockerfile with its value: every layer and the history of the "
        "repository hold it. Change that secret now; here the task gets it from Secrets Manager",
    ),
    "signals": (
        "risk",
        "a shell or npm is started in place of node and passes no SIGTERM on, so each deploy cuts "
        "off what is in flight; the Dockerfile here starts node itself",
    ),
    "no-lock": (
        "risk",
        "npm install takes newer versions than were tested; the Dockerfile here runs npm ci, "
        "which needs package-lock.json in the repository",
    ),
    "no-cache": (
        "note",
        "all files are copied before the packages are installed, so each change installs them "
        "again",
    ),
    "root": ("risk", "the container runs as root; the Dockerfile here sets USER 1000"),
}


def _of_image(service: Service) -> Iterator[Finding]:
    """What is wrong with the person's own Dockerfile."""
    for fault, where in service.image_faults:
        kind, _, name = fault.partition(" ")
        severity, says = _FAULTS[kind]
        yield Finding(
            rule=f"image-{kind}", where=where, says=says.format(name=name), severity=severity
        )


def _in_the_way(service: Service) -> Iterator[Finding]:
    """Files of the person's that have the place or the work of ours."""
    if service.told("service.dockerfile"):
        yield Finding(
            rule="dockerfile-there", where=service.told("service.dockerfile"),
            says="there is a Dockerfile: the one here takes its place; keep yours under another "
            "name if somebody works with it, such as Dockerfile.dev",
        )  # fmt: skip
    if service.told("scale.workflows"):
        yield Finding(
            rule="workflow-there", where=service.told("scale.workflows"),
            says="there is a workflow already: ci.yml runs lint, types, build and tests on each "
            "pull request too, so take one of the two out",
        )  # fmt: skip


def _state(service: Service) -> Iterator[Finding]:
    """What lives in one process or on one disk, and is lost or doubled with several."""
    if service.sessions == "memory":
        yield Finding(
            rule="sessions-in-memory", where=service.told("service.sessions"),
            says="sessions are kept in memory: with two tasks half of the requests find nobody "
            "signed in, and each deploy signs everybody out; until they lie in Redis or a table, "
            "the load balancer keeps each person on one task",
            severity="harm",
        )  # fmt: skip
    if service.uploads == "disk":
        yield Finding(
            rule="uploads-on-disk", where=service.told("service.upload"),
            says="uploads are written to the task's own disk, which is gone with the task: write "
            f"them to the bucket ({(*service.buckets, 'UPLOADS_BUCKET')[0]})",
            severity="harm",
        )  # fmt: skip
    if service.scheduler:
        yield Finding(
            rule="jobs-in-every-copy", where=service.told("service.scheduler"),
            says=f"{service.scheduler} runs its jobs in every copy: two tasks send each mail "
            "twice; take a lock in the database, or run them in one worker",
            severity="risk",
        )  # fmt: skip
