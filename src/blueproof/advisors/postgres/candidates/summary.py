"""BRIN: a few pages that say which stretches of a large table can hold a range's rows."""

from collections.abc import Iterator

from blueproof.advisors.postgres.candidates.candidate import Candidate
from blueproof.advisors.postgres.candidates.ordered import sortable
from blueproof.advisors.postgres.database import Database
from blueproof.sql.names import quote
from blueproof.sql.schema import Table
from blueproof.sql.uses import Use

_IN_ORDER = 0.9  # correlation of values and places; below, every stretch holds a bit of everything
_PAGES = 10_000  # about 80 MB; below, a B-tree costs next to nothing either


def summary(database: Database, use: Use, table: Table) -> Iterator[Candidate]:
    """One for each range over a column whose values lie in order in a large table."""
    known = database.statistics.by_name.get(table.name)
    if known is None or known.pages < _PAGES:
        return
    for column in sortable((*use.ranges, *use.equal), table):
        found = known.by_name.get(column)
        if found and abs(found.correlation or 0.0) >= _IN_ORDER:
            yield Candidate(table=table.name, keys=(quote(column),), method="brin")
