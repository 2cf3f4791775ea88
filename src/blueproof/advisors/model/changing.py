"""Tables as they are changed: a column more, a reference, a guard."""

from dataclasses import replace

from blueproof.advisors.model.design import Column, Guard, Link, Table
from blueproof.advisors.model.nouns import column_name, table_name

Tables = dict[str, Table]
MADE = Column(name="created_at", type="timestamptz", sample="now()", default="now()")


def link_to(noun: str, *, required: bool = True, column: str = "") -> Link:
    """A reference to the row of a thing."""
    return Link(column=column or column_name(noun), table=table_name(noun), required=required)


def with_columns(table: Table, *more: Column) -> Table:
    """The table with columns that it has not yet."""
    there = {c.name for c in table.columns} | {k.column for k in table.links}
    return replace(table, columns=(*(c for c in more if c.name not in there), *table.columns))


def add_table(made: Tables, name: str, table: Table) -> None:
    """Put a table in, where none has the name."""
    made.setdefault(name, table)


def add_guard(made: Tables, name: str, guard: Guard) -> None:
    """Give a table a guard, once."""
    table = made[name]
    if not any((g.kind, g.column) == (guard.kind, guard.column) for g in table.guards):
        made[name] = replace(table, guards=(*table.guards, guard))
