"""What a PostgreSQL log tells of statements, whatever the form of its lines."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blueproof.sql.workload.runs import Run

_DURATION = re.compile(
    r"duration: ([0-9]+(?:\.[0-9]+)?) ms(?:\s+(statement|plan|(?:parse|bind|execute) [^:]*):\s?)?"
)
_STATEMENT = re.compile(r"(statement|execute [^:]*):\s?")
_FETCHING = "execute fetch from "  # goes on with a run that was told before
_QUERY_TEXT = re.compile(r"\s*Query Text: ")
# The first line of a plan, or of what may stand before it.
_PLAN_BEGINS = re.compile(r"\n[^\n]*\(cost=[0-9.]+\.\.|\n\s*Query Parameters: ")
_PARAMETERS = re.compile(r"\n\s*Query Parameters: ([^\n]*)")
_MOST_OPEN = 10_000  # sessions whose last statement waits for its duration


@dataclass(slots=True)
class Event:
    """One message of the log, with its DETAIL and CONTEXT; `session` is its process, if known."""

    line: int
    message: str
    detail: str = ""
    context: str = ""
    session: str = ""


class UnreadPlan(ValueError):
    """A plan of auto_explain's in a form that is not read."""


def may_tell(text: str) -> bool:
    """Whether a piece of a log, not yet taken apart, may tell of a statement: a cheap first look."""
    return "duration: " in text or "statement: " in text or "execute " in text


def runs_of(events: Iterable[Event], broken: list[int]) -> Iterator[Run]:
    """The runs that the events tell of; lines of plans that cannot be read are added to `broken`.

    A statement logged before it runs waits for the "duration:" that its session says next.
    """
    waiting: dict[str, Run] = {}
    for event in events:
        timed = _DURATION.match(event.message)
        kind = timed[2] if timed else ""
        if timed and not kind:
            run = waiting.pop(event.session, None)
            if run:
                run.milliseconds, run.told = float(timed[1]), "timed"
                yield run
        elif timed and kind == "plan":
            try:
                yield from _planned(event, event.message[timed.end() :], float(timed[1]))
            except UnreadPlan:
                broken.append(event.line)
        elif timed and _is_run(kind):
            yield _run(event, event.message[timed.end() :], float(timed[1]))
        elif not timed and (said := _STATEMENT.match(event.message)) and _is_run(said[1]):
            before = waiting.pop(event.session, None)
            if before:
                yield before
            if len(waiting) >= _MOST_OPEN:
                yield waiting.pop(next(iter(waiting)))
            waiting[event.session] = _run(event, event.message[said.end() :], None)
    yield from waiting.values()


def _is_run(kind: str) -> bool:
    return kind == "statement" or (kind.startswith("execute") and not kind.startswith(_FETCHING))


def _run(event: Event, text: str, milliseconds: float | None) -> Run:
    told = "untimed" if milliseconds is None else "timed"
    values = event.detail if event.detail[1:11] == "arameters:" else ""
    return Run(text, milliseconds, values=values, line=event.line, told=told)


def _planned(event: Event, plan: str, milliseconds: float) -> Iterator[Run]:
    """The run that a plan tells of; a statement within a function is no run of its own."""
    if " function " in event.context:
        return
    text, values = _of_json(plan) if plan.lstrip().startswith("{") else _of_text(plan)
    yield Run(text, milliseconds, values=values, line=event.line, told="plan")


def _of_json(plan: str) -> tuple[str, str]:
    try:
        read = json.loads(plan)
        return str(read["Query Text"]), str(read.get("Query Parameters", ""))
    except (ValueError, KeyError, RecursionError):
        raise UnreadPlan from None


def _of_text(plan: str) -> tuple[str, str]:
    begins = _QUERY_TEXT.match(plan)
    if not begins:
        raise UnreadPlan  # as XML or YAML
    ends = _PLAN_BEGINS.search(plan, begins.end())
    if not ends:
        raise UnreadPlan
    values = _PARAMETERS.search(plan, ends.start())
    return plan[begins.end() : ends.start()], values[1] if values else ""
