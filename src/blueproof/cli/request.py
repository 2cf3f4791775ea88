"""blueproof "words": the consultation on a request."""

import sys
from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver
from blueproof.cli.options import delivery_options
from blueproof.core.errors import UsageError
from blueproof.intake.answers import with_answers
from blueproof.intake.words.read import read_request

_MOST_CHARACTERS = 100_000
_LEAST_WORDS = 2


@click.command()
@click.argument("words", nargs=1)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="FACT=VALUE",
    help="Set a fact, such as users=50k or offline=yes; as often as you like.",
)
@click.option("--sizes", metavar="N,N,N", help="Monthly users to show the bill for.")
@delivery_options
@click.pass_context
def command(ctx: click.Context, words: str, paths: tuple[Path, ...], values: tuple[str, ...],
            sizes: str | None, out: Path, *, force: bool, as_json: bool, no_input: bool,
            slow: bool) -> None:  # fmt: skip
    """Answer a request in words; FILES or a FOLDER that it is about may follow."""
    brief = read_request(_words(words))
    if paths:
        from blueproof.intake.paths import with_paths  # only files need the readers of files

        brief = with_paths(brief, paths)
    brief = with_answers(brief, values)
    if sizes:
        brief = with_answers(brief, (f"sizes={sizes}",))
    named = ctx.get_parameter_source("out") is not click.core.ParameterSource.DEFAULT
    how = Delivery(out=out, always=named, force=force, json=as_json, ask=not no_input, slow=slow)
    deliver(brief, how)


def _words(words: str) -> str:
    """The request, from standard input where it is "-"; refused where nothing can be in it."""
    text = sys.stdin.read() if words == "-" else words
    if len(text) > _MOST_CHARACTERS:
        raise UsageError(
            f"the request has {len(text):,} characters; the most is {_MOST_CHARACTERS:,}: "
            "hand over files as files"
        )
    if len(text.split()) < _LEAST_WORDS:
        raise UsageError(f"{text.strip()!r} is no request: say in a sentence what you build or see")
    return text.strip()
