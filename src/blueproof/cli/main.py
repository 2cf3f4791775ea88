"""The command group, and the one place where errors meant for a person are printed."""

import atexit
import gc
import importlib
import sys
from collections.abc import Mapping
from difflib import get_close_matches

import click

from blueproof import __version__
from blueproof.cli.compiled import kept_compiled
from blueproof.core.errors import BlueproofError

# A command's module is imported when it is called, so that --help needs none of the engines.
_COMMANDS: Mapping[str, str] = {
    "pg": "Advise on a PostgreSQL schema and its queries.",
    "plan": "Read a plan that EXPLAIN printed, and say what to do.",
    "demo": "Run a consultation on sample input.",
    "answer": "Answer an open question of a saved consultation.",
    "limits": "Show the limits and quotas of a product.",
    "pattern": "Show a pattern: when, when not, steps, tested code.",
    "rules": "Check Firebase rules and Convex functions: cases, weakenings, attacks.",
    "prove": "Repeat every proof of a saved folder.",
    "why": "Show the evidence behind one statement of a saved folder.",
    "explain": "Show a rule's page and run its cases on the spot.",
    "mcp": "Serve coding agents over the Model Context Protocol.",
    "install": "Install the architect agent for a coding tool.",
    "doctor": "Say which engines are here, and install the missing ones.",
}
_OWN_OPTIONS = frozenset({"-", "-h", "--help", "--version"})
_EXIT_USAGE, _EXIT_STOPPED = 2, 130
# What a command loads lives until it ends; looked through for what may go after every 700 objects,
# as Python does of itself, it takes a twelfth of the whole time.
_OBJECTS_BETWEEN_LOOKS = 200_000


class _Commands(click.Group):
    """The commands, found by name."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"blueproof.cli.{name}").command
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in _COMMANDS:
            return super().resolve_command(ctx, args)
        if len(args[0].split()) == 1 and args[0] != "-":
            near = get_close_matches(args[0], _COMMANDS, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(_COMMANDS)}"
            raise click.UsageError(
                f"no command {args[0]!r}: {hint}; a request in words goes in quotes"
            )
        from blueproof.cli.request import command

        return "request", command, args


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="blueproof")
def commands() -> None:
    """The backend architect that proves its advice.

    A request in words: blueproof "Convex or Firebase for a chat app in Expo?" [FOLDER]
    (or - to read it from standard input).
    """


def main() -> None:
    """Run the command line and end the process with its exit code."""
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    atexit.register(gc.freeze)  # else Python goes through all that is left before it ends
    with kept_compiled():
        code = _run(_with_request_last(sys.argv[1:]))
    sys.exit(code if isinstance(code, int) else 0)


def _run(arguments: list[str]) -> object:
    """Carry out the command; its exit code if it has one."""
    try:
        return commands.main(arguments, prog_name="blueproof", standalone_mode=False)
    except BlueproofError as error:
        return _complain(str(error))
    except click.ClickException as error:
        return _complain(error.format_message())
    except (click.Abort, KeyboardInterrupt):
        click.echo("blueproof: stopped; nothing was left half written", err=True)
        return _EXIT_STOPPED


def _with_request_last(arguments: list[str]) -> list[str]:
    """The arguments; a request that begins with a dash, as a pasted list does, is no option.

    Options may also stand before the request, which is then the first that holds a space.
    """
    first = arguments[0] if arguments else ""
    if not first.startswith("-") or first in _OWN_OPTIONS:
        return arguments
    request = next((a for a in arguments if any(sign.isspace() for sign in a)), None)
    if request is None:
        return arguments
    place = arguments.index(request)
    words = f" {request}" if request.startswith("-") else request
    return [words, *arguments[:place], *arguments[place + 1 :]]


def _complain(message: str) -> int:
    """One line for the person, and the exit code of wrong use or unreadable input."""
    from blueproof.sql.secrets import masked  # many expressions

    click.echo(f"blueproof: {masked(' '.join(message.split()))}", err=True)
    return _EXIT_USAGE
