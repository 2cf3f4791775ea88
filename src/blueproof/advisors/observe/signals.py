"""What tells that people feel a fault, and what only foretells one, for the parts of a system."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

BURN = 14.4  # times faster than the goal allows: two per cent of a month's budget in an hour
GOAL = 0.999
WINDOW = 300  # seconds
FEWEST = 5  # failures below which a share says nothing
_GIB = 1024**3
_WAITED, _BEAT = 900, 300  # seconds; what is usual for mails and invoices, not measured here
_WORKERS = frozenset({
    "celery", "rabbitmq", "sidekiq", "bullmq", "resque", "rq", "dramatiq", "graphile-worker",
    "pg-boss", "delayed-job", "laravel-horizon", "hangfire", "oban", "temporal", "faktory", "river",
    "solid-queue",
})  # fmt: skip
_BALANCED = frozenset({
    "application-load-balancer", "amazon-ecs", "aws-fargate", "amazon-ec2", "amazon-eks",
    "elastic-beanstalk",
})  # fmt: skip
_PAYMENTS = frozenset({"stripe", "adyen", "paddle", "mollie", "braintree", "revenuecat"})
_RDS = frozenset({"amazon-rds", "amazon-aurora"})
_MOBILE = frozenset({"expo", "react-native", "flutter", "ios", "android"})
_CACHES = frozenset({"amazon-elasticache", "redis", "valkey"})


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One thing that is watched: what it says, whether it wakes somebody, and where it is read.

    Without a `metric` it is watched outside of CloudWatch. `pattern` is that of log lines which a
    metric of our own counts. With `of` the threshold is the per cent that `metric`, with `also`,
    makes of that metric: a count that is right at the peak is blind at night.
    """

    name: str
    says: str
    pages: bool
    namespace: str = ""
    metric: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()  # a dimension and the variable that names it
    threshold: float = 1
    statistic: str = "Sum"
    percentile: str = ""
    below: bool = False
    period: int = WINDOW
    periods: int = 1
    missing: str = "notBreaching"
    pattern: str = ""
    value: str = "1"  # what such a line counts: one, or a field of its own
    of: str = ""
    also: str = ""


@dataclass(frozen=True, kw_only=True)
class Aim:
    """What the signals are set by.

    Requests a second, the share that must succeed (0 to 1), and after how many minutes without a
    payment somebody is woken.
    """

    rate: float
    goal: float = GOAL
    silence: int = 30


def signals(technologies: frozenset[str], aim: Aim) -> tuple[Signal, ...]:
    """The signals of these parts at this aim, those that wake people first."""
    found = tuple(_signals(technologies, aim))
    return (*(s for s in found if s.pages), *(s for s in found if not s.pages))


def failures(aim: Aim) -> int:
    """Failed requests of one window, from which the goal is missed too fast.

    >>> failures(Aim(rate=40))
    173
    """
    return max(FEWEST, math.ceil(round(aim.rate * WINDOW * BURN * (1 - aim.goal), 6)))


def share(aim: Aim) -> float:
    """The per cent of failed requests by which the goal is missed too fast.

    >>> share(Aim(rate=40))
    1.44
    """
    return round(100 * BURN * (1 - aim.goal), 4)


def _failing(aim: Aim, of: str) -> str:
    """The share with what it comes to at this rate."""
    return (
        f"{share(aim):g} % of the {of} of five minutes fail, twice in a row "
        f"({failures(aim):,} of {aim.rate * WINDOW:,.0f} at your rate)"
    )


def _signals(of: frozenset[str], aim: Aim) -> Iterator[Signal]:
    if of & _BALANCED:
        yield from _of_balancer(aim)
    if "aws-lambda" in of:
        yield from _of_function(aim)
    if of & _PAYMENTS:
        yield from _of_payments(aim.silence)
    if "amazon-sqs" in of:
        yield from _of_queue()
    if of & _WORKERS:
        yield from _of_workers()
    if of & _RDS:
        yield from _of_database()
    if "amazon-dynamodb" in of:
        yield Signal(
            name="table_throttled", says="DynamoDB turned requests away", pages=False,
            namespace="AWS/DynamoDB", metric="ThrottledRequests",
            dimensions=(("TableName", "table"),), threshold=1,
        )  # fmt: skip
    if of & _CACHES:
        yield Signal(
            name="cache_busy", says="the cache's one thread is busy four fifths of the time",
            pages=False, namespace="AWS/ElastiCache", metric="EngineCPUUtilization",
            statistic="Average", dimensions=(("CacheClusterId", "cache"),), threshold=80, periods=3,
        )  # fmt: skip
    yield Signal(
        name="probe", pages=True,
        says="a probe from outside that takes the real path each minute fails three times in a row",
    )  # fmt: skip
    if of & _MOBILE:
        yield Signal(
            name="app_crashes", pages=False,
            says="fewer than 99.5 % of the app's sessions end without a crash (crash reports)",
        )  # fmt: skip


