"""What answers requests, and what stands before it: Fargate behind a load balancer, or Lambda."""

from decimal import Decimal

from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Limit, Part, Watch, exact
from blueproof.advisors.architecture.sizing import (
    FUNCTION_GB,
    MILLISECONDS,
    SPOKEN,
    Tasks,
    tasks_of,
)
from blueproof.costs.tiers import Charge, Tier, charged
from blueproof.costs.tiers import total as summed
from blueproof.facts.load import fact

_LCU_CONNECTIONS, _LCU_GB, _LCU_SECONDS = 25.0, 1.0, 3600.0
_NEW = 0.2  # of requests that open a connection: most come over one that is kept alive
_COLD_BOUND = 500.0  # milliseconds within which a JVM that starts cold cannot answer
_KB = 1_000_000.0


def is_lambda(needs: Needs, load: Load) -> bool:
    """Whether functions answer: they cost less at this load, and nothing speaks against them."""
    if obstacle(needs):
        return False
    if needs.serverless and not needs.containers:
        return True
    return _sum(function_charges(load)) < _sum(task_charges(load, tasks_of(needs, load)))


def obstacle(needs: Needs) -> str:
    """What speaks against functions whatever they cost; "" where nothing does."""
    if needs.language == "jvm" and 0 < needs.latency_ms <= _COLD_BOUND:
        return (
            "a JVM that starts cold takes seconds, and an answer must come within "
            f"{needs.latency_ms:,.0f} ms"
        )
    if needs.containers:
        return "it runs in containers already"
    if needs.is_server:
        return "it is a server program already, and functions would mean to build it anew"
    if needs.language == "jvm" and not needs.serverless:
        return "a JVM that starts cold takes seconds"
    if needs.sockets:
        return "it holds connections open, and a function ends with its answer"
    return ""


def _sum(charges: tuple[Charge, ...]) -> Decimal:
    return summed(charged(charges))


def task_charges(load: Load, tasks: Tasks) -> tuple[Charge, ...]:
    """What tasks and the load balancer before them are billed for."""
    return (*_task_hours(tasks), *_balancer(load, tasks))


def _task_hours(tasks: Tasks) -> tuple[Charge, ...]:
    return (
        Charge(
            name="Fargate: vCPUs",
            quantity=exact(tasks.hours * tasks.vcpu),
            unit="vCPU-hours",
            price="aws.fargate-vcpu-hour-arm",
        ),
        Charge(
            name="Fargate: memory",
            quantity=exact(tasks.hours * tasks.memory_gb),
            unit="GB-hours",
            price="aws.fargate-gb-hour-arm",
        ),
    )


def _balancer(load: Load, tasks: Tasks) -> tuple[Charge, ...]:
    units = max(
        load.mean * _NEW / _LCU_CONNECTIONS, load.mean * load.response_kb * 3600 / _KB / _LCU_GB
    )
    return (
        Charge(
            name="Load balancer: hours", quantity=exact(HOURS), unit="hours", price="aws.alb-hour"
        ),
        Charge(
            name="Load balancer: capacity",
            quantity=exact(units * HOURS),
            unit="unit-hours",
            price="aws.alb-lcu-hour",
        ),
        Charge(
            name="Load balancer: public addresses",
            quantity=exact(tasks.zones * HOURS),
            unit="hours",
            price="aws.public-ipv4-hour",
        ),
    )


def function_charges(load: Load) -> tuple[Charge, ...]:
    """What functions and the HTTP API before them are billed for."""
    seconds = load.monthly * MILLISECONDS / 1000 * FUNCTION_GB
    return (
        Charge(
            name="Lambda: requests",
            quantity=exact(load.monthly),
            unit="requests",
            price="aws.lambda-requests-per-million",
            free="aws.lambda-free-requests",
            per=Decimal(1_000_000),
            billed="million requests",
        ),
        Charge(
            name="Lambda: time",
            quantity=exact(seconds),
            unit="GB-seconds",
            price="aws.lambda-arm-gb-second",
            free="aws.lambda-free-gb-seconds",
        ),
        Charge(
            name="HTTP API: requests",
            quantity=exact(load.monthly),
            unit="requests",
            price=(
                Tier(price="aws.http-api-per-million"),
                Tier(price="run-api.http-api-over-300m", start=Decimal(300_000_000)),
            ),
            per=Decimal(1_000_000),
            billed="million requests",
        ),
    )


