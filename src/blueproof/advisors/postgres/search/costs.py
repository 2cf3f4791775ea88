"""What each query costs under a set of indexes, asking the planner only where it must.

If a plan among many indexes reads only some of them, it stays the best plan among any fewer that
still hold those: so one answer serves every set between the two.
"""

from dataclasses import dataclass, field

from blueproof.advisors.postgres.database import Planned, Room, Tried

Names = frozenset[str]


@dataclass(kw_only=True)
class Costs:
    """The planner's answers so far; `among` are the tried indexes on the tables of each query."""

    room: Room
    queries: tuple[Planned, ...]
    among: tuple[Names, ...]
    _known: list[list[tuple[Names, Tried]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = [[] for _ in self.queries]

    def of(self, at: int, shown: Names) -> Tried:
        """What the query at this place costs with these indexes, and which of them it reads."""
        near = shown & self.among[at]
        for asked, answer in self._known[at]:
            if near <= asked and answer.used <= near:
                return answer
        answer = self.room.cost(self.queries[at].query.text, near, self.among[at])
        self._known[at].append((near, answer))
        return answer

    def all(self, shown: Names) -> list[Tried]:
        """What every query costs with these indexes."""
        return [self.of(at, shown) for at in range(len(self.queries))]
