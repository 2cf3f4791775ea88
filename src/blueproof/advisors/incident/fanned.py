"""A queue that lets a function scale until what is behind it is full."""

from collections.abc import Iterator
from math import ceil

from blueproof.advisors.incident.figures import duration, took
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words
from blueproof.core.advice import Step
from blueproof.costs.db_class import default_connections

_SIGNS = (
    words(r"\bsqs\b|\bqueue\b|\bevent ?bridge\b|\bsns\b|\bkinesis\b"),
    words(r"\blambdas?\b"),
    words(r"\b(?:rds|postgres\w*|aurora|mysql|database|db)\b"),
    words(r"\b(?:too many|connections?|exhaust\w*|overload\w*|time[sd]? ?-?out\w*|max(?:ed)?)\b"),
)
_MANY = words(r"(?P<n>\d[\d,]*)(?P<k>k)?\+? (?:concurren\w+|at once|parallel|simultaneous"
              r"|instances|executions)"
              r"|\bconcurren\w+ (?:of |is |at |to )?(?P<m>\d[\d,]*)")  # fmt: skip
_WAITING = words(
    r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<k>k|m)?\b (?:messages|events|jobs|records"
    r"|emails)"
)
_CLASS = words(r"\bdb\.(?P<family>[a-z]\d[a-z]*)\.(?P<size>\w+)\b")
_SCALE = {"k": 1_000.0, "m": 1_000_000.0}
_SHARE = 0.6  # of what the database allows, for this function alone
_LEAST = 2  # the least that an event source may be bound to
_USUAL = 50  # at once: work for a small database, and soon enough for a campaign
_CAUSES = (
    Cause(
        cause="The function scales with the queue beyond what the database takes",
        look="CloudWatch: ConcurrentExecutions of the function beside DatabaseConnections of RDS "
        "at the minute of the errors",
        shows="both rising together, the second level at max_connections",
    ),
    Cause(
        cause="Each environment opens more than one connection, or one for each message",
        look="SELECT client_addr, count(*) FROM pg_stat_activity GROUP BY 1 ORDER BY 2 DESC",
        shows="several for one address",
    ),
)
_LATER = (
    later(
        "Write in batches (BatchSize 50 with a window of 5 s, one INSERT for all), which is one "
        "connection's work; RDS Proxy where other functions share the database"
    ),
    later("Alarm on the age of the oldest message and on anything in the DLQ"),
)
_SOURCES = (
    source(
        "https://docs.aws.amazon.com/lambda/latest/dg/API_ScalingConfig.html",
        "MaximumConcurrency limits how many instances an SQS event source invokes at once: from 2 "
        "to 1,000",
    ),
    source(
        "https://www.repost.aws/knowledge-center/lambda-sqs-scaling",
        "An event source does not reckon with reserved concurrency: it reads more messages than "
        "the function may take, and Lambda throttles them",
    ),
)
_BIGGER = Reply(
    to=words(r"\b(?:bigger|larger|upgrade|raise max_connections|increase max_connections)\b"),
    says="Not for this: the function scales to fill that, too.",
)


def fanned(text: str) -> Trouble | None:
    """The trouble of a function that a queue lets scale; None where it is not told."""
    if not all(sign.search(text) for sign in _SIGNS):
        return None
    most, named = _allowed(text)
    running = _running(text)
    bound = min(_USUAL, max(_LEAST, int(most * _SHARE) // 10 * 10)) if most else _USUAL
    against = f" against some {most:,} that RDS allows a {named} by default" if most else ""
    told = (
        f" {running:,} at once want {running:,} connections and more{against}." if running else ""
    )
    return Trouble(
        id="queue-scales-the-function",
        weight=7 if running or most else 5,
        says=(
            "Bound how many run at once at the queue, not at the database: MaximumConcurrency "
            f"{bound} of the event source (assumed: at most {_USUAL}, and {_SHARE:.0%} of what the "
            f"database allows).{told} The queue is there to wait.{_drain(text, bound)}",
        ),
        causes=_CAUSES,
        now=tuple(_steps(bound)),
        later=_LATER,
        sources=_SOURCES,
        replies=(_BIGGER,),
    )


def _running(text: str) -> int:
    """How many run at once, 0 where that is not told."""
    many = _MANY.search(text)
    if not many:
        return 0
    return int((many["n"] or many["m"]).replace(",", "")) * (1000 if many["k"] else 1)


def _drain(text: str, bound: int) -> str:
    """How long the queue takes then, where its length and the time of one are told."""
    waiting, each = _WAITING.search(text), took(text)
    if not (waiting and each):
        return ""
    count = float(waiting["n"].replace(",", "")) * _SCALE.get((waiting["k"] or "").lower(), 1)
    one = min(each, key=lambda t: t.seconds)
    return (
        f" With {bound} at once {waiting[0].split()[0]} x {one.quote} are done in "
        f"{duration(count * one.seconds / bound)}, and nobody is refused."
    )


def _steps(bound: int) -> Iterator[Step]:
    yield now(
        f"aws lambda update-event-source-mapping --uuid UUID --scaling-config "
        f"MaximumConcurrency={bound} (2 to 1,000); not reserved concurrency alone, whose throttles "
        "count as receives and fill the DLQ",
        "DatabaseConnections level below four fifths of the limit in the next campaign",
        "the old scaling config",
    )
    yield now(
        "One connection for each environment, opened outside the handler with a pool of 1; the "
        "visibility timeout at six times the function's, maxReceiveCount 5, "
        "ReportBatchItemFailures on",
        "nothing new in the DLQ; then redrive: aws sqs start-message-move-task --source-arn "
        "DLQ_ARN",
        "the old values",
    )


def _allowed(text: str) -> tuple[int, str]:
    told = words(r"\bmax_connections\W{0,4}(?:is |of )?(?P<n>\d{2,5})").search(text)
    if told:
        return int(told["n"]), "the server"
    named = _CLASS.search(text)
    most = default_connections(named["family"], named["size"]) if named else None
    return (ceil(most), named[0]) if most and named else (0, "")
