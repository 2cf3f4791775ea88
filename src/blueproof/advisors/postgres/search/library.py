"""Plans that the planner has shown: for each query, which indexes a plan reads and what it costs.

A plan is possible wherever the indexes that it reads are there. So the cheapest known plan whose
indexes are all in a set is what the query costs with that set, at most; no planner is asked again.
Sets of indexes are integers, one bit for each.
"""

from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Shelf:
    """The known plans of one query: the indexes each reads, and its cost; none is useless.

    A plan is useless if another one reads no more indexes and costs no more.
    """

    plans: list[tuple[int, float]] = field(default_factory=list)

    def learn(self, used: int, cost: float) -> bool:
        """Keep the plan if it is worth knowing; whether it was."""
        if any(mask & ~used == 0 and known <= cost for mask, known in self.plans):
            return False
        self.plans = [(m, c) for m, c in self.plans if not (used & ~m == 0 and cost <= c)]
        self.plans.append((used, cost))
        self.plans.sort(key=lambda plan: plan[1])
        return True

    def cost(self, shown: int) -> float:
        """What the query costs at most with these indexes."""
        for mask, cost in self.plans:  # the cheapest first
            if mask & ~shown == 0:
                return cost
        raise AssertionError("the plan without any index is always known")

    def touched(self) -> int:
        """Every index that some known plan reads."""
        found = 0
        for mask, _ in self.plans:
            found |= mask
        return found


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
