"""Choosing indexes where little is known: greedy, wary of guesses.

An index is taken when it makes at least one query cheaper by the factor in the facts. Among those
that help about as much, the one that rests least on guesses wins, then the smallest.
"""

import heapq
import math
from dataclasses import dataclass

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import Choice, Gain, worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.search.pool import Pool, named
from blueproof.advisors.postgres.search.standing import Standing
from blueproof.sql.statistics import guessed

_ABOUT_AS_MUCH = 0.95
_ABOUT_AS_LARGE = 2.5
_BARE = " DESC"


@dataclass(frozen=True)
class _Option:
    """A candidate that is worth having now, by its name in the pool, with what it brings."""

    name: str
    index: Candidate
    size: int
    gains: tuple[Gain, ...]

    @property
    def helped(self) -> tuple[Gain, ...]:
        """The gains that make the index worth having."""
        return tuple(g for g in self.gains if g.factor >= worth())

    @property
    def benefit(self) -> float:
        """How many times cheaper it makes the queries together, as a logarithm."""
        return sum(math.log(g.factor) for g in self.gains)


def choose_guarded(database: Database, pool: Pool, limit: float) -> tuple[Choice, ...]:
    """The indexes worth making, best first; together they take no more bytes than the limit."""
    standing = Standing(pool=pool)
    chosen: list[Choice] = []
    space = limit
    while True:
        best = _best(_worth_having(standing, space), database)
        if best is None:
            return tuple(chosen)
        index = named(database, best.index, frozenset(c.index.name for c in chosen))
        chosen.append(Choice(index=index, gains=best.gains, size=best.size))
        space -= best.size
        standing.make(best.name)


def _worth_having(standing: Standing, space: float) -> list[_Option]:
    """The options that fit and help about as much as the best, each as the planner says now.

    What an option brought before is taken for a bound of what it brings now, so that most need not
    be asked about again.
    """
    pool = standing.pool
    left = [_option(pool, n, g) for n, g in standing.gains().items() if pool.sizes[n] <= space]
    waiting = [(-o.benefit, o.name) for o in left if o.helped]
    heapq.heapify(waiting)
    found: list[_Option] = []
    while waiting and (not found or -waiting[0][0] >= _ABOUT_AS_MUCH * found[0].benefit):
        _, name = heapq.heappop(waiting)
        asked = standing.ask(name)
        option = _option(pool, name, standing.brings(name))
        if option.helped and asked:
            heapq.heappush(waiting, (-option.benefit, name))
        elif option.helped:
            found.append(option)
    return found


def _option(pool: Pool, name: str, gains: tuple[Gain, ...]) -> _Option:
    return _Option(name=name, index=pool.found[name], size=pool.sizes[name], gains=gains)


def _best(tried: list[_Option], database: Database) -> _Option | None:
    """The choice that helps most; among those that help about as much, the smallest.

    An index on some rows only must be half as large to be taken over one that serves more queries.
    Where two are about as large, the one that holds more of the columns compared is safer. Of two
    orders of the same columns, the one that leads with more different values serves more.
    """
    if not tried:
        return None
    most = max(o.benefit for o in tried)
    near = [o for o in tried if o.benefit >= _ABOUT_AS_MUCH * most]
    least = min(_weight(o) for o in near)
    alike = [o for o in near if _weight(o) <= _ABOUT_AS_LARGE * least]

    def rank(option: _Option) -> tuple[int, float, int, float, tuple[str, ...]]:
        index = option.index
        open_ = sum(
            _uncovered(database, gain.query, index) + _unsorted(database, gain.query, index)
            for gain in option.helped
        )
        values = -_values(database, index)
        return open_, _weight(option), len(index.keys), values, index.keys

    return min(alike, key=rank)


def _weight(option: _Option) -> float:
    return option.size * (2 if option.index.where else 1)


def _uncovered(database: Database, query: Planned, index: Candidate) -> int:
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


def _unsorted(database: Database, query: Planned, index: Candidate) -> bool:
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


def _values(database: Database, index: Candidate) -> float:
    """How many different values the index's first column holds; 0 where nobody knows."""
    table = database.statistics.by_name.get(index.table)
    column = index.keys[0].removesuffix(_BARE).strip('"')
    found = table.by_name.get(column) if table else None
    if table is None or found is None:
        return 0.0
    return found.distinct if found.distinct > 0 else -found.distinct * table.rows
