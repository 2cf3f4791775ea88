"""What is wrong with what runs: tasks, services, load balancers, functions, machines."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from blueproof.advisors.pipeline.fault import Fault
from blueproof.advisors.pipeline.infra import sources
from blueproof.advisors.pipeline.infra.made import Infra, Made, Reference, number, texts
from blueproof.costs.db_class import default_connections
from blueproof.facts.retired import retirements

_GIB = 1024
# MiB that each CPU value takes: least, most, step; sources.FARGATE says so.
_MEMORY = {
    256: (512, 2048, 512), 512: (1024, 4096, 1024), 1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024), 4096: (8192, 30720, 1024), 8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}  # fmt: skip
_NOT_QUARTER = 1536  # 256 CPU units take 512, 1024 and 2048 MiB, and nothing between
_POOL = re.compile(
    r"^(?:\w*_)?(?:POOL(?:_?(?:MAX|SIZE|LIMIT))?|MAX_?POOL(?:_?SIZE)?|MAX_?CONNECTIONS"
    r"|CONNECTION_LIMIT|RAILS_MAX_THREADS)$",
    re.IGNORECASE,
)
_IN_ADDRESS = re.compile(r"[?&](?:connection_limit|pool_max|max_connections)=(\d+)")
_SECRET = re.compile(r"SECRET|PASSW|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE)
_NO_SECRET = re.compile(r"(?:_ARN|_NAME|_ID|_URL|_TTL|_EXPIRY|_EXPIRES\w*|_PATH)$", re.IGNORECASE)
_PASSWORD_IN_URL = re.compile(r"://[^:/\s]+:(?P<word>[^@\s]+)@")
_CLASS = re.compile(r"db\.(\w+)\.(\w+)")
_AT_ONCE = 1000  # runs at once of an account and region, until it is raised
_TWICE = 2  # a rolling deploy starts the new tasks before it stops the old (200 %)


def faults(infra: Infra) -> Iterator[Fault]:
    """The faults of all that runs."""
    for made in infra.of("aws_ecs_task_definition"):
        yield from _task(infra, made)
    for made in infra.of("aws_ecs_service"):
        yield from _service(infra, made)
    for made in infra.of("aws_lambda_function"):
        yield from _function(infra, made)
    for made in infra.of("aws_lb_listener", "aws_alb_listener"):
        yield from _listener(infra, made)
    for made in infra.of("aws_lb_target_group", "aws_alb_target_group"):
        yield from _targets(infra, made)
    for made in infra.of("aws_instance"):
        yield from _machine(made)
    for made in infra.of("aws_cloudwatch_log_group"):
        yield from _logs(made)


def containers(made: Made) -> tuple[Mapping[str, Any], ...]:
    """The containers of a task definition, as far as they can be read."""
    return made.blocks("container_definitions")


def _is_fargate(infra: Infra, made: Made) -> bool:
    told = {t.upper() for t in texts(made.get("requires_compatibilities"))}
    if told:
        return "FARGATE" in told
    return any(
        s.text("launch_type") == "FARGATE" and s.refers_to(made)
        for s in infra.of("aws_ecs_service")
    )


def _task(infra: Infra, made: Made) -> Iterator[Fault]:
    fargate = _is_fargate(infra, made)
    if fargate:
        yield from _sizes(made)
        if made.text("network_mode") != "awsvpc" and not isinstance(
            made.get("network_mode"), Reference
        ):
            yield Fault(
                rule="network-mode", path=made.path, line=made.at("network_mode"), rank="breaks",
                says=f"{made.address}: Fargate takes network mode awsvpc only, and AWS refuses the "
                "task definition without it",
                right='network_mode = "awsvpc"',
                edits=made.setting("network_mode", '"awsvpc"'), evidence=(sources.AWSVPC,),
            )  # fmt: skip
    yield from _role(made, fargate=fargate)
    for each in containers(made):
        yield from _container(made, each)


def _sizes(made: Made) -> Iterator[Fault]:
    cpu, memory = made.number("cpu"), made.number("memory")
    if cpu is None or memory is None:
        return
    bounds = _MEMORY.get(int(cpu))
    fits = bounds and bounds[0] <= memory <= bounds[1] and not (memory - bounds[0]) % bounds[2]
    if fits and not (cpu == min(_MEMORY) and memory == _NOT_QUARTER):
        return
    if bounds is None:
        says = f"{cpu:g} CPU units are no size of Fargate: {', '.join(map(str, _MEMORY))} are"
        right = f"cpu = {min(_MEMORY, key=lambda c: abs(c - cpu))}"
    else:
        takes = "512, 1024 or 2048" if cpu == min(_MEMORY) else f"{bounds[0]} to {bounds[1]}"
        enough = next((c for c, b in _MEMORY.items() if b[0] <= memory <= b[1]), None)
        says = (f"{cpu:g} CPU units with {memory:g} MiB is no size of Fargate: {cpu:g} takes "
                f"{takes} MiB, and AWS refuses the task definition")  # fmt: skip
        right = f"memory = {bounds[1] if memory > bounds[1] else bounds[0]}" + (
            f", or cpu = {enough}" if enough else "")  # fmt: skip
    yield Fault(
        rule="no-fargate-size", path=made.path, line=made.at("memory"), rank="breaks",
        says=f"{made.address}: {says}", right=right, evidence=(sources.FARGATE,),
    )  # fmt: skip


def _role(made: Made, *, fargate: bool) -> Iterator[Fault]:
    if made.get("execution_role_arn") is not None:
        return
    whys = []
    for each in containers(made):
        if fargate and ".dkr.ecr." in str(each.get("image")):
            whys.append("pull its image from ECR")
        if each.get("secrets"):
            whys.append("read its secrets")
        log = each.get("logConfiguration")
        if fargate and isinstance(log, Mapping) and log.get("logDriver") == "awslogs":
            whys.append("write its logs")
    if whys:
        yield Fault(
            rule="no-execution-role", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} has no execution role, so no task can "
            f"{' or '.join(dict.fromkeys(whys))}: none starts",
            right="execution_role_arn of a role with AmazonECSTaskExecutionRolePolicy",
            evidence=(sources.EXECUTION,),
        )  # fmt: skip


def _container(made: Made, each: Mapping[str, Any]) -> Iterator[Fault]:
    image = str(each.get("image", ""))
    if image.endswith(":latest") or (image and not isinstance(each.get("image"), Reference)
                                     and ":" not in image.rpartition("/")[2]
                                     and "@" not in image and "${" not in image):  # fmt: skip
        yield Fault(
            rule="image-latest", path=made.path, line=made.line_with("image"), rank="breaks",
            says=f"{made.address} runs :latest: a task that restarts at night takes whatever was "
            "pushed last, two tasks may differ, and there is no version to roll back to",
            right="the tag of the commit, or the digest, in an immutable ECR repository",
        )  # fmt: skip
    if not each.get("logConfiguration"):
        yield Fault(
            rule="no-logs", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address}: the container {each.get('name', '')} has no logConfiguration: "
            "on Fargate what it prints is lost, a crash at the start included",
            right="logConfiguration with awslogs and a log group with a retention",
        )  # fmt: skip
    environment = each.get("environment")
    for pair in environment if isinstance(environment, list) else ():
        if isinstance(pair, Mapping):
            yield from secrets_in(made, str(pair.get("name", "")), pair.get("value"))


def secrets_in(made: Made, name: str, value: Any) -> Iterator[Fault]:
    """A secret that stands in a variable of the environment."""
    if not isinstance(value, str) or isinstance(value, Reference) or not value:
        return
    password = _PASSWORD_IN_URL.search(value)
    plain = password and not password["word"].startswith(("${", "$"))
    named = _SECRET.search(name) and not _NO_SECRET.search(name) and "{{resolve" not in value
    if not plain and not (named and not value.startswith(("${", "arn:"))):
        return
    yield Fault(
        rule="secret-in-environment", path=made.path, line=made.line_with(name), rank="security",
        says=f"{made.address}: {name} holds a secret in plain text: it is in git, in the state and "
        "readable for whoever may describe the "
        f"{'function' if 'lambda' in made.kind else 'task definition'}",
        right='secrets = [{ name = "' + name + '", valueFrom = ARN of the secret }]'
        if "lambda" not in made.kind else "the ARN of a secret, read at the start",
        evidence=(sources.SECRETS,),
    )  # fmt: skip


def _service(infra: Infra, made: Made) -> Iterator[Fault]:
    task = next(iter(infra.named("aws_ecs_task_definition", made)), None)
    if made.get("scheduling_strategy") == "DAEMON":
        return
    breaker = made.blocks("deployment_circuit_breaker") or tuple(
        b for d in made.blocks("deployment_configuration") for b in
        ([d["deployment_circuit_breaker"]] if d.get("deployment_circuit_breaker") else [])
    )  # fmt: skip
    if not breaker and not made.blocks("deployment_controller"):
        yield Fault(
            rule="no-circuit-breaker", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} has no circuit breaker: a release whose tasks die is started "
            "again and again for hours, and nothing goes back by itself",
            right="deployment_circuit_breaker { enable = true, rollback = true }",
            edits=made.adding("deployment_circuit_breaker {", "  enable   = true",
                              "  rollback = true", "}"),
            evidence=(sources.CIRCUIT,),
        )  # fmt: skip
    yield from _network(made)
    ports = task and any(c.get("portMappings") for c in containers(task))
    if ports and not made.blocks("load_balancer") and not made.blocks(
        "service_connect_configuration") and not made.blocks("service_registries"):  # fmt: skip
        yield Fault(
            rule="no-load-balancer", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} opens a port and has no load balancer: each task has an address "
            "of its own that changes with each deploy, and nothing takes a sick task out",
            right="load_balancer { target_group_arn, container_name, container_port } and an "
            "aws_lb_target_group of target_type ip",
        )  # fmt: skip
    if task:
        yield from _pools(infra, made, task)


def _network(made: Made) -> Iterator[Fault]:
    for block in made.blocks("network_configuration"):
        inner = next(iter((*_nested(block, "awsvpc_configuration"), block)))
        subnets = texts(inner.get("subnets"))
        written = isinstance(inner.get("subnets"), list)
        if written and len(subnets) == 1 and not isinstance(inner["subnets"][0], Reference):
            yield Fault(
                rule="one-subnet", path=made.path, line=made.at("subnets"), rank="breaks",
                says=f"{made.address} runs in one subnet, so all tasks stand in one zone and stop "
                "with it", right="two subnets in two zones, by reference",
            )  # fmt: skip
        if inner.get("security_groups") is None:
            yield Fault(
                rule="default-group", path=made.path, line=made.at("network_configuration"),
                rank="security",
                says=f"{made.address} names no security group and gets the VPC's default one, "
                "which no rule of the database can tell from others",
                right="security_groups = [aws_security_group.service.id]",
            )  # fmt: skip


def _nested(block: Mapping[str, Any], key: str) -> tuple[Mapping[str, Any], ...]:
    found = block.get(key)
    return (found,) if isinstance(found, Mapping) else ()


def _pools(infra: Infra, made: Made, task: Made) -> Iterator[Fault]:
    """Connections of all tasks, at a deploy too, against what the class of the database takes."""
    database = next((d for d in infra.of("aws_db_instance", "aws_rds_cluster_instance")
                     if _CLASS.match(d.text("instance_class"))), None)  # fmt: skip
    each = next(iter(_pool_sizes(task)), None)
    tasks = made.number("desired_count") or 1
    if database is None or each is None or "mysql" in database.text("engine"):
        return
    said = _CLASS.match(database.text("instance_class"))
    most = default_connections(said[1], said[2]) if said else None
    if most is None or said is None:
        return
    all_, deploying = int(each[1] * tasks), int(_TWICE * each[1] * tasks)
    if deploying <= most * 4 // 5:
        return
    fits = max(1, most * 4 // 5 // int(_TWICE * tasks))
    yield Fault(
        rule="pool-too-large", path=task.path, line=task.line_with(each[0]), rank="breaks",
        says=f"{each[0]} {each[1]} in {tasks:g} tasks is {all_} connections, {deploying} while a "
        f"deploy runs both sets; {said[0]} takes about {most} by default"
        + (": it is over that already in quiet" if all_ > most else "")
        + ', and the tasks of a deploy fail with "too many clients"',
        right=f"{each[0]} = {fits} ({tasks:g} x 2 x {fits} stays below four fifths of {most}), or "
        "a larger class, or RDS Proxy",
    )  # fmt: skip


def _pool_sizes(task: Made) -> Iterator[tuple[str, int]]:
    for each in containers(task):
        environment = each.get("environment")
        for pair in environment if isinstance(environment, list) else ():
            if not isinstance(pair, Mapping):
                continue
            name, value = str(pair.get("name", "")), pair.get("value")
            size = number(value)
            if size and _POOL.match(name):
                yield name, int(size)
            in_address = _IN_ADDRESS.search(str(value))
            if in_address:
                yield name, int(in_address[1])


def _function(infra: Infra, made: Made) -> Iterator[Fault]:
    runtime = made.text("runtime")
    known = retirements()
    today = max(r.checked for r in known)
    gone = next((r for r in known if r.what == "lambda-runtime" and r.name == runtime
                 and r.ends <= today), None)  # fmt: skip
    if gone:
        yield Fault(
            rule="runtime-ended", path=made.path, line=made.at("runtime"), rank="breaks",
            says=f"{made.address} runs on {runtime}, which AWS deprecated on {gone.ends}: after a "
            "while functions of it can no longer be created, then no longer updated",
            right=gone.instead, evidence=(gone.citation,),
        )  # fmt: skip
    yield from _answered_late(infra, made)
    told = made.blocks("environment")
    for block in told:
        variables = block.get("variables") or block.get("Variables")
        if isinstance(variables, Mapping):
            yield from _held(made, variables)
            for name, value in variables.items():
                yield from secrets_in(made, str(name), value)


def _held(made: Made, variables: Mapping[str, Any]) -> Iterator[Fault]:
    """Connections of a function's runs at once: each run has a pool of its own."""
    each = next(
        (int(found[1]) for v in variables.values() if (found := _IN_ADDRESS.search(str(v)))), 0
    )
    if each <= 1:
        return
    limit = made.number("reserved_concurrent_executions")
    runs = int(limit) if limit else _AT_ONCE
    yield Fault(
        rule="pool-of-each-run", path=made.path, line=made.line, rank="breaks",
        says=f"each run of {made.name} at once is a process with a pool of its own: {each} "
        f"connections x {runs:,} runs "
        + ("reserved" if limit else "(nothing reserves fewer; that is the account's usual quota)")
        + f" is up to {each * runs:,}, so a spike fills the database",
        right="connection_limit=1, and reservedConcurrency below four fifths of max_connections; "
        "RDS Proxy after that, if more must run at once",
        evidence=(sources.LAMBDA_QUOTA,),
    )  # fmt: skip


