"""The best set of indexes within a limit, by the plans that are known: no planner is asked.

`grow` adds what brings most for its bytes; `exchange` gives up one index, fills the room anew, and
keeps what is better, until nothing is. See docs/decisions/0009.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter

from blueproof.advisors.postgres.search.library import Shelf, bits

_PAGE = 8192.0  # bytes; what a page holds is as good as free
_POWERS = (1.0, 0.5)  # how much bytes weigh: as they are, or their square root
_LEAST = 1e-4  # of the score, a logarithm; below, two sets are alike
_FEW = 1500  # options that can be gone through again in less than a second
_MOST_EXCHANGES = 200


# A query that can read an index: its place, its weight, what its shelf knows, and the shelf.
_Reader = tuple[int, float, Callable[[int], float | None], int, Callable[[int], float]]


@dataclass(frozen=True, slots=True)
class _Option:
    """Indexes that may be added together, and the queries that can read one of them, as bits."""

    mask: int
    queries: int
    readers: tuple[_Reader, ...]


@dataclass(slots=True)
class _State:
    """A set with what each query costs, their weighted sum, and the mean of their logarithms.

    `value` is how dear the workload is with it.
    """

    shown: int
    costs: list[float]
    total: float
    logs: float
    value: float


@dataclass(kw_only=True)
class Selection:
    """Known plans, sizes and weights, the bytes that may be taken, and what upkeep costs."""

    shelves: list[Shelf]
    sizes: list[int]
    weights: tuple[float, ...]
    limit: float
    upkeep: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        touching: dict[int, list[int]] = {}
        for at, shelf in enumerate(self.shelves):
            for index in bits(shelf.touched()):
                touching.setdefault(index, []).append(at)
        self._touching = touching
        self._weight = sum(self.weights)
        self._bytes: dict[int, int] = {}
        self._owed: dict[int, float] = {}
        self._readers: list[_Reader] = [
            (at, self.weights[at], *shelf.known(), shelf.cost)
            for at, shelf in enumerate(self.shelves)
        ]
        plans = {mask for shelf in self.shelves for mask, _ in shelf.plans if mask}
        masks = sorted({*plans, *(1 << index for index in touching)})
        self._options = [self._option(m) for m in masks if self.size(m) <= self.limit]

    def _option(self, mask: int) -> _Option:
        queries = sorted({q for index in bits(mask) for q in self._touching.get(index, ())})
        readers = tuple(self._readers[q] for q in queries)
        return _Option(mask, sum(1 << q for q in queries), readers)

    def best(self, start: int = 0) -> int:
        """The best set that was found: from a start, and from nothing, bytes weighed in two ways.

        With many options only from the start, if there is one: it was found from nothing.
        """
        starts = [(start, _POWERS[0])] if start else []
        if not start or len(self._options) <= _FEW:
            starts += [(0, power) for power in _POWERS]
        found = [self._exchange(self._grow(self._state(s), p), p) for s, p in starts]
        return min(found, key=attrgetter("value")).shown

    def size(self, mask: int) -> int:
        """Bytes of the indexes of a set."""
        known = self._bytes.get(mask)
        if known is None:
            known = self._bytes[mask] = sum(self.sizes[at] for at in bits(mask))
        return known

    def value(self, shown: int) -> float:
        """How dear the workload is with a set: the lower the better.

        The logarithm of the weighted sum, so that a percent is a percent however dear the dearest
        query is; and half as much the mean logarithm of each query's cost, so that the dearest
        does not drown the others.
        """
        return self._state(shown).value

    def _weighed(self, total: float, logs: float) -> float:
        return math.log(max(total, 1.0)) + 0.5 * logs / self._weight

    def _state(self, shown: int) -> _State:
        costs = [shelf.cost(shown) for shelf in self.shelves]
        total = sum(w * c for w, c in zip(self.weights, costs, strict=True))
        logs = sum(w * math.log(max(c, 1.0)) for w, c in zip(self.weights, costs, strict=True))
        total += self._kept(shown)
        return _State(shown, costs, total, logs, self._weighed(total, logs))

    def _kept(self, mask: int) -> float:
        known = self._owed.get(mask)
        if known is None:
            paid = (self.upkeep[at] for at in bits(mask)) if self.upkeep else ()
            known = self._owed[mask] = sum(paid, 0.0)
        return known

    def _gain(self, state: _State, option: _Option) -> float:
        """How much better the score is with the option; asked millions of times."""
        wider, total, logs = state.shown | option.mask, state.total, state.logs
        costs = state.costs
        for query, weight, known, touched, cost in option.readers:
            before = costs[query]
            after = known(wider & touched)
            if after is None:
                after = cost(wider)
            if after != before:
                total += weight * (after - before)
                logs += weight * math.log(max(after, 1.0) / max(before, 1.0))
        if self.upkeep:
            total += self._kept(option.mask & ~state.shown)
        return state.value - self._weighed(total, logs)

    def _grow(self, state: _State, power: float, among: list[_Option] | None = None) -> _State:
        """From a set up: what brings most for its bytes comes first, as long as there is room."""
        left = [(math.inf, option) for option in (self._options if among is None else among)]
        while left:
            found, left = self._next(state, left, power)
            if found is None:
                break
            state = self._state(state.shown | found.mask)
        return state

    def _next(
        self, state: _State, left: list[tuple[float, _Option]], power: float
    ) -> tuple[_Option | None, list[tuple[float, _Option]]]:
        """The option that brings most for its bytes, and what is left to be tried after it.

        What an option brought before is taken for a bound of what it brings now, so that most
        need not be looked at again.
        """
        room, shown, sizes = self.limit - self.size(state.shown), state.shown, self._bytes
        left.sort(key=itemgetter(0), reverse=True)
        best, most, kept = None, 0.0, []
        for at, (bound, option) in enumerate(left):
            if bound <= most:
                kept += left[at:]
                break
            more = option.mask & ~shown
            extra = sizes[more] if more in sizes else self.size(more)
            if not extra:
                continue
            if extra > room:
                kept.append((bound, option))
                continue
            gain = self._gain(state, option)
            density = gain / (extra + _PAGE) ** power
            if gain > _LEAST:
                kept.append((density, option))
                if density > most:
                    best, most = option, density
        return best, kept

    def _exchange(self, best: _State, power: float) -> _State:
        """Give up one index and fill the room anew, as long as that makes the set better."""
        for _ in range(_MOST_EXCHANGES):
            better = self._better(best, power)
            if better is None:
                break
            best = better
        return best

    def _better(self, best: _State, power: float) -> _State | None:
        """The first exchange that helps: the largest index goes first.

        What fills the room is looked for among what the queries can use that are worse off, and
        among what found no room before.
        """
        least = best.value
        spare = [o for o in self._options if self._gain(best, o) > _LEAST]
        for at in sorted(bits(best.shown), key=lambda index: -self.sizes[index]):
            gone = 1 << at
            smaller = self._state(best.shown & ~gone)
            touching = self._touching[at]
            worse = sum(1 << q for q in touching if smaller.costs[q] > best.costs[q])
            among = [o for o in self._options if o.queries & worse and not o.mask & gone]
            others = [o for o in spare if not o.mask & gone]
            found = self._grow(smaller, power, [*among, *others])
            if found.value < least - _LEAST:
                return found
        return None
