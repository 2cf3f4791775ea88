"""blueproof answer: go on with a saved consultation."""

import re
from pathlib import Path

import click

from blueproof.cli.delivery import DEFAULT_OUT, Delivery, deliver, needs_folder, with_rows
from blueproof.core.errors import UsageError
from blueproof.intake.database import Handed, read_database
from blueproof.proof.replay import Saved, read_saved

_NUMBER = re.compile(r"^\d+$")


@click.command()
@click.argument("answers", nargs=-1, required=True, metavar="N=ANSWER...")
@click.option(
    "--in",
    "folder",
    type=click.Path(path_type=Path),
    default=DEFAULT_OUT,
    show_default=True,
    help="Folder of the saved consultation.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
def command(answers: tuple[str, ...], folder: Path, *, as_json: bool) -> None:  # fmt: skip
    """Answer open questions by their number (1=12M), or any row count by table (orders=12M)."""
    saved = read_saved(needs_folder(folder))
    rows = tuple(_row(saved, answer) for answer in answers)
    queries = folder / "queries.sql"
    brief = read_database(
        Handed(schema=folder / "schema.sql", queries=queries if queries.exists() else None)
    )
    stated = tuple(
        f"{f.key.removeprefix('scale.rows.')}={int(f.value)}"
        for f in saved.blueprint.understood
        if f.key.startswith("scale.rows.") and not isinstance(f.value, str)
    )
    brief = with_rows(with_rows(brief, stated), rows)
    deliver(brief, Delivery(out=folder, json=as_json, ask=False))


def _row(saved: Saved, answer: str) -> str:
    """TABLE=COUNT for an answer given by a question's number or by a table's name."""
    name, sign, value = answer.partition("=")
    if not sign:
        raise UsageError(f"{answer!r} is no answer: write 1=12M or orders=12M")
    if not _NUMBER.match(name):
        return answer
    keys = {q.id: q.key for q in saved.blueprint.open_questions}
    if name not in keys:
        known = ", ".join(keys) or "none"
        raise UsageError(f"no open question {name}: {saved.folder} has {known}")
    return f"{keys[name].removeprefix('scale.rows.')}={value}"
