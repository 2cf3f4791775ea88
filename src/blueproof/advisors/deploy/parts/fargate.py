"""The service on ECS Fargate behind a load balancer, with autoscaling and a circuit breaker."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts import besides as beside
from blueproof.advisors.deploy.parts.moving import TAKES_TRAFFIC, moves
from blueproof.advisors.deploy.parts.network import HTTP, HTTPS, service_subnets, subnets, vpc
from blueproof.advisors.deploy.parts.roles import bounded, by_service, grant
from blueproof.advisors.deploy.parts.stores import address_of, environment, permissions
from blueproof.advisors.deploy.parts.workers import log_arns, log_options, workers
from blueproof.advisors.deploy.service import Service
from blueproof.cloud.stack import Body, Call, Resource, Value, body, ref, table

_STOP_SECONDS = 40  # for requests in flight; the load balancer stops sending after 15
_DRAIN_SECONDS = 15
_SERVICE, _EDGE, _ROLES = "service.tf", "load_balancer.tf", "roles.tf"
_TLS = "ELBSecurityPolicy-TLS13-1-2-2021-06"
_LOGS = "/ecs/${local.name}"


def fargate(service: Service, form: Form) -> Iterator[Resource]:
    """All resources that run the service and bring requests to it."""
    yield from _balancer(service)
    yield from _listeners()
    yield from _certificate(moving=moves(service, form))
    yield from _roles(service)
    yield from _cluster(form)
    yield _task(service, form)
    yield _service(service, form)
    yield from workers(service, form, _settings(service), _secrets(service))
    yield from beside.besides(service, form)
    yield from _scaling(service, form)


def _balancer(service: Service) -> Iterator[Resource]:
    yield Resource(
        kind="aws_lb", name="main", file=_EDGE,
        body=body(
            name=ref("local.name"),
            load_balancer_type="application",
            security_groups=(ref("aws_security_group.lb.id"),),
            subnets=subnets(service, "public"),
            idle_timeout=_idle(service),
            drop_invalid_header_fields=True,
            enable_deletion_protection=True,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_target_group", name="service", file=_EDGE,
        says="A task gets requests once it was ready, and none from when it drains. It is not "
        "asked about the database: if that is away, ECS would replace every task for nothing.",
        body=body(
            name=ref("local.name"),
            port=service.port,
            protocol="HTTP",
            target_type="ip",
            vpc_id=vpc(service),
            deregistration_delay=_DRAIN_SECONDS,
            health_check=body(
                path=service.start_path, matcher="200", interval=10, timeout=5,
                healthy_threshold=2, unhealthy_threshold=3,
            ),
            stickiness=body(type="lb_cookie", enabled=True)
            if service.sessions == "memory" else None,
        ),
    )  # fmt: skip


def _listeners() -> Iterator[Resource]:
    yield Resource(
        kind="aws_lb_listener", name="http", file=_EDGE,
        body=body(
            load_balancer_arn=ref("aws_lb.main.arn"),
            port=HTTP,
            protocol="HTTP",
            default_action=body(
                type="redirect",
                redirect=body(port=str(HTTPS), protocol="HTTPS", status_code="HTTP_301"),
            ),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_lb_listener", name="https", file=_EDGE,
        body=body(
            load_balancer_arn=ref("aws_lb.main.arn"),
            port=HTTPS,
            protocol="HTTPS",
            ssl_policy=_TLS,
            certificate_arn=ref("aws_acm_certificate_validation.api.certificate_arn"),
            default_action=body(
                type="forward", target_group_arn=ref("aws_lb_target_group.service.arn")
            ),
        ),
    )  # fmt: skip


def _certificate(*, moving: bool) -> Iterator[Resource]:
    file = "domain.tf"
    yield Resource(
        kind="aws_route53_zone",
        name="main",
        mode="data",
        file=file,
        body=body(name=ref("var.zone")),
    )
    yield Resource(
        kind="aws_acm_certificate", name="api", file=file,
        body=body(
            domain_name=ref("var.domain"),
            validation_method="DNS",
            lifecycle=body(create_before_destroy=True),
        ),
    )  # fmt: skip
    option = "one(aws_acm_certificate.api.domain_validation_options)"
    yield Resource(
        kind="aws_route53_record", name="certificate", file=file,
        body=body(
            zone_id=ref("data.aws_route53_zone.main.zone_id"),
            name=ref(f"{option}.resource_record_name"),
            type=ref(f"{option}.resource_record_type"),
            records=(ref(f"{option}.resource_record_value"),),
            ttl=300,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_acm_certificate_validation", name="api", file=file,
        body=body(
            certificate_arn=ref("aws_acm_certificate.api.arn"),
            validation_record_fqdns=(ref("aws_route53_record.certificate.fqdn"),),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_route53_record", name="api", file=file,
        says="The name leads to the old place until this is true." if moving else "",
        body=body(
            count=ref(f"var.{TAKES_TRAFFIC} ? 1 : 0") if moving else None,
            allow_overwrite=True if moving else None,
            zone_id=ref("data.aws_route53_zone.main.zone_id"),
            name=ref("var.domain"),
            type="A",
            alias=body(
                name=ref("aws_lb.main.dns_name"),
                zone_id=ref("aws_lb.main.zone_id"),
                evaluate_target_health=True,
            ),
        ),
    )  # fmt: skip


def _roles(service: Service) -> Iterator[Resource]:
    """The role that starts tasks, and the one that the running code has."""
    trusted = by_service("ecs-tasks.amazonaws.com")
    start = [
        grant("Registry", ("ecr:GetAuthorizationToken",), ("*",)),
        grant(
            "Image",
            ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"),
            tuple(
                f"${{data.aws_ecr_repository.{name}.arn}}"
                for name in ("app", *beside.registries(service))
            ),
        ),
        grant(
            "Logs", ("logs:CreateLogStream", "logs:PutLogEvents"),
            ("${aws_cloudwatch_log_group.service.arn}:*", *log_arns(service),
             *beside.log_arns(service)),
        ),
    ]  # fmt: skip
    if secret_arns(service):
        start.append(grant("Secrets", ("secretsmanager:GetSecretValue",), secret_arns(service)))
    yield from bounded(
        "start", _ROLES, "Starts tasks: pulls the image, reads the secrets, writes the logs.",
        trusted, start,
    )  # fmt: skip
    own = [grant(name, actions, things) for name, actions, things in permissions(service)]
    says = "What the code itself may do on AWS." if own else (
        "What the code itself may do on AWS: nothing, until a grant is written here."
    )  # fmt: skip
    yield from bounded("run", _ROLES, says, trusted, own)


def secret_arns(service: Service) -> tuple[str, ...]:
    """The secrets that the service is started with."""
    found = []
    if service.database == "postgresql":
        found.append(f"${{{address_of(service)}}}")
    if app_secrets(service):
        found.append("${data.aws_secretsmanager_secret.app.arn}")
    return tuple(found)


def app_secrets(service: Service) -> tuple[str, ...]:
    """The names of the secrets that the person puts in, beside the database's address."""
    ours = {"DATABASE_URL", "REDIS_URL"} if service.redis else {"DATABASE_URL"}
    named = {name for each in service.besides for name in each.secrets}
    return tuple(sorted({*service.secrets, *named} - ours))


