"""Other services of the repository: each an ECS service in the same cluster, from its own image.

One that is published gets a name of its own below the service's, on the same load balancer.
"""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.docker import plain
from blueproof.advisors.deploy.parts.network import FILE as NETWORK
from blueproof.advisors.deploy.parts.network import service_subnets, vpc
from blueproof.advisors.deploy.parts.stores import address_of, redis_address
from blueproof.advisors.deploy.parts.workers import log_options
from blueproof.advisors.deploy.service import Beside, Service
from blueproof.cloud.stack import Body, Call, Resource, Value, body, ref, table

_FILE = "besides.tf"
_CPU, _MEMORY = 256, 512
_STOP_SECONDS = 40
_DRAIN_SECONDS = 15
_PREFIX = 5  # AWS takes six characters before what it adds itself
_FIRST_RULE = 10


def besides(service: Service, form: Form) -> Iterator[Resource]:
    """What runs each of them: log, task, service; and its way in where it is published."""
    for place, beside in enumerate(service.besides):
        name = beside.key
        if not beside.shares_image:
            yield Resource(
                kind="aws_ecr_repository", name=name, mode="data", file=_FILE,
                body=body(name=f"${{var.name}}-{beside.name}"),
            )  # fmt: skip
        yield Resource(
            kind="aws_cloudwatch_log_group", name=name, file=_FILE,
            body=body(name=f"/ecs/${{local.name}}-{beside.name}", retention_in_days=form.log_days),
        )  # fmt: skip
        yield _task(service, beside)
        if beside.port:
            yield from _way_in(service, beside, _FIRST_RULE * (place + 1))
            yield from _let_in(service, beside)
        yield _service(service, beside, form)


def log_arns(service: Service) -> tuple[str, ...]:
    """The logs that they write."""
    return tuple(f"${{aws_cloudwatch_log_group.{b.key}.arn}}:*" for b in service.besides)


def registries(service: Service) -> tuple[str, ...]:
    """How Terraform calls the registries of their images."""
    return tuple(b.key for b in service.besides if not b.shares_image)


def image_variable(beside: Beside) -> str:
    """The variable of Terraform that holds its first image."""
    return "image" if beside.shares_image else f"{beside.key}_image"


def _task(service: Service, beside: Beside) -> Resource:
    return Resource(
        kind="aws_ecs_task_definition", name=beside.key, file=_FILE,
        says=f"{beside.name}, from {beside.folder or 'the root'}. The deploy workflow puts each "
        "new image in.",
        body=body(
            family=f"${{local.name}}-{beside.name}",
            requires_compatibilities=("FARGATE",),
            network_mode="awsvpc",
            cpu=_CPU,
            memory=_MEMORY,
            execution_role_arn=ref("aws_iam_role.start.arn"),
            task_role_arn=ref("aws_iam_role.run.arn"),
            runtime_platform=body(operating_system_family="LINUX", cpu_architecture="ARM64"),
            container_definitions=_container(service, beside),
        ),
    )  # fmt: skip


def _container(service: Service, beside: Beside) -> Value:
    container = table(
        name="app",
        image=ref(f"var.{image_variable(beside)}"),
        essential=True,
        command=plain(beside.command) or None,
        portMappings=(table(containerPort=beside.port),) if beside.port else None,
        stopTimeout=_STOP_SECONDS,
        linuxParameters=table(initProcessEnabled=True),
        environment=tuple(table(name=n, value=v) for n, v in _settings(service, beside)),
        secrets=tuple(_secrets(service, beside)) or None,
        logConfiguration=table(
            logDriver="awslogs",
            options=table(**log_options(beside.key, beside.name)),
        ),
    )
    return Call("jsonencode", (container,))


def _settings(service: Service, beside: Beside) -> Iterator[tuple[str, str]]:
    if beside.port:
        yield "PORT", str(beside.port)
    if service.redis:
        for name, store in beside.stores:
            if store == "redis":
                yield name, redis_address(service if beside.shares_image else None)
    for name in beside.settings:
        yield name, f"${{var.settings.{name}}}"


def _secrets(service: Service, beside: Beside) -> Iterator[Value]:
    for name, store in beside.stores:
        if store == "database" and service.database == "postgresql":
            yield table(name=name, valueFrom=ref(address_of(service)))
    app = "${data.aws_secretsmanager_secret.app.arn}"
    for name in beside.secrets:
        yield table(name=name, valueFrom=f"{app}:{name}::")


