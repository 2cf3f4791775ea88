"""Columns that hold no NULL: by the schema, or by what their statistics say."""

from dataclasses import dataclass

from blueproof.advisors.postgres.database import Database
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Table
from blueproof.sql.scopes import certain


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A column without NULL; what a rewrite then takes for granted, and has to say."""

    never_null: tuple[str, ...] = ()
    trade_offs: tuple[str, ...] = ()


def filled(database: Database, table: Table, column: str) -> Filled | None:
    """A column that holds no NULL, or of which no row sampled does; None for any other."""
    known = table.by_name[column]
    if certain(table, known):
        return Filled()
    sampled = database.statistics.by_name.get(table.name)
    of = next((c for c in sampled.columns if c.column == column), None) if sampled else None
    if of is None or of.null_fraction or not database.given(table.name):
        return None
    sure = f"ALTER TABLE {quote_table(table.name)} ALTER COLUMN {quote(column)} SET NOT NULL"
    return Filled(
        never_null=(f"{table.name}.{column}",),
        trade_offs=(
            f"a row whose {column} is NULL would be left out, and the schema allows it: {sure} "
            "makes sure that there is none",
        ),
    )
