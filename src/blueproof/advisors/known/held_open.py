"""Sessions held open inside a transaction, as somebody counted them, and what holds them."""

import re
from dataclasses import dataclass

from blueproof.core.advice import Step
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_MANY = 0.3  # of all connections, from which they are what is full
_LEAST = 5
_COUNTED = (
    LatePattern(
        r"(?<![\d.,])(?P<n>\d{1,5})\s*(?:sessions? |connections? |are |x )*[\"'`]?"
        r"idle in transaction",
        re.IGNORECASE,
    ),
    LatePattern(
        r"idle in transaction(?: \(aborted\))?[\"'`]?\s*(?:\||:|=|-)?\s*(?P<n>\d{1,5})(?![\d:.])",
        re.IGNORECASE,
    ),
)
_ALL = LatePattern(
    r"(?<![\d.,])(?P<n>\d{1,5})\s+(?:open |total )?(?:connections|sessions|backends)\b",
    re.IGNORECASE,
)
# A call of something else between BEGIN and COMMIT.
_INSIDE = LatePattern(
    r"(?P<what>(?:[\w'-]+ ){1,6}?)(?:inside|within|in) (?:of )?"
    r"(?:the |a |an |our |each |same |one )*(?:\w+ ){0,2}?(?:db |database )?transaction\b",
    re.IGNORECASE,
)
_CALLS = LatePattern(
    r"\b(?:e?-?mails?|smtp|sms|push|http|api|stripe|payments?|webhooks?|call\w*|fetch\w*|"
    r"request\w*|upload\w*|s3|provider|notif\w+|slack|pdf|openai|llm|send\w*|sent)\b",
    re.IGNORECASE,
)
_SLOW = LatePattern(
    r"\b(?P<who>[\w-]+(?: (?:provider|api|service|gateway|call))?)\s+"
    r"(?:took|takes|timed out after|after)\s+(?P<n>\d+(?:\.\d+)?) ?(?P<unit>ms|s|seconds?)\b",
    re.IGNORECASE,
)
_LONG_MS = 1000


@dataclass(frozen=True, kw_only=True)
class HeldOpen:
    """So many of all sessions idle in a transaction (0: not told), what is done in it, how slow."""

    idle: int
    of_all: int
    inside: str
    slow: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """What holds the connections, and what follows from it."""
        count = f"{self.idle:,} of {self.of_all:,}" if self.of_all else f"{self.idle:,}"
        doing = (
            f" while it waits: {self.inside}" if self.inside else " while it waits for your code"
        )
        slow = f" ({self.slow})" if self.slow else ""
        return (
            f"{count} sessions are idle in transaction: each keeps its connection of the pool and "
            f"the locks on its rows{doing}{slow}. The pool's timeouts, the waits for locks and the "
            "failed health checks follow from that; a larger pool only holds more of them.",
        )

    @property
    def steps(self) -> tuple[Step, ...]:
        """End them, keep them short, and take the call out of the transaction."""
        call = self.inside or "what is called between BEGIN and COMMIT"
        return (
            Step(
                do="End those that hold on: SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE state = 'idle in transaction' "
                "AND state_change < now() - interval '30 seconds'",
                horizon="now",
                check="the count of idle in transaction falls, requests pass",
                undo="",
            ),
            Step(
                do="ALTER ROLE app_role SET idle_in_transaction_session_timeout = '10s' (the role "
                "that the service logs in with; new sessions have it)",
                horizon="next",
                check="SHOW idle_in_transaction_session_timeout in a new session",
                undo="ALTER ROLE app_role RESET idle_in_transaction_session_timeout",
            ),
            Step(
                do=f"Take it out of the transaction ({call}): commit first, write a row into an "
                "outbox in the same transaction, and let a worker make the call with a time limit",
                horizon="later",
                check="pg_stat_activity shows none older than a second at the peak",
                undo="",
            ),
        )


def held_open(brief: Brief) -> HeldOpen | None:
    """The sessions that are held open; None where nobody counted many of them."""
    text = brief.request
    idle = max((int(m["n"]) for each in _COUNTED for m in each.finditer(text)), default=0)
    if idle < _LEAST:
        return None
    whole = max((int(m["n"]) for m in _ALL.finditer(text)), default=0)
    if whole and idle < _MANY * whole:
        return None
    inside = next((m["what"] for m in _INSIDE.finditer(text) if _CALLS.search(m["what"])), "")
    return HeldOpen(
        idle=idle,
        of_all=whole if whole > idle else 0,
        inside=_plain(inside),
        slow=_slowest(text),
    )


def _plain(words: str) -> str:
    return re.sub(
        r"^(?:we |i |added |now |that |the |and |to )+", "", " ".join(words.split()).strip(" \"'(")
    )


def _slowest(text: str) -> str:
    """The longest call that is told: "mail provider took 30001ms"."""
    timed = [
        (float(m["n"]) * (1 if m["unit"].lower() == "ms" else 1000), m[0])
        for m in _SLOW.finditer(text)
    ]
    long = [each for each in timed if each[0] >= _LONG_MS]
    return " ".join(max(long)[1].split()) if long else ""
