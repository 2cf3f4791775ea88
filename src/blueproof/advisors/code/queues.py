"""Handlers of queues and streams: what comes again, and a batch that fails as a whole."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.slow import kind_of
from blueproof.advisors.code.subject import Seen, Source
from blueproof.syntax.calls import Call
from blueproof.syntax.places import literal, loop_of, over_of

_RECORDS = re.compile(r"\bRecords\b")
_ONCE = re.compile(
    r"on conflict|onConflict|ignoreDuplicates|idempot|messageId|message_id|attribute_not_exists|"
    r"processed|already|dedup|upsert|MERGE",
    re.IGNORECASE,
)
_ACTS = re.compile(r"\binsert\b|\bupdate\b", re.IGNORECASE)


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with a function that takes messages of a queue."""
    for call in source.calls:
        handler = source.handler_of(call.node)
        loop = loop_of(call.node)
        over = over_of(loop) if loop is not None else None
        if handler is None or over is None or not _RECORDS.search(over.text):
            continue
        if not _acts(call) or _ONCE.search(handler.function.text):
            continue
        partly = "batchItemFailures" in source.text
        whole = "" if partly else ", and one that fails brings back the whole batch, done ones too"
        yield Seen(
            rule="queue-no-dedupe", line=call.line, severity="harm",
            symptoms=r"twice|double|duplicat|again|two|more than once",
            what=f"a message may come more than once{whole}; {kind_of(call) or 'the write'} then "
            "happens again",
            do="INSERT ... ON CONFLICT DO NOTHING by the message's own id and go on only where a "
            "row was made; return batchItemFailures (ReportBatchItemFailures), so that only what "
            "failed comes again",
        )  # fmt: skip
        return


def _acts(call: Call) -> bool:
    written = any(_ACTS.search(literal(a)) for a in call.args)
    return bool(kind_of(call)) or written or call.last in {"insert", "create", "insertOne"}
