"""The steps of one change, filled with its names and numbered, and their files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.change.estimating import BATCH, BATCH_SECONDS, LOCK_SECONDS, PAUSE_SECONDS
from blueproof.advisors.change.kinds import Step, part
from blueproof.advisors.change.told import Told, each_child
from blueproof.core.advice import Artifact

ALONE = "-- Not in a transaction."
_TIMEOUT = f"SET lock_timeout = '{LOCK_SECONDS * 1000:.0f}ms';\n"
_CONCURRENTLY = re.compile(r"\bCONCURRENTLY\b")


@dataclass(frozen=True, kw_only=True)
class Made:
    """One step as it is handed over: its place, its words, its files' texts ("" where none)."""

    number: int
    step: Step
    does: str
    name: str
    path: str = ""
    sql: str = ""
    undo: str = ""
    check: str = ""

    @property
    def file(self) -> str:
        """The name of its files, in every folder."""
        return self.path.rpartition("/")[2]


def made(told: Told) -> tuple[Made, ...]:
    """The steps of the change in their order."""
    wanted = [pair for step in told.kind.steps for pair in _wanted(told, step)]
    return tuple(_made(one, n, s, len(wanted)) for n, (one, s) in enumerate(wanted, start=1))


def _wanted(told: Told, step: Step) -> Iterator[tuple[Told, Step]]:
    """The step where it is to be done, once for each name of a list that it is done for."""
    names = told.names
    if (step.when and not names.get(step.when)) or (step.lacks and names.get(step.lacks)):
        return
    children = dict(each_child(names))
    for one in names[step.each].split(", ") if step.each else [""]:
        stem = one.strip('"')
        its = {**names, "one": one, "one_stem": stem, **children.get(one, {})} if one else names
        yield replace(told, names=its), replace(step, file=f"{step.file}_{stem}") if one else step


def _made(told: Told, number: int, step: Step, count: int) -> Made:
    does, name = told.fill(step.does), step.file or step.name
    if step.release:
        return Made(number=number, step=step, does=does, name=name,
                    undo=told.fill(step.undo), check=told.fill(step.check))  # fmt: skip
    head = f"-- Step {number} of {count}: {does}.\n-- Lock: {told.fill(_numbers(step.lock))}.\n"
    if step.backfill:
        text = _backfill(told, step)
        return Made(
            number=number, step=step, does=told.fill(_numbers(step.does)), name=name,
            path=f"backfill/{number:02}_{name}.sql",
            sql=told.fill(f"{ALONE}\n{_numbers(head)}{_HOW_TO_RUN}{text}"),
            check=told.fill(_numbers(_with(step.check, step))), undo=told.fill(step.undo),
        )  # fmt: skip
    sql = told.fill(step.sql)
    alone = step.alone or bool(_CONCURRENTLY.search(sql))
    again = (
        "-- If it fails it leaves an invalid index behind: run the file of undo/, then this.\n"
        if step.invalid
        else ""
    )
    body = f"{again}{sql}" if alone else f"{_TIMEOUT}\n{sql}"
    return Made(
        number=number, step=step, does=does, name=name,
        path=f"migrations/{number:02}_{name}.sql",
        sql=f"{ALONE}\n{head}{body}" if alone else f"{head}{body}",
        undo=_undo(told.fill(step.undo), alone=alone or step.undo_alone),
        check=told.fill(step.check),
    )  # fmt: skip


def _undo(text: str, *, alone: bool) -> str:
    """What takes a step back, with its timeout; "" where there is none."""
    if not text:
        return ""
    return f"{ALONE}\n{text}" if alone else f"{_TIMEOUT}{text}"


_HOW_TO_RUN = (
    '-- psql "$DATABASE_URL" -f this file, in no migration; it may be stopped and run again.\n'
)


def _with(text: str, step: Step) -> str:
    return text.replace("{set}", step.set).replace("{todo}", step.todo)


def _backfill(told: Told, step: Step) -> str:
    """The text of a backfill, in batches by keys: rows filled, or the step's own work."""
    text = part("backfill.sql").replace("{work}", _indented(step.work or part("filled.sql")))
    own = _with(_numbers(text), step)
    table = step.of or "{table}"
    return told.fill(own.replace("{table_plain}", table).replace("{table}", table))


def _indented(text: str) -> str:
    return "".join(f"    {line.strip()}\n" if line.strip() else "" for line in text.splitlines())


def _numbers(text: str) -> str:
    figures = {
        "batch": f"{BATCH}", "batch_seconds": f"{BATCH_SECONDS:g}",
        "pause_seconds": f"{PAUSE_SECONDS:g}",
    }  # fmt: skip
    for name, value in figures.items():
        text = text.replace("{" + name + "}", value)
    return text


def artifacts(told: Told, steps: tuple[Made, ...], needs: str) -> Iterator[Artifact]:
    """The files of the steps, what runs them, and what the kind brings beside."""
    for each in steps:
        if each.path:
            yield Artifact(path=each.path, purpose=each.does, text=each.sql, needs=(needs,))
    for each in steps:
        if each.path and each.undo:
            yield Artifact(
                path=f"undo/{each.file}", purpose=f"takes step {each.number} back",
                text=each.undo, needs=(needs,),
            )  # fmt: skip
        if each.path and each.check:
            yield Artifact(
                path=f"checks/{each.file}", purpose=f"must give 0 before step {each.number + 1}",
                text=each.check, needs=(needs,),
            )  # fmt: skip
    for beside in told.kind.files:
        yield Artifact(path=beside["path"], purpose=told.fill(beside["purpose"]),
                       text=told.fill(beside["text"]), needs=(needs,))  # fmt: skip
    yield Artifact(
        path="apply.sh", purpose="runs a step, and again where its lock is not to be had",
        text=part("apply.sh"), needs=(needs,),
    )  # fmt: skip


def rehearsal(told: Told, steps: tuple[Made, ...], says: str) -> str:
    """The script of the rehearsal: tables with rows, both apps, the steps, the single statement."""
    kind = told.kind
    parts = [
        f"-- Shows that {says}.",
        f"-- Watched: {told.fill(kind.watched)}",
        f"-- Tables:\n{kind.tables}",
        f"-- Old app:\n{kind.old_app}",
        f"-- New app:\n{kind.new_app}",
        f"-- At once:\n{told.at_once}",
        f"-- Differ:\n{kind.differ}",
        "-- Steps:",
        *(f"-- {s.path} beside {s.step.beside}" for s in steps if s.path),
    ]
    return told.fill("\n".join(parts)) + "\n"
