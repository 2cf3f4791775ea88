"""More than may be open or run at once: pools against max_connections, calls against Lambda's."""

from math import ceil, floor

from blueproof.advisors.incident.figures import plain, rates, took
from blueproof.advisors.incident.trouble import (
    Cause,
    Reply,
    Trouble,
    later,
    now,
    published,
    words,
)
from blueproof.advisors.known.pools import lacks_connections

_COPIES = words(
    r"(?P<n>\d{1,3}) (?:[\w.-]+ ){0,2}?(?P<what>machines?|tasks?|pods?|instances?|containers?"
    r"|dynos?|servers?|replicas|workers)\b"
)
_POOL = words(
    r"\b(?:connection_?limit|pool(?:[ _-]?size)?|max)\s?(?:=|:|of|is|max)?\s?(?P<n>\d{1,3})\b"
)
_MOST = words(
    r"\b(?P<a>\d{2,4}) ?/ ?(?P<b>\d{2,4})\b(?= connections)"
    r"|\bmax_connections\W{0,4}(?:is |of )?(?P<c>\d{2,5})"
)
_SUPABASE = words(r"\bsupabase\b")
_SCALED = words(r"\bscal\w+\b[^.?!]{0,24}\bto \d")  # told with a change: read elsewhere
_ROOM = 0.8  # of the connections, that an application may take
_LAMBDA = words(r"\blambdas?\b")
_THROTTLED = words(r"\b429s?\b|\btoomanyrequests\w*|\bthrottl\w+|\brate ?exceeded")
_ACCOUNT = words(r"\bconcurren\w+\b[^.?!\d]{0,30}(?P<n>\d[\d,]{2,6})\b")
_DEFAULT = 1_000  # executions at once of an account and region, unless raised
_OTHERS = words(r"\bsqs\b|\bdynamo\w*|\bbedrock\b|\bstripe\b")


def crowded(text: str) -> Trouble | None:
    """The trouble of pools beyond what the server allows, by told figures; None where untold."""
    copies, pool, most = _COPIES.search(text), _POOL.search(text), _MOST.search(text)
    if not (copies and pool and most and lacks_connections(text)) or _SCALED.search(text):
        return None
    many, each = int(copies["n"]), int(pool["n"])
    allowed = int(most["b"] or most["c"])
    fits = floor(allowed * _ROOM / many)
    if many * each <= allowed or fits < 1:
        return None
    pooler = (
        "the pooler in transaction mode (port 6543, with Prisma ?pgbouncer=true), the direct "
        "address for migrations only"
        if _SUPABASE.search(text)
        else "a pooler in transaction mode (RDS Proxy, PgBouncer)"
    )
    return Trouble(
        id="pools-beyond-the-server",
        weight=7,
        says=(
            f"Lower the pool of each to {fits} and roll it out: {many} {copies['what']} x {each} = "
            f"{many * each} connections are more than the {allowed} that the server allows, so "
            f"whoever comes last is refused, logins too; {many} x {fits} = {many * fits} leave a "
            "fifth for services, migrations and people.",
        ),
        causes=(
            Cause(
                cause="All pools together are larger than what the server allows",
                look="SELECT client_addr, usename, state, count(*) FROM pg_stat_activity GROUP BY "
                "1, 2, 3 ORDER BY 4 DESC",
                shows=f"{many} addresses with up to {each} each, most of them idle",
            ),
            Cause(
                cause="Sessions stay open in a transaction, so that the pools fill",
                look="the same list",
                shows="many idle in transaction: then their place in the code is the cure",
            ),
        ),
        now=(
            now(
                "Free some at once: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                "state = 'idle' AND usename = 'the application's role' AND state_change < now() "
                "- interval '1 min' (if you get in no more, stop one of the copies first)",
                "people can log in again; the pools open new ones on demand",
            ),
            now(
                f"The pool of each at {fits}, released one copy after the other: old and new stand "
                "side by side for a while",
                f"below {floor(allowed * _ROOM)} connections at the peak",
                f"the pool at {each}",
            ),
        ),
        later=(later(f"Connect through {pooler}; then copies and pools no longer add up"),),
        sources=(published("postgres-slots-reserved"),),
    )


_LATER = (
    later(
        "An alarm on ConcurrentExecutions above 80 % of the quota; clients that wait and "
        "try again with jitter on 429"
    ),
)
_REPLIES = (
    Reply(
        to=words(r"\bprovisioned\b"),
        says="No: provisioned concurrency comes out of the same quota.",
    ),
)


def throttled_functions(text: str) -> Trouble | None:
    """The trouble of calls beyond what Lambda runs at once; None where rate or time is untold."""
    if not (_LAMBDA.search(text) and _THROTTLED.search(text)) or _OTHERS.search(text):
        return None
    rate = max(rates(text), key=lambda r: r.per_second, default=None)
    each = next(iter(took(text)), None)
    if rate is None or each is None:
        return None
    told = _ACCOUNT.search(text)
    most = int(told["n"].replace(",", "")) if told else _DEFAULT
    busy = rate.per_second * each.seconds
    if busy <= most:
        return None
    fits = most * _ROOM / rate.per_second
    return Trouble(
        id="functions-beyond-the-quota",
        weight=7,
        says=(
            f"{rate.quote} x {each.quote} want {plain(busy)} at once, and {most:,} may run, so "
            f"about {1 - most / busy:.0%} are refused. The quickest lever is the time of each "
            f"call: at {plain(fits * 1_000)} ms the same peak fits in four fifths of {most:,}; the "
            "other is to ask for a higher quota, which takes hours to days.",
        ),
        causes=(
            Cause(
                cause="More calls at once than the account may run",
                look="the CloudWatch metrics ConcurrentExecutions (account) and Throttles (by "
                "function), maximum a minute",
                shows=f"ConcurrentExecutions flat at {most:,} while Throttles rise",
            ),
            Cause(
                cause="The function has a reserved concurrency of its own below that",
                look="aws lambda get-function-concurrency --function-name FUNCTION",
                shows="a number, and ConcurrentExecutions of the function flat at it",
            ),
        ),
        now=(
            now(
                "Bound the outside call (a time-out of some hundred ms) and keep its answers for "
                "equal inputs (DynamoDB or Redis with a TTL), or answer first and do that part "
                "from SQS behind; slow down what sends the crowd (a mailing in slices)",
                "Duration falls, Throttles end",
                "the old time-out",
            ),
            now(
                "Service Quotas, AWS Lambda, Concurrent executions: ask for "
                f"{ceil(busy / _ROOM / 500) * 500:,}; and reserve what login and payment need "
                "(aws lambda put-function-concurrency), so that this function does not take it",
                "ConcurrentExecutions may go higher",
            ),
        ),
        later=_LATER,
        sources=(published("lambda-throttled"),),
        replies=_REPLIES,
    )
