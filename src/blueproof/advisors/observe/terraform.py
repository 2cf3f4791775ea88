"""The alarms as Terraform: two topics, one that wakes people and one that does not."""

from collections.abc import Iterator

from blueproof.advisors.observe.signals import FEWEST, Signal
from blueproof.cloud.hcl import print_stack
from blueproof.cloud.stack import (
    Body,
    Resource,
    Stack,
    Table,
    Value,
    Variable,
    body,
    ref,
    table,
)

FOLDER = "monitoring"
_FILE, _LOGS = "alarms.tf", "logs.tf"
_PROVIDER = ">= 5.100, < 7.0"
_SAYS = {
    "load_balancer": "The ARN suffix of the load balancer: app/NAME/ID",
    "target_group": "The ARN suffix of the target group: targetgroup/NAME/ID",
    "function": "The name of the Lambda function",
    "queue": "The name of the queue",
    "dead_letter_queue": "The name of the dead-letter queue",
    "database": "The identifier of the RDS instance",
    "table": "The name of the DynamoDB table",
    "cache": "The identifier of the cache's node",
    "log_group": "The log group to which the service writes lines of JSON",
}


def files(signals: tuple[Signal, ...], region: str) -> dict[str, str]:
    """The files of the stack by path."""
    watched = tuple(s for s in signals if s.metric)
    counted = tuple(s for s in watched if s.pattern)
    names = [name for s in watched for _, name in s.dimensions]
    stack = Stack(
        folder=FOLDER,
        resources=(*_topics(), *map(_alarm, watched), *map(_count, counted)),
        variables=tuple(_variables(names, region, logs=bool(counted))),
        settings=_settings(),
    )
    return print_stack(stack)


def _topics() -> Iterator[Resource]:
    for name, says in (("page", "Wakes whoever is on call."), ("ticket", "Waits for the morning.")):
        yield Resource(
            kind="aws_sns_topic", name=name, file=_FILE, says=says, body=body(name=f"alarms-{name}")
        )
        yield Resource(
            kind="aws_sns_topic_subscription", name=name, file=_FILE,
            body=body(
                topic_arn=ref(f"aws_sns_topic.{name}.arn"),
                protocol=ref(f"var.{name}_protocol"),
                endpoint=ref(f"var.{name}_endpoint"),
            ),
        )  # fmt: skip


def _alarm(signal: Signal) -> Resource:
    topic = (ref(f"aws_sns_topic.{'page' if signal.pages else 'ticket'}.arn"),)
    return Resource(
        kind="aws_cloudwatch_metric_alarm", name=signal.name, file=_FILE,
        body=body(
            alarm_name=f"{'page' if signal.pages else 'ticket'}-{signal.name.replace('_', '-')}",
            alarm_description=f"{signal.says[:1].upper()}{signal.says[1:]}",
            comparison_operator="LessThanThreshold"
            if signal.below else "GreaterThanOrEqualToThreshold",
            threshold=signal.threshold,
            evaluation_periods=signal.periods,
            treat_missing_data=signal.missing,
            alarm_actions=topic,
            ok_actions=topic,
            **(_share(signal) if signal.of else _metric(signal)),
        ),
    )  # fmt: skip


def _metric(signal: Signal) -> dict[str, Value]:
    """The one metric that an alarm reads."""
    return {
        "namespace": signal.namespace,
        "metric_name": signal.metric,
        "dimensions": _dimensions(signal),
        "statistic": None if signal.percentile else signal.statistic,
        "extended_statistic": signal.percentile or None,
        "period": signal.period,
    }


def _share(signal: Signal) -> dict[str, Value]:
    """What fails in per cent of all, as a sum over metrics; 0 where only a handful fails.

    A metric that counts failures has no value while there are none, so it is filled with 0.
    """
    counts = {"failed": signal.metric, "refused": signal.also, "all": signal.of}
    failed = "+".join(f"FILL({name},0)" for name in ("failed", "refused") if counts[name])
    sums = (
        body(
            id=name,
            metric=body(
                namespace=signal.namespace, metric_name=metric, dimensions=_dimensions(signal),
                period=signal.period, stat=signal.statistic,
            ),
        )
        for name, metric in counts.items() if metric
    )  # fmt: skip
    share = body(
        id="share", label=signal.says, return_data=True,
        expression=f"IF(({failed}) >= {FEWEST}, 100*({failed})/all, 0)",
    )  # fmt: skip
    return {"metric_query": (share, *sums)}


def _dimensions(signal: Signal) -> Table | None:
    found = {dimension: ref(f"var.{name}") for dimension, name in signal.dimensions}
    return table(**found) if found else None


def _count(signal: Signal) -> Resource:
    """The metric that counts log lines; without a default, so that silence is missing data."""
    return Resource(
        kind="aws_cloudwatch_log_metric_filter", name=signal.name, file=_LOGS,
        body=body(
            name=signal.name.replace("_", "-"),
            log_group_name=ref("var.log_group"),
            pattern=signal.pattern,
            metric_transformation=body(
                name=signal.metric, namespace=signal.namespace, value=signal.value
            ),
        ),
    )  # fmt: skip


def _variables(names: list[str], region: str, *, logs: bool) -> Iterator[Variable]:
    yield Variable(name="region", type="string", says="The region", default=region)
    for topic in ("page", "ticket"):
        yield Variable(
            name=f"{topic}_protocol", type="string",
            default="https" if topic == "page" else "email",
            says="How the topic reaches people: email, https (a phone service), lambda",
        )  # fmt: skip
        yield Variable(name=f"{topic}_endpoint", type="string", says="The address that it reaches")
    for name in dict.fromkeys((*names, *(("log_group",) if logs else ()))):
        yield Variable(name=name, type="string", says=_SAYS[name])


def _settings() -> tuple[tuple[str, str, Body], ...]:
    terraform = body(
        required_version=">= 1.11",
        required_providers=body(aws=table(source="hashicorp/aws", version=_PROVIDER)),
    )
    provider = body(region=ref("var.region"))
    return (("versions.tf", "terraform", terraform), ("versions.tf", 'provider "aws"', provider))
