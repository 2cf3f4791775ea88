"""What runs beside the answer: queues, schedules, steps, devices, mail."""

import math
from decimal import Decimal

from blueproof.advisors.architecture.compute import is_lambda
from blueproof.advisors.architecture.load import SECONDS, Load, counted
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS, Part, Watch, exact
from blueproof.advisors.architecture.sizing import FUNCTION_GB, is_careful
from blueproof.costs.tiers import Charge

_LATER_SHARE = 0.1  # of requests that leave work behind, where no records are told
_A_WORKER = 100.0  # messages a second that a small worker gets done
_WORKER_VCPU = 0.25
_WORK_MS = 20.0  # of a message in a function
_CALLS = 3  # of SQS for a message: send, receive, delete
_STREAM_RATE = 1000.0  # a second, from which a stream is worth it where several read
_COPIED = 20_000.0  # rows a second that COPY writes into one table with an index
_RUNS = 30.0  # of a schedule a month
_STEPS = 8
_MAILS = 4.0  # a month, to one user


def messages(load: Load) -> float:
    """Messages a month that a queue carries."""
    return load.events if load.events and not load.devices else load.monthly * _LATER_SHARE


def queue(load: Load, needs: Needs, *, lake: bool) -> Part | None:
    """A queue for what nobody waits for."""
    if not needs.later or (lake and load.are_events and not needs.receives):
        return None
    count = messages(load)
    second = count / SECONDS * (load.peak / load.mean if load.mean else 1)
    return Part(
        slot="queue",
        choice=f"SQS with a dead-letter queue, and {_workers_said(load, needs, second)}",
        short="SQS",
        kind="queue",
        because=(
            f"{counted(count)} messages a month, {second:,.0f} a second at the peak: what nobody "
            "waits for (mail, receipts, calls to others) must not hold the answer or be lost",
        ),
        flip=f"Kinesis where several readers need the order or the past; MSK where programs speak "
        f"Kafka already; neither below some {_STREAM_RATE:,.0f} messages a second",
        charges=(
            Charge(
                name="SQS: requests",
                quantity=exact(count * _CALLS),
                unit="requests",
                price="sqs.standard-million",
                free="sqs.free-requests",
                per=Decimal(1_000_000),
                billed="million requests",
            ),
            *_working(load, needs, second),
        ),
        facts=("sqs.standard-million",),
        lines=(f"{second:,.0f} a second at the peak",),
        watches=(
            Watch(
                metric="ApproximateAgeOfOldestMessage",
                threshold="over 5 minutes",
                then="more workers, or a message that fails again and again",
            ),
            Watch(
                metric="dead-letter queue, visible messages",
                threshold="over 0",
                then="read one, mend the cause, redrive",
            ),
        ),
    )


def _workers(load: Load, needs: Needs, second: float) -> int:
    """Small tasks that take from the queue."""
    return max(math.ceil(second / _A_WORKER), 2 if is_careful(needs, load) else 1)


def _workers_said(load: Load, needs: Needs, second: float) -> str:
    if is_lambda(needs, load):
        return "a function that takes them by tens"
    count = _workers(load, needs, second)
    return f"{count} worker task{'s' if count > 1 else ''} of 0.25 vCPU"


def _working(load: Load, needs: Needs, second: float) -> tuple[Charge, ...]:
    """What those who take from the queue are billed."""
    if is_lambda(needs, load):
        seconds = messages(load) * _WORK_MS / 1000 * FUNCTION_GB
        return (
            Charge(
                name="Lambda: worker's time",
                quantity=exact(seconds),
                unit="GB-seconds",
                price="aws.lambda-arm-gb-second",
            ),
        )
    hours = _workers(load, needs, second) * HOURS
    return (
        Charge(
            name="Workers: vCPUs",
            quantity=exact(hours * _WORKER_VCPU),
            unit="vCPU-hours",
            price="aws.fargate-vcpu-hour-arm",
        ),
        Charge(
            name="Workers: memory",
            quantity=exact(hours * _WORKER_VCPU * 2),
            unit="GB-hours",
            price="aws.fargate-gb-hour-arm",
        ),
    )


