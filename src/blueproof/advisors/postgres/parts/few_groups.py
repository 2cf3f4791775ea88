"""How many different values columns have, and whether few rows stand for all of them."""

from math import prod

from blueproof.advisors.postgres.database import Database
from blueproof.sql.schema import Table

_FEWEST_EACH = 50  # rows of each value: below that the jumps save little
_MOST_VALUES = 10_000


def how_many(database: Database, table: str, columns: tuple[str, ...]) -> float:
    """How many different values, or combinations of them at most, columns have.

    It is infinite where that is not known of one of them.
    """
    return prod(_distinct(database, table, column) for column in columns)


def _distinct(database: Database, table: str, column: str) -> float:
    known = database.statistics.by_name.get(table)
    found = known.by_name.get(column) if known else None
    if known is None or found is None or not found.distinct:
        return float("inf")
    return found.distinct if found.distinct > 0 else -found.distinct * known.rows


def are_few(database: Database, table: Table, columns: tuple[str, ...]) -> bool:
    """Whether each combination of the columns' values has many rows, and there are not many."""
    values = how_many(database, table.name, columns)
    return values <= _MOST_VALUES and values * _FEWEST_EACH <= database.rows(table.name)
