"""What queries cost as a set of indexes grows one by one, asking the planner as little as may be.

Queries that not even all candidates together make cheaper by the factor that is worth a change have
no say: no index would be made for them.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from blueproof.advisors.postgres.choice import Gain, noticeable, worth
from blueproof.advisors.postgres.database import Planned
from blueproof.advisors.postgres.search.costs import Names
from blueproof.advisors.postgres.search.pool import Pool

_FELT = 1.01  # times cheaper; less is no gain


@dataclass(kw_only=True)
class _Query:
    """One query: its cost now, and by index the factor by which one more makes it cheaper.

    Of those in `old` the factor is a bound: they are to be asked about again.
    """

    before: float
    factors: dict[str, float] = field(default_factory=dict)
    old: set[str] = field(default_factory=set)


@dataclass(kw_only=True)
class Standing:
    """The indexes made so far, and what one more of the candidates would bring each query.

    A query is asked about again only where the last index was one of those worth making for it: the
    others bring it little. Call `settle` before an index is taken, and `make` once it is.
    """

    pool: Pool
    made: Names = frozenset()
    _queries: list[_Query] = field(default_factory=list)

    def __post_init__(self) -> None:
        for at in range(len(self.pool.costs.queries)):
            self._queries.append(_Query(before=self.pool.costs.of(at, self.made).cost))
            self._look(at)

    def make(self, names: Names, reader: int = -1) -> None:
        """Count indexes among those that are there; `reader` is the query they were made for."""
        self.made |= names
        for at, query in enumerate(self._queries):
            if at == reader or not names.isdisjoint(query.factors):
                query.before = self.pool.costs.of(at, self.made).cost
                self._look(at)

    def gains(self) -> dict[str, tuple[Gain, ...]]:
        """By candidate what it brings each query that it helps, at most."""
        found: dict[str, list[Gain]] = defaultdict(list)
        for at, query in enumerate(self._queries):
            for name in query.factors:
                found[name].append(self._gain(at, name))
        return {name: tuple(gains) for name, gains in found.items()}

    def ask(self, name: str) -> bool:
        """Ask about the query that the candidate promises most; False if all is known of it."""
        old = [q.factors[name] for q in self._queries if name in q.old]
        if not old:
            return False
        most = max(old)
        at = next(
            at for at, q in enumerate(self._queries) if name in q.old and q.factors[name] == most
        )
        query = self._queries[at]
        query.old.discard(name)
        query.factors[name] = self._factor(at, frozenset({name}))
        if query.factors[name] < _FELT:
            del query.factors[name]
        return True

    def settle(self, name: str) -> bool:
        """Look again at the queries that a candidate helps and others have made cheaper meanwhile.

        An index that was not worth making for a query brings it something all the same. Returns
        whether there were any.
        """
        changed = []
        for at, query in enumerate(self._queries):
            now = self.pool.costs.of(at, self.made).cost if name in query.factors else query.before
            if now * _FELT < query.before:
                query.before = now
                changed.append(at)
        for at in changed:
            self._look(at)
        return bool(changed)

    def brings(self, name: str) -> tuple[Gain, ...]:
        """What one candidate brings each query that it helps, at most."""
        places = (at for at, query in enumerate(self._queries) if name in query.factors)
        return tuple(self._gain(at, name) for at in places)

    def beside(self) -> dict[int, Names]:
        """By each query that all candidates together are worth making for: those its plan reads."""
        found = {}
        for at, query in enumerate(self._queries):
            rest = self.pool.costs.among[at] - self.made
            if query.before >= noticeable() and self._factor(at, rest) >= worth():
                found[at] = self.pool.costs.of(at, self.made | rest).used & rest
        return found

    def adds(self, at: int, others: Names, name: str) -> tuple[Gain, ...]:
        """What one index brings a query when others are made as well."""
        costs, there = self.pool.costs, self.made | others
        before, after = costs.of(at, there).cost, costs.of(at, there | {name}).cost
        return (Gain(query=costs.queries[at], before=before, after=after),)

    def pays(self, at: int, names: Names) -> bool:
        """Whether a query gets cheaper by the factor that counts with all of these, each needed."""
        made, query = self.made | names, self.pool.costs.queries[at]
        needed = all(self.serves(name, made, query) for name in names)
        return bool(names) and needed and self._factor(at, names) >= worth()

    def lost(self, name: str, made: Names, queries: list[Planned]) -> tuple[Gain, ...]:
        """What these queries would lose without one of a set of indexes."""
        costs, found = self.pool.costs, []
        for at, query in enumerate(costs.queries):
            if query in queries:
                before, after = costs.of(at, made - {name}).cost, costs.of(at, made).cost
                if before > after * _FELT:
                    found.append(Gain(query=query, before=before, after=after))
        return tuple(found)

    def serves(self, name: str, made: Names, query: Planned) -> bool:
        """Whether a query would be dearer by the factor that counts without one of the set."""
        return any(g.factor >= worth() for g in self.lost(name, made, [query]))

    def _gain(self, at: int, name: str) -> Gain:
        query = self._queries[at]
        after = query.before / query.factors[name]
        return Gain(query=self.pool.costs.queries[at], before=query.before, after=after)

    def _look(self, at: int) -> None:
        """Find the candidates that may be worth making for the query, each with a bound.

        The planner is asked with all of them, then without those that its plan read, and so on:
        where all the rest together are not worth it, none of them is.
        """
        query = self._queries[at]
        query.factors.clear()
        query.old.clear()
        rest = self.pool.costs.among[at] - self.made
        while query.before >= noticeable() and (factor := self._factor(at, rest)) >= worth():
            used = self.pool.costs.of(at, self.made | rest).used & rest
            if not used:
                break
            query.factors |= dict.fromkeys(used, factor)
            query.old |= used
            rest -= used

    def _factor(self, at: int, more: Names) -> float:
        """How many times cheaper the query is with these indexes as well."""
        after = self.pool.costs.of(at, self.made | more).cost
        return self._queries[at].before / max(after, 0.01)
