"""Asking the planner for the plans that a search may want: with everything, and with ever less.

Each query is asked with all its candidates, then with only those up to some size, since a set
within a limit holds more small indexes than large ones; then without each of those that a plan
read, so that the next best is known too.
"""

from dataclasses import dataclass, field

from blueproof.advisors.postgres.search.library import Shelf, bits
from blueproof.advisors.postgres.search.pool import Pool

_SHARES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)  # of the limit: only indexes up to this size are shown


@dataclass(kw_only=True)
class Explorer:
    """The pool's indexes by number, and what is known of each query's plans."""

    pool: Pool
    limit: float
    names: tuple[str, ...] = ()
    shelves: list[Shelf] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._looked: dict[int, int] = {}
        self._answers: list[dict[int, tuple[int, float]]] = [{} for _ in self.pool.costs.queries]
        self.names = tuple(sorted(self.pool.sizes))
        self.numbers = {name: at for at, name in enumerate(self.names)}
        self.sizes = [self.pool.sizes[name] for name in self.names]
        self.shelves = [Shelf() for _ in self.pool.costs.queries]
        self.among = [self._mask(names) for names in self.pool.costs.among]
        self._own = [self._mask(names) for names in self.pool.own]

    def ask(self, query: int, shown: int) -> tuple[int, float]:
        """What the plan of a query with these indexes reads, and its cost; kept on its shelf."""
        near = shown & self.among[query]
        known = self._answers[query].get(near)
        if known is None:
            answer = self.pool.costs.of(query, self.of(near))
            known = self._answers[query][near] = self._mask(answer.used), answer.cost
            self.shelves[query].learn(*known)
        return known

    def of(self, mask: int) -> frozenset[str]:
        """The names of the indexes of a set."""
        return frozenset(self.names[at] for at in bits(mask))

    def size(self, mask: int) -> int:
        """Bytes of the indexes of a set."""
        return sum(self.sizes[at] for at in bits(mask))

    def survey(self, query: int) -> None:
        """Learn the plans of one query that a search is likely to want."""
        self.ask(query, 0)
        seen = 0
        for share in _SHARES:
            shown = self._up_to(query, share)
            used, _ = self.ask(query, shown)
            for at in bits(used):
                without = shown & ~(1 << at)
                again, _ = self.ask(query, without)
                seen |= again
            seen |= used
        for at in bits(seen):
            self.ask(query, 1 << at)

    def look_around(self, query: int, chosen: int) -> None:
        """Learn the plans near a set: with it and what is small, and without each that it reads.

        Not again where what the query can use of the set is what it was.
        """
        near = chosen & self.shelves[query].touched()
        if self._looked.get(query) == near:
            return
        self._looked[query] = near
        used, _ = self.ask(query, chosen)
        for share in _SHARES[::2]:
            self.ask(query, chosen | self._up_to(query, share))
        for at in bits(used):
            self.ask(query, chosen & ~(1 << at))

    def _up_to(self, query: int, share: float) -> int:
        most = share * self.limit
        return sum(1 << at for at in bits(self._own[query]) if self.sizes[at] <= most)

    def _mask(self, names: frozenset[str]) -> int:
        return sum(1 << self.numbers[name] for name in names)
