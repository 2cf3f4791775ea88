"""All that is looked for in a source file, and the order in which it is told."""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from blueproof.advisors.code import (
    access,
    checking,
    convex,
    database,
    effects,
    firestore,
    outbox,
    pushing,
    queues,
    running,
    sql_text,
    triggers,
    uploads,
    webhooks,
    writes,
)
from blueproof.advisors.code.subject import Seen, Source

_CHECKS: tuple[Callable[[Source], Iterator[Seen]], ...] = (
    triggers.check, convex.check, firestore.check, webhooks.check, writes.check, effects.check,
    database.check, sql_text.check, pushing.check,
    access.check, queues.check, uploads.check, outbox.check, checking.check, running.check,
)  # fmt: skip
_HARM: dict[Literal["harm", "risk", "note"], int] = {"harm": 0, "risk": 1, "note": 2}
# A word that names a thing; the short ones and those of any question name none.
_WORD = re.compile(
    r"\b(?!where|which|there|their|what|come|from|does|some|have|with|when|they|many|stay|twice|"
    r"slow|sometimes|users?\b|days?\b|each|about|this|that|more|than|after|before)[a-z]{4,}"
)
# Of what does as much harm, what is the cause of the rest comes first.
_CAUSES = (
    "fb-writes-itself", "fb-every-change", "never-sent", "cx-fetch-in-transaction",
    "cx-db-in-action", "cx-filter-scan", "cx-hot-row", "cx-collect-all", "cx-unawaited",
    "cx-action-dies",
    "fs-effect-feeds-itself", "upload-rn-blob", "outbox-sends-again",
    "queue-hidden-too-short", "pay-without-key",
    "fs-listener-in-loop", "fs-listener-in-render", "fs-unbounded-listener", "fs-unbounded-read",
    "fs-read-in-loop", "fs-count-by-reading", "fs-listener-leak", "rt-channel-leak",
    "wh-parsed-body", "wh-edge-crypto", "wh-unverified", "wh-swallows-failure",
    "wh-unchecked-error",
    "lost-update", "wh-no-dedupe", "wh-slow-before-ack", "secret-in-client", "sql-injection",
    "jwt-not-verified",
    "no-auth", "check-then-insert", "fb-no-dedupe",
    "claim-race", "db-client-per-request", "db-call-in-transaction",
    "ddb-scan", "queue-no-dedupe",
    "push-one-by-one", "push-in-request", "call-in-loop", "db-query-in-loop",
)  # fmt: skip
# Where two say the same of a line, or of a file, the first is told.
_OF_A_LINE = (
    ("push-one-by-one", "no-timeout"),
    ("fs-count-by-reading", "fs-unbounded-read"), ("db-query-in-loop", "db-unbounded-select"),
    ("secret-in-client", "secret-in-code"),
)  # fmt: skip
_OF_A_FILE = (
    ("push-one-by-one", "unbounded-fan-out"), ("fs-read-in-loop", "unbounded-fan-out"),
    ("db-query-in-loop", "unbounded-fan-out"), ("outbox-sends-again", "call-in-loop"),
)  # fmt: skip


def seen_in(source: Source) -> tuple[Seen, ...]:
    """What is wrong in a file: first what the words tell of, then by harm, then by place."""
    found = [each for check in _CHECKS for each in check(source)]
    rules = {each.rule for each in found}
    at = {(each.rule, each.line) for each in found}
    less = {b for a, b in _OF_A_FILE if a in rules}
    found = [
        each
        for each in found
        if each.rule not in less
        and not any(b == each.rule and (a, each.line) in at for a, b in _OF_A_LINE)
    ]
    kept = {(f.rule, f.line): f for f in found}
    return tuple(sorted(kept.values(), key=lambda f: rank(source, f)))


def rank(source: Source, seen: Seen) -> tuple[bool, int, int, int]:
    """How early a thing is told."""
    cause = _CAUSES.index(seen.rule) if seen.rule in _CAUSES else len(_CAUSES)
    return (not tells_of(source, seen), _HARM[seen.severity], cause, seen.line)


def relevance(source: Source) -> int:
    """How many of the things that the words name stand in a file: a route of orders, for orders."""
    text = f"{source.path} {source.text}".lower()
    return sum(stem in text for stem in {w[:6] for w in _WORD.findall(source.words.lower())})


def tells_of(source: Source, seen: Seen) -> bool:
    """Whether the words tell of what a thing does."""
    return source.told.says(seen.symptoms)
