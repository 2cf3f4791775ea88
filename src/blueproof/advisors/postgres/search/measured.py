"""Choosing indexes where statistics are known: the best set within a limit of bytes.

Plans are gathered first, then a set is selected by them without asking the planner, then the
planner is asked around that set, which shows new plans; so on until the set stands.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.postgres.choice import Choice, Chosen, Declined, Gain, RunnerUp, noticeable
from blueproof.advisors.postgres.database import Clock, Database
from blueproof.advisors.postgres.search.clocked import Clocked
from blueproof.advisors.postgres.search.explore import Explorer
from blueproof.advisors.postgres.search.library import bits
from blueproof.advisors.postgres.search.pool import Pool, named
from blueproof.advisors.postgres.search.select import Selection
from blueproof.advisors.postgres.search.upkeep import owed, payable, upkeep
from blueproof.facts.load import fact
from blueproof.sql.statistics import PAGE

_ROUNDS = 4
_ALIKE = 1.02  # costs this near are the same: hypothetical ones are off by 1.5 % at the median
_ALL_OF_IT = 1.0  # without a limit, indexes may take as much as the tables


@dataclass(kw_only=True)
class _Search:
    """The search as it stands; `slow` are the queries that took long on rows, by their place."""

    database: Database
    explorer: Explorer
    owed: list[float]
    rate: float = 1.0  # what one unit of planner cost weighs
    slow: frozenset[int] = frozenset()

    def select(self, start: int = 0, banned: int = 0) -> int:
        """The best set by the plans known so far, from an earlier one if there is one."""
        weights = tuple(q.query.weight for q in self.explorer.pool.costs.queries)
        paid = payable([each * self.rate for each in self.owed], self.explorer.shelves, weights)
        paid = [math.inf if banned >> at & 1 else each for at, each in enumerate(paid)]
        return Selection(
            shelves=self.explorer.shelves,
            sizes=self.explorer.sizes,
            weights=weights,
            limit=self.explorer.limit,
            upkeep=paid,
        ).best(sum(1 << at for at in bits(start) if math.isfinite(paid[at])))

    def refine(self, chosen: int, banned: int = 0) -> int:
        """The best set, from one on, once the planner has been asked around each that was best."""
        before = -1
        for _ in range(_ROUNDS):
            if chosen == before:
                break
            for query in range(len(self.explorer.shelves)):
                self.explorer.look_around(query, chosen)
            before, chosen = chosen, self.select(chosen, banned)
        return chosen

    def useful(self, chosen: int, banned: int = 0) -> int:
        """The best set from one on, without some and without what brings too little."""
        return self.smaller(_without_the_idle(self, self.refine(chosen, banned)), banned)

    def smaller(self, chosen: int, banned: int = 0) -> int:
        """The set with far smaller indexes in the place of some, where no query is dearer for it.

        Not by more than the planner errs anyway: so an index on few rows comes before one on all.
        """
        explorer = self.explorer
        now = [shelf.cost(chosen) for shelf in explorer.shelves]
        for at in sorted(bits(chosen), key=lambda index: -explorer.sizes[index]):
            for other in sorted(self._beside(at, chosen | banned), key=explorer.sizes.__getitem__):
                swapped = chosen & ~(1 << at) | 1 << other
                pairs = zip(explorer.shelves, now, strict=True)
                if all(shelf.cost(swapped) <= cost * _ALIKE for shelf, cost in pairs):
                    chosen = swapped
                    break
        return chosen

    def _beside(self, at: int, taken: int) -> list[int]:
        """Indexes on the same table that are less than half as large, and no dearer to keep."""
        found, sizes = self.explorer.pool.found, self.explorer.sizes
        names = self.explorer.names
        table = found[names[at]].table
        return [
            other
            for other, name in enumerate(names)
            if found[name].table == table
            and not taken >> other & 1
            and sizes[other] * 2 < sizes[at]
            and self.owed[other] <= self.owed[at]
        ]


def choose_measured(database: Database, pool: Pool, limit: float) -> Chosen:
    """The indexes worth making, best first: each with what the queries lose if it is left out."""
    tables = sum(t.pages for t in database.statistics.tables) * PAGE * _ALL_OF_IT
    explorer = Explorer(pool=pool, limit=min(tables, limit))
    for query in range(len(pool.costs.queries)):
        explorer.survey(query)
    kept = upkeep(database, [(pool.found[name], pool.sizes[name]) for name in explorer.names])
    search = _Search(database=database, explorer=explorer, owed=owed(database, kept))
    chosen = search.useful(search.select())
    if database.clock is None:
        return Chosen(
            taken=_ranked(choices_of(database, explorer, chosen)),
            declined=tuple(_declined(database, explorer, chosen, search.owed)),
        )
    return _on_rows(database, database.clock, search, chosen)


def _on_rows(database: Database, clock: Clock, search: _Search, chosen: int) -> Chosen:
    """The best set that makes no query slower on rows, and what was given up for that."""
    clocked = Clocked(
        database=database, clock=clock, explorer=search.explorer, select=search.useful
    )
    search.rate = clocked.rate
    search.slow = clocked.slow
    if search.slow:  # among them may be some that the planner takes for cheap
        chosen = search.useful(search.select(chosen))
    chosen = clocked.best(chosen)
    while True:  # a query's plan on rows may leave an index whose gain was another query's
        taken = choices_of(database, search.explorer, chosen, clocked.reads(chosen))
        idle = sum(1 << at for at, choice in taken.items() if not choice.helped)
        idle = idle or clocked.idle(chosen)
        if not idle:
            break
        chosen = clocked.without(chosen, idle)
    cures = clocked.needed(chosen)
    names = search.explorer.names
    refused = tuple(
        (
            named(database, search.explorer.pool.found[names[at]], frozenset()),
            tuple(slower.values()),
        )
        for at, slower in clocked.harms.items()
        if not chosen >> at & 1
    )
    return Chosen(
        taken=_ranked(taken),
        declined=tuple(_declined(database, search.explorer, chosen, search.owed)),
        refused=refused,
        cures=cures,
    )


def _declined(
    database: Database, explorer: Explorer, chosen: int, owed: list[float]
) -> Iterator[Declined]:
    """For each query that the set leaves as it is: the index that is too dear, if that is why."""
    for place, query in enumerate(explorer.pool.costs.queries):
        used, now = explorer.ask(place, chosen)
        alone = [
            (cost, mask) for mask, cost in explorer.shelves[place].plans if mask.bit_count() == 1
        ]
        if used or now < noticeable() or not alone:
            continue
        cost, mask = min(alone)
        at = mask.bit_length() - 1
        found = Declined(
            index=named(database, explorer.pool.found[explorer.names[at]], frozenset()),
            gain=Gain(query=query, before=now, after=cost),
            size=explorer.sizes[at],
            owed=owed[at],
        )
        if found.gain.factor >= least_factor() and found.saved < found.owed:
            yield found


def _without_the_idle(search: _Search, chosen: int) -> int:
    """The set without what brings no more than the planner's error, or saves less than it owes.

    What goes, goes one after the other.
    """
    explorer, owed = search.explorer, search.owed
    while True:
        readers = _readers(explorer, chosen)
        unread = [at for at in bits(chosen) if at not in readers]
        gains = {
            at: _most(search, chosen, at, found)
            if owed[at] <= _saved(explorer, chosen, at, found)
            else 0.0
            for at, found in readers.items()
        }
        idle = [at for at, gain in gains.items() if gain < least_factor()]
        if not (idle or unread):
            return chosen
        gone = unread or [min(idle, key=lambda at: (gains[at], -explorer.sizes[at]))]
        chosen &= ~sum(1 << at for at in gone)


def _readers(explorer: Explorer, chosen: int) -> dict[int, list[int]]:
    """By each index of the set that a plan reads: the queries whose plans read it."""
    found: dict[int, list[int]] = {}
    for query in range(len(explorer.shelves)):
        for at in bits(explorer.ask(query, chosen)[0]):
            found.setdefault(at, []).append(query)
    return found


def least_factor() -> float:
    """The factor by which a query must get cheaper where statistics are known."""
    return float(fact("pg.measured-factor").value)


def _most(search: _Search, chosen: int, at: int, readers: list[int]) -> float:
    """The largest factor by which leaving the index out makes one of its readers dearer.

    Of those that anybody would notice: dear for the planner, or slow on rows whatever it thinks.
    """
    factors = [
        before / max(after, 0.01)
        for query in readers
        for before, after in [_both(search.explorer, query, chosen, at)]
        if before >= noticeable() or query in search.slow
    ]
    return max(factors, default=0.0)


def _saved(explorer: Explorer, chosen: int, at: int, readers: list[int]) -> float:
    """Planner cost that the index saves its readers, each as often as it is run."""
    queries = explorer.pool.costs.queries
    both = ((query, _both(explorer, query, chosen, at)) for query in readers)
    return math.fsum((b - a) * queries[query].query.weight for query, (b, a) in both)


def _both(explorer: Explorer, query: int, chosen: int, at: int) -> tuple[float, float]:
    """The query's cost without and with the index, all others of the set there."""
    used, after = explorer.ask(query, chosen)
    if not used >> at & 1:
        return after, after
    return explorer.ask(query, chosen & ~(1 << at))[1], after


