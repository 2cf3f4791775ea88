"""A part of an architecture: what is chosen, by which number, what would make it another."""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.diagram import Kind
from blueproof.costs.tiers import Charge

HOURS = 730.0  # of a month, as AWS bills it


def exact(value: float) -> Decimal:
    """A quantity with the four decimals that a bill keeps."""
    return Decimal(str(round(value, 4)))


@dataclass(frozen=True, kw_only=True)
class Watch:
    """A metric, and the value from which on somebody has to act."""

    metric: str
    threshold: str
    then: str


@dataclass(frozen=True, kw_only=True)
class Limit:
    """The load in `unit` at which a part breaks (`at`, against `now`), what is seen, what to do."""

    at: float
    now: float
    unit: str
    what: str
    then: str
    act: str

    @property
    def room(self) -> float:
        """How many times the load it carries."""
        return self.at / self.now if self.now else float("inf")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part: its place, what is taken, why by which number, and when it is another.

    `facts` are the ids of what the choice rests on; `lines` stand in its box of the picture.
    """

    slot: str
    choice: str
    short: str
    kind: Kind
    because: tuple[str, ...]
    flip: str
    flip_at: str = ""
    charges: tuple[Charge, ...] = ()
    facts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    watches: tuple[Watch, ...] = ()
    limits: tuple[Limit, ...] = ()
    gives_up: str = ""
