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

_MOST = 24  # queries, the dearest; each takes some thirty questions to the planner
_BARE = " DESC"


def stay(database: Database, queries: list[Planned]) -> dict[str, CostStays]:
    """By query: that the index which tempts most is not worth making, where figures are assumed."""
    if database.measured:
        return {}
    dearest = sorted(queries, key=lambda q: -q.cost)[:_MOST]
    return {q.name: claim for q in dearest for claim in _claims(database, q)}


def _claims(database: Database, query: Planned) -> Iterator[CostStays]:
    whole = [u for u in query.uses if "Seq Scan" in u.node and _compared(u)]
    use = max(whole, key=lambda u: (database.rows(u.table), u.table), default=None)
    found = _tempting(database, query, use) if use else None
    if use is None or found is None:
        return
    index = named(database, found, frozenset())
    changed = (*database.made, index.bare)
    (cost,) = database.planner.costs((query.query.text,), changed)
    # An index that would pay as things are was not taken for a reason of its own.
    if query.cost < worth() * max(cost, 0.01):
        yield CostStays(
            query=query.excerpt,
            factor=worth(),
            change=Excerpt(text=index.bare, name=f"an index on {index.short}"),
            column=_narrowed(found, use, database),
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


def _narrowed(index: Candidate, use: Use, database: Database) -> str:
    """The column whose condition keeps a share of the rows that nobody knows; none for a join."""
    kept = {quote(c): c for c in (*use.equal, *use.ranges, *use.prefixed, *use.either)}
    ranged = {quote(c) for c in use.ranges}
    keys = [k.removesuffix(_BARE) for k in index.keys if k.removesuffix(_BARE) in kept]
    key = next((k for k in keys if k in ranged), next(iter(keys), ""))
    return f"{database.home(use.table)}.{kept[key]}" if key else ""
