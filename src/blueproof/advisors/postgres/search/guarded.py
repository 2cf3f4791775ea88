"""Choosing indexes where little is known: greedy, wary of guesses.

An index is taken when it makes at least one query cheaper by the factor in the facts. Among those
that help about as much, the one that rests least on guesses wins, then the smallest. Where none
does by itself, several may together: a query that reads one table twice is as slow as the slower
read, so an index for either does not even halve its cost.
"""

import heapq
import math
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.candidates import Candidate
from blueproof.advisors.postgres.choice import Choice, Gain, worth
from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.advisors.postgres.search.pool import Pool, named
from blueproof.advisors.postgres.search.standing import Standing
from blueproof.sql.statistics import guessed

_ABOUT_AS_MUCH = 0.95
# Equal keys of one column share an entry (7 bytes a row); with a second column hardly any are equal
# (32 bytes), so an index that holds one column more may be nearly five times as large.
_ABOUT_AS_LARGE = 5.0
_BARE = " DESC"
# From which a second index in the order of one that is there is worth its writes, for leaving out
# rows that the first one only filters: a judgement; a queue's few open jobs gain far more.
_BESIDE_TWIN = 10.0


@dataclass(frozen=True)
class _Option:
    """A candidate that is worth having now, by its name in the pool, with what it brings."""

    name: str
    index: Candidate
    size: int
    gains: tuple[Gain, ...]
    least: float

    @property
    def helped(self) -> tuple[Gain, ...]:
        """The gains that make the index worth having."""
        return tuple(g for g in self.gains if g.factor >= self.least)

    @property
    def benefit(self) -> float:
        """How many times cheaper it makes the queries together, as a logarithm."""
        return sum(math.log(g.factor) for g in self.gains)


def choose_guarded(database: Database, pool: Pool, limit: float) -> tuple[Choice, ...]:
    """The indexes worth making, best first; together they take no more bytes than the limit."""
    standing = Standing(pool=pool)
    chosen: dict[str, Choice] = {}
    space = limit
    while True:
        best = _best(_worth_having(standing, space), database)
        if best is None:
            several = _together(standing, database, space)
            if not several:
                return _as_a_set(_without_prefixes(chosen, standing), standing)
            for name in several:
                chosen[name] = _beside_others(standing, database, chosen, name)
                space -= chosen[name].size
            continue
        if standing.settle(best.name):
            continue
        index = named(database, best.index, frozenset(c.index.name for c in chosen.values()))
        chosen[best.name] = Choice(index=index, gains=best.gains, size=best.size)
        space -= best.size
        standing.make(frozenset({best.name}))


def _beside_others(
    standing: Standing, database: Database, chosen: dict[str, Choice], name: str
) -> Choice:
    """An index that is worth making beside others; what it brings is said once all are chosen."""
    pool, taken = standing.pool, frozenset(c.index.name for c in chosen.values())
    index = named(database, pool.found[name], taken)
    return Choice(index=index, gains=(), size=pool.sizes[name], together=True)


def _together(standing: Standing, database: Database, space: float) -> tuple[str, ...]:
    """Make indexes that are worth it for some query only all together, each needed there."""
    for at, used in standing.beside().items():
        members = used
        for name in sorted(used):
            best = _instead(standing, database, at, members, name)
            members = (members - {name}) | ({best.name} if best else set())
        sizes = sum(standing.pool.sizes[name] for name in members)
        if sizes <= space and standing.pays(at, members):
            standing.make(members, at)
            return tuple(sorted(members))
    return ()


def _instead(
    standing: Standing, database: Database, at: int, members: frozenset[str], name: str
) -> _Option | None:
    """What serves a query best in the place of one of several indexes; None where none need be."""
    pool, others = standing.pool, members - {name}
    table = pool.found[name].table
    beside = [n for n in pool.costs.among[at] - others if pool.found[n].table == table]
    tried = (_option(pool, n, standing.adds(at, others, n)) for n in sorted(beside))
    return _best([option for option in tried if option.helped], database)


def _as_a_set(chosen: dict[str, Choice], standing: Standing) -> tuple[Choice, ...]:
    """The choices, those that were taken together with what is lost without each of them."""
    every, queries = frozenset(chosen), list(standing.pool.costs.queries)
    found = (
        replace(choice, gains=standing.lost(name, every, queries)) if choice.together else choice
        for name, choice in chosen.items()
    )
    return tuple(choice for choice in found if choice.helped)


def _without_prefixes(chosen: dict[str, Choice], standing: Standing) -> dict[str, Choice]:
    """The choices less each that another begins with: that one takes its place and its gains."""
    widest = {name: _widest(name, chosen) for name in chosen}
    made = frozenset(widest.values())
    kept: dict[str, Choice] = {}
    for wide in dict.fromkeys(widest.values()):
        alike = {name: choice for name, choice in chosen.items() if widest[name] == wide}
        if len(alike) == 1:
            kept |= alike
            continue
        helped = [gain.query for choice in alike.values() for gain in choice.helped]
        # Claims are proved beside those that come earlier, so gains are what it brings on top.
        gains = standing.lost(wide, frozenset(kept) | {wide}, helped)
        serves = all(standing.serves(wide, made, query) for query in helped)
        taken = replace(chosen[wide], gains=gains, together=False)
        kept |= {wide: taken} if serves and taken.helped else alike
    return kept


def _widest(name: str, chosen: dict[str, Choice]) -> str:
    own = chosen[name].index
    wider = (n for n, c in chosen.items() if n == name or _begins(c.index, own))
    return max(wider, key=lambda n: len(chosen[n].index.keys))


def _begins(wide: NewIndex, narrow: NewIndex) -> bool:
    """Whether the wide index serves wherever the narrow one does."""
    alike = (wide.table, wide.method, wide.where) == (narrow.table, narrow.method, narrow.where)
    longer = len(wide.keys) > len(narrow.keys)
    return alike and longer and wide.keys[: len(narrow.keys)] == narrow.keys


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
    least = _BESIDE_TWIN if name in pool.twins else worth()
    return _Option(
        name=name, index=pool.found[name], size=pool.sizes[name], gains=gains, least=least
    )


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
        if guessed(database.schema, use.table, column, database.statistics)
        and column not in index.where
    }
    return len(held - keys)


def _unsorted(database: Database, query: Planned, index: Candidate) -> bool:
    """Whether all that the index finds would still be sorted, though another one could be in order.

    How many rows those are is a guess on an average: one customer has a thousand times as many.
    """
    held = {key.removesuffix(_BARE).strip('"') for key in index.keys}
    return any(
        use.sort and not {key.column for key in use.sort} <= {*held, *use.grouped}
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
