"""Pools of several processes against their threads and against what the server takes."""

from blueproof.advisors.incident.trouble import Cause, Reply, Trouble, later, now, source, words

_FULL = words(
    r"\bqueuepool\b|\bpool\b[^.?!]{0,60}\b(?:timed? ?-?out|exhaust\w*|full|reached|limit)"
    r"|\btoo many (?:clients|connections)"
)
_SIZE = words(r"\bpool_?size\s?(?:=|of|:)?\s?(?P<n>\d{1,3})")
_OVERFLOW = words(r"\b(?:max_)?overflow\s?(?:=|of|:)?\s?(?P<n>\d{1,3})")
_SERVERS = words(
    r"(?P<n>\d{1,3}) (?:app |api |web )?(?:servers?|pods?|instances?|tasks?|hosts?|machines?"
    r"|dynos?)\b"
)
_WORKERS = words(r"(?P<n>\d{1,3}) (?:\w+ )?(?:workers?|processes)\b")
_THREADS = words(r"(?P<n>\d{1,3}) (?:\w+ )?threads?\b|\bthreads?\s?(?:=|:)\s?(?P<m>\d{1,3})")
_MOST = words(r"\bmax_connections\W{0,4}(?:is |of )?(?P<n>\d{2,5})")


_CAUSES = (
    Cause(
        cause="Sessions stay open behind their request",
        look="SELECT pid, state, now() - state_change AS since, left(query, 80) FROM "
        "pg_stat_activity WHERE application_name = 'APP' ORDER BY since DESC, at the busy hour",
        shows="many idle in transaction, minutes old",
    ),
    Cause(
        cause="Statements are slow at that hour, so each is held for long",
        look="the same list, state active",
        shows="most of them active, seconds old: then the statement is the cause",
    ),
)
_LATER = (
    later(
        "One session for each request, closed in teardown (with Session() as s:); no call of "
        "another service while it is open; PgBouncer in transaction mode once processes x threads "
        "come near four fifths of max_connections"
    ),
)
_SOURCES = (
    source(
        "https://github.com/sqlalchemy/sqlalchemy/blob/05b2442132d5ae31cfcc7a1fe95e0f6b739aa995/"
        "lib/sqlalchemy/pool/impl.py",
        "A QueuePool allows pool_size connections and max_overflow more, 5 and 10 by default; "
        "whoever finds none waits up to the timeout, 30 s by default",
    ),
)
_REPLIES = (
    Reply(
        to=words(r"\b(?:right|size|increase|raise|bigger)\b"),
        says="It is right when it equals the threads of the process, when all processes "
        "together stay below four fifths of max_connections, and when nobody waits for "
        "one: measure the wait.",
    ),
)


def pooling(text: str) -> Trouble | None:
    """The trouble of pools by SQLAlchemy's figures; None where they are not told."""
    size, threads = _SIZE.search(text), _THREADS.search(text)
    if not (_FULL.search(text) and size and threads):
        return None
    overflow, workers, most = _OVERFLOW.search(text), _WORKERS.search(text), _MOST.search(text)
    servers = _SERVERS.search(text)
    one = int(size["n"]) + (int(overflow["n"]) if overflow else 0)
    each = int(threads["n"] or threads["m"])
    processes = (int(workers["n"]) if workers else 1) * (int(servers["n"]) if servers else 1)
    total, needed = processes * one, processes * each
    leaks = one > each
    first = (
        f"It is no matter of size: {each} threads of a process can use {each} connections, and yet "
        f"all {one} of its pool are taken, so sessions are held that no request uses any more (not "
        "closed, or opened more than once in a request)."
        if leaks
        else f"{each} threads share {one} connections, so {each - one} of them wait: as many "
        "connections as threads, no more."
    )
    allowed = int(most["n"]) if most else 0
    held = (
        f" against max_connections {allowed}" + (": refused before" if total > allowed else "")
        if allowed
        else ""
    )
    return Trouble(
        id="pool-of-each-process",
        weight=7,
        says=(
            first,
            f"The size that is right is the number of threads: pool_size={each}, max_overflow=0, "
            f"which makes {processes} x {each} = {needed} connections; now up to {processes} "
            f"x {one} "
            f"= {total}{held}.",
        ),
        causes=_CAUSES,
        now=(
            now(
                "ALTER ROLE app SET idle_in_transaction_session_timeout = '30s', and log who "
                "takes a connection: echo_pool='debug' for ten minutes, or the traceback at "
                "checkout by an event listener",
                "no wait for a connection at the next busy hour",
                "ALTER ROLE app RESET idle_in_transaction_session_timeout",
            ),
            now(
                f"pool_size={each}, max_overflow=0, pool_timeout=5, pool_pre_ping=True",
                "QueuePool errors end, or come at once with the place that leaks",
                "the old values",
            ),
        ),
        later=_LATER,
        sources=_SOURCES,
        replies=_REPLIES,
    )
