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
_LAMBDA = re.compile(r"\blambdas?\b", re.IGNORECASE)


def told_of_jobs(deployment: Deployment) -> str:
    """Whether a deploy cuts off a job, and by what not; "" without workers."""
    service = deployment.service
    if not service.workers:
        return ""
    names = " and ".join(worker.name for worker in service.workers)
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
    return (
        f"A job of {long} outlives the {MOST_STOP} s that Fargate waits at most: {kept} until its "
        "jobs have ended."
    )


def of_the_queue(deployment: Deployment) -> list[str]:
    """The queue with its price, how the number of workers follows it, and jobs on Lambda."""
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
        found.append(
            "acks_late, reject_on_worker_lost and prefetch 1: a job whose worker died is begun "
            f"again, after the visibility timeout of {max(3600, 2 * service.longest)} s at the "
            "latest"
        )
    if any(worker.schedules for worker in service.workers):
        found.append(
            "beat runs once, stopped before the next begins: two would send each job twice"
        )
    if _LAMBDA.search(deployment.brief.request) and service.longest:
        found.append(_on_lambda(service.longest))
    return found


def _on_lambda(longest: int) -> str:
    if longest >= _LAMBDA_SECONDS:
        return (
            f"jobs on Lambda: out, a function ends after 15 min and yours take {lasting(longest)}"
        )
    rest = math.floor((_LAMBDA_SECONDS - longest) / 60)
    return (
        f"jobs on Lambda would run (15 min at most, yours take {lasting(longest)}), with {rest} "
        "min to spare: one slow job is cut off, so it is for the short ones only"
    )
