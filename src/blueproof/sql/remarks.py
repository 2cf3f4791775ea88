"""What the comment above a query tells of how it does: how slow, how often, in a loop."""

import re
from dataclasses import dataclass

_SECONDS = {"ms": 0.001, "millisecond": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60,
            "minute": 60, "h": 3600, "hour": 3600}  # fmt: skip
# "4-9 s", "2.4s p95", "70 s", "900 ms", "3 min": what is spent, and no span such as "last 7 days".
_SPENT = re.compile(
    r"(?<![\w.$])(?:(?P<from>\d+(?:\.\d+)?)\s*(?:-|\u2013|to)\s*)?(?P<most>\d+(?:\.\d+)?)\s*"
    r"(?P<unit>ms|milliseconds?|secs?|seconds?|s|mins?|minutes?|hours?|h)\b",
    re.IGNORECASE,
)
# A time that is no run's: how often it runs, how far back it looks, when it gives up.
_NOT_SPENT = re.compile(
    r"(?:\b(?:every|each|last|past|per|within|after|for|older than|timeout(?: of)?|until|all)\s*"
    r"|/)$",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"^\s*(?:ago\b|old\b|window\b|of data\b)", re.IGNORECASE)
_SLOW = re.compile(
    r"\b(?:slow(?:er|ly|est)?|times?\s+out|timeouts?|timing out|hangs?|stuck|crawls?|blocks?"
    r"|blocking|locks? (?:up|out)|kills?|spikes?|takes? (?:for)?ever|too long|bottleneck)\b",
    re.IGNORECASE,
)
_QUICK = re.compile(r"\b(?:fast|quick(?:ly)?|fine|ok(?:ay)?|no problem|not slow)\b", re.IGNORECASE)
_LOOP = re.compile(
    r"\bN\s*\+\s*1\b|\bin\s+a\s+loop\b|\b(?:once|run|called|executed|fired|one(?:\s+query)?)\s+"
    r"(?:\w+\s+){0,2}?(?:for\s+each|for\s+every|per)\s+(?:of\s+(?:the\s+)?)?(?:\d[\d,]*\s+)?\w+"
    r"|\b\d[\d,]*\s*(?:times|calls|x|queries)\s+(?:per|for (?:each|every|one|a)|a"
    r"|on (?:the|each))\s+(?:\w+\s+)?(?:page|request|screen|render|list|view|job|load)\b"
    r"|\bfor each (?:row|item|line|element|of the)\b",
    re.IGNORECASE,
)
_PER_TIME = re.compile(r"\bper\s+(?:second|minute|hour|day|night|week|month)$", re.IGNORECASE)
_TIMES = re.compile(
    r"\b(?:each|every)\s+of\s+the\s+(?P<each>\d[\d,]*)|\b(?P<times>\d[\d,]*)\s*(?:times|calls|x"
    r"|queries)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[a-z][a-z_]{3,}")
_CLAUSES = re.compile(r"[.;!?](?=\s|$)|\n|,\s|\b(?:and|but|while)\s", re.IGNORECASE)
_COMMON = frozenset(
    {"query", "queries", "list", "last", "each", "with", "from", "that", "this", "page", "called"}
    | {
        "slow",
        "seconds",
        "minutes",
        "rows",
        "table",
        "postgres",
        "schema",
        "takes",
        "user",
        "users",
    }
)
QUICK_SECONDS = 0.05  # what is told to take less is no complaint


@dataclass(frozen=True, kw_only=True)
class Remark:
    """What is told of a query: the complaint in the person's words ("" for none), and the rest.

    `seconds` is the longest run told; `loop` whether the program runs it once for each row of
    something, `times` how many times then, where that is told.
    """

    complaint: str = ""
    seconds: float | None = None
    loop: bool = False
    times: int | None = None


def read_remark(comment: str) -> Remark:
    """What a comment tells of the query below it.

    >>> read_remark("Q2: expire orders, cron every minute (4-9 s, blocks checkout)").complaint
    '4-9 s, blocks checkout'
    >>> read_remark("called 40 times per page (N+1)").loop
    True
    >>> read_remark("login lookup (12k calls/min, 0.3 ms)").complaint
    ''
    """
    spent = [(m, _seconds(m)) for m in _SPENT.finditer(comment) if _is_spent(comment, m)]
    slow = [(m, s) for m, s in spent if s >= QUICK_SECONDS]
    words = _SLOW.search(comment)
    found = sorted((m for m, _ in slow), key=lambda m: m.start())
    first = found[0] if found else words
    loop = any(not _PER_TIME.search(m[0]) for m in _LOOP.finditer(comment))
    longest = max((s for _, s in spent), default=0.0)
    quick = longest < 1 and (_QUICK.search(comment) or (spent and not slow))
    counted = _TIMES.search(comment) if loop else None
    return Remark(
        complaint="" if first is None or quick else _phrase(comment, first),
        seconds=max((s for _, s in spent), default=None),
        loop=loop,
        times=int((counted["each"] or counted["times"]).replace(",", "")) if counted else None,
    )


def told_in(request: str, name: str, tables: frozenset[str]) -> str:
    """The clause of a request that complains of the query with this name; "" where none does.

    >>> told_in("The inbox went from 90 ms to 2.4 s, deploys are fine.", "1: inbox", frozenset())
    'The inbox went from 90 ms to 2.4 s'
    """
    common = {w for t in tables for w in (t.lower(), t.lower().rstrip("s"))}
    words = set(_WORD.findall(name.lower())) - common - _COMMON
    for clause in _CLAUSES.split(request):
        if words & set(_WORD.findall(clause.lower())) and read_remark(clause).complaint:
            return " ".join(clause.split())
    return ""


def _is_spent(comment: str, found: re.Match[str]) -> bool:
    around = _NOT_SPENT.search(comment[: found.start()]), _COUNTED.match(comment[found.end() :])
    return not any(around)


def _seconds(found: re.Match[str]) -> float:
    unit = found["unit"].lower()
    return float(found["most"]) * _SECONDS.get(unit, _SECONDS.get(unit.rstrip("s"), 1))


def _phrase(comment: str, first: re.Match[str]) -> str:
    """The words about it: those of its brackets, else of its clause."""
    start = max(comment.rfind(mark, 0, first.start()) + 1 for mark in "(\n;:")
    ends = [comment.find(mark, first.end()) for mark in ")\n;"]
    end = min((e for e in ends if e >= 0), default=len(comment))
    if comment[start - 1 : start] != "(":
        start = max(start, comment.rfind(", ", 0, first.start()) + 1)
    return " ".join(comment[start:end].split()).strip(" -.,")
