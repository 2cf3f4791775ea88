"""Trials of what a single row may hold: values, and columns that belong together or exclude."""

from collections.abc import Iterator

from blueproof.advisors.model.design import Model, Table
from blueproof.advisors.model.sql import check
from blueproof.advisors.model.trialling import (
    SAMPLES,
    before,
    insert,
    refused,
    seed,
    trial,
    users,
)
from blueproof.sql.names import quote


def value_trials(model: Model) -> Iterator[str]:
    """A trial for each rule on the columns of a row."""
    for table in model.tables:
        for column in (c for c in table.columns if c.breaks and c.check):
            parents = before(table, model)
            row = insert(model, table, 1, {column.name: column.breaks})
            lines = [
                *users(model),
                *seed(model, parents, 1),
                refused(row, "check_violation", f"{column.name} {_plain(column.breaks)}"),
            ]
            taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, column.name)}"
            yield trial(f"{table.name}.{column.name}: {column.breaks}", lines, taken)

    for table in model.tables:
        if table.either:
            yield _both(model, table)
        if table.tree:
            yield _own_parent(model, table)
        yield from (_half(model, table, group) for group in table.together)
        if table.apart:
            yield _same_row(model, table)


def _half(model: Model, table: Table, group: tuple[str, ...]) -> str:
    """A row with one of two that belong together."""
    one = next(c for c in table.columns if c.name in group)
    row = insert(model, table, 1, {one.name: SAMPLES[one.type]})
    lines = [
        *users(model),
        *seed(model, before(table, model), 1),
        refused(row, "check_violation", f"{one.name} without {' and '.join(group[1:])}"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, group[0])}"
    return trial(f"{table.name}: {one.name} alone", lines, taken)


def _same_row(model: Model, table: Table) -> str:
    """A row that refers twice to the same row."""
    row = insert(model, table, 1, dict.fromkeys(table.apart, "-1"))
    lines = [
        *users(model),
        *seed(model, before(table, model), 1),
        refused(row, "check_violation", f"{' and '.join(table.apart)} the same"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, 'of_two')}"
    return trial(f"{table.name}: {' and '.join(table.apart)} the same", lines, taken)


def _both(model: Model, table: Table) -> str:
    """A row of two things at once, where it is of one."""
    row = insert(model, table, 1, dict.fromkeys(table.either, "-1"))
    lines = [
        *users(model),
        *seed(model, before(table, model), 1),
        refused(row, "check_violation", f"{' and '.join(table.either)} at once"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, 'of_one')}"
    return trial(f"{table.name}: of two things at once", lines, taken)


def _own_parent(model: Model, table: Table) -> str:
    """A row that stands above itself."""
    row = insert(model, table, 1, {table.tree: "-1"})
    lines = [
        *users(model),
        *seed(model, before(table, model), 1),
        refused(row, "check_violation", "a row above itself"),
    ]
    taken = f"ALTER TABLE {quote(table.name)} DROP CONSTRAINT {check(table, table.tree)}"
    return trial(f"{table.name}.{table.tree}: a row above itself", lines, taken)


def _plain(value: str) -> str:
    return value.replace("'", "")
