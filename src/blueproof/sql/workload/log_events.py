"""What a PostgreSQL log tells of statements, whatever the form of its lines."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from blueproof.sql.workload.runs import Run, Told

_DURATION = re.compile(
    r"duration: ([0-9]+(?:\.[0-9]+)?) ms(?:\s+(statement|plan|(?:parse|bind|execute) [^:]*):\s?)?"
)
_STATEMENT = re.compile(r"(statement|execute [^:]*):\s?")
_FETCHING = "execute fetch from "  # goes on with a run that was told before
_QUERY_TEXT = re.compile(r"\s*Query Text: ")
# The first line of a plan, or of what may stand before it.
_PLAN_BEGINS = re.compile(r"\n[^\n]*\(cost=[0-9]{1,20}\.[0-9]{2}\.\.|\n\s*Query Parameters: ")
_PARAMETERS = re.compile(r"\n\s*Query Parameters: ([^\n]*)")
_MOST_OPEN = 10_000  # sessions whose last statement waits for its duration


@dataclass(slots=True)
class Event:
    """One message of the log, with its DETAIL and CONTEXT; `session` is its process, if known.

    `failed` is for an error, of which no more is kept: it ends what its session was running.
    """

    line: int
    message: str
    detail: str = ""
    context: str = ""
    session: str = ""
    failed: bool = False


def may_tell(text: str) -> bool:
    """Whether a piece of a log may tell of a statement: a cheap look before it is taken apart."""
    return "duration: " in text or "statement: " in text or "execute " in text


def runs_of(events: Iterable[Event], broken: list[int]) -> Iterator[Run]:
    """The runs that the events tell of; lines of plans that cannot be read are added to `broken`.

    A statement logged before it runs waits for the "duration:" that its session says next.
    """
    waiting: dict[str, Run] = {}
    for event in events:
        if event.failed:
            waiting.pop(event.session, None)
            continue
        timed = _DURATION.match(event.message)
        if timed is None:
            yield from _announced(event, waiting)
        elif timed[2] is None:
            yield from _ended(event, float(timed[1]), waiting)
        elif timed[2] == "plan":
            yield from _planned(event, event.message[timed.end() :], float(timed[1]), broken)
        elif _is_run(timed[2]):
            yield _run(event, event.message[timed.end() :], float(timed[1]))
    yield from waiting.values()


def _announced(event: Event, waiting: dict[str, Run]) -> Iterator[Run]:
    """Let a statement logged before it runs wait; what its session said before waits no more."""
    said = _STATEMENT.match(event.message)
    if said is None or not _is_run(said[1]):
        return
    before = waiting.pop(event.session, None)
    if before is None and len(waiting) >= _MOST_OPEN:
        before = waiting.pop(next(iter(waiting)))
    if before is not None:
        yield before
    waiting[event.session] = _run(event, event.message[said.end() :], None)


def _ended(event: Event, milliseconds: float, waiting: dict[str, Run]) -> Iterator[Run]:
    """The run that a bare duration is of, if its session has said what it runs."""
    run = waiting.pop(event.session, None)
    if run is not None:
        yield replace(run, milliseconds=milliseconds, told="timed")


def _is_run(kind: str) -> bool:
    return kind == "statement" or (kind.startswith("execute") and not kind.startswith(_FETCHING))


def _run(event: Event, text: str, milliseconds: float | None) -> Run:
    told: Told = "untimed" if milliseconds is None else "timed"
    values = event.detail if event.detail[1:11] == "arameters:" else ""
    return Run(text, milliseconds, values=values, line=event.line, told=told)


def _planned(event: Event, plan: str, milliseconds: float, broken: list[int]) -> Iterator[Run]:
    """The run that a plan tells of; none of a statement within a function, which is no run apart.

    The line of a plan in a form that is not read (XML, YAML) goes to `broken`.
    """
    if " function " in event.context:
        return
    read = _of_json(plan) if plan.lstrip().startswith("{") else _of_text(plan)
    if read is None:
        broken.append(event.line)
    else:
        yield Run(read[0], milliseconds, values=read[1], line=event.line, told="plan")


def _of_json(plan: str) -> tuple[str, str] | None:
    """The text of the query and the values of its parameters, of a plan in JSON."""
    try:
        read = json.loads(plan)
        return str(read["Query Text"]), str(read.get("Query Parameters", ""))
    except (ValueError, KeyError, RecursionError):
        return None


def _of_text(plan: str) -> tuple[str, str] | None:
    begins = _QUERY_TEXT.match(plan)
    ends = _PLAN_BEGINS.search(plan, begins.end()) if begins else None
    if not begins or not ends:
        return None
    values = _PARAMETERS.search(plan, ends.start())
    return plan[begins.end() : ends.start()], values[1] if values else ""
