"""An event loop that blocking calls hold up: how much of a process they take, and what frees it."""

from math import ceil

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

_ASYNC = words(r"\basync def\b|\basync (?:endpoints?|handlers?|routes?|functions?)\b")
_BLOCKING = words(
    r"\bpsycopg2?\b|\brequests\b(?= (?:library|lib|package|module|calls?)|\W*$|[,.)])|\bboto3\b"
    r"|\btime\.sleep\b|\bpymongo\b|\bmysqlclient\b|\bsync(?:hronous)? sqlalchemy\b|\bpandas\b"
)
_PYTHON = words(r"\b(?:fastapi|uvicorn|starlette|aiohttp|asyncio)\b")
_SLOW = words(r"\b(?:p9\d|slow\w*|latenc\w*|hang\w*|time[sd]? ?-?out\w*|stuck|freez\w*)\b")
_PROCESSES = words(
    r"(?P<n>\d{1,3}) (?:\w+ )?(?:tasks?|pods?|instances?|containers?|replicas|dynos?)\b"
)
_WORKERS = words(r"(?P<n>\d{1,2}) (?:uvicorn |gunicorn |web )?workers?\b")
_FULL = 0.6  # of a process's time: above it a queue before it grows long
_ROOM = 0.5  # of its time that a process may be busy until the cure is out


def blocked_loop(text: str) -> Trouble | None:
    """The trouble of blocking calls in async code; None where none is told."""
    if not all(sign.search(text) for sign in (_ASYNC, _BLOCKING, _PYTHON, _SLOW)):
        return None
    blocking = _BLOCKING.search(text)
    named = blocking[0] if blocking else ""
    sums, needed = _sums(text)
    scaled = (
        (
            now(
                f"Until it is out: {needed} processes in place of what runs now (aws ecs "
                "update-service --cluster CLUSTER --service SERVICE --desired-count N, or more "
                "workers each), each with its own pool: count the connections first",
                "p99 at the next peak",
                "the old count",
            ),
        )
        if needed
        else ()
    )
    return Trouble(
        id="event-loop-blocked-in-async-code",
        weight=6,
        says=(
            f"Your async def endpoints make blocking calls ({named}): while one waits for the "
            "database or another service, its process serves nobody else, so CPU is low and the "
            "rest queues. Write those endpoints as plain def, which FastAPI runs in threads.",
            *sums,
        ),
        causes=_CAUSES,
        now=(
            now(
                "Change async def to def on every endpoint that calls such a library and awaits "
                "nothing, the busiest first; the pool of the database then has to hold as many "
                "connections as run at once (start with 10 for each process)",
                "p99 near p50 at the same traffic; /health answers during a slow call",
                "async def again",
            ),
            *scaled,
        ),
        later=(
            later(
                "Async drivers all the way (asyncpg or psycopg 3's AsyncConnection, httpx with one "
                "AsyncClient), a time-out on each call, and an alarm on the loop's delay"
            ),
        ),
        sources=(published("fastapi-blocks-loop"),),
        replies=(
            Reply(
                to=words(r"\b(?:more|add\w*|scale|bigger)\b"),
                says="It helps in proportion only; the processes wait, they do not compute.",
            ),
        ),
    )


_CAUSES = (
    Cause(
        cause="A blocking call holds the event loop",
        look="py-spy dump --pid PID ten times within a slow minute (or PYTHONASYNCIODEBUG=1, which "
        "logs what takes above 100 ms)",
        shows="the main thread in the driver's or client's wait each time",
    ),
    Cause(
        cause="The database itself is slow at the peak",
        look="SELECT count(*), wait_event_type, left(query, 60) FROM pg_stat_activity WHERE state "
        "= 'active' GROUP BY 2, 3 ORDER BY 1 DESC",
        shows="more active sessions than processes, seconds old",
    ),
)


def _sums(text: str) -> tuple[tuple[str, ...], int]:
    """What share of its time a process is busy, and how many processes halve that."""
    told, times = rates(text), [t for t in took(text) if t.seconds < 1]
    processes = _PROCESSES.search(text)
    if not (told and times and processes):
        return (), 0
    rate = max(told, key=lambda r: r.per_second)
    workers = _WORKERS.search(text)
    many = int(processes["n"]) * (int(workers["n"]) if workers else 1)
    busy = rate.per_second * times[0].seconds / many
    if busy < _FULL:
        return (), 0
    return (
        f"{rate.quote} / {many} processes x {times[0].quote} = {plain(busy * 100)} % of each "
        "process's time already at your usual request; every slower one pushes it above 100 %, and "
        "seconds of queue are the p99.",
    ), ceil(rate.per_second * times[0].seconds / _ROOM)
