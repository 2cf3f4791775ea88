"""The network: two zones, a public and a private side, and as few ways out as the case needs."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Expr, Resource, Value, body, ref, table

FILE = "network.tf"
ZONES = ("a", "b")
HTTPS, HTTP, POSTGRESQL, REDIS = 443, 80, 5432, 6379
SMTP = (465, 587)
OUTSIDE = (5432, 6543)  # PostgreSQL itself, and the pooler in front of it
EVERYWHERE = "0.0.0.0/0"


def network(service: Service, form: Form) -> Iterator[Resource]:
    """The VPC with its subnets, routes and security groups; none where nothing lies in it."""
    if not needed(service, form):
        return
    if "network" not in service.kept:
        yield from _vpc()
        if form.shape == "fargate" or form.nat:
            yield from _public()
        yield from _private(form)
        yield from _ways_out(form)
    yield from _groups(service, form)


def vpc(service: Service) -> Expr:
    """The network's id: of the one that is made, or of the one that is there."""
    return ref("var.vpc_id" if "network" in service.kept else "aws_vpc.main.id")


def subnets(service: Service, side: str) -> Value:
    """The subnets of a side, "public" or "private"."""
    if "network" in service.kept:
        return ref(f"var.{side}_subnets")
    return tuple(ref(f"aws_subnet.{side}_{zone}.id") for zone in ZONES)


def needed(service: Service, form: Form) -> bool:
    """Whether anything lies in a network of its own: Lambda with DynamoDB alone does not."""
    inside = service.database == "postgresql" and "outside" not in service.kept
    return form.shape == "fargate" or inside or service.redis