def _answered_late(infra: Infra, made: Made) -> Iterator[Fault]:
    """A function behind an API that may run longer than the API waits."""
    limit = made.number("timeout")
    events = made.get("events")
    asked = any(
        isinstance(e, Mapping)
        and ({*e} & {"http", "httpApi"} or {e.get("type"), e.get("Type")} & {"Api", "HttpApi"})
        for e in (events if isinstance(events, list)
                  else events.values() if isinstance(events, Mapping) else ())
    )  # fmt: skip
    asked = asked or any(
        m.refers_to(made) for m in infra.of("aws_apigatewayv2_integration",
                                            "aws_api_gateway_integration")
    )  # fmt: skip
    waits = 29
    if asked and limit and limit > waits + 1:
        yield Fault(
            rule="longer-than-the-api", path=made.path, line=made.at("timeout"), rank="breaks",
            says=f"{made.address} may run {limit:g} s behind an API that answers with an error "
            "after 30 s (HTTP API; 29 s REST): the caller gets 503 or 504, the function runs on, "
            "and a repeat does the work twice",
            right="timeout = 29 for what answers; long work by a queue and a second function",
            evidence=(sources.HTTP_API, sources.REST_API),
        )  # fmt: skip


def _listener(infra: Infra, made: Made) -> Iterator[Fault]:
    if made.text("protocol") != "HTTP" or made.number("port") not in {80.0, None}:
        return
    actions = (*made.blocks("default_action"), *made.blocks("default_actions"))
    forwards = any(a.get("type") == "forward" for a in actions)
    internal = any(b.is_on("internal") for b in infra.named("aws_lb", made))
    if forwards and not internal:
        yield Fault(
            rule="http-only", path=made.path, line=made.line, rank="security",
            says=f"{made.address} serves plain HTTP: passwords and cookies cross the internet "
            "in clear",
            right="a listener on 443 with an ACM certificate; this one redirects (HTTP_301)",
        )  # fmt: skip


