"""What tells that people feel a fault, and what only foretells one, for the parts of a system."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

BURN = 14.4  # times faster than the goal allows: two per cent of a month's budget in an hour
GOAL = 0.999
WINDOW = 300  # seconds
_FEWEST = 5  # failures below which a share says nothing
_GIB = 1024**3
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
    metric of our own counts.
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


def signals(technologies: frozenset[str], rate: float, silence: int) -> tuple[Signal, ...]:
    """The signals of these parts at a rate of requests a second, those that wake people first.

    `silence` is after how many minutes without a payment somebody is woken.
    """
    found = tuple(_signals(technologies, rate, silence))
    return (*(s for s in found if s.pages), *(s for s in found if not s.pages))


def failures(rate: float) -> int:
    """Failed requests of one window, from which the goal is missed too fast.

    >>> failures(40)
    173
    """
    return max(_FEWEST, math.ceil(round(rate * WINDOW * BURN * (1 - GOAL), 6)))


def _signals(of: frozenset[str], rate: float, silence: int) -> Iterator[Signal]:
    if of & _BALANCED:
        yield from _of_balancer(rate)
    if "aws-lambda" in of:
        yield from _of_function(rate)
    if of & _PAYMENTS:
        yield from _of_payments(silence)
    if "amazon-sqs" in of:
        yield from _of_queue()
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


def _of_balancer(rate: float) -> Iterator[Signal]:
    here = (("LoadBalancer", "load_balancer"), ("TargetGroup", "target_group"))
    yield Signal(
        name="requests_fail", pages=True,
        says=f"{failures(rate):,} answers of 5xx in five minutes, twice in a row",
        namespace="AWS/ApplicationELB", metric="HTTPCode_Target_5XX_Count", dimensions=here,
        threshold=failures(rate), periods=2,
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


def _of_function(rate: float) -> Iterator[Signal]:
    here = (("FunctionName", "function"),)
    yield Signal(
        name="function_fails", pages=True,
        says=f"{failures(rate):,} runs that fail in five minutes, twice in a row",
        namespace="AWS/Lambda", metric="Errors", dimensions=here, threshold=failures(rate),
        periods=2,
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