def _vpc() -> Iterator[Resource]:
    yield Resource(
        kind="aws_vpc", name="main", file=FILE,
        says="One network. Nothing in it is reachable from outside but the load balancer.",
        body=body(
            cidr_block="10.0.0.0/16",
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags=table(Name=ref("local.name")),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_availability_zones", name="here", mode="data", file=FILE,
        body=body(state="available"),
    )  # fmt: skip


def _subnet(side: str, place: int, first: int) -> Resource:
    zone = ZONES[place]
    return Resource(
        kind="aws_subnet", name=f"{side}_{zone}", file=FILE,
        body=body(
            vpc_id=ref("aws_vpc.main.id"),
            cidr_block=f"10.0.{first + place}.0/24",
            availability_zone=ref(f"data.aws_availability_zones.here.names[{place}]"),
            tags=table(Name=f"${{local.name}}-{side}-{zone}"),
        ),
    )  # fmt: skip


def _public() -> Iterator[Resource]:
    yield Resource(
        kind="aws_internet_gateway",
        name="main",
        file=FILE,
        body=body(vpc_id=ref("aws_vpc.main.id")),
    )
    yield from (_subnet("public", place, 0) for place in range(len(ZONES)))
    yield Resource(
        kind="aws_route_table", name="public", file=FILE,
        says="The public side: the load balancer, and what must reach out without a gateway.",
        body=body(
            vpc_id=ref("aws_vpc.main.id"),
            route=body(cidr_block=EVERYWHERE, gateway_id=ref("aws_internet_gateway.main.id")),
        ),
    )  # fmt: skip
    yield from (_association("public", zone, "public") for zone in ZONES)


def _association(side: str, zone: str, routes: str) -> Resource:
    return Resource(
        kind="aws_route_table_association", name=f"{side}_{zone}", file=FILE,
        body=body(
            subnet_id=ref(f"aws_subnet.{side}_{zone}.id"),
            route_table_id=ref(f"aws_route_table.{routes}.id"),
        ),
    )  # fmt: skip


def _private(form: Form) -> Iterator[Resource]:
    yield from (_subnet("private", place, 10) for place in range(len(ZONES)))
    tables = ZONES if form.nat > 1 else ("",)
    for number, zone in enumerate(tables):
        gateway = f"aws_nat_gateway.{ZONES[number]}.id"
        yield Resource(
            kind="aws_route_table", name=_routes(zone), file=FILE,
            says="The private side: no way in from the internet."
            if form.nat else "The private side: no way in from the internet, and none out.",
            body=body(
                vpc_id=ref("aws_vpc.main.id"),
                route=body(cidr_block=EVERYWHERE, nat_gateway_id=ref(gateway))
                if form.nat else None,
            ),
        )  # fmt: skip
    for zone in ZONES:
        yield _association("private", zone, _routes(zone if form.nat > 1 else ""))


def _routes(zone: str) -> str:
    return f"private_{zone}" if zone else "private"


def _ways_out(form: Form) -> Iterator[Resource]:
    for zone in ZONES[: form.nat]:
        yield Resource(kind="aws_eip", name=f"nat_{zone}", file=FILE, body=body(domain="vpc"))
        yield Resource(
            kind="aws_nat_gateway", name=zone, file=FILE,
            says="The way out of the private side. It is billed by the hour and by the GB.",
            body=body(
                allocation_id=ref(f"aws_eip.nat_{zone}.id"),
                subnet_id=ref(f"aws_subnet.public_{zone}.id"),
                depends_on=(ref("aws_internet_gateway.main"),),
            ),
        )  # fmt: skip
    if form.nat:
        tables = [f"aws_route_table.{_routes(z if form.nat > 1 else '')}.id" for z in ZONES]
        yield Resource(
            kind="aws_vpc_endpoint", name="s3", file=FILE,
            says="Image layers come from S3: through this free endpoint they pass no gateway.",
            body=body(
                vpc_id=ref("aws_vpc.main.id"),
                service_name="com.amazonaws.${var.region}.s3",
                route_table_ids=tuple(ref(t) for t in dict.fromkeys(tables)),
            ),
        )  # fmt: skip


def group(name: str, says: str, network: Expr) -> Resource:
    """A security group without rules; each rule is a resource of its own."""
    return Resource(
        kind="aws_security_group", name=name, file=FILE, says=says,
        body=body(
            name=f"${{local.name}}-{name}", description=says, vpc_id=network,
        ),
    )  # fmt: skip


def _groups(service: Service, form: Form) -> Iterator[Resource]:
    if form.shape == "fargate":
        yield group("lb", "The load balancer is open to the internet on 80 and 443", vpc(service))
        yield from (_from_everywhere(port) for port in (HTTP, HTTPS))
        yield _between("lb", "service", service.port, "egress")
    yield group("service", "The service is reachable from the load balancer alone"
                if form.shape == "fargate" else "Nothing connects to a function",
                vpc(service))  # fmt: skip
    if form.shape == "fargate":
        yield _between("lb", "service", service.port, "ingress")
    yield Resource(
        kind="aws_vpc_security_group_egress_rule", name="service_https", file=FILE,
        says="The service calls AWS and other companies' APIs over TLS"
        + (" and sends mail, nothing else." if service.mails else ", nothing else."),
        body=body(
            security_group_id=ref("aws_security_group.service.id"),
            description="TLS to anywhere", cidr_ipv4=EVERYWHERE,
            ip_protocol="tcp", from_port=HTTPS, to_port=HTTPS,
        ),
    )  # fmt: skip
    if service.mails:
        yield from (_mail(port) for port in SMTP)
    for store, port, there in (
        ("database", POSTGRESQL, service.makes_database),
        ("cache", REDIS, service.redis),
    ):
        if there:
            yield group(store, f"The {store} is reachable from the service alone", vpc(service))
            yield _between("service", store, port, "ingress")
            yield _between("service", store, port, "egress")

    yield from _kept_database(service)


def _kept_database(service: Service) -> Iterator[Resource]:
    """The way to a database that is there: one rule in its group, one in the service's."""
    if "database" in service.kept:
        peers = {
            "ingress": (ref("var.database_security_group"), ref("aws_security_group.service.id")),
            "egress": (ref("aws_security_group.service.id"), ref("var.database_security_group")),
        }
        for side, (own, peer) in peers.items():
            name = "database_from_service" if side == "ingress" else "service_to_database"
            yield Resource(
                kind=f"aws_vpc_security_group_{side}_rule", name=name, file=FILE,
                says="The only change to what is there: the service may connect to the database."
                if side == "ingress" else "",
                body=body(
                    security_group_id=own, description="service to database",
                    referenced_security_group_id=peer, ip_protocol="tcp",
                    from_port=POSTGRESQL, to_port=POSTGRESQL,
                ),
            )  # fmt: skip
    if "outside" in service.kept:
        for port in OUTSIDE:
            yield Resource(
                kind="aws_vpc_security_group_egress_rule", name=f"service_database_{port}",
                file=FILE, says="The database lies outside of AWS: TLS is asked for in its address",
                body=body(
                    security_group_id=ref("aws_security_group.service.id"),
                    description="PostgreSQL to anywhere", cidr_ipv4=EVERYWHERE,
                    ip_protocol="tcp", from_port=port, to_port=port,
                ),
            )  # fmt: skip


def _mail(port: int) -> Resource:
    return Resource(
        kind="aws_vpc_security_group_egress_rule", name=f"service_smtp_{port}", file=FILE,
        says="Mail is handed over by SMTP. AWS lets nobody out on port 25.",
        body=body(
            security_group_id=ref("aws_security_group.service.id"),
            description="SMTP to anywhere", cidr_ipv4=EVERYWHERE,
            ip_protocol="tcp", from_port=port, to_port=port,
        ),
    )  # fmt: skip


def _from_everywhere(port: int) -> Resource:
    return Resource(
        kind="aws_vpc_security_group_ingress_rule",
        name="lb_https" if port == HTTPS else "lb_http", file=FILE,
        body=body(
            security_group_id=ref("aws_security_group.lb.id"),
            description="HTTPS" if port == HTTPS else "HTTP, to be sent on to HTTPS",
            cidr_ipv4=EVERYWHERE, ip_protocol="tcp", from_port=port, to_port=port,
        ),
    )  # fmt: skip


def _between(source: str, target: str, port: int, side: str) -> Resource:
    """One half of a connection: `side` of the group it belongs to, the other group as its peer."""
    own, peer = (target, source) if side == "ingress" else (source, target)
    return Resource(
        kind=f"aws_vpc_security_group_{side}_rule",
        name=f"{own}_from_{peer}" if side == "ingress" else f"{own}_to_{peer}", file=FILE,
        body=body(
            security_group_id=ref(f"aws_security_group.{own}.id"),
            description=f"{source} to {target}",
            referenced_security_group_id=ref(f"aws_security_group.{peer}.id"),
            ip_protocol="tcp", from_port=port, to_port=port,
        ),
    )  # fmt: skip


def service_subnets(service: Service, form: Form) -> Value:
    """Where the service runs: on the private side if a gateway leads out of it."""
    return subnets(service, "public" if form.shape == "fargate" and not form.nat else "private")