def _way_in(service: Service, beside: Beside, priority: int) -> Iterator[Resource]:
    """The target group, the rule for its name, and the certificate and record of that name."""
    name, domain = beside.key, f"{beside.name}.${{var.domain}}"
    yield Resource(
        kind="aws_lb_target_group", name=name, file=_FILE,
        body=body(
            name_prefix=f"{beside.name[:_PREFIX].strip('-')}-",
            port=beside.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=vpc(service),
            deregistration_delay=_DRAIN_SECONDS,
            health_check=body(
                path=beside.health, matcher="200" if beside.is_told else "200-399", interval=10,
                timeout=5, healthy_threshold=2, unhealthy_threshold=3,
            ),
            lifecycle=body(create_before_destroy=True),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_listener_rule", name=name, file=_FILE,
        says=f"Requests for {beside.name}.DOMAIN go to it, all others to the service.",
        body=body(
            listener_arn=ref("aws_lb_listener.https.arn"),
            priority=priority,
            condition=body(host_header=body(values=(domain,))),
            action=body(type="forward", target_group_arn=ref(f"aws_lb_target_group.{name}.arn")),
        ),
    )  # fmt: skip
    yield from _certificate(name, domain)


def _certificate(name: str, domain: str) -> Iterator[Resource]:
    zone = ref("data.aws_route53_zone.main.zone_id")
    option = f"one(aws_acm_certificate.{name}.domain_validation_options)"
    yield Resource(
        kind="aws_acm_certificate", name=name, file=_FILE,
        body=body(
            domain_name=domain, validation_method="DNS",
            lifecycle=body(create_before_destroy=True),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_route53_record", name=f"{name}_certificate", file=_FILE,
        body=body(
            zone_id=zone,
            name=ref(f"{option}.resource_record_name"),
            type=ref(f"{option}.resource_record_type"),
            records=(ref(f"{option}.resource_record_value"),),
            ttl=300,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_acm_certificate_validation", name=name, file=_FILE,
        body=body(
            certificate_arn=ref(f"aws_acm_certificate.{name}.arn"),
            validation_record_fqdns=(ref(f"aws_route53_record.{name}_certificate.fqdn"),),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_listener_certificate", name=name, file=_FILE,
        body=body(
            listener_arn=ref("aws_lb_listener.https.arn"),
            certificate_arn=ref(f"aws_acm_certificate_validation.{name}.certificate_arn"),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_route53_record", name=name, file=_FILE,
        body=body(
            zone_id=zone,
            name=domain,
            type="A",
            alias=body(
                name=ref("aws_lb.main.dns_name"), zone_id=ref("aws_lb.main.zone_id"),
                evaluate_target_health=True,
            ),
        ),
    )  # fmt: skip


def _let_in(service: Service, beside: Beside) -> Iterator[Resource]:
    """The way from the load balancer to its port, where that is not the service's own."""
    taken = {service.port, *(b.port for b in service.besides[: service.besides.index(beside)])}
    if beside.port in taken:
        return
    groups = {"ingress": ("service", "lb"), "egress": ("lb", "service")}
    for side, (own, peer) in groups.items():
        way = "from" if side == "ingress" else "to"
        yield Resource(
            kind=f"aws_vpc_security_group_{side}_rule",
            name=f"{own}_{way}_{peer}_{beside.port}", file=NETWORK,
            body=body(
                security_group_id=ref(f"aws_security_group.{own}.id"),
                description=f"load balancer to {beside.name}",
                referenced_security_group_id=ref(f"aws_security_group.{peer}.id"),
                ip_protocol="tcp", from_port=beside.port, to_port=beside.port,
            ),
        )  # fmt: skip


def _service(service: Service, beside: Beside, form: Form) -> Resource:
    return Resource(
        kind="aws_ecs_service", name=beside.key, file=_FILE,
        says="A new version takes over only if it becomes healthy; else the old one stays."
        if beside.port else "Nothing connects to it. The next is begun before it is stopped.",
        body=body(
            name=f"${{local.name}}-{beside.name}",
            cluster=ref("aws_ecs_cluster.main.id"),
            task_definition=ref(f"aws_ecs_task_definition.{beside.key}.arn"),
            desired_count=form.tasks if beside.port else 1,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            enable_execute_command=False,
            deployment_circuit_breaker=body(enable=True, rollback=True),
            network_configuration=_inside(service, form),
            health_check_grace_period_seconds=60 if beside.port else None,
            load_balancer=_target(beside) if beside.port else None,
            lifecycle=body(ignore_changes=(ref("task_definition"), ref("desired_count"))),
            depends_on=(ref(f"aws_lb_listener_rule.{beside.key}"),) if beside.port else None,
        ),
    )  # fmt: skip


def _target(beside: Beside) -> Body:
    return body(
        target_group_arn=ref(f"aws_lb_target_group.{beside.key}.arn"),
        container_name="app",
        container_port=beside.port,
    )


def _inside(service: Service, form: Form) -> Body:
    return body(
        subnets=service_subnets(service, form),
        security_groups=(ref("aws_security_group.service.id"),),
        assign_public_ip=not form.nat,
    )
