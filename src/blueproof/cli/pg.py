"""blueproof pg: advice on a PostgreSQL schema and its queries."""

from importlib.resources import files
from pathlib import Path

import click

from blueproof.cli.options import delivery_options
from blueproof.core.errors import UsageError

_PATH = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@click.option(
    "--schema",
    type=_PATH,
    help="DDL: a file (pg_dump --schema-only) or a folder of migrations; - for stdin.",
)
@click.option(
    "--queries",
    type=_PATH,
    help="Queries: SQL, pg_stat_statements (CSV, JSON, psql's output) or a PostgreSQL log; a file "
    "or a folder of them; - for stdin.",
)
@click.option(
    "--dsn",
    metavar="URL",
    help="A live database, postgres://USER@HOST/NAME: DDL and statistics are read, read-only.",
)
@click.option(
    "--from-statements",
    is_flag=True,
    help="With --dsn: the queries that the database's pg_stat_statements has counted.",
)
@click.option(
    "--stats",
    type=_PATH,
    help="Statistics of the database, as `blueproof pg collect` or pg_dump --statistics-only "
    "(18) write them.",
)
@click.option(
    "--rows",
    multiple=True,
    metavar="TABLE=COUNT",
    help="Rows in a table, such as orders=12M; as often as you like.",
)
@click.option(
    "--scale",
    type=float,
    default=1.0,
    help="Reckon with so many times the rows: of the statistics given, or of those assumed.",
)
@click.option(
    "--index-space",
    metavar="SIZE",
    default="",
    help="What all new indexes together may take on disk, such as 500MB.",
)
@click.option(
    "--measure",
    metavar="URL",
    help="A copy of the database with rows, not the one people work with: indexes are built there "
    "in a transaction that is rolled back, and queries timed; what gets slower is refused.",
)
@delivery_options
@click.pass_context
def command(ctx: click.Context, schema: Path | None, queries: Path | None, dsn: str | None,
            measure: str | None, stats: Path | None, rows: tuple[str, ...], scale: float,
            index_space: str, out: Path, *,
            force: bool, as_json: bool, no_input: bool,
            slow: bool, from_statements: bool) -> None:  # fmt: skip
    """Advise on a PostgreSQL schema and its queries, every claim proved on a planner twin.

    Without statistics or row counts they are assumed, and what is said names the count from which
    it holds.
    """
    if ctx.invoked_subcommand:
        return
    from blueproof.cli.delivery import Delivery, deliver  # not for --help
    from blueproof.intake.database import Handed, read_database, read_database_at, read_statistics

    if dsn and stats:
        raise UsageError("--dsn reads the statistics itself: leave --stats out")
    if measure and not (dsn or stats):
        dsn = measure
    if from_statements and (queries or not dsn):
        raise UsageError("--from-statements takes the queries of --dsn, and goes without --queries")
    handed = Handed(schema=schema, queries=queries, rows=rows, scale=scale, space=index_space,
                    from_statements=from_statements)  # fmt: skip
    statistics = read_statistics(stats) if stats else None
    if dsn:
        brief, statistics = read_database_at(dsn, handed)
    else:
        brief = read_database(handed)
    how = Delivery(out=out, force=force, json=as_json, ask=not no_input, slow=slow,
                   statistics=statistics, measure=measure)  # fmt: skip
    deliver(brief, how)


@command.command()
def collect() -> None:
    """Print the script that reads a database's statistics: psql -XAtq -f FILE DB > stats.sql.

    It changes nothing, needs no superuser, and runs on PostgreSQL 13 to 18.
    """
    click.echo(files("blueproof.sql").joinpath("collect.sql").read_text("utf-8"), nl=False)
