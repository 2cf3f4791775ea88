"""What is read of a wish so far: its words grow fewer as each part is understood."""

from dataclasses import dataclass, field

from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.text import Words
from blueproof.advisors.query.told import (
    Condition,
    Group,
    Measure,
    Needs,
    Over,
    Period,
    Threshold,
    Wish,
)


@dataclass
class Found:
    """What reading came to: the wish, what was not read, what was taken for granted."""

    wish: Wish | None = None
    left: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    asks: list[str] = field(default_factory=list)
    assumed: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Reading:
    """One reading: the words that are left, and all that was found in them.

    `ranked` is whether the first figure is that by which the best are found; `span` bounds a list
    by a column of its own.
    """

    words: Words
    ground: Ground
    found: Found = field(default_factory=Found)
    measures: list[Measure] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)
    groups: tuple[Group, ...] = ()
    needs: list[Needs] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    thresholds: list[Threshold] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    extra: list[tuple[str, str, str]] = field(default_factory=list)
    ranked: bool = False
    span: tuple[str, Period] | None = None
