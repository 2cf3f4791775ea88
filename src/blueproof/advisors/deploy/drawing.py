"""The deployment as a picture, drawn from the resources that are made."""

from collections.abc import Iterator

from blueproof.advisors.deploy.case import Deployment
from blueproof.cloud.stack import Resource, Stack, as_text
from blueproof.core.diagram import Diagram, Edge, Kind, Node

# The kinds that are drawn, what they are called, and as what they are shown.
_DRAWN: dict[str, tuple[str, Kind]] = {
    "aws_lb": ("Load balancer", "service"),
    "aws_ecs_service": ("Fargate", "service"),
    "aws_apigatewayv2_api": ("HTTP API", "service"),
    "aws_lambda_function": ("Lambda", "service"),
    "aws_db_instance": ("RDS for PostgreSQL", "store"),
    "aws_dynamodb_table": ("DynamoDB", "store"),
    "aws_elasticache_replication_group": ("Valkey", "store"),
    "aws_s3_bucket": ("S3", "store"),
    "aws_sns_topic": ("Alarms", "queue"),
    "aws_nat_gateway": ("NAT gateway", "service"),
}
_FRONT = ("aws_lb", "aws_apigatewayv2_api")
_COMPUTE = ("aws_ecs_service", "aws_lambda_function")
_STORES = ("aws_db_instance", "aws_dynamodb_table", "aws_elasticache_replication_group",
           "aws_s3_bucket")  # fmt: skip

_REGISTRY = "aws_ecr_repository"


def drawn(deployment: Deployment) -> Diagram:
    """People, the way in, what runs, where data lies, and the pipeline."""
    stack = deployment.stacks.main
    first = deployment.stacks.bootstrap.resources
    registry = next(r.address for r in first if r.kind == _REGISTRY and r.name == "app")
    nodes = [_node(resource) for resource in stack.resources if resource.kind in _DRAWN]
    ours = (
        Node(id="people", label="Your app", kind="person"),
        Node(
            id="github",
            label="GitLab CI" if deployment.service.forge else "GitHub Actions",
            kind="service",
            lines=("no key, a role for an hour",),
        ),
        *(_node(r) for r in first if r.kind == _REGISTRY),
    )
    return Diagram(
        id="deployment",
        title=f"{deployment.service.name} in production",
        nodes=(*ours, *nodes),
        edges=tuple(_edges(stack, registry)),
    )


def _node(resource: Resource) -> Node:
    label, kind = _DRAWN.get(resource.kind, ("Images", "store"))
    return Node(
        id=resource.address, label=_label(resource, label), kind=kind, emphasis="added",
        lines=tuple(_lines(resource)),
    )  # fmt: skip


def _label(resource: Resource, label: str) -> str:
    own = resource.name not in {"main", "service", "api", "app", "alarms", "files"}
    return f"{label}: {resource.name}" if own else label


def _lines(resource: Resource) -> Iterator[str]:
    for name, form in (
        ("instance_class", "{}"), ("node_type", "{}"), ("desired_count", "{} at least"),
        ("memory_size", "{} MB"), ("reserved_concurrent_executions", "at most {} at once"),
        ("allocated_storage", "{} GB, private"),
    ):  # fmt: skip
        told = as_text(resource.body.get(name))
        if told:
            yield form.format(told)


def _edges(stack: Stack, registry: str) -> Iterator[Edge]:
    fronts, runs = stack.of(*_FRONT), stack.of(*_COMPUTE)
    api = runs[0]
    for front in fronts:
        yield Edge(source="people", target=front.address, label="HTTPS")
        yield Edge(source=front.address, target=api.address)
    if not fronts:
        yield Edge(source="people", target=api.address, label="HTTPS, by what is there")
    for each in runs:
        for store in stack.of(*_STORES):
            if not (each.name == "migrate" and store.kind != "aws_db_instance"):
                yield Edge(source=each.address, target=store.address)
        for gateway in stack.of("aws_nat_gateway")[:1]:
            yield Edge(source=each.address, target=gateway.address, label="calls out")
    for topic in stack.of("aws_sns_topic"):
        yield Edge(source=api.address, target=topic.address, label="alarms")
    yield Edge(source="github", target=registry, label="pushes an image")
    yield Edge(source=registry, target=api.address, label="by digest")
