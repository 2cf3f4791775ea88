"""blueproof demo: a consultation on sample input that comes with the package."""

from importlib import resources
from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver
from blueproof.cli.options import delivery_options
from blueproof.intake.database import Handed, read_database


@click.command()
@click.argument("name", type=click.Choice(["pg"]))
@delivery_options
def command(name: str, out: Path, *, force: bool, as_json: bool, no_input: bool) -> None:
    """Run a consultation on sample input: pg, a ticket shop's schema and eight queries."""
    with resources.as_file(resources.files("blueproof.demo") / name) as folder:
        brief = read_database(
            Handed(schema=folder / "schema.sql", queries=folder / "queries.sql", rows=ROWS)
        )
    deliver(brief, Delivery(out=out, force=force, json=as_json, ask=not no_input))


# What the sample's owner knows; the rest is assumed, as with most people.
ROWS = ("orders=8M", "venues=400")
