"""What is said of jobs beside requests: that none is cut off, what the queue costs, where it ends.

Sources: ECS waits 120 s at most before it kills a task on Fargate; task protection lasts for 48
hours at most; a function of Lambda ends after 900 s.
"""

import math
import re

from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.deploy.jobs import lasting
from blueproof.advisors.deploy.languages import NAMES
from blueproof.advisors.deploy.parts.patch import protected, protection
from blueproof.advisors.deploy.service import MOST_STOP

_LAMBDA_SECONDS = 900
_LEAST_VISIBLE = 3600  # seconds, what Celery has by itself
_LAMBDA = re.compile(r"\blambdas?\b", re.IGNORECASE)


def told_of_jobs(deployment: Deployment) -> str:
    """Whether a deploy cuts off a job, and by what not; "" without workers."""
    service = deployment.service
    if not service.workers:
        return ""
    taking = [worker.name for worker in service.workers if not worker.schedules]
    names = " and ".join(taking or [worker.name for worker in service.workers])
    if not service.longest:
        return (
            f"{names}: jobs of up to {MOST_STOP} s end before a deploy replaces their worker, "
            "which is all that Fargate waits; say how long the longest takes."
        )
    long = lasting(service.longest)
    if not service.protects:
        return f"A job of {long} ends before its worker is replaced: Fargate waits {MOST_STOP} s."
    kept = (
        f"{protection(service)} keeps a busy worker, and new ones run beside it"
        if protected(service)
        else f"task protection, not written here for {NAMES.get(service.language, 'this')}, must "
        "keep a busy worker"
    )
    asked = _LAMBDA.search(deployment.brief.request)
    beside = f" {_on_lambda(service.longest)}" if asked else ""
    return (
        f"A job of {long} outlives the {MOST_STOP} s that Fargate waits at most: {kept} until its "
        f"jobs have ended.{beside}"
    )


def of_the_queue(deployment: Deployment) -> list[str]:
    """The queue with its price, how many workers follow it, and when a job begins again."""
    service = deployment.service
    if not service.workers:
        return []
    found = []
    if service.redis and service.queue:
        lines = deployment.bill(deployment.shape, deployment.tier, deployment.load.monthly).lines
        cost = sum(float(line.amount) for line in lines if "cache" in line.item.lower())
        found.append(
            f"the queue of {service.queue} is ElastiCache for Valkey, which speaks Redis: "
            f"${cost:,.0f} of the bill; it drops no job for want of memory (noeviction)"
        )
    if service.measures:
        found.append(
            "workers write each minute how many jobs wait for each of them, and their number "
            "follows: 1 to 10 tasks, about 4 waiting jobs each"
        )
    if service.queue == "celery":
        visible = max(_LEAST_VISIBLE, 2 * service.longest)
        found.append(
            "with the lines of GUIDE.md (acks_late, reject_on_worker_lost, prefetch 1) a job whose "
            f"worker died is begun again, after the visibility timeout of {visible} s at the latest"
        )
    if any(worker.schedules for worker in service.workers):
        found.append(
            "beat runs once, stopped before the next begins: two would send each job twice"
        )
    return found


def _on_lambda(longest: int) -> str:
    if longest >= _LAMBDA_SECONDS:
        return f"Lambda is out for them: 15 min is its most, and yours take {lasting(longest)}."
    rest = math.floor((_LAMBDA_SECONDS - longest) / 60)
    return (
        f"On Lambda they would run with {rest} min to spare (15 min at most, yours take "
        f"{lasting(longest)}): one slow job is cut off, so it is for the short ones only."
    )
