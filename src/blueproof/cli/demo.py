"""blueproof demo: a consultation on sample input that comes with the package."""

from importlib import resources
from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver
from blueproof.cli.options import delivery_options
from blueproof.core.brief import Brief

# What the sample's owner knows; the rest is assumed, as with most people.
ROWS = ("orders=8M", "venues=400")


@click.command()
@click.argument("name", type=click.Choice(["chat", "pg", "deploy"]))
@delivery_options
def command(
    name: str, out: Path, *, force: bool, as_json: bool, no_input: bool, slow: bool
) -> None:
    """Run a consultation on sample input.

    chat: Convex or Firebase for a chat app in Expo? pg: a ticket shop's schema and eight queries.
    deploy: an Express API to AWS, with its pipeline.
    """
    deliver(_brief(name), Delivery(out=out, force=force, json=as_json, ask=not no_input, slow=slow))


def _brief(name: str) -> Brief:
    """The sample's brief; each kind is read by readers that the others need not load."""
    with resources.as_file(resources.files("blueproof.demo") / name) as folder:
        if name != "pg":
            from blueproof.intake.words.read import read_request

            brief = read_request((folder / "request.txt").read_text(encoding="utf-8").strip())
            if name == "chat":
                return brief
            from blueproof.intake.paths import with_folder

            return with_folder(brief, folder)
        from blueproof.intake.database import Handed, read_database

        return read_database(
            Handed(schema=folder / "schema.sql", queries=folder / "queries.sql", rows=ROWS)
        )
