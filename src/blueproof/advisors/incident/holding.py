"""One session that is idle in a transaction, and a crowd that waits for its locks."""

from blueproof.advisors.incident.trouble import (
    Cause,
    Reply,
    Trouble,
    later,
    now,
    published,
    words,
)

_IDLE = words(
    r"\bidle in transaction\b(?:[^.?!\n]{0,40}?\bfor (?:about |over |~)?"
    r"(?P<n>\d+)\s?(?P<unit>min\w*|h\w*|sec\w*|s|m)\b)?"
)
_LOCKS = words(
    r"\bwait\w*\b[^.?!\n]{0,50}\block\w*|\block(?:s|ed)?\b[^.?!\n]{0,40}\bwait\w*"
    r"|\bwait_event_type\b\W{0,6}lock|\bblocked (?:by|behind)\b"
)
_CROWD = words(
    r"(?P<n>\d{1,4}) (?:\w+ ){0,2}?(?:sessions?|connections?|queries|backends?|updates?)\b"
)
_PID = words(r"\bpid\W{0,3}(?:is |= ?)?(?P<pid>\d{2,7})\b")
_POOL = words(r"\b(?:most|all|many|dozens|hundreds)\b[^.?!]{0,20}\bidle in transaction")


def holding(text: str) -> Trouble | None:
    """The trouble of locks that an idle transaction holds; None where it is not told.

    >>> holding("what does idle in transaction mean?") is None
    True
    """
    idle = _IDLE.search(text)
    if not (idle and _LOCKS.search(text)) or _POOL.search(text):
        return None
    crowd, pid = _CROWD.search(text), _PID.search(text)
    ended = (
        f"SELECT pg_terminate_backend({pid['pid']})"
        if pid
        else "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in "
        "transaction' AND xact_start < now() - interval '5 min'"
    )
    since = f", for {idle['n']} {idle['unit']} now," if idle["n"] else ""
    waiting = f"; the {crowd['n']} {crowd[0].split(maxsplit=1)[1]} wait for it" if crowd else ""
    return Trouble(
        id="locks-of-an-idle-transaction",
        weight=8,
        says=(
            f"End that session now: {ended}. An open transaction{since} keeps every lock it took "
            f"until it ends{waiting}, and its own unfinished change is rolled back, nothing else. "
            "No restart, and do not cancel those that wait: they go on at once.",
        ),
        causes=_CAUSES,
        now=(
            now(
                f"{ended}; pg_cancel_backend does nothing here, since no statement runs",
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' falls to "
                "near 0 within seconds",
                "none: what that session had not committed is gone",
            ),
            now(
                "ALTER ROLE the role of that tool SET idle_in_transaction_session_timeout = "
                "'60s', and SET lock_timeout = '5s' for the application (both for new sessions), "
                "so that the next one ends by itself",
                "SELECT usename, state, now() - xact_start FROM pg_stat_activity WHERE state = "
                "'idle in transaction' ORDER BY 3 DESC: none above a minute",
                "ALTER ROLE ... RESET",
            ),
        ),
        later=(
            later(
                "Tools of people in autocommit, through a role of their own (read-only where that "
                "will do); no wait for a person or another service inside a transaction; an alarm "
                "on the oldest transaction above 5 minutes"
            ),
        ),
        sources=(published("postgres-idle-in-transaction"),),
        replies=(
            Reply(
                to=words(r"\b(?:restart|reboot|failover)\b"),
                says="No: it ends all sessions and empties the cache for the sake of one.",
            ),
        ),
    )


_CAUSES = (
    Cause(
        cause="That session holds the row or table that the others want",
        look="SELECT pid, pg_blocking_pids(pid) AS waits_for, state, now() - xact_start AS since, "
        "left(query, 60) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0",
        shows="its pid in waits_for of most, or at the end of the chain",
    ),
    Cause(
        cause="They wait for each other on one hot row, and it is only another waiter",
        look="the same list",
        shows="another pid at the end of the chain: end that one",
    ),
)
