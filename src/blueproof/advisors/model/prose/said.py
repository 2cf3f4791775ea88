"""What sentences say, as data: things, columns of things, and what hangs on what."""

from dataclasses import dataclass, field
from typing import Literal

How = Literal["said", "done", "near"]


@dataclass(frozen=True, kw_only=True)
class Hangs:
    """Each `child` is of one `parent`; of several where `many`.

    `payload` are columns of the pair ("with quantities"), `role` is what the parent is to the child
    ("manager"), `optional` whether some have none, `several` whether the parent stands in the
    plural. `how` is "said" for "belongs to", "done" for what somebody does, "near" for what stands
    beside.
    """

    child: str
    parent: str
    many: bool = False
    payload: tuple[str, ...] = ()
    role: str = ""
    optional: bool = False
    several: bool = False
    how: How = "said"


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is read often: rows of `thing`, of one `of`, by `column`; `newest` first."""

    thing: str
    of: str = ""
    column: str = ""
    newest: bool = False
    words: str = ""


@dataclass(kw_only=True)
class Heard:
    """All that the sentences of a request say; `weights` is how surely a noun is a thing.

    `ours` is what people call their own business or project.
    """

    weights: dict[str, int] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    hangs: list[Hangs] = field(default_factory=list)
    either: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    actors: set[str] = field(default_factory=set)
    alias: dict[str, str] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    def thing(self, noun: str, weight: int) -> None:
        """A noun was used as a thing is."""
        self.weights[noun] = self.weights.get(noun, 0) + weight

    def column(self, noun: str, name: str, values: str = "") -> None:
        """A column was said of a thing."""
        self.columns.setdefault(noun, {}).setdefault(name, values)
