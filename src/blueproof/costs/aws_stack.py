"""What a stack of AWS resources costs in a month, on demand, resource by resource.

Every kind of resource is either priced here or known to cost nothing by itself; what is neither is
told, never taken as free. Each line begins with the resource's address. A resource that stays
within what is free has its line all the same, at nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from blueproof.cloud.stack import Resource, Stack
from blueproof.core.money import Bill, Line, rounded
from blueproof.costs.quantities import KB_PER_GB
from blueproof.costs.tiers import MILLION, ONE, ZERO
from blueproof.facts.load import Fact, load

HOURS = Decimal(730)
STAGING = "staging "  # how the lines of what stands beside production begin
_PLACES = Decimal("0.0001")
_VCPU = Decimal(1024)  # CPU units of a task that make one vCPU
_LOG_KB = Decimal("0.5")  # of one request's line
_IMAGES_GB = Decimal(3)  # thirty images that share most layers
_CALLS_OUT_GB = Decimal(10)  # what passes a gateway: calls to other companies
_FILES_GB = Decimal(10)
_WRITES, _READS = Decimal("0.3"), Decimal(1)  # DynamoDB units of a request
_TABLE_GB = Decimal(5)
_CONNECTIONS_AN_LCU = Decimal(25)  # new connections a second in one load balancer capacity unit
_GB_AN_LCU = Decimal(1)  # an hour
_SECONDS = HOURS * 3600
_LEAST_ZONES = 2
_ASKED = frozenset({"service", "api"})  # what answers requests; others log little

_VCPU_HOUR = {"arm": "aws.fargate-vcpu-hour-arm", "x86": "aws.fargate-vcpu-hour-x86"}
_GB_HOUR = {"arm": "aws.fargate-gb-hour-arm", "x86": "aws.fargate-gb-hour-x86"}
_CLASS_HOUR = {
    "t4g.micro": "aws.rds-postgresql-t4g.micro-hour",
    "t4g.small": "aws.rds-postgresql-t4g.small-hour",
    "t4g.medium": "aws.rds-postgresql-t4g.medium-hour",
    "m7g.large": "aws.rds-postgresql-m7g.large-hour",
    "m7g.xlarge": "aws.rds-postgresql-m7g.xlarge-hour",
}
_NODE_HOUR = {"t4g.micro": "aws.valkey-t4g.micro-hour", "t4g.small": "aws.valkey-t4g.small-hour"}

FREE = frozenset("""
aws_vpc aws_subnet aws_internet_gateway aws_route_table aws_route_table_association
aws_security_group aws_vpc_security_group_ingress_rule aws_vpc_security_group_egress_rule
aws_db_subnet_group aws_db_parameter_group aws_secretsmanager_secret_version
aws_elasticache_subnet_group aws_elasticache_parameter_group
aws_s3_bucket_public_access_block aws_s3_bucket_versioning
aws_s3_bucket_server_side_encryption_configuration aws_s3_bucket_lifecycle_configuration
aws_lb_target_group aws_lb_listener aws_lb_listener_rule aws_lb_listener_certificate
aws_acm_certificate aws_acm_certificate_validation
aws_route53_record aws_iam_role aws_iam_role_policy aws_iam_policy aws_iam_openid_connect_provider
aws_ecs_cluster aws_ecs_task_definition aws_appautoscaling_target aws_appautoscaling_policy
aws_lambda_alias aws_lambda_permission aws_apigatewayv2_integration aws_apigatewayv2_route
aws_apigatewayv2_stage aws_sns_topic aws_sns_topic_subscription aws_budgets_budget
aws_ecr_lifecycle_policy
""".split())  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Use:
    """A month's use: requests, milliseconds and KB of one, GB of files kept."""

    requests: Decimal
    milliseconds: Decimal
    response_kb: Decimal
    files_gb: Decimal = _FILES_GB

    @property
    def out_gb(self) -> Decimal:
        """What leaves for the internet in answers."""
        return self.requests * self.response_kb / KB_PER_GB


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One thing that is billed of a resource: what, how much of which unit, at which price."""

    what: str
    quantity: Decimal
    unit: str
    price: str


Charges = Iterator[Charge]


def bill_of_stacks(
    stacks: tuple[Stack, ...],
    use: Use,
    *,
    size: str,
    region: str,
    second: tuple[Stack, ...] = (),
) -> Bill:
    """The month's bill; a price that is not known for the region is the one of us-east-1.

    `second` are stacks that stand beside the others and get no requests to speak of.
    """
    lines: list[Line] = []
    days, abroad = [], []
    idle = Use(requests=ZERO, milliseconds=ZERO, response_kb=ZERO, files_gb=ZERO)
    asked = ((stack, use, "") for stack in stacks)
    still = ((stack, idle, STAGING) for stack in second)
    for stack, month, place in (*asked, *still):
        for resource in stack.resources:
            for charge in charges(resource, stack, month):
                known, is_here = price(charge.price, region)
                lines.append(_line(resource, charge, known, place))
                days.append(known.checked)
                abroad += [] if is_here else [charge.what]
    note = f"{region}, on demand, {int(HOURS)} hours"
    if abroad:
        note += f"; us-east-1's price for {', '.join(dict.fromkeys(abroad))}"
    total = rounded(sum((line.amount for line in lines), ZERO))
    return Bill(size=size, lines=tuple(lines), total=total, as_of=min(days), note=note)


def unpriced(stack: Stack) -> tuple[str, ...]:
    """The addresses of resources of a kind that is neither priced nor known to be free."""
    return tuple(
        r.address
        for r in stack.resources
        if r.mode == "resource" and r.kind not in FREE and r.kind not in PRICED
    )


def price(name: str, region: str) -> tuple[Fact, bool]:
    """The price in a region, or else in us-east-1; and whether it is the region's own."""
    facts = load()
    own = facts.get(f"{name}.{region}")
    return (own, True) if own else (facts[name], region == "us-east-1")


