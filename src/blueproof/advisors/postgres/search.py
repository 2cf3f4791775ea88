"""Choosing the few indexes that help the queries most: greedy, judged by the planner alone.

An index is taken when it makes at least one query cheaper by the factor in the facts. Among those
that help about as much, the smallest wins.
"""

import math
from dataclasses import dataclass

from blueproof.advisors.postgres.candidates import Candidate, candidates
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.facts.load import fact
from blueproof.sql.names import index_name
from blueproof.sql.plan import Refused

_ABOUT_AS_MUCH = 0.95
_BARE = " DESC"


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What an index does to one query: its planner cost without and with."""

    query: Planned
    before: float
    after: float

    @property
    def factor(self) -> float:
        """How many times cheaper the query gets."""
        return self.before / max(self.after, 0.01)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An index that the search took, the queries that it helps, and its estimated bytes."""

    index: NewIndex
    gains: tuple[Gain, ...]
    size: int

    @property
    def helped(self) -> tuple[Gain, ...]:
        """The gains that make the index worth having, largest first."""
        return tuple(
            sorted((g for g in self.gains if g.factor >= worth()), key=lambda g: -g.factor)
        )


def worth() -> float:
    """The factor by which a query must get cheaper for a change to be worth making."""
    return float(fact("pg.worth-factor").value)


def noticeable() -> float:
    """The planner cost from which a query is worth any change at all."""
    return float(fact("pg.query-cost").value)


def choose(database: Database) -> tuple[Choice, ...]:
    """The indexes worth making, best first."""
    costs = {q.name: q.cost for q in database.queries if q.plan}
    pool = _pool(database)
    chosen: list[Choice] = []
    while pool:
        made = (*database.made, *(c.index.bare for c in chosen))
        tried = {c: t for c in pool if (t := _try(database, c, costs, made, chosen))}
        best = _best(list(tried.values()))
        if best is None:
            break
        chosen.append(best)
        costs |= {g.query.name: g.after for g in best.gains}
        pool = [c for c, t in tried.items() if t is not best]
    return tuple(chosen)


def _pool(database: Database) -> list[Candidate]:
    pool: dict[Candidate, None] = {}
    for query in database.queries:
        pool |= dict.fromkeys(candidates(database, query))
    return list(pool)


def _try(
    database: Database,
    candidate: Candidate,
    costs: dict[str, float],
    made: tuple[str, ...],
    chosen: list[Choice],
) -> Choice | None:
    """What the candidate brings on top of what is chosen; None if the planner refuses it."""
    readers = database.readers(candidate.table)
    index = _named(database, candidate, chosen)
    try:
        after = database.planner.costs(tuple(q.query.text for q in readers), (*made, index.bare))
        gains = tuple(
            Gain(query=q, before=costs[q.name], after=cost)
            for q, cost in zip(readers, after, strict=True)
            if cost < costs[q.name] / 1.01 and costs[q.name] >= noticeable()
        )
        if not any(g.factor >= worth() for g in gains):
            return None
        return Choice(index=index, gains=gains, size=database.planner.index_bytes(index.bare))
    except Refused:
        return None


def _named(database: Database, candidate: Candidate, chosen: list[Choice]) -> NewIndex:
    taken = database.index_names | {c.index.name for c in chosen}
    parts = tuple(k.removesuffix(_BARE).strip('"') for k in candidate.keys)
    return NewIndex(
        name=index_name(candidate.table, parts, frozenset(taken)),
        table=candidate.table,
        keys=candidate.keys,
        purpose="",
    )


def _best(tried: list[Choice]) -> Choice | None:
    """The choice that helps most; among those that help about as much, the smallest."""
    if not tried:
        return None
    most = max(map(_benefit, tried))
    near = [c for c in tried if _benefit(c) >= _ABOUT_AS_MUCH * most]
    return min(near, key=lambda c: (c.size, len(c.index.keys), c.index.keys))


def _benefit(choice: Choice) -> float:
    return sum(math.log(g.factor) for g in choice.gains)
