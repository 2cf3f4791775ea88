"""The index that would be the first to pay for a query that is left as it is."""

from collections.abc import Iterator

from blueproof.advisors.postgres.candidates import Candidate, candidates
from blueproof.advisors.postgres.choice import worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.search.pool import named
from blueproof.core.claim import CostStays
from blueproof.core.scene import Excerpt
from blueproof.sql.names import quote
from blueproof.sql.uses import Use

_MOST = 24  # queries, the dearest; each takes some fifty questions to the planner
_TABLES = 2  # of a query
_BARE = " DESC"


def stay(database: Database, queries: list[Planned]) -> dict[str, tuple[CostStays, ...]]:
    """By query: that the indexes which tempt most are not worth making, where that is assumed."""
    if database.measured:
        return {}
    dearest = sorted(queries, key=lambda q: -q.cost)[:_MOST]
    return {q.name: tuple(_claims(database, q)) for q in dearest}


def _claims(database: Database, query: Planned) -> Iterator[CostStays]:
    whole = [u for u in query.uses if "Seq Scan" in u.node and _compared(u)]
    largest = sorted(whole, key=lambda u: (-database.rows(u.table), u.rows, u.table))
    tables = {database.home(u.table): u for u in reversed(largest)}
    for table, use in list(reversed(tables.items()))[:_TABLES]:
        found = _tempting(database, query, use)
        index = named(database, found, frozenset()) if found else None
        if found is None or index is None:
            continue
        (cost,) = database.planner.costs((query.query.text,), (*database.made, index.bare))
        # An index that would pay as things are was not taken for a reason of its own.
        if query.cost < worth() * max(cost, 0.01):
            yield CostStays(
                query=query.excerpt,
                factor=worth(),
                change=Excerpt(text=index.bare, name=f"an index on {index.short}"),
                table=table,
                column=_narrowed(found, use),
                after=tuple(change.file for change in database.changes),
            )


def _tempting(database: Database, query: Planned, use: Use) -> Candidate | None:
    """The plain B-tree that holds most of what the query compares in the table, then the narrow."""
    compared = {quote(column) for column in _compared(use)}
    table = database.home(use.table)
    plain = (
        c
        for c in candidates(database, query)
        if (c.table, c.method, c.where, c.include) == (table, "btree", "", ())
        and compared & set(c.keys)
    )
    return min(plain, key=lambda c: (-len(compared & set(c.keys)), c.order()), default=None)


def _compared(use: Use) -> tuple[str, ...]:
    return (*use.equal, *use.ranges, *use.prefixed, *use.joined, *use.either)


def _narrowed(index: Candidate, use: Use) -> str:
    """The column whose condition keeps a share of the rows that nobody knows; none for a join."""
    kept = {quote(c): c for c in (*use.equal, *use.ranges, *use.prefixed, *use.either)}
    ranged = {quote(c) for c in use.ranges}
    keys = [k.removesuffix(_BARE) for k in index.keys if k.removesuffix(_BARE) in kept]
    return kept.get(next((k for k in keys if k in ranged), next(iter(keys), "")), "")
