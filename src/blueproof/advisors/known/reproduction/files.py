"""The reproduction as scripts that anybody can run with psql."""

from collections.abc import Iterator

from blueproof.advisors.known.reproduction.reproduction import Proposal
from blueproof.advisors.known.reproduction.tried import Tried
from blueproof.core.advice import Artifact
from blueproof.sql.names import bare, index_name
from blueproof.sql.paging import passing_over, skipped

# No lock_timeout: a wait for open transactions that is cut short leaves an invalid index.
_SAFE = "SET lock_timeout = 0;\nSET statement_timeout = 0;\n\n"
_FOLDER = "reproduction"


def reproduction_files(tried: Tried) -> tuple[Artifact, ...]:
    """Schema, rows and queries, in the order in which they are run; the plans that come of it."""
    sketch = tried.sketch
    guessed = "".join(f"-- {a.says} ({a.why})\n" for a in sketch.assumed)
    rows = "\n".join(f.sql for f in tried.fillings)
    counted = "\n".join(f"VACUUM ANALYZE {f.table};" for f in tried.fillings)
    explained = "".join(f"EXPLAIN (ANALYZE, BUFFERS)\n{q};\n\n" for q in _as_run(tried))
    return (
        Artifact(
            path=f"{_FOLDER}/schema.sql",
            purpose="the tables made from your words",
            text=f"-- Made from words; what was guessed:\n{guessed}\n{sketch.tables}",
        ),
        Artifact(
            path=f"{_FOLDER}/rows.sql",
            purpose="the rows, then keys and the indexes that you have",
            text=f"SELECT setseed(0.42);\n{rows}\n{sketch.keys}{counted}\n",
        ),
        Artifact(
            path=f"{_FOLDER}/queries.sql",
            purpose="the queries; put a value of yours in place of $1, $2",
            text=explained,
        ),
        Artifact(
            path=f"{_FOLDER}/plans.txt",
            purpose="the plans of the queries on the made rows, as things are",
            text="\n".join(f"{plan}\n" for plan in tried.plans),
        ),
    )


def _as_run(tried: Tried) -> Iterator[str]:
    """The queries, each with the OFFSET that it was run with."""
    run = {each.place: each.run for each in tried.paged}
    for place, query in enumerate(tried.sketch.queries):
        yield passing_over(query, run[place]) if place in run and skipped(query) else query


def attempt_files(proposal: Proposal) -> tuple[Artifact, Artifact]:
    """The migration of an index that was tried, or of several, and what takes it back."""
    made = counted = undone = path = ""
    for definition in proposal.definitions:
        table, _, columns = definition.removeprefix("ON ").partition(" ")
        name = index_name(bare(table), (columns,), frozenset())
        path = path or f"{name}.sql"
        made += f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name}\n  {definition};\n"
        counted += f"\nANALYZE {table};\n" if "((" in definition else ""
        undone += f"DROP INDEX CONCURRENTLY IF EXISTS {name};\n"
    undone = f"{_SAFE}{undone}"
    head = "-- Run outside a transaction: CONCURRENTLY refuses one, and so never blocks writes.\n"
    return (
        Artifact(path=f"migrations/{path}", purpose="the change",
                 text=f"{head}{_SAFE}{made}{counted}"),
        Artifact(path=f"migrations/undo/{path}", purpose="takes it back", text=undone),
    )  # fmt: skip
