"""Which ports are open to whom, and whether what must be reached is."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.cloud.stack import Body, Resource, Stack, as_text
from blueproof.engines.deployment.judged import Judged, Rule
from blueproof.engines.deployment.project import Project, place
from blueproof.engines.deployment.values import Values, records

_ANYWHERE = ("0.0.0.0/0", "::/0")
_PUBLIC_PORTS = ((80, 80), (443, 443))
_STORES = {"aws_db_instance": 5432, "aws_rds_cluster": 5432,
           "aws_elasticache_replication_group": 6379, "aws_elasticache_cluster": 6379}  # fmt: skip
_COMPUTE = ("aws_ecs_service", "aws_lambda_function")
_ALL_PORTS = (0, 65535)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A rule of a security group: whose, which ports, from or to whom."""

    group: str
    inward: bool
    first: int
    last: int
    ranges: tuple[str, ...]
    groups: tuple[str, ...]
    where: str

    @property
    def is_public(self) -> bool:
        """Whether it is open to the whole internet, or to half of it."""
        return any(r in _ANYWHERE or r.endswith(("/0", "/1")) for r in self.ranges)

    def holds(self, port: int) -> bool:
        """Whether the port is among its ports."""
        return self.first <= port <= self.last


def openings(stack: Stack, values: Values) -> Iterator[Opening]:
    """The rules of all security groups, in whichever of Terraform's three forms."""
    for group in stack.of("aws_security_group"):
        for name, inward in (("ingress", True), ("egress", False)):
            for block in group.body.blocks(name):
                yield _opening(place(stack, group), group.address, block, values, inward=inward)
    for kind, inward in (
        ("aws_vpc_security_group_ingress_rule", True),
        ("aws_vpc_security_group_egress_rule", False),
    ):
        for rule in stack.of(kind):
            yield _opening(
                place(stack, rule), _owner(rule, values), rule.body, values, inward=inward
            )
    for rule in stack.of("aws_security_group_rule"):
        inward = rule.body.text("type") == "ingress"
        yield _opening(place(stack, rule), _owner(rule, values), rule.body, values, inward=inward)


def _owner(rule: Resource, values: Values) -> str:
    group = values.resource(rule.body.get("security_group_id"))
    return group.address if group else values.text(rule.body.get("security_group_id"))


def _opening(where: str, group: str, block: Body, values: Values, *, inward: bool) -> Opening:
    protocol = block.text("ip_protocol") or block.text("protocol")
    every = protocol in {"-1", "all"}
    first = _ALL_PORTS[0] if every else _port(values.text(block.get("from_port")))
    last = _ALL_PORTS[1] if every else _port(values.text(block.get("to_port")))
    sources = [
        r
        for name in ("referenced_security_group_id", "source_security_group_id", "security_groups")
        for r in values.resources(block.get(name))
    ]
    ranges = [
        text
        for name in ("cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks")
        for text in values.texts(block.get(name))
    ]
    own = [group] if block.get("self") is True else []
    return Opening(
        group=group, inward=inward, first=first, last=last, ranges=tuple(ranges),
        groups=(*(r.address for r in sources), *own), where=where,
    )  # fmt: skip


