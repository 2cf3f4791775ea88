"""Handlers of queues and streams: what comes again, and a batch that fails as a whole."""

import re
from collections.abc import Iterator

from blueproof.advisors.code.slow import kind_of
from blueproof.advisors.code.subject import Edit, Seen, Source
from blueproof.syntax.calls import Call
from blueproof.syntax.places import literal, loop_of, over_of

_RECORDS = re.compile(r"\bRecords\b")
_ONCE = re.compile(
    r"on conflict|onConflict|ignoreDuplicates|idempot|messageId|message_id|attribute_not_exists|"
    r"processed|already|dedup|upsert|MERGE",
    re.IGNORECASE,
)
_AGAIN = r"twice|double|duplicat|again|two|more than once|2x"
_HIDDEN = re.compile(r"(?i)visibility[^.\d]{0,30}?(\d+)\s?s(?:ec|$|\b)")
_HIDES = re.compile(r"VisibilityTimeout['\"]?\s*[=:]\s*(\d+)")
_WORK = re.compile(
    r"(?i)(?:takes?|up to|last\w*|runs?(?: for)?|needs?)\s(?:up to |about |around |~)?"
    r"(\d+(?:\.\d+)?)\s?(s(?:ec\w*)?|m(?:in\w*)?)\b"
)
_CHARGES = re.compile(
    r"(?i)^(?:\w+\.)*(?:charges?|payment_?intents?|transfers?|payouts?|refunds?)\.create$"
)
_ACTS = re.compile(r"\binsert\b|\bupdate\b", re.IGNORECASE)


def check(source: Source) -> Iterator[Seen]:
    """What is wrong with a function that takes messages of a queue."""
    yield from _hidden(source)
    yield from _paid(source)
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


def _hidden(source: Source) -> Iterator[Seen]:
    """Messages that come back while they are still worked on."""
    took = next((c for c in source.calls if c.last == "receive_message"
                 or re.match(r"new ReceiveMessageCommand", c.node.text)), None)  # fmt: skip
    if took is None:
        return
    hidden = _HIDES.search(took.node.text) or _HIDDEN.search(source.words)
    work = _WORK.search(source.words)
    if hidden is None or work is None:
        return
    seconds = float(hidden[1])
    each = float(work[1]) * (60 if work[2].startswith("m") else 1)
    batch = re.search(r"Max(?:NumberOf)?Messages['\"]?\s*[=:]\s*(\d+)", took.node.text)
    many = int(batch[1]) if batch else 1
    whole = each * many
    if whole <= seconds:
        return
    sums = f"{many} messages x {each:g} s = {whole:g} s" if many > 1 else f"{each:g} s"
    yield Seen(
        rule="queue-hidden-too-short", line=took.line, severity="harm", symptoms=_AGAIN,
        what=f"a message is hidden for {seconds:g} s and its work takes up to {each:g} s: before "
        "it is deleted it is visible again, and another worker does it a second time",
        sums=f"{sums}, against {seconds:g} s",
        do=f"one message at a time and a visibility timeout of {6 * each:g} s (six times the "
        "work), or change_message_visibility while it runs; and a key that makes a second time "
        "harmless, since a standard queue delivers at least once in any case",
        edits=_one_at_a_time(took, each),
    )  # fmt: skip


def _one_at_a_time(took: Call, each: float) -> tuple[Edit, ...]:
    found = re.search(r"MaxNumberOfMessages['\"]?\s*[=:]\s*(\d+)", took.node.text)
    if found is None or found[1] == "1":
        return ()
    start = took.node.start + found.start(1)
    hides = "" if "VisibilityTimeout" in took.node.text else _hides(found[0], each)
    return (Edit(start=start, end=start + len(found[1]), text=f"1{hides}"),)


def _hides(said: str, each: float) -> str:
    """The time that a message is hidden for, as the option before it is written."""
    sign = "=" if "=" in said else ": "
    quote = said[len("MaxNumberOfMessages") : len("MaxNumberOfMessages") + 1].strip(" :=")
    return f", {quote}VisibilityTimeout{quote}{sign}{6 * each:g}"


def _paid(source: Source) -> Iterator[Seen]:
    """A payment that a second run makes a second time."""
    for call in source.calls:
        if not _CHARGES.search(call.name) or re.search(r"(?i)idempoten", call.node.text):
            continue
        loop = loop_of(call.node)
        handler = source.handler_of(call.node)
        if loop is None and handler is None and not source.told.says(_AGAIN):
            continue
        key = _key(source, call)
        yield Seen(
            rule="pay-without-key", line=call.line, severity="harm", symptoms=_AGAIN + "|charg",
            what=f"{call.name} has no idempotency key: whatever runs this a second time (a message "
            "that comes again, a retry, a second tap) takes the money a second time",
            do=f"{key or 'an idempotency key'} from the id of what is paid, so that the same key "
            f"gives back the first payment{' for 24 hours' if key else ''}",
            edits=_keyed(source, call, key),
        )  # fmt: skip


def _key(source: Source, call: Call) -> str:
    """The option of the client that carries the key."""
    if not re.match(r"stripe\b", call.root, re.IGNORECASE):
        return ""
    return "idempotency_key=" if source.language == "python" else "{ idempotencyKey }"


def _keyed(source: Source, call: Call, key: str) -> tuple[Edit, ...]:
    """The id of the message as the key, where the work is that of a message."""
    loop = loop_of(call.node)
    if source.language != "python" or not key or loop is None or loop.child("left") is None:
        return ()
    name = (loop.child("left") or loop).text
    over = over_of(loop)
    if over is None or "Messages" not in over.text or not re.fullmatch(r"\w+", name):
        return ()
    at = call.node.end - 1
    comma = "" if call.node.text[:-1].rstrip().endswith(("(", ",")) else ", "
    return (Edit(start=at, end=at, text=f'{comma}idempotency_key={name}["MessageId"]'),)
