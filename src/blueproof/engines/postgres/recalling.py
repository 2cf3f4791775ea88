"""Room to try indexes that answers as earlier ones did, and is opened for what none was asked.

Searches ask the same again: a query's own indexes are looked for before others are advised and
after, then those of all queries, then all of it once more without what was refuted. What the
planner answers follows from the query, the statistics, the changes made before, and the indexes
that are shown, in the order in which they were made: of paths that cost about the same it takes the
one that it met first.
"""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field

from blueproof.engines.postgres.trial import Outcome, Trial

_MOST = 200_000  # answers; one takes some hundred bytes

Changes = tuple[str, ...]
_Asked = tuple[str, Changes, tuple[str, ...]]


@dataclass(kw_only=True)
class Recollection:
    """What rooms on a twin were told; costs with the places of the indexes that the plan reads."""

    sizes: dict[tuple[str, Changes], int | None] = field(default_factory=dict)
    costs: dict[_Asked, tuple[float, tuple[int, ...]]] = field(default_factory=dict)

    def forget(self) -> None:
        """Hold nothing any longer: what the planner goes by has changed."""
        self.sizes.clear()
        self.costs.clear()


@dataclass(kw_only=True)
class Recalling:
    """A room on top of `made`; `concerning` are those of the changes that a text is touched by.

    `asked` counts the questions, whoever has answered them. While `learnt` grows, the planner looks
    at indexes that have no height yet, and remembers that: such a room's costs are its own.
    """

    known: Recollection
    open: Callable[[], contextlib.AbstractContextManager[Trial]]
    made: Changes
    concerning: Callable[[Changes, tuple[str, ...]], Changes]
    learnt: Callable[[], int]
    asked: int = 0
    _room: Trial | None = None
    _learnt: int = 0
    _opened: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    _waiting: list[dict[str, str]] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _touched: dict[tuple[str, frozenset[str]], Changes] = field(default_factory=dict)

    def add(self, statements: dict[str, str]) -> dict[str, int]:
        """Make the indexes (name to CREATE INDEX), hidden; bytes of those that can be made."""
        said = {name: _nameless(name, text) for name, text in statements.items()}
        keys = {name: (text, self.concerning(self.made, (text,))) for name, text in said.items()}
        self._said |= said
        self._places |= {name: at for at, name in enumerate(said, start=len(self._places))}
        sizes = {name: self.known.sizes.get(key, -1) for name, key in keys.items()}
        if self._room is None and -1 not in sizes.values():
            self._waiting.append(statements)
        else:
            found = self._ready().add(statements)
            sizes = {name: found.get(name) for name in statements}
            self.known.sizes |= {keys[name]: size for name, size in sizes.items()}
        return {name: size for name, size in sizes.items() if size is not None}

    def cost(self, query: str, shown: frozenset[str], among: frozenset[str]) -> Outcome:
        """What the query costs if, of the indexes `among`, only those `shown` are there."""
        self.asked += 1
        near = sorted(shown & among, key=self._places.__getitem__)
        key = (query, self._before(query, among), tuple(self._said[name] for name in near))
        known = self.known.costs.get(key)
        if known is not None:
            return Outcome(cost=known[0], used=frozenset(near[at] for at in known[1]))
        outcome = self._ready().cost(query, shown, among)
        if self.learnt() == self._learnt:
            if len(self.known.costs) >= _MOST:
                self.known.costs.clear()
            places = tuple(at for at, name in enumerate(near) if name in outcome.used)
            self.known.costs[key] = (outcome.cost, places)
        return outcome

    def close(self) -> None:
        """Drop what was made."""
        self._opened.close()

    def _ready(self) -> Trial:
        """The room itself, with all that was to be made so far."""
        if self._room is None:
            self._learnt = self.learnt()
            self._room = self._opened.enter_context(self.open())
            for statements in self._waiting:
                self._room.add(statements)
        return self._room

    def _before(self, query: str, among: frozenset[str]) -> Changes:
        """The changes made before that bear on the query."""
        key = (query, among)
        if key not in self._touched:
            texts = (query, *(self._said[name] for name in among))
            self._touched[key] = self.concerning(self.made, texts)
        return self._touched[key]


def _nameless(name: str, statement: str) -> str:
    """A CREATE INDEX without the index's name."""
    return statement.replace(f" {name} ", " ", 1)
