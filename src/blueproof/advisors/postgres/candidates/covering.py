"""B-trees that hold every column a query reads, so that the table itself is not visited."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.advisors.postgres.candidates.ordered import sortable
from blueproof.advisors.postgres.database import Database
from blueproof.sql.names import quote
from blueproof.sql.schema import Table
from blueproof.sql.uses import Use
from blueproof.sql.widths import may_be_long

_MOST = 8  # columns; wider than that an index is a second table
_BARE = (" DESC", " NULLS FIRST", " NULLS LAST", " text_pattern_ops")


def covering(
    database: Database, use: Use, table: Table, whole: tuple[Candidate, ...]
) -> Iterator[Candidate]:
    """Each of the indexes with what else the query reads of the table, where that is little."""
    needed = tuple(c for c in use.needed if c in table.by_name)
    if not needed or len(needed) > _MOST or _wide(database, table, needed):
        return
    if any(_may_be_long(database, table, column) for column in needed):
        return
    for each in whole:
        held = {_bare(key) for key in each.keys}
        if any(key.startswith("(") for key in each.keys):
            continue
        rest = tuple(quote(c) for c in needed if c not in held)
        if rest:
            yield replace(each, include=rest)
    first = sortable(needed, table)[:1]
    if not whole and first:
        rest = tuple(quote(c) for c in needed if c not in first)
        yield Candidate(table=table.name, keys=tuple(map(quote, first)), include=rest)


def _wide(database: Database, table: Table, needed: tuple[str, ...]) -> bool:
    """Whether the columns make up more than half of a row, so that little is saved."""
    known = database.statistics.by_name.get(table.name)
    if known is None:
        return True
    widths = {c.column: c.width for c in known.columns}
    return sum(widths.get(c, 0) for c in needed) * 2 > sum(widths.values())


def _may_be_long(database: Database, table: Table, column: str) -> bool:
    """Whether a value of the column may be too long for an index, so that the row is refused."""
    known = database.statistics.by_name.get(table.name)
    widths = {c.column: c.width for c in known.columns} if known else {}
    return may_be_long(table.by_name[column], widths.get(column, 0))


def _bare(key: str) -> str:
    for end in _BARE:
        key = key.removesuffix(end)
    return key.strip('"')
