"""A slow tail that is the start of new execution environments."""

import re
from collections.abc import Iterator

from blueproof.advisors.incident.figures import rates
from blueproof.advisors.incident.trouble import (
    Cause,
    Reply,
    Trouble,
    later,
    now,
    published,
    source,
    words,
)
from blueproof.core.advice import Step

_FUNCTION = words(r"\b(?:lambdas?|cloud functions?|cloud run|serverless|azure functions?)\b")
_COLD = words(r"\binit duration\b|\bcold[- ]?starts?\b|\bfirst (?:request|call|invocation)\b")
_TAIL = words(r"\bp9\d(?:\.\d)?\b|\bslow\w*|\blatenc\w+|\bseconds?\b|\bs\b")
_INIT = words(
    r"\binit duration\b[^.;\n\d]{0,40}?(?P<a>\d+(?:\.\d+)?)\s?(?:[-\u2013]"
    r"|to)?\s?(?P<b>\d+(?:\.\d+)?)?\s?(?P<unit>ms|s)"
)
_VPC = words(r"\bvpc\b|\benis?\b")
_JAVA = words(r"\b(?:java|jvm|kotlin|spring|quarkus)\b")
_SNAP = words(r"\b(?:java|jvm|kotlin|spring|quarkus|python|\.net|dotnet|c#)\b")
_MEMORY = words(r"\b(?P<n>\d{3,5})\s?MB\b")
_LAMBDA = words(r"\blambdas?\b")
_ONE_CORE = 1769  # MB, at which a function has one vCPU


def cold_start(text: str) -> Trouble | None:
    """The trouble of cold starts on Lambda; None where the words do not tell of them."""
    if not (_LAMBDA.search(text) and _COLD.search(text) and _TAIL.search(text)):
        return None
    return Trouble(
        id="cold-starts",
        weight=5,
        says=(_first(text), *_not_vpc(text)),
        causes=(
            Cause(
                cause="New environments start the runtime and the code before the first request",
                look="Logs Insights: filter @type = 'REPORT' | stats count(*) as runs, "
                "count(@initDuration) as cold, pct(@initDuration, 99) as init, pct(@duration, 99) "
                "as run by bin(1h)",
                shows="cold / runs of about the share of slow requests, and init as long as they",
            ),
            Cause(
                cause="The slow ones are warm: a pool, a lock or another service is waited for",
                look="the same query, with filter isempty(@initDuration)",
                shows="a p99 as high without any cold start",
            ),
        ),
        now=tuple(_steps(text)),
        later=(
            later(
                "Provisioned concurrency on the alias for the hours of load where even the "
                "restored start is too long; it is paid by the hour and cannot be combined with "
                "SnapStart",
                "no Init Duration in those hours",
            ),
            later("An alarm on p99 and on the share of cold starts, beside each other; not a page"),
        ),
        sources=(
            source(
                "https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html",
                "SnapStart initialises a function when a version is published and resumes new "
                "environments from that snapshot",
            ),
            published("lambda-snapstart"),
            source(
                "https://github.com/awsdocs/aws-lambda-developer-guide/blob/"
                "682401cbe5222517ce2789c69a2248cf0362ff41/doc_source/configuration-memory.md",
                "CPU is allotted in proportion to memory: at 1,769 MB a function has the "
                "equivalent of one vCPU",
            ),
        ),
        replies=(
            Reply(to=_VPC, says="No: leave it where it is."),
            Reply(
                to=words(r"\b(?:warm\w*|ping\w*|cron)\b"),
                says="Pings keep one environment warm, not the second that a burst needs.",
            ),
        ),
    )


def _first(text: str) -> str:
    init = _INIT.search(text)
    told = f" (Init Duration {init[0].split(' ', 2)[-1].strip()})" if init else ""
    memory = _MEMORY.search(text)
    cpu = ""
    if memory and int(memory["n"]) < _ONE_CORE:
        share = int(memory["n"]) / _ONE_CORE
        cpu = f" {memory['n']} MB are {share:.0%} of one vCPU, on which that start computes."
    runs = next((r for r in rates(text) if r.per_second), None)
    count = (
        f" A p99 that shows it means that at least 1 in 100 is one: "
        f"{runs.per_second * 864:,.0f} of "
        f"{runs.quote} and more."
        if runs and re.search(r"\bp99\b", text, re.IGNORECASE)
        else ""
    )
    cure = (
        "SnapStart takes it away for the most part" if _SNAP.search(text) else "less to load does"
    )
    return f"The slow ones are cold starts{told}, and {cure}.{cpu}{count}"


def _not_vpc(text: str) -> tuple[str, ...]:
    if not _VPC.search(text):
        return ()
    return (
        "The VPC is not it: since 2019 a function's network interface is made when it is "
        "configured, not at a cold start, and Init Duration is the runtime and your own code.",
    )


def _steps(text: str) -> Iterator[Step]:
    if _SNAP.search(text):
        yield now(
            "SnapStart: aws lambda update-function-configuration --function-name NAME --snap-start "
            "ApplyOn=PublishedVersions, publish a version, point the alias and API Gateway at it "
            "($LATEST has none); open connections and make random seeds after the restore",
            "Restore Duration in the REPORT lines in place of Init Duration, well below a second "
            "or so",
            "ApplyOn=None",
        )
    yield now(
        f"Raise the memory to about {_ONE_CORE:,} MB, one vCPU, and compare: the start is "
        f"computing "
        "(aws-lambda-power-tuning finds the cheapest)",
        "Init Duration falls; the price of a run follows memory x time, so often it stays",
        "the old memory",
    )
    yield now(
        "Load less: a smaller bundle, clients made lazily"
        + (", no Spring classpath scan, -XX:TieredStopAtLevel=1" if _JAVA.search(text) else ""),
        "Init Duration at the same memory",
    )