def charges(resource: Resource, stack: Stack, use: Use) -> Charges:
    """What is billed of a resource, most of them nothing."""
    priced = PRICED.get(resource.kind)
    if priced and resource.mode == "resource":
        yield from priced(resource, stack, use)
    elif resource.kind == "aws_route53_zone":
        yield Charge(
            what="hosted zone", quantity=ONE, unit="months", price="aws.route53-zone-month"
        )


def _line(resource: Resource, charge: Charge, known: Fact, place: str) -> Line:
    return Line(
        item=f"{place}{resource.address}: {charge.what}",
        quantity=charge.quantity.quantize(_PLACES, ROUND_HALF_UP),
        unit=charge.unit,
        price=known.value,
        fact=known.id,
        source=known.source,
    )


def _beyond(quantity: Decimal, free: str) -> Decimal:
    return max(quantity - load()[free].value, ZERO)


def _number(resource: Resource, name: str, default: int = 0) -> Decimal:
    found = resource.body.get(name)
    return Decimal(str(found)) if isinstance(found, int | float) else Decimal(default)


def _balancer(resource: Resource, _stack: Stack, use: Use) -> Charges:
    # A load balancer stands in two zones at least, also where a variable names them.
    zones = Decimal(max(len(resource.body.texts("subnets")), _LEAST_ZONES))
    yield Charge(what="load balancer", quantity=HOURS, unit="hours", price="aws.alb-hour")
    new = use.requests / _SECONDS / _CONNECTIONS_AN_LCU
    gb = use.out_gb / HOURS / _GB_AN_LCU
    yield Charge(
        what="capacity units", quantity=max(new, gb) * HOURS, unit="unit-hours",
        price="aws.alb-lcu-hour",
    )  # fmt: skip
    yield Charge(
        what="public addresses", quantity=zones * HOURS, unit="hours",
        price="aws.public-ipv4-hour",
    )  # fmt: skip
    yield _egress(use)


def _egress(use: Use) -> Charge:
    return Charge(
        what="data out beyond 100 GB", quantity=_beyond(use.out_gb, "aws.egress-free-gb"),
        unit="GB", price="aws.egress-per-gb",
    )  # fmt: skip


def _tasks(resource: Resource, stack: Stack, _use: Use) -> Charges:
    task = stack.named(resource.body.text("task_definition").removesuffix(".arn"))
    if task is None:
        return
    count = _number(resource, "desired_count", 1)
    cpu, memory = _number(task, "cpu") / _VCPU, _number(task, "memory") / _VCPU
    kind = (
        "arm" if "ARM64" in task.body.block("runtime_platform").texts("cpu_architecture") else "x86"
    )
    hours = count * HOURS
    yield Charge(
        what="vCPUs", quantity=cpu * hours, unit="vCPU-hours",
        price=_VCPU_HOUR[kind],
    )  # fmt: skip
    yield Charge(
        what="memory", quantity=memory * hours, unit="GB-hours",
        price=_GB_HOUR[kind],
    )  # fmt: skip
    if resource.body.block("network_configuration").get("assign_public_ip") is True:
        yield Charge(
            what="public addresses", quantity=hours, unit="hours", price="aws.public-ipv4-hour"
        )


def _gateway(_resource: Resource, _stack: Stack, _use: Use) -> Charges:
    yield Charge(what="gateway", quantity=HOURS, unit="hours", price="aws.nat-hour")
    yield Charge(what="traffic", quantity=_CALLS_OUT_GB, unit="GB", price="aws.nat-gb")


def _address(_resource: Resource, _stack: Stack, _use: Use) -> Charges:
    yield Charge(what="public address", quantity=HOURS, unit="hours", price="aws.public-ipv4-hour")


