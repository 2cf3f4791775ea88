"""blueproof answer: go on with a saved consultation."""

from dataclasses import replace
from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver, needs_folder
from blueproof.cli.options import DEFAULT_OUT
from blueproof.core.brief import Brief
from blueproof.core.errors import UsageError
from blueproof.intake.answers import with_answers
from blueproof.intake.database import Handed, read_database, read_statistics
from blueproof.intake.files import read_sql
from blueproof.intake.plans import PLAN, with_plan
from blueproof.proof.replay import Saved, read_saved


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
    """Answer open questions by number (1=yes), or any fact by name (users=50k, orders=12M)."""
    saved = read_saved(needs_folder(folder))
    given = tuple(_named(saved, answer) for answer in answers)
    kept = folder / "statistics.sql"
    statistics = read_statistics(kept) if kept.exists() and not _is_made(folder) else None
    how = Delivery(out=folder, json=as_json, ask=False, statistics=statistics)
    deliver(with_answers(_brief(saved), given), how)


def _brief(saved: Saved) -> Brief:
    """The brief as it was: the request and its facts, and the schema where one was handed over."""
    blueprint, folder = saved.blueprint, saved.folder
    told = tuple(f for f in blueprint.understood if f.source != "file" or f.where)
    brief = Brief(request=blueprint.request, facts=told, not_understood=blueprint.not_understood)
    plan = folder / PLAN
    if plan.exists():
        brief = with_plan(brief, read_sql(plan, option=PLAN), PLAN)
    if _is_made(folder) or not (folder / "schema.sql").exists():
        return brief
    queries = folder / "queries.sql"
    database = read_database(
        Handed(schema=folder / "schema.sql", queries=queries if queries.exists() else None)
    )
    return replace(brief, documents=(*brief.documents, *database.documents))


def _is_made(folder: Path) -> bool:
    """Whether the schema in the folder was made from words, and will be again."""
    return (folder / "reproduction" / "schema.sql").exists() or (folder / "schema.mmd").exists()


def _named(saved: Saved, answer: str) -> str:
    """KEY=VALUE for an answer given by a question's number or by name."""
    name, sign, value = answer.partition("=")
    if not sign:
        raise UsageError(f"{answer!r} is no answer: write 1=yes, users=50k or orders=12M")
    if not name.isdecimal():
        return answer
    keys = {q.id: q.key for q in saved.blueprint.open_questions if q.key != "evidence"}
    if name not in keys:
        known = ", ".join(keys) or "none"
        raise UsageError(f"no open question {name}: {saved.folder} has {known}")
    return f"{keys[name]}={value}"
