"""Processes beside the service, from the same image: an ECS service for each, without a way in."""

from collections.abc import Iterator

from blueproof.advisors.deploy.load import Form
from blueproof.advisors.deploy.parts.docker import place, plain
from blueproof.advisors.deploy.parts.network import service_subnets
from blueproof.advisors.deploy.service import MOST_STOP, Service, Worker
from blueproof.cloud.stack import Body, Call, Resource, Value, body, ref, table

_FILE = "workers.tf"
_CPU, _MEMORY = 256, 512
_MEMORY_OF = {"ruby": 1024, "java": 1024}  # MB: a process of Rails or Spring alone takes over 300
_LEAST_KEPT, _LONGEST_KEPT = 10, 2880  # minutes for which ECS keeps a task that asks for it
_MOST_TASKS = 10
_WAITING = 4  # jobs that may wait for each task: our judgement
_STOP_SECONDS = MOST_STOP  # for the job at hand: all that Fargate allows


def workers(
    service: Service, form: Form, environment: tuple[Value, ...], secrets: tuple[Value, ...]
) -> Iterator[Resource]:
    """What runs each worker: a log, a task, a service of one task; settings as the API has them."""
    for worker in service.workers:
        name = resource_name(worker)
        yield Resource(
            kind="aws_cloudwatch_log_group", name=name, file=_FILE,
            body=body(
                name=f"/ecs/${{local.name}}-{worker.name}", retention_in_days=form.log_days
            ),
        )  # fmt: skip
        memory = _MEMORY_OF.get(service.language, _MEMORY)
        yield _task(worker, memory, (*environment, *_told(service, worker)), secrets)
        yield _service(service, worker, form)
        if service.measures and not worker.schedules:
            yield from _scaling(worker)


def _told(service: Service, worker: Worker) -> Iterator[Value]:
    """What a worker finds in its environment beside what the service does."""
    if service.measures:
        yield table(name="SERVICE_NAME", value=f"${{local.name}}-{worker.name}")
    if service.protects:
        minutes = min(_LONGEST_KEPT, max(_LEAST_KEPT, 2 * service.longest // 60))
        yield table(name="PROTECT_MINUTES", value=str(minutes))


def _scaling(worker: Worker) -> Iterator[Resource]:
    """More tasks while jobs wait, fewer when none does; one that has a job is left to end it."""
    name = resource_name(worker)
    yield Resource(
        kind="aws_appautoscaling_target", name=name, file=_FILE,
        body=body(
            service_namespace="ecs",
            resource_id=f"service/${{aws_ecs_cluster.main.name}}/${{aws_ecs_service.{name}.name}}",
            scalable_dimension="ecs:service:DesiredCount",
            min_capacity=1,
            max_capacity=_MOST_TASKS,
        ),
    )  # fmt: skip
    yield Resource(
        kind="aws_appautoscaling_policy", name=name, file=_FILE,
        says=f"So many jobs may wait for each task of {worker.name}: it tells by itself, each "
        "minute.",
        body=body(
            name=f"jobs-waiting-{worker.name}",
            policy_type="TargetTrackingScaling",
            service_namespace=ref(f"aws_appautoscaling_target.{name}.service_namespace"),
            resource_id=ref(f"aws_appautoscaling_target.{name}.resource_id"),
            scalable_dimension=ref(f"aws_appautoscaling_target.{name}.scalable_dimension"),
            target_tracking_scaling_policy_configuration=body(
                target_value=_WAITING,
                scale_in_cooldown=300,
                scale_out_cooldown=60,
                customized_metric_specification=body(
                    namespace="Workers",
                    metric_name="JobsWaiting",
                    statistic="Average",
                    dimensions=body(name="Service", value=f"${{local.name}}-{worker.name}"),
                ),
            ),
        ),
    )  # fmt: skip


def most_at_once(service: Service) -> int:
    """How many tasks of its workers there may be while a deploy starts the new ones."""
    found = 0
    for worker in service.workers:
        usual = _MOST_TASKS if service.measures and not worker.schedules else 1
        found += usual if worker.schedules else usual * 2
    return found


def resource_name(worker: Worker) -> str:
    """How Terraform calls what belongs to a worker."""
    return worker.name.replace("-", "_")


def log_arns(service: Service) -> tuple[str, ...]:
    """The logs that the workers write."""
    return tuple(
        f"${{aws_cloudwatch_log_group.{resource_name(worker)}.arn}}:*" for worker in service.workers
    )


def _task(
    worker: Worker, memory: int, environment: tuple[Value, ...], secrets: tuple[Value, ...]
) -> Resource:
    return Resource(
        kind="aws_ecs_task_definition", name=resource_name(worker), file=_FILE,
        says=f"{worker.name}: the image of the service with a command of its own. Nothing connects "
        "to it. The deploy workflow puts each new image in.",
        body=body(
            family=f"${{local.name}}-{worker.name}",
            requires_compatibilities=("FARGATE",),
            network_mode="awsvpc",
            cpu=_CPU,
            memory=memory,
            execution_role_arn=ref("aws_iam_role.start.arn"),
            task_role_arn=ref("aws_iam_role.run.arn"),
            runtime_platform=body(operating_system_family="LINUX", cpu_architecture="ARM64"),
            container_definitions=_container(worker, environment, secrets),
        ),
    )  # fmt: skip


def _container(worker: Worker, environment: tuple[Value, ...], secrets: tuple[Value, ...]) -> Value:
    container = table(
        name="app",
        image=ref("var.image"),
        essential=True,
        command=plain(worker.command),
        workingDirectory=place(worker.folder),
        stopTimeout=_STOP_SECONDS,
        linuxParameters=table(initProcessEnabled=True),
        environment=environment,
        secrets=secrets or None,
        logConfiguration=table(
            logDriver="awslogs",
            options=table(**log_options(resource_name(worker), worker.name)),
        ),
    )
    return Call("jsonencode", (container,))


def log_options(group: str, stream: str) -> dict[str, Value]:
    """Where a container's lines go: the log group by its key, and the streams' prefix."""
    return {
        "awslogs-group": ref(f"aws_cloudwatch_log_group.{group}.name"),
        "awslogs-region": ref("var.region"),
        "awslogs-stream-prefix": stream,
    }


def _service(service: Service, worker: Worker, form: Form) -> Resource:
    return Resource(
        kind="aws_ecs_service", name=resource_name(worker), file=_FILE,
        says=f"One task, stopped before the next is begun: two of them would run each job of "
        f"{worker.schedules} twice." if worker.schedules else
        "One task. The next is begun before it is stopped: a job may meet both, as after a crash.",
        body=body(
            name=f"${{local.name}}-{worker.name}",
            cluster=ref("aws_ecs_cluster.main.id"),
            task_definition=ref(f"aws_ecs_task_definition.{resource_name(worker)}.arn"),
            desired_count=1,
            launch_type="FARGATE",
            deployment_minimum_healthy_percent=0 if worker.schedules else 100,
            deployment_maximum_percent=100 if worker.schedules else 200,
            enable_execute_command=False,
            deployment_circuit_breaker=body(enable=True, rollback=True),
            network_configuration=_inside(service, form),
            lifecycle=body(ignore_changes=(ref("task_definition"), ref("desired_count"))),
        ),
    )  # fmt: skip


def _inside(service: Service, form: Form) -> Body:
    return body(
        subnets=service_subnets(service, form),
        security_groups=(ref("aws_security_group.service.id"),),
        assign_public_ip=not form.nat,
    )