def _targets(infra: Infra, made: Made) -> Iterator[Fault]:
    services = [s for s in infra.of("aws_ecs_service") if s.refers_to(made)]
    tasks = [t for s in services for t in infra.named("aws_ecs_task_definition", s)]
    if any(t.text("network_mode") == "awsvpc" for t in tasks) and made.text("target_type") in {
        "", "instance"
    }:  # fmt: skip
        yield Fault(
            rule="target-type", path=made.path, line=made.line, rank="breaks",
            says=f"{made.address} registers instances; tasks of network mode awsvpc are registered "
            "by ip, and the service is refused",
            right='target_type = "ip"', edits=made.setting("target_type", '"ip"'),
            evidence=(sources.LISTENER,),
        )  # fmt: skip


def _machine(made: Made) -> Iterator[Fault]:
    options = made.blocks("metadata_options")
    if not any(b.get("http_tokens") == "required" for b in options) and made.is_terraform:
        yield Fault(
            rule="metadata-v1", path=made.path, line=made.line, rank="security",
            says=f"{made.address} may answer the old metadata requests: one page that fetches "
            "addresses for a visitor hands out the machine's role",
            right='metadata_options { http_tokens = "required" }', evidence=(sources.IMDS,),
        )  # fmt: skip


def _logs(made: Made) -> Iterator[Fault]:
    if made.get("retention_in_days") in (None, 0):
        yield Fault(
            rule="logs-for-ever", path=made.path, line=made.line, rank="speed",
            says=f"{made.address} has no retention: logs are kept, and paid for, for ever",
            right="retention_in_days = 30", edits=made.setting("retention_in_days", "30"),
            evidence=(sources.LOGS,),
        )  # fmt: skip
