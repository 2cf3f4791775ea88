"""Indexes worth trying for a query, from how it reads its tables: one shape a file."""

from collections.abc import Iterator

from blueproof.advisors.postgres.candidates.candidate import Candidate, leading
from blueproof.advisors.postgres.candidates.covering import covering
from blueproof.advisors.postgres.candidates.inverted import inverted
from blueproof.advisors.postgres.candidates.ordered import ordered
from blueproof.advisors.postgres.candidates.paged import walks_past
from blueproof.advisors.postgres.candidates.partial import partial
from blueproof.advisors.postgres.candidates.summary import summary
from blueproof.advisors.postgres.candidates.walked import with_order
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.sql.schema import Table
from blueproof.sql.uses import Use

__all__ = ["Candidate", "candidates", "leading"]


def candidates(database: Database, query: Planned) -> tuple[Candidate, ...]:
    """Every index worth trying for this query, each once, the narrow before the wide."""
    found: dict[Candidate, None] = {}
    for use in query.uses:
        table = database.schema.by_name.get(database.home(use.table))
        if table is None:
            continue
        asked = with_order(database, query, use)
        wanted = sorted(set(_wanted(database, asked, table)), key=Candidate.order)
        new = (c for c in wanted if not _exists(database, c))
        found |= dict.fromkeys(c for c in new if not walks_past(query, asked, table, c))
    return tuple(found)


def _wanted(database: Database, use: Use, table: Table) -> Iterator[Candidate]:
    whole = tuple(Candidate(table=table.name, keys=keys) for keys in ordered(use, table))
    yield from whole
    yield from partial(database, use, table)
    yield from inverted(use, table)
    if database.given(table.name):
        yield from covering(database, use, table, whole)
        yield from summary(database, use, table)


def _exists(database: Database, candidate: Candidate) -> bool:
    """Whether an index that serves as this one does is there already."""
    if candidate.where or candidate.include:
        return False
    mine = candidate.keys
    return any(
        leading(index)[: len(mine)] == mine
        for index in database.schema.indexes_of(candidate.table)
        if index.method == candidate.method and not index.predicate
    )
