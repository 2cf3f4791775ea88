"""blueproof "words": the consultation on a request."""

import sys
from dataclasses import replace
from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver
from blueproof.cli.options import delivery_options
from blueproof.core.brief import Brief
from blueproof.core.errors import InputError, UsageError
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
def command(words: str, paths: tuple[Path, ...], values: tuple[str, ...], sizes: str | None,
            out: Path, *, force: bool, as_json: bool, no_input: bool) -> None:  # fmt: skip
    """Answer a request in words; FILES or a FOLDER that it is about may follow."""
    brief = with_paths(read_request(_words(words)), paths)
    brief = with_answers(brief, values)
    if sizes:
        brief = with_answers(brief, (f"sizes={sizes}",))
    deliver(brief, Delivery(out=out, force=force, json=as_json, ask=not no_input))


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


def with_paths(brief: Brief, paths: tuple[Path, ...]) -> Brief:
    """The brief with what the files and folders tell."""
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there: name a file or folder, or quote the request")
        brief = _with_folder(brief, path) if path.is_dir() else _with_file(brief, path)
    return brief


def _with_folder(brief: Brief, path: Path) -> Brief:
    from blueproof.intake.folder.read import read_folder

    folder = read_folder(path)
    known = {(f.key, f.value) for f in folder.facts}
    kept = tuple(f for f in brief.facts if (f.key, f.value) not in known)
    return replace(
        brief,
        facts=(*kept, *folder.facts),
        diagrams=(*brief.diagrams, *((folder.diagram,) if folder.diagram else ())),
        not_understood=(*brief.not_understood, *folder.not_read),
    )


def _with_file(brief: Brief, path: Path) -> Brief:
    """The brief with an SQL file as its schema or queries; other files cannot be read yet."""
    if path.suffix.lower() != ".sql":
        raise InputError(f"{path}: only .sql files and folders can be read so far")
    from blueproof.intake.database import as_document

    return replace(brief, documents=(*brief.documents, as_document(path)))