def _ranked(choices: dict[int, Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices.values(), key=lambda choice: -saved(choice)))


def choices_of(
    database: Database, explorer: Explorer, chosen: int, read: list[int | None] | None = None
) -> dict[int, Choice]:
    """The indexes of a set; `read` is what each query's plan reads of it on rows, if it was run."""
    found: dict[int, Choice] = {}
    readers = _readers(explorer, chosen)
    for at, places in readers.items():
        readers[at] = [p for p in places if not read or (of := read[p]) is None or of >> at & 1]
    taken: frozenset[str] = frozenset()
    for at in bits(chosen):
        gains = tuple(
            Gain(query=explorer.pool.costs.queries[place], before=before, after=after)
            for place in readers.get(at, [])  # none: no plan reads it beside the others
            for before, after in [_both(explorer, place, chosen, at)]
            if before > after * 1.01
        )
        name = explorer.names[at]
        index = named(database, explorer.pool.found[name], taken)
        taken |= {index.name}
        size = explorer.pool.sizes[name]
        found[at] = Choice(
            index=index,
            gains=gains,
            size=size,
            least=least_factor(),
            together=True,
            second=_second(database, explorer, chosen, readers.get(at, []), at),
        )
    return found


def _second(
    database: Database, explorer: Explorer, chosen: int, places: list[int], at: int
) -> RunnerUp | None:
    """What of the table's other candidates serves the dearest reader of an index best by itself."""
    table = explorer.pool.found[explorer.names[at]].table
    place = max(places, key=lambda p: explorer.ask(p, 0)[1], default=None)
    if place is None:
        return None
    alone = (
        (cost, mask.bit_length() - 1)
        for mask, cost in explorer.shelves[place].plans
        if mask.bit_count() == 1 and not mask & chosen
    )
    beside = [pair for pair in alone if explorer.pool.found[explorer.names[pair[1]]].table == table]
    if not beside:
        return None
    cost, other = min(beside)
    return RunnerUp(
        index=named(database, explorer.pool.found[explorer.names[other]], frozenset()),
        query=explorer.pool.costs.queries[place].name,
        cost=cost,
        size=explorer.sizes[other],
    )


def saved(choice: Choice) -> float:
    """Planner cost that the index saves over the workload, each query as often as it is run."""
    return math.fsum((g.before - g.after) * g.query.query.weight for g in choice.gains)