def _cluster(form: Form) -> Iterator[Resource]:
    yield Resource(
        kind="aws_ecs_cluster", name="main", file=_SERVICE,
        body=body(
            name=ref("local.name"),
            setting=body(
                name="containerInsights", value="enabled" if form.tier == "large" else "disabled"
            ),
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_cloudwatch_log_group", name="service", file=_SERVICE,
        body=body(name=_LOGS, retention_in_days=form.log_days),
    )  # fmt: skip


def _task(service: Service, form: Form) -> Resource:
    """What a task is. Each deploy takes the newest revision of it and puts its own image in."""
    return Resource(
        kind="aws_ecs_task_definition", name="service", file=_SERVICE,
        says="Size, settings and secrets are decided here; the image by the deploy workflow, "
        "which registers the next revision from this one.",
        body=body(
            family=ref("local.name"),
            requires_compatibilities=("FARGATE",),
            network_mode="awsvpc",
            cpu=form.cpu,
            memory=form.memory,
            execution_role_arn=ref("aws_iam_role.start.arn"),
            task_role_arn=ref("aws_iam_role.run.arn"),
            runtime_platform=body(operating_system_family="LINUX", cpu_architecture="ARM64"),
            container_definitions=_containers(service),
        ),
    )  # fmt: skip


def _idle(service: Service) -> int:
    """The seconds for which the load balancer keeps a connection on which nobody speaks."""
    return 3600 if service.websockets else 60


def _containers(service: Service) -> Value:
    """The container as JSON that HCL makes from a map."""
    container = table(
        name="app",
        image=ref("var.image"),
        essential=True,
        stopTimeout=_STOP_SECONDS,
        portMappings=(table(containerPort=service.port),),
        linuxParameters=table(initProcessEnabled=True),
        environment=_settings(service),
        secrets=_secrets(service) or None,
        logConfiguration=table(
            logDriver="awslogs",
            options=table(**log_options("service", "api")),
        ),
    )
    return Call("jsonencode", (container,))


def _settings(service: Service) -> tuple[Value, ...]:
    """What tasks find in their environment, nothing of it secret."""
    found: list[tuple[str, Value]] = list(environment(service))
    if permissions(service):
        found.append(("AWS_REGION", ref("var.region")))
    if service.websockets:
        # Node must keep idle connections for longer than the load balancer does.
        found.append(("KEEP_ALIVE_SECONDS", str(_idle(service) + 5)))
    return tuple(table(name=name, value=value) for name, value in found)


def _secrets(service: Service) -> tuple[Value, ...]:
    found: list[Value] = []
    if service.database == "postgresql":
        found.append(table(name="DATABASE_URL", valueFrom=ref(address_of(service))))
    app = "${data.aws_secretsmanager_secret.app.arn}"
    others = {name for each in service.besides for name in each.secrets} - {*service.secrets}
    own = (name for name in app_secrets(service) if name not in others)
    found += [table(name=n, valueFrom=f"{app}:{n}::") for n in own]
    return tuple(found)


def _service(service: Service, form: Form) -> Resource:
    return Resource(
        kind="aws_ecs_service", name="service", file=_SERVICE,
        says="A new version takes over only if it becomes healthy; else the old one stays. Which "
        "revision runs, and how many tasks, is not decided here.",
        body=body(
            name=ref("local.name"),
            cluster=ref("aws_ecs_cluster.main.id"),
            task_definition=ref("aws_ecs_task_definition.service.arn"),
            desired_count=form.tasks,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            enable_execute_command=False,
            deployment_circuit_breaker=body(enable=True, rollback=True),
            network_configuration=body(
                subnets=service_subnets(service, form),
                security_groups=(ref("aws_security_group.service.id"),),
                assign_public_ip=not form.nat,
            ),
            health_check_grace_period_seconds=60,
            load_balancer=body(
                target_group_arn=ref("aws_lb_target_group.service.arn"),
                container_name="app",
                container_port=service.port,
            ),
            lifecycle=body(ignore_changes=(ref("task_definition"), ref("desired_count"))),
            depends_on=(ref("aws_lb_listener.https"),),
        ),
    )  # fmt: skip


def _scaling(service: Service, form: Form) -> Iterator[Resource]:
    yield Resource(
        kind="aws_appautoscaling_target", name="service", file=_SERVICE,
        body=body(
            service_namespace="ecs",
            resource_id="service/${aws_ecs_cluster.main.name}/${aws_ecs_service.service.name}",
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=form.tasks,
            max_capacity=form.most_tasks,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_appautoscaling_policy", name="cpu", file=_SERVICE,
        says="Node runs on one core: at 60 % of a task it is already slow at the edges."
        if service.is_node else "At 60 % of a task there is room for the minute until more run.",
        body=body(
            name="cpu",
            policy_type="TargetTrackingScaling",
            service_namespace=ref("aws_appautoscaling_target.service.service_namespace"),
            resource_id=ref("aws_appautoscaling_target.service.resource_id"),
            scalable_dimension=ref("aws_appautoscaling_target.service.scalable_dimension"),
            target_tracking_scaling_policy_configuration=_target(),
        ),
    )  # fmt: skip


def _target() -> Body:
    return body(
        target_value=60,
        scale_in_cooldown=300,
        scale_out_cooldown=60,
        predefined_metric_specification=body(
            predefined_metric_type="ECSServiceAverageCPUUtilization"
        ),
    )
