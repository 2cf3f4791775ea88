"""What must hold of a service's log: every line an event, and nobody's secret in it."""

import json
from collections.abc import Iterator
from datetime import datetime

_KEYS = ("time", "level", "message")
_LONGEST = 80


def faults(log: str, secret: str) -> Iterator[str]:
    """What is wrong with a log, in sentences; the log of a service that took requests."""
    lines = [line for line in log.splitlines() if line.strip()]
    unread = next((line for line in lines if not _is_event(line)), None)
    if not lines:
        yield "Nothing is logged."
    if unread is not None:
        yield f"A log line is no JSON event with {', '.join(_KEYS)}: {unread[:_LONGEST]}"
    if secret in log:
        yield "A token of a request is in the log: query strings or headers are written to it."


def events(log: str) -> tuple[str, ...]:
    """The messages of the lines that are events, in their order."""
    lines = (line for line in log.splitlines() if _is_event(line))
    return tuple(str(json.loads(line)["message"]) for line in lines)


def _is_event(line: str) -> bool:
    try:
        event = json.loads(line)
    except ValueError:
        return False
    return isinstance(event, dict) and _is_timed(event.get("time")) and _named(event)


def _named(event: dict[str, object]) -> bool:
    return all(isinstance(event.get(key), str) and event[key] for key in _KEYS)


def _is_timed(time: object) -> bool:
    try:
        return isinstance(time, str) and datetime.fromisoformat(time).tzinfo is not None
    except ValueError:
        return False
