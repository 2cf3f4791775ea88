"""Alarms that reach a person, and a budget: each about a resource that is there."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.workers import resource_name
from blueproof.advisors.deploy.service import Service, Worker
from blueproof.cloud.stack import Resource, Value, body, ref, table
from blueproof.facts.load import fact

_FILE = "alarms.tf"
_GIB = 1024**3
_MEMORY_GIB = {"db.t4g.micro": 1, "db.t4g.small": 2, "db.t4g.medium": 4, "db.m7g.large": 8,
               "db.m7g.xlarge": 16}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """What is watched, from which value on, for how many periods of how many seconds."""

    name: str
    says: str
    namespace: str
    metric: str
    dimensions: tuple[tuple[str, Value], ...]
    threshold: float
    statistic: str = "Sum"
    percentile: str = ""
    below: bool = False
    period: int = 60
    periods: int = 3
    missing: str = "notBreaching"


def alarms(service: Service, form: Form, budget: float) -> Iterator[Resource]:
    """The topic, who hears it, the alarms, and the budget in US dollars a month."""
    yield Resource(
        kind="aws_sns_topic", name="alarms", file=_FILE,
        says="Everything that must wake somebody goes here. The address must confirm once.",
        body=body(name="${local.name}-alarms"),
    )  # fmt: skip
    yield Resource(
        kind="aws_sns_topic_subscription", name="email", file=_FILE,
        body=body(
            topic_arn=ref("aws_sns_topic.alarms.arn"),
            protocol="email",
            endpoint=ref("var.alarm_email"),
        ),
    )  # fmt: skip
    yield from (_alarm(each) for each in _watched(service, form))
    yield _budget(budget)


def _alarm(alarm: Alarm) -> Resource:
    return Resource(
        kind="aws_cloudwatch_metric_alarm", name=alarm.name, file=_FILE,
        body=body(
            alarm_name=f"${{local.name}}-{alarm.name.replace('_', '-')}",
            alarm_description=alarm.says,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=table(**dict(alarm.dimensions)),
            statistic=None if alarm.percentile else alarm.statistic,
            extended_statistic=alarm.percentile or None,
            comparison_operator="LessThanThreshold"
            if alarm.below else "GreaterThanOrEqualToThreshold",
            threshold=alarm.threshold,
            period=alarm.period,
            evaluation_periods=alarm.periods,
            treat_missing_data=alarm.missing,
            alarm_actions=(ref("aws_sns_topic.alarms.arn"),),
            ok_actions=(ref("aws_sns_topic.alarms.arn"),),
        ),
    )  # fmt: skip


def _watched(service: Service, form: Form) -> Iterator[Alarm]:
    yield from _of_service(form) if form.shape == "fargate" else _of_function(form)
    if form.shape == "fargate":
        yield from (_of_worker(worker) for worker in service.workers)
    if service.makes_database:
        yield from _of_database(form)
    if service.database == "dynamodb":
        yield Alarm(
            name="table_throttled", says="DynamoDB turned requests away",
            namespace="AWS/DynamoDB", metric="ThrottledRequests",
            dimensions=(("TableName", ref("aws_dynamodb_table.main.name")),), threshold=1,
        )  # fmt: skip


def _of_service(form: Form) -> Iterator[Alarm]:
    balancer = ("LoadBalancer", ref("aws_lb.main.arn_suffix"))
    group = ("TargetGroup", ref("aws_lb_target_group.service.arn_suffix"))
    yield Alarm(
        name="errors", says="The service answers with 5xx: read its log for level error",
        namespace="AWS/ApplicationELB", metric="HTTPCode_Target_5XX_Count",
        dimensions=(balancer, group), threshold=10,
    )  # fmt: skip
    yield Alarm(
        name="no_healthy_task", says="No task is healthy: people get 503",
        namespace="AWS/ApplicationELB", metric="HealthyHostCount", statistic="Minimum",
        dimensions=(balancer, group), threshold=1, below=True, missing="breaching",
    )  # fmt: skip
    if form.tier == "small":
        return
    yield Alarm(
        name="slow", says="One request in twenty takes a second and more",
        namespace="AWS/ApplicationELB", metric="TargetResponseTime", percentile="p95",
        dimensions=(balancer, group), threshold=1, periods=5,
    )  # fmt: skip
    yield Alarm(
        name="at_its_most", says="As many tasks run as are allowed: raise max_capacity or find why",
        namespace="AWS/ECS", metric="CPUUtilization", statistic="Average",
        dimensions=(
            ("ClusterName", ref("aws_ecs_cluster.main.name")),
            ("ServiceName", ref("aws_ecs_service.service.name")),
        ),
        threshold=85, periods=10,
    )  # fmt: skip


def _of_worker(worker: Worker) -> Alarm:
    """A worker that is not there tells nothing: so what is missing counts as bad."""
    name = resource_name(worker)
    return Alarm(
        name=f"no_{name}", says=f"The process {worker.name} does not run: its jobs wait",
        namespace="AWS/ECS", metric="CPUUtilization", statistic="SampleCount",
        dimensions=(
            ("ClusterName", ref("aws_ecs_cluster.main.name")),
            ("ServiceName", ref(f"aws_ecs_service.{name}.name")),
        ),
        threshold=1, below=True, periods=5, missing="breaching",
    )  # fmt: skip


def _of_function(form: Form) -> Iterator[Alarm]:
    named = (("FunctionName", ref("aws_lambda_function.api.function_name")),)
    yield Alarm(
        name="errors", says="The function fails or runs out of time: read its log for level error",
        namespace="AWS/Lambda", metric="Errors", dimensions=named, threshold=5,
    )  # fmt: skip
    yield Alarm(
        name="throttled",
        says=f"More than {form.at_once} runs at once were wanted: people get 503",
        namespace="AWS/Lambda", metric="Throttles", dimensions=named, threshold=1,
    )  # fmt: skip
    if form.tier == "small":
        return
    yield Alarm(
        name="slow", says="One request in twenty takes a second and more",
        namespace="AWS/Lambda", metric="Duration", percentile="p95",
        dimensions=named, threshold=1000, periods=5,
    )  # fmt: skip


def _of_database(form: Form) -> Iterator[Alarm]:
    named = (("DBInstanceIdentifier", ref("aws_db_instance.main.identifier")),)
    yield Alarm(
        name="database_full", says="A fifth of the database's first storage is left",
        namespace="AWS/RDS", metric="FreeStorageSpace", statistic="Minimum", below=True,
        dimensions=named, threshold=form.db_gb * _GIB // 5, period=300,
    )  # fmt: skip
    most = most_connections(form.db_class)
    yield Alarm(
        name="database_connections",
        says=f"Four fifths of the some {most} connections of {form.db_class} are taken",
        namespace="AWS/RDS", metric="DatabaseConnections", statistic="Maximum",
        dimensions=named, threshold=most * 4 // 5,
    )  # fmt: skip
    if form.tier != "small":
        yield Alarm(
            name="database_cpu", says="The database computes at its limit: look for the slow query",
            namespace="AWS/RDS", metric="CPUUtilization", statistic="Average",
            dimensions=named, threshold=80, period=300,
        )  # fmt: skip


def most_connections(db_class: str) -> int:
    """The connections that a class of RDS for PostgreSQL takes by its default.

    >>> most_connections("db.t4g.micro")
    90
    """
    # The system takes its part of the memory first, as seen on one of 2 GiB.
    nominal = 2 * _GIB / float(fact("aws.limit-rds-connection-bytes").value)
    left = float(fact("aws.limit-rds-connections-measured-t4g.small").value) / nominal
    bytes_each = float(fact("aws.limit-rds-connection-bytes").value)
    most = int(fact("aws.limit-rds-connections").value)
    return min(int(_MEMORY_GIB[db_class] * _GIB * left / bytes_each), most)


def _budget(budget: float) -> Resource:
    told: dict[str, Value] = {
        "notification_type": "ACTUAL",
        "comparison_operator": "GREATER_THAN",
        "threshold_type": "PERCENTAGE",
        "subscriber_email_addresses": (ref("var.alarm_email"),),
    }
    return Resource(
        kind="aws_budgets_budget", name="month", file=_FILE,
        says="Tells, and stops nothing: AWS has no spending limit.",
        body=body(
            name="${local.name}-month",
            budget_type="COST",
            limit_amount=f"{budget:.0f}",
            limit_unit="USD",
            time_unit="MONTHLY",
            notification=(
                body(threshold=80, **told),
                body(threshold=100, **{**told, "notification_type": "FORECASTED"}),
            ),
        ),
    )  # fmt: skip