def _of_balancer(aim: Aim) -> Iterator[Signal]:
    here = (("LoadBalancer", "load_balancer"), ("TargetGroup", "target_group"))
    yield Signal(
        name="requests_fail", pages=True, says=_failing(aim, "answers (5xx)"),
        namespace="AWS/ApplicationELB", metric="HTTPCode_Target_5XX_Count", dimensions=here[:1],
        threshold=share(aim), periods=2, of="RequestCount", also="HTTPCode_ELB_5XX_Count",
    )  # fmt: skip
    yield Signal(
        name="nobody_answers", says="no healthy task behind the load balancer", pages=True,
        namespace="AWS/ApplicationELB", metric="HealthyHostCount", statistic="Minimum",
        dimensions=here, below=True, period=60, periods=3, missing="breaching",
    )  # fmt: skip
    yield Signal(
        name="slow", says="one request in a hundred takes two seconds and more", pages=False,
        namespace="AWS/ApplicationELB", metric="TargetResponseTime", percentile="p99",
        dimensions=here, threshold=2, periods=3,
    )  # fmt: skip


def _of_function(aim: Aim) -> Iterator[Signal]:
    here = (("FunctionName", "function"),)
    yield Signal(
        name="function_fails", pages=True, says=_failing(aim, "runs"),
        namespace="AWS/Lambda", metric="Errors", dimensions=here, threshold=share(aim),
        periods=2, of="Invocations",
    )  # fmt: skip
    yield Signal(
        name="function_throttled", says="runs are turned away", pages=False,
        namespace="AWS/Lambda", metric="Throttles", dimensions=here,
    )  # fmt: skip


def _of_payments(silence: int) -> Iterator[Signal]:
    yield Signal(
        name="payments_silent", pages=True,
        says=f"no payment succeeded for {silence} minutes, where silence counts as bad",
        namespace="App", metric="PaymentsSucceeded", below=True, period=60 * silence,
        missing="breaching", pattern='{ $.event = "payment.succeeded" }',
    )  # fmt: skip
    yield Signal(
        name="payment_webhooks_fail", pages=True,
        says="five webhooks of the payment provider in a quarter of an hour get no 2xx",
        namespace="App", metric="PaymentWebhooksFailed", threshold=5, period=900,
        pattern='{ $.event = "payment.webhook_failed" }',
    )  # fmt: skip


def _of_queue() -> Iterator[Signal]:
    yield Signal(
        name="jobs_wait", says="the oldest message has waited for ten minutes", pages=True,
        namespace="AWS/SQS", metric="ApproximateAgeOfOldestMessage", statistic="Maximum",
        dimensions=(("QueueName", "queue"),), threshold=600, periods=2,
    )  # fmt: skip
    yield Signal(
        name="jobs_given_up", says="a message lies in the dead-letter queue", pages=False,
        namespace="AWS/SQS", metric="ApproximateNumberOfMessagesVisible", statistic="Maximum",
        dimensions=(("QueueName", "dead_letter_queue"),),
    )  # fmt: skip


def _of_workers() -> Iterator[Signal]:
    """A worker that is alive and stuck: neither its processor nor its health check tells."""
    yield Signal(
        name="work_waits", pages=True,
        says=f"the oldest piece of work that is due has waited for {_WAITED // 60} minutes "
        "(asked of your own table each minute, not of the queue)",
        namespace="App", metric="OldestWorkSeconds", statistic="Maximum", threshold=_WAITED,
        period=60, periods=3, missing="breaching", pattern='{ $.event = "work.oldest" }',
        value="$.seconds",
    )  # fmt: skip
    yield Signal(
        name="worker_silent", pages=True,
        says=f"no beat came through the queue and a worker for {_BEAT // 60} minutes: workers "
        "that are alive and stuck send none",
        namespace="App", metric="WorkerBeats", below=True, period=_BEAT, missing="breaching",
        pattern='{ $.event = "worker.beat" }',
    )  # fmt: skip


def _of_database() -> Iterator[Signal]:
    here = (("DBInstanceIdentifier", "database"),)
    yield Signal(
        name="database_full", says="less than 10 GiB of the database's disk are free", pages=False,
        namespace="AWS/RDS", metric="FreeStorageSpace", statistic="Minimum", dimensions=here,
        below=True, threshold=10 * _GIB,
    )  # fmt: skip
    yield Signal(
        name="database_busy", says="the database computes at 85 % for a quarter of an hour",
        pages=False, namespace="AWS/RDS", metric="CPUUtilization", statistic="Average",
        dimensions=here, threshold=85, periods=3,
    )  # fmt: skip
    yield Signal(
        name="database_waits_for_disk", says="ten operations and more wait for the disk",
        pages=False, namespace="AWS/RDS", metric="DiskQueueDepth", statistic="Average",
        dimensions=here, threshold=10, periods=3,
    )  # fmt: skip
