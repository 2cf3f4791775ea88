"""blueproof install: put the agent that consults us where a coding tool looks for it."""

import os
from importlib import resources
from pathlib import Path
from typing import Literal

import click

from blueproof.core.errors import OutputError, UsageError

AGENT = "backend-fullstack-architect.md"
_PLACE = Path(".claude") / "agents"
_REGISTER = "claude mcp add blueproof -- blueproof mcp"

State = Literal["written", "unchanged", "beside"]


@click.command()
@click.argument("tool", type=click.Choice(["claude"]))
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Project to install into.  [default: the current folder]",
)
def command(tool: str, folder: Path, *, yes: bool) -> None:
    """Write the architect agent for a coding tool, after showing it, and say how to register us."""
    assert tool == "claude"
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder: name the project to install into")
    file, text = folder / _PLACE / AGENT, agent_text()
    if not yes:
        click.echo(f"{file}:\n\n{text}")
    if not yes and not _agreed(file):
        click.echo("Nothing was written.")
        return
    click.echo(_said(file, install(file, text)))
    click.echo(f"Register the server, once: {_REGISTER}")


def agent_text() -> str:
    """The agent's file, as it lies in the package."""
    return (resources.files("blueproof") / "agents" / AGENT).read_text(encoding="utf-8")


def install(file: Path, text: str) -> State:
    """Write the text to the file; a file that differs is kept, and ours is written beside it."""
    try:
        if file.is_file() and file.read_bytes() == text.encode():
            return "unchanged"
        taken = os.path.lexists(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        _write(_beside(file) if taken else file, text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise OutputError(f"{file} cannot be written ({reason}): name another --folder") from None
    return "beside" if taken else "written"


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.new")


def _write(file: Path, text: str) -> None:
    """Write whole or not at all."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _agreed(file: Path) -> bool:
    try:
        return click.confirm(f"Write {file}?", default=False)
    except click.Abort:
        raise UsageError(f"nobody answered, so {file} was not written: give --yes") from None


def _said(file: Path, state: State) -> str:
    if state == "beside":
        return f"Kept your {file}; ours is beside it as {_beside(file).name}"
    return f"Wrote {file}" if state == "written" else f"{file} is there already, as it should be"
