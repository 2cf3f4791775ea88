"""Functions before a database: what a peak keeps open, where to cap it, what a proxy changes."""

from math import ceil

from blueproof.advisors.incident.figures import Rate, Took, plain, rates, took
from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words

_SIGNS = (
    words(r"\blambdas?\b"),
    words(r"\b(?:rds|postgres\w*|aurora|mysql)\b"),
    words(r"\btimed out\b|\btime-?outs?\b|\btoo many (?:connections|clients)|\bremaining connection"
          r"|\bconnections?\b[^.?!]{0,30}\b(?:jump|climb|spike|reach|max|full|exhaust|refus)"),
)  # fmt: skip
_UNLESS = words(r"\bsqs\b|\bqueue\b|\bkinesis\b|\bcold start|\bdynamo\w*")
_OPEN = words(
    r"connections?\b[^.?!\d]{0,40}\b(?:jump\w*|climb\w*|spike\w*|ris\w+|rose|go\w*|peak\w*|at)"
    r"\s(?:up )?(?:to )?(?:about |around |~)?(?P<n>\d{2,5})\b(?!\s?(?:%|ms|s\b))"
)
_LIMIT = words(r"\btimed out after (?P<n>\d+(?:\.\d+)?) ?s")
_ROOM = 1.3  # times what the peak keeps busy, so that bursts are borne
_LONGEST = 10.0  # seconds: what takes longer is no usual call


def functions(text: str) -> Trouble | None:
    """The trouble of functions that crowd a database; None where rate and duration are not told.

    >>> functions("lambda and rds time out") is None
    True
    """
    if _UNLESS.search(text) or not all(sign.search(text) for sign in _SIGNS):
        return None
    rate = max(rates(text), key=lambda r: r.per_second, default=None)
    each = next((t for t in took(text) if t.seconds <= _LONGEST), None)
    if rate is None or each is None:
        return None
    busy = rate.per_second * each.seconds
    cap = ceil(busy * _ROOM)
    return Trouble(
        id="functions-before-a-database",
        weight=7,
        says=(
            f"Cap the function at {cap:,} at once now: {rate.quote} x {each.quote} keep only "
            f"{plain(busy)} busy ({_ROOM:g} times that is the cap, assumed room), and each "
            "instance holds a connection of its own.",
            *_told(text, rate, each),
            "RDS Proxy shares connections and so ends their storm; it makes no statement faster.",
        ),
        causes=_CAUSES,
        now=(
            now(
                "aws lambda put-function-concurrency --function-name FUNCTION "
                f"--reserved-concurrent-executions {cap}; what comes beyond is refused at "
                "once in place of a time-out",
                "DatabaseConnections stays below the cap, Duration goes back to what it was; "
                "Throttles shows what is shed",
                "aws lambda delete-function-concurrency --function-name FUNCTION",
            ),
            now(
                "One connection made outside the handler, connect_timeout 3 s, statement_timeout "
                "5 s, and the function's own timeout at 10 s: an instance that waits 30 s for a "
                "busy database is one more that cannot serve",
                "no invocation above 10 s",
                "the old timeouts",
            ),
        ),
        later=(
            later(
                "RDS Proxy with MaxConnectionsPercent below 100 and ConnectionBorrowTimeout at 3 s "
                "in place of the default 120 s, so that the queue moves to no other place; watch "
                "DatabaseConnectionsCurrentlySessionPinned (SET and temporary tables pin)"
            ),
        ),
        sources=_SOURCES,
        replies=(
            Reply(
                to=words(r"\bproxy\b"),
                says="Yes, if most sessions are idle at the peak: then they only hold a place. No, "
                "if most are active: then the statement is to be mended first.",
            ),
        ),
    )


_CAUSES = (
    Cause(
        cause="Statements get slow at the peak, so that each instance is held for longer",
        look="SELECT state, wait_event_type, left(query, 60), count(*) FROM pg_stat_activity "
        "GROUP BY 1, 2, 3 ORDER BY 4 DESC, within the peak",
        shows="most sessions active (with Lock or IO as the wait), few idle",
    ),
    Cause(
        cause="New connections are what is slow: each new instance opens one at the same moment",
        look="the same list, and the log lines before and after connect()",
        shows="most sessions idle, and the seconds spent in connect()",
    ),
)
_SOURCES = (
    source(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-rds-"
        "dbproxytargetgroup-connectionpoolconfigurationinfoformat.html",
        "ConnectionBorrowTimeout is 120 seconds by default: so long a proxy waits for a connection",
    ),
    source(
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-pinning.html",
        "A pinned connection is used by one client until its session ends, which a change of "
        "session state brings about",
    ),
)


def _told(text: str, rate: Rate, each: Took) -> tuple[str, ...]:
    """What the connections that were counted say of how long each call takes at the peak."""
    found = _OPEN.search(text)
    many = int(found["n"]) if found else 0
    if many <= rate.per_second * each.seconds * _ROOM:
        return ()
    limit = _LIMIT.search(text)
    whole = (
        f"; if all calls ran into the {float(limit['n']):.0f} s there would be "
        f"{plain(rate.per_second * float(limit['n']))}"
        if limit
        else ""
    )
    return (
        f"{many:,} open at {rate.quote} make {many:,} / {plain(rate.per_second)} = "
        f"{plain(many / rate.per_second * 1_000)} ms a call if all are busy, "
        f"{plain(many / rate.per_second / each.seconds)} times your {each.quote}{whole}: either "
        "calls take longer at the peak, or instances sit on idle connections.",
    )