def _port(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else 0


def _public(project: Project) -> Iterator[Judged]:
    """Only a load balancer is open to the internet, and only on 80 and 443."""
    for stack in project.stacks:
        values = project.values(stack)
        front = {
            g.address
            for lb in stack.of("aws_lb", "aws_alb")
            if lb.body.get("internal") is not True
            for g in values.resources(lb.body.get("security_groups"))
        }
        for opening in openings(stack, values):
            if not opening.inward:
                continue
            ports = (opening.first, opening.last)
            fine = not opening.is_public or (opening.group in front and ports in _PUBLIC_PORTS)
            said = f"{opening.group} is open to the internet on {ports[0]} to {ports[1]}"
            yield Judged(opening.where, "" if fine else said)


def _private_data(project: Project) -> Iterator[Judged]:
    """No store has a public address, a way to the internet, or a door that is not the service's."""
    for stack, store in project.of(*_STORES):
        values = project.values(stack)
        where = place(stack, store)
        said = f"{store.address} has a public address"
        yield Judged(where, said if store.body.get("publicly_accessible") is True else "")
        out = [s.address for s in _subnets(store, values) if _is_public(stack, s, values)]
        yield Judged(where, f"{store.address} lies in {out[0]}, which the internet reaches"
                     if out else "")  # fmt: skip
        own = {g.address for g in groups_of(store, values)}
        runs = {g.address for r in stack.of(*_COMPUTE) for g in groups_of(r, values)}
        doors = [o for o in openings(stack, values) if o.inward and o.group in own]
        for door in doors:
            strange = [*door.ranges, *(g for g in door.groups if g not in runs)]
            yield Judged(door.where, f"{store.address} is open to {strange[0]}" if strange else "")
        yield Judged(where, "" if own else f"{store.address} has no security group of its own")


def _subnets(store: Resource, values: Values) -> tuple[Resource, ...]:
    names = ("db_subnet_group_name", "subnet_group_name")
    groups = (values.resource(store.body.get(name)) for name in names)
    return tuple(s for g in groups if g for s in values.resources(g.body.get("subnet_ids")))


def _is_public(stack: Stack, subnet: Resource, values: Values) -> bool:
    """Whether the subnet's route table leads to an internet gateway."""
    for association in stack.of("aws_route_table_association"):
        if values.resource(association.body.get("subnet_id")) is not subnet:
            continue
        table = values.resource(association.body.get("route_table_id"))
        routes = list(table.body.blocks("route")) if table else []
        routes += [
            r.body
            for r in stack.of("aws_route")
            if values.resource(r.body.get("route_table_id")) is table
        ]
        for route in routes:
            gateway = values.resource(route.get("gateway_id"))
            if gateway is not None and gateway.kind == "aws_internet_gateway":
                return True
    return False


def groups_of(resource: Resource, values: Values) -> tuple[Resource, ...]:
    """The security groups of a store, a service or a function."""
    network = resource.body.block("network_configuration"), resource.body.block("vpc_config")
    places = (
        resource.body.get("vpc_security_group_ids"), resource.body.get("security_group_ids"),
        resource.body.get("security_groups"), network[0].get("security_groups"),
        network[1].get("security_group_ids"),
    )  # fmt: skip
    return tuple(g for held in places if held is not None for g in values.resources(held))


def _reached(project: Project) -> Iterator[Judged]:
    """What runs reaches its stores: a door out of the one, and a door into the other."""
    for stack, store in project.of(*_STORES):
        values = project.values(stack)
        told = as_text(store.body.get("port"))
        port = int(told) if told.isdigit() else _STORES[store.kind]
        into = {g.address for g in groups_of(store, values)}
        for run in stack.of(*_COMPUTE):
            out = {g.address for g in groups_of(run, values)}
            doors = list(openings(stack, values))
            leaves = any(
                not d.inward and d.group in out and d.holds(port) and (into & set(d.groups)
                or d.is_public) for d in doors
            )  # fmt: skip
            enters = any(
                d.inward and d.group in into and d.holds(port) and out & set(d.groups)
                for d in doors
            )
            said = f"{run.address} cannot reach {store.address} on {port}"
            yield Judged(place(stack, run), "" if leaves and enters else said)


def _ports(project: Project) -> Iterator[Judged]:
    """One port from the load balancer to the code."""
    for stack, service in project.of("aws_ecs_service"):
        values = project.values(stack)
        balanced = service.body.block("load_balancer")
        group = values.resource(balanced.get("target_group_arn"))
        if group is None:
            continue
        port = values.text(balanced.get("container_port"))
        task = values.resource(service.body.get("task_definition"))
        told = {
            "the target group": values.text(group.body.get("port")),
            "the container": _mapped(task, values),
            "PORT": _environment(task, "PORT"),
            "the image": _exposed(project) if _is_first(task) else "",
        }
        for name, other in told.items():
            said = f"{name} says port {other}, the service {port}"
            yield Judged(
                f"{place(stack, service)}: {name}", said if other not in {"", port} else ""
            )
        doors = [o for o in openings(stack, values) if o.holds(int(port))]
        own = {g.address for g in groups_of(service, values)}
        balancers = {g.address for lb in stack.of("aws_lb") for g in groups_of(lb, values)}
        # One that stands has a group that a variable names, which leads to nothing here.
        stands = bool(stack.data("aws_lb"))
        opened = any(
            d.inward and d.group in own
            and (balancers & set(d.groups) or (stands and not d.groups and not d.ranges))
            for d in doors
        )  # fmt: skip
        said = f"the load balancer cannot reach {service.address} on {port}"
        yield Judged(place(stack, service), "" if opened else said)


def _mapped(task: Resource | None, values: Values) -> str:
    for container in records(task.body.get("container_definitions") if task else None):
        for mapping in records(container.get("portMappings")):
            return values.text(mapping.get("containerPort"))
    return ""


def _is_first(task: Resource | None) -> bool:
    """Whether a task runs the image of the Dockerfile in the root, and not another service's."""
    containers = records(task.body.get("container_definitions") if task else None)
    return all(as_text(container.get("image")) in {"", "var.image"} for container in containers)


def _environment(task: Resource | None, name: str) -> str:
    for container in records(task.body.get("container_definitions") if task else None):
        for pair in records(container.get("environment")):
            if pair.get("name") == name:
                return as_text(pair.get("value"))
    return ""


def _exposed(project: Project) -> str:
    found = project.image[-1].last("EXPOSE") if project.image else None
    return found.words[0] if found and found.words else ""


def _encrypted_ways(project: Project) -> Iterator[Judged]:
    """Plain HTTP only leads to HTTPS; stores are spoken to over TLS."""
    for stack, listener in project.of("aws_lb_listener"):
        action = listener.body.block("default_action")
        plain = listener.body.text("protocol") in {"HTTP", ""}
        sent_on = action.text("type") == "redirect" and (
            action.block("redirect").text("protocol") == "HTTPS"
        )
        said = f"{listener.address} answers over plain HTTP"
        lacks = f"{listener.address} has no certificate"
        certified = listener.body.get("certificate_arn") is not None
        wrong = (said if not sent_on else "") if plain else ("" if certified else lacks)
        yield Judged(place(stack, listener), wrong)
    for stack, group in project.of("aws_db_parameter_group"):
        forced = any(
            p.text("name") == "rds.force_ssl" and p.text("value") == "1"
            for p in group.body.blocks("parameter")
        )
        yield Judged(place(stack, group), "" if forced else f"{group.address} lets TLS be left out")
    for stack, cache in project.of("aws_elasticache_replication_group"):
        over = cache.body.get("transit_encryption_enabled") is True
        yield Judged(place(stack, cache), "" if over else f"{cache.address} is spoken to in plain")


RULES = (
    Rule(id="only-the-front-is-open", check=_public),
    Rule(id="data-is-private", check=_private_data),
    Rule(id="stores-are-reached", check=_reached),
    Rule(id="one-port", check=_ports),
    Rule(id="nothing-in-plain", check=_encrypted_ways),
)