def _endpoint(resource: Resource, _stack: Stack, _use: Use) -> Charges:
    if resource.body.text("vpc_endpoint_type") == "Interface":
        zones = Decimal(len(resource.body.texts("subnet_ids")))
        yield Charge(
            what="endpoint", quantity=zones * HOURS, unit="hours", price="aws.vpc-endpoint-hour"
        )


def _database(resource: Resource, _stack: Stack, _use: Use) -> Charges:
    twice = Decimal(2) if resource.body.get("multi_az") is True else ONE
    name = resource.body.text("instance_class").removeprefix("db.")
    copies = "two copies" if twice > 1 else "one copy"
    yield Charge(
        what=f"db.{name}, {copies}", quantity=twice * HOURS, unit="hours",
        price=_CLASS_HOUR[name],
    )  # fmt: skip
    yield Charge(
        what=f"storage, {copies}", quantity=_number(resource, "allocated_storage") * twice,
        unit="GB-months", price="aws.rds-gp3-gb-month",
    )  # fmt: skip


def _cache(resource: Resource, _stack: Stack, _use: Use) -> Charges:
    node = resource.body.text("node_type").removeprefix("cache.")
    count = _number(resource, "num_cache_clusters", 1)
    yield Charge(
        what=f"cache.{node} nodes", quantity=count * HOURS, unit="node-hours",
        price=_NODE_HOUR[node],
    )  # fmt: skip


def _table(_resource: Resource, _stack: Stack, use: Use) -> Charges:
    yield Charge(
        what="writes", quantity=use.requests * _WRITES / MILLION, unit="million units",
        price="aws.dynamodb-writes-per-million",
    )  # fmt: skip
    yield Charge(
        what="reads", quantity=use.requests * _READS / MILLION, unit="million units",
        price="aws.dynamodb-reads-per-million",
    )  # fmt: skip
    yield Charge(
        what="storage beyond the free 25 GB",
        quantity=_beyond(_TABLE_GB, "aws.dynamodb-free-gb"), unit="GB-months",
        price="aws.dynamodb-gb-month",
    )  # fmt: skip


def _function(resource: Resource, _stack: Stack, use: Use) -> Charges:
    runs = use.requests if resource.name == "api" else ZERO
    memory = _number(resource, "memory_size") / _VCPU
    seconds = runs * use.milliseconds / 1000 * memory
    yield Charge(
        what="requests beyond the free million",
        quantity=_beyond(runs, "aws.lambda-free-requests") / MILLION, unit="million requests",
        price="aws.lambda-requests-per-million",
    )  # fmt: skip
    yield Charge(
        what="time beyond the free 400,000 GB-seconds",
        quantity=_beyond(seconds, "aws.lambda-free-gb-seconds"), unit="GB-seconds",
        price="aws.lambda-arm-gb-second",
    )  # fmt: skip


def _api(_resource: Resource, _stack: Stack, use: Use) -> Charges:
    yield Charge(
        what="requests", quantity=use.requests / MILLION, unit="million requests",
        price="aws.http-api-per-million",
    )  # fmt: skip
    yield _egress(use)


def _logs(resource: Resource, _stack: Stack, use: Use) -> Charges:
    written = use.requests * _LOG_KB / KB_PER_GB if resource.name in _ASKED else ZERO
    yield Charge(what="log lines", quantity=written, unit="GB", price="aws.logs-ingested-gb")


def _alarm(_resource: Resource, _stack: Stack, _use: Use) -> Charges:
    yield Charge(what="alarm", quantity=ONE, unit="months", price="aws.alarm-month")


def _secret(_resource: Resource, _stack: Stack, _use: Use) -> Charges:
    yield Charge(what="secret", quantity=ONE, unit="months", price="aws.secret-month")


def _registry(_resource: Resource, _stack: Stack, _use: Use) -> Charges:
    yield Charge(what="images", quantity=_IMAGES_GB, unit="GB-months", price="aws.ecr-gb-month")


def _bucket(resource: Resource, _stack: Stack, use: Use) -> Charges:
    kept = use.files_gb if resource.name != "state" else Decimal("0.01")
    yield Charge(what="storage", quantity=kept, unit="GB-months", price="aws.s3-gb-month")


PRICED: dict[str, Callable[[Resource, Stack, Use], Charges]] = {
    "aws_lb": _balancer,
    "aws_ecs_service": _tasks,
    "aws_nat_gateway": _gateway,
    "aws_eip": _address,
    "aws_vpc_endpoint": _endpoint,
    "aws_db_instance": _database,
    "aws_elasticache_replication_group": _cache,
    "aws_dynamodb_table": _table,
    "aws_lambda_function": _function,
    "aws_apigatewayv2_api": _api,
    "aws_cloudwatch_log_group": _logs,
    "aws_cloudwatch_metric_alarm": _alarm,
    "aws_secretsmanager_secret": _secret,
    "aws_ecr_repository": _registry,
    "aws_s3_bucket": _bucket,
}
