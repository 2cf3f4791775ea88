"""Every criterion of a choice with its weight and what each option reached, as a file to read."""

from typing import Any

import yaml

from blueproof.advisors.choose.case import Choice
from blueproof.decide.scoring import Contribution, Scored

WEIGHING = "weighing.yaml"
_HEAD = (
    "# How the options were weighed: a criterion's weight in points, and the level (0 to 1) that\n"
    "# each option reached. Points of 100 are the sum of weight x level over the sum of weights.\n"
)


def write_weighing(choice: Choice) -> str:
    """The criteria of all options at the size decided for, and their points."""
    ranked = choice.decision.ranked
    raw: dict[str, Any] = {
        "users": choice.decision.users,
        "points": {s.option.name: round(s.points, 1) for s in ranked},
        "ruled_out": {s.option.name: list(s.ruled_out) for s in ranked if s.ruled_out},
        "criteria": [_criterion(c, ranked) for c in ranked[0].contributions],
    }
    return _HEAD + yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, width=100)


def _criterion(first: Contribution, ranked: tuple[Scored, ...]) -> dict[str, Any]:
    return {
        "criterion": first.criterion,
        "weight": round(first.weight, 1),
        "levels": {
            s.option.name: {"level": round(c.level, 2), "says": c.says}
            for s in ranked
            for c in s.contributions
            if c.criterion == first.criterion
        },
    }
