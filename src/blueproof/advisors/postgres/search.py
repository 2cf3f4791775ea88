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
from blueproof.sql.editing import significant
from blueproof.sql.names import index_name
from blueproof.sql.plan import Refused
from blueproof.sql.statistics import guessed

_ABOUT_AS_MUCH = 0.95
_ABOUT_AS_LARGE = 2.5
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
        best = _best(list(tried.values()), database)
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
    some = tuple(t.text.strip("'") for t in significant(candidate.where) if t.kind == "string")
    return NewIndex(
        name=index_name(candidate.table, (*parts, *some[:1]), frozenset(taken)),
        table=candidate.table,
        keys=candidate.keys,
        purpose="",
        where=candidate.where,
    )


def _best(tried: list[Choice], database: Database) -> Choice | None:
    """The choice that helps most; among those that help about as much, the smallest.

    An index on some rows only must be half as large to be taken over one that serves more queries.
    Where two are about as large, the one that holds more of the columns compared is safer. Of two
    orders of the same columns, the one that leads with more different values serves more.
    """
    if not tried:
        return None
    most = max(map(_benefit, tried))
    near = [c for c in tried if _benefit(c) >= _ABOUT_AS_MUCH * most]
    least = min(map(_weight, near))
    alike = [c for c in near if _weight(c) <= _ABOUT_AS_LARGE * least]

    def rank(choice: Choice) -> tuple[int, float, int, float, tuple[str, ...]]:
        index = choice.index
        open_ = sum(_uncovered(database, gain.query, index) for gain in choice.helped)
        values = -_values(database, index)
        return open_, _weight(choice), len(index.keys), values, index.keys

    return min(alike, key=rank)


def _weight(choice: Choice) -> float:
    return choice.size * (2 if choice.index.where else 1)


def _uncovered(database: Database, query: Planned, index: NewIndex) -> int:
    """How many columns of a guessed selectivity the index leaves to be filtered row by row.

    An index that holds them does not hang on the guess.
    """
    keys = {key.removesuffix(_BARE).strip('"') for key in index.keys}
    held = {
        column
        for use in query.uses
        if database.home(use.table) == index.table and keys & set(use.equal)
        for column in use.equal
        if guessed(database.schema, use.table, column) and column not in index.where
    }
    return len(held - keys)


def _values(database: Database, index: NewIndex) -> float:
    """How many different values the index's first column holds; 0 where nobody knows."""
    table = database.statistics.by_name.get(index.table)
    column = index.keys[0].removesuffix(_BARE).strip('"')
    found = table.by_name.get(column) if table else None
    if table is None or found is None:
        return 0.0
    return found.distinct if found.distinct > 0 else -found.distinct * table.rows


def _benefit(choice: Choice) -> float:
    return sum(math.log(g.factor) for g in choice.gains)
