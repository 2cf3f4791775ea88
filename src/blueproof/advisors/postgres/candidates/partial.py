"""Indexes on only the rows that a constant picks: a queue's open jobs, rows not deleted."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.advisors.postgres.candidates.ordered import ordered
from blueproof.advisors.postgres.database import Database
from blueproof.sql.names import quote
from blueproof.sql.schema import Column, Table
from blueproof.sql.statistics import is_state
from blueproof.sql.uses import Use

_STATES = 30  # different values; more are no states
_NULL = re.compile(r" IS (?:NOT )?NULL$")


_SEVERAL = re.compile(r"\b(?:ANY|IN)\b", re.IGNORECASE)  # values of a column in one condition


def partial(database: Database, use: Use, table: Table) -> Iterator[Candidate]:
    """Never the rows of one customer or order: whose identifier stands there today is chance.

    A constant counts where it is a state that the program knows: a listed value, a boolean, NULL.
    """
    identifying = _identifying(database, table)
    states: list[tuple[str, str]] = []
    for column, condition in use.fixed:
        if column in identifying and not _NULL.search(condition):
            continue
        rest = replace(use, equal=tuple(c for c in use.equal if c != column))
        if _NULL.search(condition) or _picks(database, use, table.by_name[column]):
            states.append((column, condition))
            found = tuple(ordered(rest, table)) or _any_key(database, table)
            for keys in found:
                yield Candidate(table=table.name, keys=keys, where=condition)
    yield from _together(use, table, states)


def _together(use: Use, table: Table, states: list[tuple[str, str]]) -> Iterator[Candidate]:
    """Several states at once, where only then all that is left to hold is in the index's order."""
    several = any(_SEVERAL.search(c) or _NULL.search(c) for _, c in states)
    if len(states) <= 1 or not use.sort or not several:  # equal to one value, it can lead instead
        return
    held = {column for column, _ in states}
    rest = replace(use, equal=tuple(c for c in use.equal if c not in held))
    where = " AND ".join(f"({condition})" for _, condition in states)
    for keys in ordered(rest, table):
        if len(keys) > len(rest.equal):  # it goes on with the order
            yield Candidate(table=table.name, keys=keys, where=where)


def _any_key(database: Database, table: Table) -> tuple[tuple[str, ...], ...]:
    """What an index may be led by whose condition says all: which rows there are is enough."""
    known = database.given(table.name) and len(table.primary_key) == 1
    return (tuple(quote(column) for column in table.primary_key),) if known else ()


def _picks(database: Database, use: Use, column: Column) -> bool:
    """Whether a constant held against the column is one of a few states.

    Where nobody knows how common they are, only an index that also saves a sort is worth the guess.
    """
    if not is_state(column):
        return False
    if not database.given(use.table):
        return bool(use.sort)
    found = database.statistics.by_name[use.table].by_name.get(column.name)
    return found is not None and 0 < found.distinct <= _STATES


def _identifying(database: Database, table: Table) -> frozenset[str]:
    """Columns that say which row or whose: a constant held against one is a pasted value."""
    keys = {c for key in (table.primary_key, *table.unique) for c in key}
    refers = {c for k in database.schema.keys_of(table.name) for c in k.columns}
    named = {c.name for c in table.columns if c.name == "id" or c.name.endswith(("_id", "_uuid"))}
    return frozenset(keys | refers | named)
