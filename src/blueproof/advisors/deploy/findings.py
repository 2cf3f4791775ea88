"""What in the service's own files will hurt once it runs in several copies on AWS."""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.service import Service
from blueproof.core.advice import Finding
from blueproof.core.evidence import Citation

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
    service = deployment.service
    if not service.has_files:
        return
    yield from _state(service)
    if not service.sigterm:
        yield Finding(
            rule="stops-cleanly", where=service.told("service.entry") or service.entry or "source",
            says="no file read here handles SIGTERM: each deploy and each scale-in cuts off the "
            "requests in flight; app/lifecycle does it in three lines",
            severity="risk", evidence=(_STOP,),
        )  # fmt: skip
    if not service.keep_alive and deployment.shape == "fargate":
        yield Finding(
            rule="keep-alive", where=service.told("service.entry") or service.entry or "source",
            says="Node closes idle connections after 5 s and the load balancer after 60 s: now and "
            "then a request meets a closed one and gets 502; app/lifecycle sets 65 s",
            severity="risk", evidence=(_IDLE,),
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
            "them to the bucket (UPLOADS_BUCKET)",
            severity="harm",
        )  # fmt: skip
    if service.scheduler:
        yield Finding(
            rule="jobs-in-every-copy", where=service.told("service.scheduler"),
            says=f"{service.scheduler} runs its jobs in every copy: two tasks send each mail "
            "twice; take a lock in the database, or run them in one worker",
            severity="risk",
        )  # fmt: skip
