"""From a brief to a folder and a screen: what every consulting command ends with."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

import click
from rich.console import Console

from blueproof.cli.options import DEFAULT_OUT
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief
from blueproof.core.errors import SqlError, UsageError
from blueproof.core.scene import Excerpt
from blueproof.intake.answers import with_answers
from blueproof.render.folder import Written, check_folder, write_folder
from blueproof.render.terminal import has_more, print_summary

_MOST_ASKED = 3


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How an answer is to be delivered.

    `always` is whether a folder is written even of an answer that has nothing to hand over;
    `statistics` are those collected from a database, if any were, `measure` the connection string
    of a copy on which may be built and timed.
    """

    out: Path = DEFAULT_OUT
    always: bool = True
    force: bool = False
    json: bool = False
    ask: bool = True
    slow: bool = False
    statistics: Excerpt | None = None
    measure: str | None = field(default=None, repr=False)


def deliver(brief: Brief, how: Delivery) -> None:
    """Consult, write the folder, print the answer; on a terminal ask what is open, and go on."""
    check_folder(how.out, force=how.force)
    while True:
        blueprint = _consulted(brief, how)
        kept = how.always or has_more(blueprint)
        if kept:
            from blueproof.render.files import render_files  # pages and drawings are many files

            _print_kept(write_folder(render_files(blueprint), how.out, force=how.force))
        if how.json:
            from blueproof.render.files import render_json  # as above

            click.echo(render_json(blueprint), nl=False)
            return
        console = Console(highlight=False)
        print_summary(blueprint, str(how.out) if kept else "", console)
        answers = _asked(blueprint) if how.ask and _on_terminal() else ()
        if not answers:
            return
        brief = with_answers(brief, answers)


def _consulted(brief: Brief, how: Delivery) -> Blueprint:
    console = Console(stderr=True, highlight=False)
    show = console.is_terminal and not how.json
    try:
        if not show:
            return consult(brief, slow=how.slow, statistics=how.statistics, measure=how.measure)
        with console.status("starting") as status:
            return consult(
                brief,
                status.update,
                slow=how.slow,
                statistics=how.statistics,
                measure=how.measure,
            )
    except SqlError as error:
        raise _placed(error, brief) from None


def _placed(error: SqlError, brief: Brief) -> SqlError:
    """The error at the place in the person's own file."""
    for document in brief.documents:
        if error.path == f"{document.role}.sql":
            path, line = document.place(error.line)
            said = str(error).removeprefix(f"{error.path}:{error.line}:{error.column}: ")
            return SqlError(said, path=path, line=line, column=error.column)
    return error


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _asked(blueprint: Blueprint) -> tuple[str, ...]:
    """What is typed in answer to the first questions, as KEY=VALUE; Enter skips one."""
    answers = []
    asked = [q for q in blueprint.open_questions if q.key != "evidence"]
    for question in asked[:_MOST_ASKED]:
        typed = click.prompt(
            f"{question.id} {question.ask} [{question.default}]", default="", show_default=False
        )
        if typed.strip():
            answers.append(f"{question.key}={typed.strip()}")
    return tuple(answers)


def _print_kept(written: Written) -> None:
    for name in written.kept:
        click.echo(f"Kept your {name}; ours is beside it as {name}.new", err=True)


def needs_folder(folder: Path) -> Path:
    """The folder, or UsageError where there is none."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name the one that a consultation wrote (--out)")
    return folder