def crossing(needs: Needs, load: Load) -> float:
    """The requests a month from which tasks cost less than functions; found by halving."""
    low, high = 1e4, 1e11
    for _ in range(50):
        middle = (low * high) ** 0.5
        there = load.times(middle / load.monthly) if load.monthly else load
        dearer = _sum(function_charges(there)) > _sum(task_charges(there, tasks_of(needs, there)))
        low, high = (low, middle) if dearer else (middle, high)
    return high


def entry(needs: Needs, load: Load) -> Part:
    """What stands before what runs."""
    if is_lambda(needs, load):
        return Part(
            slot="way in",
            choice="API Gateway, an HTTP API",
            short="an HTTP API",
            kind="service",
            because=(
                f"{counted(load.monthly)} requests a month; a load balancer alone costs more than "
                "the API while functions do",
            ),
            flip="a load balancer, when tasks take the functions' place",
            charges=function_charges(load)[-1:],
            facts=("aws.http-api-per-million",),
            watches=(
                Watch(
                    metric="HTTP API 5xx",
                    threshold="over 1 % of requests for 5 minutes",
                    then="read the function's log; roll back",
                ),
            ),
        )
    tasks = tasks_of(needs, load)
    why = (
        f"{load.peak:,.0f} requests a second at the peak go to {tasks.peak} tasks in {tasks.zones} "
        "zones"
    )
    if needs.sockets:
        why += "; it holds websockets too (idle time-out up to 4,000 s)"
    return Part(
        slot="way in",
        choice="Application Load Balancer",
        short="a load balancer",
        kind="service",
        because=(why,),
        flip=f"API Gateway costs {_api_cost(load)} a month for these requests: worth it only "
        "for keys, quotas or a usage plan for each customer",
        charges=_balancer(load, tasks),
        facts=("aws.alb-hour", "aws.http-api-per-million"),
        lines=(f"{tasks.zones} zones",),
        watches=(
            Watch(
                metric="TargetResponseTime p95",
                threshold=_bound(needs),
                then="look at the database's slowest query first, then at CPU of the tasks",
            ),
            Watch(
                metric="HTTPCode_Target_5XX",
                threshold="over 1 % of requests for 5 minutes",
                then="roll back the last deployment",
            ),
        ),
    )


def _bound(needs: Needs) -> str:
    if needs.latency_ms:
        return (
            f"over {needs.latency_ms * 0.8:,.0f} ms for 3 minutes (your bound is "
            f"{needs.latency_ms:,.0f})"
        )
    return "over 500 ms for 5 minutes"


def _api_cost(load: Load) -> str:
    return f"${_sum(function_charges(load)[-1:]):,.0f}"


def compute(needs: Needs, load: Load) -> Part:
    """What runs the code."""
    if is_lambda(needs, load):
        return _functions(needs, load)
    tasks = tasks_of(needs, load)
    return Part(
        slot="compute",
        choice=f"ECS on Fargate (ARM), {_count(tasks)} of {tasks.vcpu:g} vCPU and "
        f"{tasks.memory_gb:g} GB",
        short=f"Fargate ({_count(tasks)})",
        kind="service",
        because=tuple(_why_tasks(needs, load, tasks)),
        flip=_flip_tasks(needs, load),
        charges=_task_hours(tasks),
        facts=("aws.fargate-vcpu-hour-arm", "aws.fargate-gb-hour-arm"),
        lines=(
            f"{tasks.usual} tasks, {tasks.peak} at the peak",
            f"{tasks.vcpu:g} vCPU, {tasks.memory_gb:g} GB, ARM",
        ),
        watches=(
            Watch(
                metric="ECS CPUUtilization",
                threshold="over 60 % for 3 minutes",
                then="more tasks (target tracking does it); raise the ceiling if it is met",
            ),
            Watch(
                metric="RunningTaskCount",
                threshold=f"below {tasks.usual}",
                then="look at stopped tasks: health check, memory, image pull",
            ),
        ),
        limits=(
            Limit(
                at=tasks.peak * tasks.each / 0.6,
                now=load.peak,
                unit="requests a second",
                what=f"{tasks.peak} tasks at full CPU",
                then="answers slow down, then time out",
                act="raise the most tasks that scaling may start",
            ),
        ),
    )


