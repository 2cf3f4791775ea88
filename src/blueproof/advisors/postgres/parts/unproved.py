"""What the planner twin cannot tell, said for this schema and these queries."""

from collections.abc import Iterator

from blueproof.advisors.postgres.database import Database
from blueproof.core.blueprint import Unproved


def limits_of_twin(
    database: Database, left_out: tuple[str, ...], bound: frozenset[str] = frozenset()
) -> tuple[Unproved, ...]:
    """Statements left out, queries without a plan, and where the twin's collation matters.

    `bound` are tables whose queries were planned as those have them whom policies bind.
    """
    return (
        *_without_plan(database),
        *_prefixes(database),
        *_without_policies(database, bound),
        *(_left_out(text) for text in left_out),
    )


def _left_out(text: str) -> Unproved:
    statement, _, why = text.rpartition(": ")
    return Unproved(statement=statement, why=why)


def _without_plan(database: Database) -> Iterator[Unproved]:
    for query in database.queries:
        if query.refused:
            place = f"{query.excerpt.path}:{query.query.line}"
            yield Unproved(statement=f"{query.name} ({place})", why=query.refused)


def _without_policies(database: Database, bound: frozenset[str]) -> Iterator[Unproved]:
    """Queries are planned as the tables' owner plans them, whom no policy binds."""
    guarded = {t.name for t in database.schema.tables if t.row_security} - bound
    for query in database.queries:
        tables = sorted({database.home(use.table) for use in query.uses} & guarded)
        if tables:
            yield Unproved(
                statement=f"{query.name} as those bound by policies of {', '.join(tables)} have it",
                why="it was planned without the condition that the policies add",
            )


def _prefixes(database: Database) -> Iterator[Unproved]:
    for query in database.queries:
        for use in query.uses:
            for column in use.prefixed:
                yield Unproved(
                    statement=f"that {query.name} finds {use.table}.{column} by its LIKE prefix",
                    why="the twin sorts text by bytes (collation C); on a database with another "
                    f"collation only an index on {column} text_pattern_ops serves it",
                )
