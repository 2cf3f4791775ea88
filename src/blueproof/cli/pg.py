"""blueproof pg: advice on a PostgreSQL schema and its queries."""

from pathlib import Path

import click

from blueproof.cli.delivery import Delivery, deliver
from blueproof.cli.options import delivery_options
from blueproof.intake.database import Handed, read_database

_PATH = click.Path(path_type=Path)


@click.command()
@click.option(
    "--schema",
    type=_PATH,
    required=True,
    help="DDL: a file (pg_dump --schema-only) or a folder of migrations; - for stdin.",
)
@click.option(
    "--queries",
    type=_PATH,
    help="Queries: SQL, pg_stat_statements (CSV, JSON, psql's output) or a PostgreSQL log; a file "
    "or a folder of them; - for stdin.",
)
@click.option(
    "--rows",
    multiple=True,
    metavar="TABLE=COUNT",
    help="Rows in a table, such as orders=12M; as often as you like.",
)
@delivery_options
def command(schema: Path, queries: Path | None, rows: tuple[str, ...], out: Path, *,
            force: bool, as_json: bool, no_input: bool,
            slow: bool) -> None:  # fmt: skip
    """Advise on a PostgreSQL schema and its queries, every claim proved on a planner twin.

    Without row counts they are assumed, and what is said names the count from which it holds.
    """
    brief = read_database(Handed(schema=schema, queries=queries, rows=rows))
    deliver(brief, Delivery(out=out, force=force, json=as_json, ask=not no_input, slow=slow))