def devices(load: Load, needs: Needs) -> Part | None:
    """The way in for machines that speak MQTT."""
    if not (needs.mqtt and load.events):
        return None
    minutes = load.devices * SECONDS / 60
    direct = f"{load.devices:,.0f} devices send " if load.devices else ""
    return Part(
        slot="devices",
        choice="AWS IoT Core, Basic Ingest (rules without the broker)",
        short="IoT Core (Basic Ingest)",
        kind="service",
        because=(
            f"{direct}{counted(load.events)} messages a month, {load.event_mean:,.0f} a second: a "
            "certificate for each device, and Basic Ingest bills no message, only the rule",
        ),
        flip="a broker of your own (EMQX, Mosquitto on EC2) saves money and costs nights: "
        "worth it only where messages go between devices",
        charges=(
            Charge(
                name="IoT Core: connected",
                quantity=exact(minutes),
                unit="minutes",
                price="iot-core.connection-million",
                per=Decimal(1_000_000),
                billed="million minutes",
            ),
            Charge(
                name="IoT Core: rules",
                quantity=exact(load.events),
                unit="rules",
                price="iot-core.rules-million",
                per=Decimal(1_000_000),
                billed="million rules",
            ),
            Charge(
                name="IoT Core: actions",
                quantity=exact(load.events),
                unit="actions",
                price="iot-core.actions-million",
                per=Decimal(1_000_000),
                billed="million actions",
            ),
        ),
        facts=("iot-core.connection-million", "iot-core.rules-million"),
        lines=(f"{load.event_mean:,.0f} messages a second",),
        watches=(
            Watch(
                metric="IoT RuleMessageThrottled and Failure",
                threshold="over 0 for 5 minutes",
                then="the error action's bucket shows the message",
            ),
        ),
    )


def schedule(load: Load, needs: Needs) -> Part | None:
    """What starts at set times, and what goes through several steps."""
    if needs.steps:
        runs = max(load.files, _RUNS)
        return Part(
            slot="steps",
            choice="Step Functions",
            short="Step Functions",
            kind="step",
            because=(
                f"{runs:,.0f} runs a month of some {_STEPS} steps, each tried again by itself",
            ),
            flip="plain messages in SQS where a run has one step",
            charges=(
                Charge(
                    name="Step Functions: steps",
                    quantity=exact(runs * _STEPS),
                    unit="transitions",
                    price="aws.step-functions-thousand",
                    per=Decimal(1000),
                    billed="thousand transitions",
                ),
            ),
            facts=("aws.step-functions-thousand",),
            watches=(
                Watch(
                    metric="ExecutionsFailed",
                    threshold="over 0",
                    then="open the run: it shows the step and its input",
                ),
            ),
        )
    if not needs.timed:
        return None
    return Part(
        slot="schedule",
        choice="EventBridge Scheduler that starts a Fargate task",
        short="EventBridge Scheduler",
        kind="step",
        because=(
            "each run in a task of its own: a long import must not share CPU with answers, and "
            "Lambda ends after 15 minutes",
            *_copied(load),
        ),
        flip="Lambda where a run takes less than 15 minutes; AWS Batch from hundreds of runs "
        "at once",
        facts=("aws.lambda-timeout-seconds",),
        watches=(
            Watch(
                metric="heartbeat of the job",
                threshold="none within 25 hours",
                then="the task's log; start it by hand, it must be repeatable",
            ),
        ),
    )


def _copied(load: Load) -> tuple[str, ...]:
    """How long a run of so many rows takes."""
    if not load.rows:
        return ()
    minutes = load.rows / _COPIED / 60
    return (
        f"{counted(load.rows)} rows a run: COPY into a table beside and swap it, at some "
        f"{_COPIED:,.0f} rows a second {max(minutes, 1):,.0f} minutes a file",
    )


def mail(load: Load, needs: Needs) -> Part | None:
    """What sends mail."""
    if not needs.mail or not load.users:
        return None
    count = load.users * _MAILS
    return Part(
        slot="mail",
        choice="SES, sent from a worker",
        short="SES",
        kind="service",
        because=(f"{count:,.0f} mails a month at {_MAILS:g} a user",),
        flip="Postmark or Resend where nobody looks after bounces",
        charges=(
            Charge(
                name="SES: mails",
                quantity=exact(count),
                unit="mails",
                price="ses.essentials-thousand",
                per=Decimal(1000),
                billed="thousand mails",
            ),
        ),
        facts=("ses.essentials-thousand",),
        watches=(
            Watch(
                metric="SES bounce rate",
                threshold="over 4 %",
                then="stop and clean the list: SES pauses the account at 10 %",
            ),
        ),
    )
