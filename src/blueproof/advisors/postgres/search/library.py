"""Plans that the planner has shown: for each query, which indexes a plan reads and what it costs.

A plan is possible wherever the indexes that it reads are there. So the cheapest known plan whose
indexes are all in a set is what the query costs with that set, at most; no planner is asked again.
Sets of indexes are integers, one bit for each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Shelf:
    """The known plans of one query: the indexes each reads, and its cost; none is useless.

    A plan is useless if another one reads no more indexes and costs no more. `scale` turns planner
    cost into what sets are weighed by; `told` is what plans weigh that have been tried on rows. Of
    an index in `wary`, read by a plan that did harm, another plan is hoped to bring nothing.
    """

    plans: list[tuple[int, float]] = field(default_factory=list)
    scale: float = 1.0
    told: dict[int, float] = field(default_factory=dict)
    wary: int = 0
    _known: dict[int, float] = field(default_factory=dict)
    _touched: int = 0

    def learn(self, used: int, cost: float) -> bool:
        """Keep the plan if it is worth knowing; whether it was."""
        if any(mask & ~used == 0 and known <= cost for mask, known in self.plans):
            return False
        self.plans = [(m, c) for m, c in self.plans if not (used & ~m == 0 and cost <= c)]
        self.plans.append((used, cost))
        self.plans.sort(key=lambda plan: plan[1])
        self._known.clear()
        self._touched |= used
        return True

    def tell(self, used: int, weight: float, *, harmful: bool = False) -> None:
        """Take in what the plan that reads these indexes weighs, whatever its cost is."""
        self.told[used] = weight
        if harmful:
            self.wary |= used
        self._known.clear()

    def weigh(self, used: int, cost: float) -> float:
        """What a plan weighs that reads these indexes at this planner cost."""
        if used in self.told:
            return self.told[used]
        bare = self.told.get(0, 0.0) if used & self.wary else 0.0
        return max(cost * self.scale, bare)

    def cost(self, shown: int) -> float:
        """What the query weighs at most with these indexes: the planner takes the cheapest plan."""
        near = shown & self._touched
        known = self._known.get(near)
        if known is None:
            missing = ~near
            # The cheapest comes first; the plan without any index is always known.
            used, cost = next(plan for plan in self.plans if not plan[0] & missing)
            known = self.weigh(used, cost)
            self._known[near] = known
        return known

    def known(self) -> tuple[Callable[[int], float | None], int]:
        """What is known of sets so far, by those of their indexes that some plan has read.

        For whoever asks so often that the call of `cost` is what takes time; until a plan is learnt
        or told.
        """
        return self._known.get, self._touched

    def touched(self) -> int:
        """Every index that some plan has read."""
        return self._touched


def bits(mask: int) -> list[int]:
    """The places of the bits that are set.

    >>> bits(0b1010)
    [1, 3]
    """
    found = []
    while mask:
        low = mask & -mask
        found.append(low.bit_length() - 1)
        mask ^= low
    return found