def _count(tasks: Tasks) -> str:
    if tasks.usual == tasks.peak:
        return f"{tasks.peak} task{'s' if tasks.peak > 1 else ''}"
    few = f"{tasks.usual} task{'s' if tasks.usual > 1 else ''}"
    return f"{few}, {tasks.peak} at the peak"


def _why_tasks(needs: Needs, load: Load, tasks: Tasks) -> list[str]:
    """The sum that gives the tasks, and what scaling has to know."""
    says = [
        f"{load.peak:,.0f} requests a second at {tasks.each:,.0f} a task "
        f"({SPOKEN[needs.language]}, CPU at 60 %) are {tasks.bare} tasks"
    ]
    if needs.survives:
        left = tasks.peak * (tasks.zones - 1) // tasks.zones
        says[0] += (
            f"; {tasks.peak} over {tasks.zones} zones, so that with one zone lost {left} still "
            "carry the peak"
        )
    if load.window:
        slow = (
            ", because a JVM takes tens of seconds to start and is slow at first"
            if needs.language == "jvm"
            else ""
        )
        says.append(
            f"scale by the clock before the peak ({load.window}){slow}; CPU-based scaling alone "
            "answers minutes late"
        )
    if against := obstacle(needs):
        says.append(f"not Lambda: {against}")
    else:
        says.append(
            f"Lambda behind an HTTP API costs ${_sum(function_charges(load)):,.0f} for the same "
            f"requests at {MILLISECONDS:g} ms each, tasks with their balancer "
            f"${_sum(task_charges(load, tasks)):,.0f}"
        )
    return says


def _flip_tasks(needs: Needs, load: Load) -> str:
    hours = (
        "EC2 behind the same ECS from some 20 tasks around the clock or for GPUs; EKS from about "
        "15 engineers in several teams, or who run Kubernetes already"
    )
    if obstacle(needs):
        return hours
    return f"Lambda below about {counted(crossing(needs, load))} requests a month; {hours}"


def _functions(needs: Needs, load: Load) -> Part:
    tasks = tasks_of(needs, load)
    at_once = load.peak * MILLISECONDS / 1000
    charges = function_charges(load)
    return Part(
        slot="compute",
        choice=f"Lambda (ARM, {FUNCTION_GB * 1024:,.0f} MB)",
        short="Lambda",
        kind="service",
        because=(
            f"{counted(load.monthly)} requests a month cost ${_sum(charges):,.0f} with their HTTP "
            f"API; {tasks.usual} task{'s' if tasks.usual > 1 else ''} and a load balancer "
            f"${_sum(task_charges(load, tasks)):,.0f}",
            f"{max(at_once, 1):,.0f} run at once at the peak ({load.peak:,.1f} requests a second x "
            f"{MILLISECONDS:g} ms); the account's default is 1,000",
        ),
        flip=f"Fargate from about {counted(crossing(needs, load))} requests a month, or for "
        "anything that runs longer than 15 minutes",
        charges=charges[:-1],
        facts=("aws.lambda-arm-gb-second", "aws.lambda-concurrency"),
        lines=(f"{FUNCTION_GB * 1024:,.0f} MB, ARM",),
        watches=(
            Watch(
                metric="Lambda Errors",
                threshold="over 1 % of calls for 5 minutes",
                then="roll the alias back",
            ),
            Watch(
                metric="ConcurrentExecutions",
                threshold="over 700 of the account's 1,000",
                then="ask for more, look for what has become slow",
            ),
        ),
        limits=(
            Limit(
                at=float(fact("aws.lambda-concurrency").value) / MILLISECONDS * 1000,
                now=load.peak,
                unit="requests a second",
                what="1,000 functions at once",
                then="calls are refused with 429",
                act="ask AWS for more at once, or take Fargate",
            ),
        ),
    )


def out_gb(load: Load) -> float:
    """What answers carry out in a month."""
    return load.mean * SECONDS * load.response_kb / _KB
