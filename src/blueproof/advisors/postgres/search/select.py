"""The best set of indexes within a limit, by the plans that are known: no planner is asked.

From both ends: `grow` adds what brings most for its bytes; `exchange` gives up one or two, fills
the room anew, and keeps what is better, until nothing is. See docs/decisions/0009.
"""

import math
import time
from dataclasses import dataclass, field

from blueproof.advisors.postgres.search.library import Shelf, bits

_PAGE = 8192.0  # bytes; what a page holds is as good as free
_POWERS = (1.0, 0.5)
_LEAST = 1e-4  # of the score, a logarithm; below, two sets are alike


@dataclass(kw_only=True)
class Selection:
    """Known plans, sizes and weights, the bytes that may be taken, and what upkeep costs."""

    shelves: list[Shelf]
    sizes: list[int]
    weights: tuple[float, ...]
    limit: float
    upkeep: list[float] = field(default_factory=list)
    until: float = math.inf

    def __post_init__(self) -> None:
        self._touching: dict[int, list[int]] = {}
        for at, shelf in enumerate(self.shelves):
            for index in bits(shelf.touched()):
                self._touching.setdefault(index, []).append(at)
        self._weight = sum(self.weights)
        self._written = any(self.upkeep)
        self._bytes: dict[int, int] = {}
        plans = {mask for shelf in self.shelves for mask, _ in shelf.plans if mask}
        self._options = sorted({*plans, *(1 << i for i in self._touching)})

    def best(self) -> int:
        """The best set that was found, from two ways to weigh bytes."""
        found = [self.exchange(self.grow(0, power=power), power) for power in _POWERS]
        return min(found, key=self.value)

    def value(self, shown: int) -> float:
        """The score of a set."""
        return self.score(self.costs(shown), self._kept(shown))

    def _kept(self, shown: int) -> float:
        return sum(self.upkeep[at] for at in bits(shown)) if self._written else 0.0

    def costs(self, shown: int) -> list[float]:
        """What each query costs with these indexes."""
        return [shelf.cost(shown) for shelf in self.shelves]

    def score(self, costs: list[float], upkeep: float) -> float:
        """How dear the workload is: the lower the better.

        The logarithm of the weighted sum, so that a percent is a percent however dear the dearest
        query is; and half as much the mean logarithm of each query's cost, so that the dearest
        does not drown the others.
        """
        total = upkeep + sum(w * c for w, c in zip(self.weights, costs, strict=True))
        logs = sum(w * math.log(max(c, 1.0)) for w, c in zip(self.weights, costs, strict=True))
        return math.log(max(total, 1.0)) + 0.5 * logs / self._weight

    def size(self, mask: int) -> int:
        """Bytes of the indexes of a set."""
        known = self._bytes.get(mask)
        if known is None:
            known = self._bytes[mask] = sum(self.sizes[at] for at in bits(mask))
        return known

    def grow(self, start: int, without: int = 0, power: float = 1.0) -> int:
        """From a set up: what brings most for its bytes comes first, as long as there is room.

        `power` is how much bytes weigh: 1 as they are, 0.5 their square root.
        """
        chosen, costs = start, self.costs(start)
        options = [(math.inf, mask) for mask in self._options if not mask & without]
        while time.monotonic() < self.until:
            found = self._next(chosen, costs, options, power)
            if found is None:
                break
            chosen |= found
            costs = self.costs(chosen)
        return chosen

    def _next(
        self, chosen: int, costs: list[float], options: list[tuple[float, int]], power: float
    ) -> int | None:
        """The option that brings most for its bytes.

        What an option brought before is taken for a bound of what it brings now, so that most
        need not be looked at again.
        """
        room, now = self.limit - self.size(chosen), self.score(costs, self._kept(chosen))
        options.sort(key=lambda option: -option[0])
        best, most = None, 0.0
        for at, (bound, mask) in enumerate(options):
            if bound <= most:
                break
            new = mask & ~chosen
            extra = self.size(new)
            if not new or extra > room:
                options[at] = (0.0 if not new else bound, mask)
                continue
            wider = chosen | mask
            gain = now - self.score(self._with(wider, costs, new), self._kept(wider))
            density = gain / (extra + _PAGE) ** power
            options[at] = (density, mask)
            if gain > _LEAST and density > most:
                best, most = mask, density
        options[:] = [option for option in options if option[0] > 0]
        return best

    def _with(self, shown: int, costs: list[float], new: int) -> list[float]:
        """The costs once the new indexes are there: only some queries can read them."""
        concerned = {at for index in bits(new) for at in self._touching[index]}
        return [
            self.shelves[at].cost(shown) if at in concerned else cost
            for at, cost in enumerate(costs)
        ]

    def exchange(self, start: int, power: float = 1.0) -> int:
        """Give up one index and fill the room anew, as long as that makes the set better."""
        best, least, better = start, self.value(start), True
        while better and time.monotonic() < self.until:
            better = False
            for at in sorted(bits(best), key=lambda i: -self.sizes[i]):
                other = self.grow(best & ~(1 << at), without=1 << at, power=power)
                score = self.value(other)
                if score < least - _LEAST:
                    best, least, better = other, score, True
                    break
        return best
