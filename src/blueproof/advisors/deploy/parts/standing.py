"""A load balancer, a cluster or a registry that stands already: referred to, and not made again.

The stacks are made as if nothing stood, and what stands is then taken out of them: its resources
go, and what referred to them refers to a variable or a data source instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import (
    Body,
    Call,
    Expr,
    Output,
    Resource,
    Table,
    Value,
    Variable,
    body,
    ref,
)

CLUSTER, REGISTRY = "cluster", "registry"
_FIRST_RULE = 500  # behind rules that others have already, most likely


@dataclass(frozen=True, kw_only=True)
class _Standing:
    """What of a stack goes where a thing stands, and what takes the place of references to it."""

    gone: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]


_BALANCER = _Standing(
    gone=(
        "aws_lb.main", "aws_lb_listener.http", "aws_lb_listener.https", "aws_security_group.lb",
        "aws_vpc_security_group_ingress_rule.lb_http",
        "aws_vpc_security_group_ingress_rule.lb_https",
    ),
    instead=(
        ("aws_lb_listener.https.arn", "var.listener_arn"),
        ("aws_lb_listener.https", "aws_lb_listener_rule.service"),
        ("aws_security_group.lb.id", "var.load_balancer_security_group"),
        ("aws_lb.main.", "data.aws_lb.main."),
    ),
)  # fmt: skip
_CLUSTER = _Standing(
    gone=("aws_ecs_cluster.main",),
    instead=(
        ("aws_ecs_cluster.main.name", "var.cluster"),
        ("aws_ecs_cluster.main.id", "data.aws_ecs_cluster.main.arn"),
        (":task/${local.name}-*/", ":task/${var.cluster}/"),
        (":task/${local.name}/", ":task/${var.cluster}/"),
        (":service/${local.name}-*/", ":service/${var.cluster}/"),
    ),
)
_REGISTRY = _Standing(
    gone=("aws_ecr_repository.app", "aws_ecr_lifecycle_policy.app"),
    instead=(
        ("data.aws_ecr_repository.app", "THERE"),
        ("aws_ecr_repository.app", "data.aws_ecr_repository.app"),
        ("THERE", "data.aws_ecr_repository.app"),
    ),
)


def _all(service: Service) -> Iterator[_Standing]:
    by_part = (("balancer", _BALANCER), ("cluster", _CLUSTER), ("registry", _REGISTRY))
    return (standing for part, standing in by_part if part in service.kept)


def without_standing(service: Service, resources: Iterable[Resource]) -> tuple[Resource, ...]:
    """The resources of a stack less what stands, with references to it in their places."""
    found = tuple(resources)
    for standing in _all(service):
        found = tuple(
            replace(r, body=_replaced(r.body, standing.instead))
            for r in found if r.mode == "data" or r.address not in standing.gone
        )  # fmt: skip
    return found


def outputs_of(service: Service, outputs: Iterable[Output]) -> tuple[Output, ...]:
    """The outputs with what stands in the place of what would have been made."""
    found = tuple(outputs)
    for standing in _all(service):
        found = tuple(replace(o, value=_value(o.value, standing.instead)) for o in found)
    return found


def _replaced(held: Body, pairs: tuple[tuple[str, str], ...]) -> Body:
    return Body(tuple((name, _value(value, pairs)) for name, value in held.entries))


def _value(value: Value, pairs: tuple[tuple[str, str], ...]) -> Value:
    if isinstance(value, Expr):
        return Expr(_words(value.text, pairs))
    if isinstance(value, str):
        return _words(value, pairs)
    if isinstance(value, Body):
        return _replaced(value, pairs)
    if isinstance(value, Table):
        return Table(tuple((name, _value(inner, pairs)) for name, inner in value.entries))
    if isinstance(value, Call):
        return Call(value.function, _value(value.value, pairs))
    return tuple(_value(v, pairs) for v in value) if isinstance(value, tuple) else value


def _words(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    for before, after in pairs:
        text = text.replace(before, after)
    return text


def referred(service: Service) -> Iterator[Resource]:
    """What takes the place of what stands, in the stack of the service."""
    if "balancer" in service.kept:
        yield from _front()
    if "cluster" in service.kept:
        yield Resource(
            kind="aws_ecs_cluster", name="main", mode="data", file="service.tf",
            body=body(cluster_name=ref("var.cluster")),
        )  # fmt: skip


def _front() -> Iterator[Resource]:
    file = "load_balancer.tf"
    yield Resource(
        kind="aws_lb", name="main", mode="data", file=file,
        body=body(arn=ref("var.load_balancer_arn")),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_listener_rule", name="service", file=file,
        says="Requests for the service's name go to it; nothing else of the load balancer changes.",
        body=body(
            listener_arn=ref("var.listener_arn"),
            priority=ref("var.listener_priority"),
            condition=body(host_header=body(values=(ref("var.domain"),))),
            action=body(type="forward", target_group_arn=ref("aws_lb_target_group.service.arn")),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_listener_certificate", name="service", file=file,
        body=body(
            listener_arn=ref("var.listener_arn"),
            certificate_arn=ref("aws_acm_certificate_validation.api.certificate_arn"),
        ),
    )  # fmt: skip


def registry_there(service: Service) -> Iterator[Resource]:
    """The registry that stands, in the stack that the pipeline rests on."""
    if "registry" in service.kept:
        yield Resource(
            kind="aws_ecr_repository", name="app", mode="data", file="registry.tf",
            body=body(name=ref("var.registry")),
        )  # fmt: skip


def variables() -> Iterator[Variable]:
    """What must be named of what stands."""
    yield Variable(
        name="load_balancer_arn", type="string", says="The load balancer that is there",
        checks=(('startswith(var.load_balancer_arn, "arn:aws:elasticloadbalancing:")',
                 "Write its ARN."),),
    )  # fmt: skip
    yield Variable(
        name="listener_arn", type="string", says="Its listener on 443",
        checks=(('strcontains(var.listener_arn, ":listener/")', "Write the listener's ARN."),),
    )  # fmt: skip
    yield Variable(
        name="listener_priority", type="number", default=_FIRST_RULE,
        says="The place of the service's rule among those of the listener: one that is free",
    )  # fmt: skip
    yield Variable(
        name="load_balancer_security_group", type="string",
        says="The security group of the load balancer that is there",
        checks=(('startswith(var.load_balancer_security_group, "sg-")', "Write its id, sg-..."),),
    )  # fmt: skip
    yield cluster_variable()
    yield registry_variable()


def cluster_variable() -> Variable:
    """The name of the cluster that stands."""
    return Variable(name=CLUSTER, type="string", says="The name of the ECS cluster that is there")


def registry_variable() -> Variable:
    """The name of the registry that stands."""
    return Variable(
        name=REGISTRY, type="string", says="The name of the ECR repository that is there"
    )


def in_cluster(text: str, service: Service) -> str:
    """Commands for the cluster that stands, where one does; and for the registry."""
    if "cluster" in service.kept:
        text = text.replace('--cluster "$NAME"', '--cluster "$CLUSTER"')
    return text
