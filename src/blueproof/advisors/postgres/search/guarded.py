"""Choosing indexes where little is known: greedy, wary of guesses.

An index is taken when it makes at least one query cheaper by the factor in the facts. Among those
that help about as much, the one that rests least on guesses wins, then the smallest.
"""

import math
from dataclasses import dataclass

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import Choice, Gain, noticeable, worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.search.pool import Pool, named
from blueproof.sql.statistics import guessed

_ABOUT_AS_MUCH = 0.95
_ABOUT_AS_LARGE = 2.5
_BARE = " DESC"


@dataclass(frozen=True)
class _Option:
    """A candidate that is worth having now, by its name in the pool."""

    name: str
    choice: Choice


def choose_guarded(database: Database, pool: Pool, limit: float) -> tuple[Choice, ...]:
    """The indexes worth making, best first; together they take no more bytes than the limit."""
    chosen: dict[str, Choice] = {}
    left = list(pool.sizes)
    space = limit
    while left:
        tried = [o for name in left if (o := _try(database, pool, name, chosen)) is not None]
        left = [option.name for option in tried]
        best = _best([o for o in tried if o.choice.size <= space], database)
        if best is None:
            break
        chosen[best.name] = best.choice
        space -= best.choice.size
        left.remove(best.name)
    return tuple(chosen.values())


def _try(database: Database, pool: Pool, name: str, chosen: dict[str, Choice]) -> _Option | None:
    """What the candidate brings on top of what is chosen; None if that is not enough."""
    candidate = pool.found[name]
    made = frozenset(chosen)
    gains = []
    for at, query in enumerate(pool.costs.queries):
        if name not in pool.costs.among[at]:
            continue
        before, after = pool.costs.of(at, made).cost, pool.costs.of(at, made | {name}).cost
        if after < before / 1.01 and before >= noticeable():
            gains.append(Gain(query=query, before=before, after=after))
    if not any(g.factor >= worth() for g in gains):
        return None
    index = named(database, candidate, frozenset(c.index.name for c in chosen.values()))
    choice = Choice(index=index, gains=tuple(gains), size=pool.sizes[name])
    return _Option(name, choice)


def _best(tried: list[_Option], database: Database) -> _Option | None:
    """The choice that helps most; among those that help about as much, the smallest.

    An index on some rows only must be half as large to be taken over one that serves more queries.
    Where two are about as large, the one that holds more of the columns compared is safer. Of two
    orders of the same columns, the one that leads with more different values serves more.
    """
    if not tried:
        return None
    most = max(_benefit(o.choice) for o in tried)
    near = [o for o in tried if _benefit(o.choice) >= _ABOUT_AS_MUCH * most]
    least = min(_weight(o.choice) for o in near)
    alike = [o for o in near if _weight(o.choice) <= _ABOUT_AS_LARGE * least]

    def rank(option: _Option) -> tuple[int, float, int, float, tuple[str, ...]]:
        choice, index = option.choice, option.choice.index
        open_ = sum(
            _uncovered(database, gain.query, index) + _unsorted(database, gain.query, index)
            for gain in choice.helped
        )
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


def _unsorted(database: Database, query: Planned, index: NewIndex) -> bool:
    """Whether the first rows of a page would still be found by sorting all that the index finds.

    How many those are is a guess on an average: one customer has a thousand times as many.
    """
    if query.plan is None or not any(node.node == "Limit" for node in query.plan.walk()):
        return False
    held = {key.removesuffix(_BARE).strip('"') for key in index.keys}
    return any(
        use.sort and not {key.column for key in use.sort} <= held
        for use in query.uses
        if database.home(use.table) == index.table and held & {*use.equal, *use.joined}
    )


def _values(database: Database, index: NewIndex | Candidate) -> float:
    """How many different values the index's first column holds; 0 where nobody knows."""
    table = database.statistics.by_name.get(index.table)
    column = index.keys[0].removesuffix(_BARE).strip('"')
    found = table.by_name.get(column) if table else None
    if table is None or found is None:
        return 0.0
    return found.distinct if found.distinct > 0 else -found.distinct * table.rows


def _benefit(choice: Choice) -> float:
    return sum(math.log(g.factor) for g in choice.gains)
