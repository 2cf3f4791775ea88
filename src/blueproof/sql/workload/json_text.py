"""JSON as statistics and logs are exported: an array, a line each, an object with rows in it."""

import json
import re
from collections.abc import Iterator, Mapping

from blueproof.sql.workload.log_events import Event, may_tell

_ROWS = ("rows", "events", "entries", "result", "results", "data", "records", "items")
_MESSAGES = ("event_message", "textPayload", "@message", "message", "text_payload", "msg")
_BEGINS = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\]])")  # a log's line may begin with [ too
_ARRAY = re.compile(r"\s*\[\s*\{")
_SEVERITY = re.compile(
    r"\b(?:LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DETAIL|HINT|CONTEXT|STATEMENT|QUERY):[ \t]"
)

Row = Mapping[str, object]


def is_json(text: str) -> bool:
    """Whether the text begins as JSON."""
    return bool(_BEGINS.match(text))


def read_json_rows(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    """The objects of a JSON text, each with its number or, in JSON lines, its line.

    Lines that are no JSON go to `broken`, as does the whole of a text that is none.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from (_items if _ARRAY.match(text) else _lines)(text, broken)
        return
    yield from enumerate(_objects(whole), start=1)


def _objects(value: object) -> Iterator[Row]:
    """The objects in an array, under a known key, or the object itself."""
    if isinstance(value, list):
        for item in value:
            yield from _objects(item) if isinstance(item, (list, dict)) else ()
    elif isinstance(value, dict):
        inner = next((value[key] for key in _ROWS if isinstance(value.get(key), list)), None)
        if inner is None:
            yield value
        else:
            yield from _objects(inner)


def _items(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    """The objects of an array that breaks off, or in which one is broken, as far as they go."""
    decoder, number, at = json.JSONDecoder(), 0, text.index("{")
    while at >= 0:
        number += 1
        try:
            read, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            broken.append(number)
            return
        yield from ((number, row) for row in _objects(read))
        at = text.find("{", end)


def _lines(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(_split(text), start=1):
        bare = line.strip().rstrip(",")
        if bare in {"", "[", "]"}:
            continue
        try:
            read = json.loads(bare)
        except (ValueError, RecursionError):
            broken.append(number)
            continue
        yield from ((number, row) for row in _objects(read))


def _split(text: str) -> Iterator[str]:
    """The lines of a text one by one, so that a long one is not held twice."""
    at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        yield text[at:end]
        at = end + 1


def is_log(row: Row) -> bool:
    """Whether an object is a message of a log, not a row of statistics."""
    return "query" not in {key.lower() for key in row} and any(key in row for key in _MESSAGES)


def event_of(number: int, row: Row) -> Event | None:
    """The event of a jsonlog's object; None if it tells of no statement."""
    message, failed = str(row.get("message", "")), row.get("error_severity") == "ERROR"
    if not failed and not may_tell(message):
        return None
    detail, context, session = (str(row.get(key, "")) for key in ("detail", "context", "pid"))
    return Event(number, message, detail, context, session=session, failed=failed)


def log_text(rows: list[Row]) -> str:
    """The messages that a cloud's export holds, oldest first, as the server had written them."""
    messages = [next((str(r[k]) for k in _MESSAGES if r.get(k)), "") for r in rows]
    times = [str(r.get("timestamp") or r.get("@timestamp") or "") for r in rows]
    if times and times[0] > times[-1]:
        messages.reverse()
    return "".join(f"{_as_line(message)}\n" for message in messages)


def _as_line(message: str) -> str:
    """The message with its severity, which some exports have in a column of its own."""
    head, *rest = message.rstrip("\r\n").replace("\r\n", "\n").split("\n")
    if not _SEVERITY.search(head):
        head = f"LOG:  {head}"
    return "\n".join(
        [head, *(t if t.startswith("\t") or _SEVERITY.search(t) else f"\t{t}" for t in rest)]
    )
