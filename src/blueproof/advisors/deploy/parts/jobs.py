"""The step of the guide for jobs: none is lost when a worker is replaced."""

from blueproof.advisors.deploy.jobs import lasting
from blueproof.advisors.deploy.parts.patch import protected, protection
from blueproof.advisors.deploy.parts.stage import Stage
from blueproof.advisors.deploy.service import MOST_STOP, Service

_LEAST_VISIBLE = 3600  # seconds, what Celery has by itself


def jobs_stage(service: Service) -> Stage:
    """What the code needs so that a deploy, a scale-in or a crash loses no job."""
    lines, language = _LINES.get(service.queue, _other)(service)
    names = " and ".join(worker.name for worker in service.workers)
    return Stage(
        title="Let no job be lost with its worker",
        why=f"{_why(service)} A job may begin twice ({names} can crash): it must do no harm then.",
        commands=lines,
        language=language,
        check="push during a job: it ends, in the log of the task that began it, and the new task "
        "runs beside it",
        undo="take the lines out; jobs are then cut off after the time to stop",
    )


def _why(service: Service) -> str:
    if not service.protects:
        told = f"the longest of {lasting(service.longest)} fits" if service.longest else (
            "longer ones need task protection: tell how long the longest takes")  # fmt: skip
        return (
            f"On SIGTERM a worker takes no further job and has {MOST_STOP} s to end those at hand: "
            f"{told}."
        )
    kept = f"{protection(service)} asks ECS to keep it meanwhile" if protected(service) else (
        "PUT $ECS_AGENT_URI/task-protection/v1/state with ProtectionEnabled true when a job "
        "begins, and false when none is left, asks ECS to keep it meanwhile")  # fmt: skip
    return (
        f"Fargate waits {MOST_STOP} s between SIGTERM and SIGKILL, and your longest job takes "
        f"{lasting(service.longest)}: {kept}, so neither a deploy nor a scale-in ends it."
    )


def _celery(service: Service) -> tuple[tuple[str, ...], str]:
    visible = max(_LEAST_VISIBLE, 2 * service.longest)
    return (
        "import app.protection  # beside the line that makes the Celery app",
        "",
        "celery_app.conf.update(",
        '    broker_url=os.environ["REDIS_URL"],',
        "    task_acks_late=True,  # a job is done when it is done, not when it is taken",
        "    task_reject_on_worker_lost=True,",
        "    worker_prefetch_multiplier=1,  # a worker that is replaced holds no waiting jobs",
        "    # Longer than the longest job: what is not done by then is begun once more.",
        f'    broker_transport_options={{"visibility_timeout": {visible}}},',
        ")",
    ), "python"


def _bullmq(service: Service) -> tuple[tuple[str, ...], str]:
    load = (
        ('import { protectJobs } from "../app/protection.mjs";', "protectJobs(worker);")
        if service.protects
        else ('process.once("SIGTERM", () => worker.close().then(() => process.exit(0)));',)
    )
    return (
        *load,
        "// maxRetriesPerRequest: null is what BullMQ wants; TLS comes with rediss://",
        "new IORedis(process.env.REDIS_URL, { maxRetriesPerRequest: null })",
    ), "js"


def _other(service: Service) -> tuple[tuple[str, ...], str]:
    sign = "#" if service.language in {"python", "ruby"} else "//"
    return (
        f"{sign} on SIGTERM: take no further job, end those at hand, exit 0",
        f"{sign} a job that was cut off is begun again: acknowledge it when it is done",
    ), ""


_LINES = {"celery": _celery, "bullmq": _bullmq}
