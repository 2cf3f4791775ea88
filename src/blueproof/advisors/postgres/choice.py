"""An index that a search took, and what it does to each query."""

from dataclasses import dataclass

from blueproof.advisors.postgres.database import Planned
from blueproof.advisors.postgres.parts.estimates import Misjudged
from blueproof.advisors.postgres.parts.migration import NewIndex
from blueproof.facts.load import fact


@dataclass(frozen=True, kw_only=True)
class Gain:
    """What an index does to one query: its planner cost without and with."""

    query: Planned
    before: float
    after: float

    @property
    def factor(self) -> float:
        """How many times cheaper the query gets."""
        return self.before / max(self.after, 0.01)


@dataclass(frozen=True, kw_only=True)
class RunnerUp:
    """The next best index for the query that a choice helps most: its planner cost, its bytes."""

    index: NewIndex
    query: str
    cost: float
    size: int


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An index that the search took, the queries that it helps, and its estimated bytes.

    `least` is the factor from which a gain counts; `together` is whether the gains are what is
    lost when the index is left out of the whole set, not what it brings by itself.
    """

    index: NewIndex
    gains: tuple[Gain, ...]
    size: int
    least: float = 0.0
    together: bool = False
    second: RunnerUp | None = None

    @property
    def slot(self) -> str:
        """What the index decides."""
        return f"index on {self.index.short}"

    @property
    def helped(self) -> tuple[Gain, ...]:
        """The gains that make the index worth having, largest first."""
        least = self.least or worth()
        return tuple(sorted((g for g in self.gains if g.factor >= least), key=lambda g: -g.factor))


@dataclass(frozen=True, kw_only=True)
class Slower:
    """A query that a set of indexes makes slower on rows: milliseconds without and with it.

    `cut` is whether it was stopped before it came to its end.
    """

    query: str
    before: float
    after: float
    cut: bool


@dataclass(frozen=True, kw_only=True)
class Cure:
    """Statistics that mend a wrong count: the milliseconds of its query without and with them."""

    of: Misjudged
    without: float
    with_it: float


@dataclass(frozen=True, kw_only=True)
class Declined:
    """An index that would help a query, but for which writes pay more than its readers save.

    `owed` is what they pay, in planner units and the time of the queries' calls.
    """

    index: NewIndex
    gain: Gain
    size: int
    owed: float

    @property
    def saved(self) -> float:
        """Planner cost that the index would save this query, as often as it is run."""
        return (self.gain.before - self.gain.after) * self.gain.query.query.weight


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a search took, best first, and what it left, and why.

    `declined` it would have taken but for the writes; `refused` made queries slower on rows;
    `cures` are statistics without which some query is slower there. `tried` counts candidates,
    `asked` the planner's answers.
    """

    taken: tuple[Choice, ...]
    declined: tuple[Declined, ...] = ()
    refused: tuple[tuple[NewIndex, tuple[Slower, ...]], ...] = ()
    cures: tuple[Cure, ...] = ()
    tried: int = 0
    asked: int = 0


def worth() -> float:
    """The factor by which a query must get cheaper for a change to be worth making."""
    return float(fact("pg.worth-factor").value)


def noticeable() -> float:
    """The planner cost from which a query is worth any change at all."""
    return float(fact("pg.query-cost").value)
