"""Which conditions a table of cases never saw true, or never saw false."""

from collections.abc import Iterable
from dataclasses import dataclass

from blueproof.engines.firebase_rules.requests import Decision
from blueproof.engines.firebase_rules.rules import Rules


@dataclass(frozen=True, slots=True)
class Gap:
    """A condition that was never true, never false, or neither: `never` says which."""

    line: int
    text: str
    never: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many conditions there are, and those not seen both ways."""

    conditions: int
    gaps: tuple[Gap, ...]


def coverage(rules: Rules, decisions: Iterable[Decision]) -> Coverage:
    """What the decisions together saw; a condition without value counts as neither."""
    seen = [*decisions]
    true = frozenset[int]().union(*(decision.true for decision in seen))
    false = frozenset[int]().union(*(decision.false for decision in seen))
    gaps = list[Gap]()
    for place, condition in enumerate(rules.conditions):
        missing = [name for name, met in (("true", true), ("false", false)) if place not in met]
        if missing and condition.text not in {"true", "false"}:
            gaps.append(Gap(condition.line, condition.text, " or ".join(missing)))
    return Coverage(len(rules.conditions), tuple(gaps))
