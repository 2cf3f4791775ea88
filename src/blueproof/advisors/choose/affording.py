"""Up to how many people a ceiling on the bill holds, where nobody told how many there are."""

import math

from blueproof.advisors.choose.case import FAMILY_NAMES, Choice
from blueproof.decide.ceiling import spoken
from blueproof.decide.priced import bill_of
from blueproof.decide.scoring import FEWEST, Scored, is_over_budget

_STOPS = 0.6  # level of the aspect from which a limit stops spending, with its exceptions
_FARTHEST = 3_000_000.0  # monthly users, as far as anything is reckoned
_CLOSE = 1.01


def is_conditional(choice: Choice) -> bool:
    """Whether the pick costs more than it may at a number of people that nobody told."""
    return not choice.pick.ruled_out and is_over_budget(choice.pick, choice.needs)


def headline(choice: Choice, chosen: str) -> str:
    """The pick up to the size that the ceiling pays for, and what is left beyond it."""
    pick = choice.pick
    told = spoken(choice.needs.number("budget"), choice.needs.currency)
    most = paid_for(choice, pick)
    stop = " and its spending limit is a hard stop" if _stops(pick) else ""
    return (
        f"{chosen} up to about {most:,.0f} monthly users, where your {told} a month ends{stop}; "
        f"{_beyond(choice, most)}."
    )


def _beyond(choice: Choice, most: float) -> str:
    """What the ceiling still pays for with more people than the pick can have."""
    others = [s for s in choice.decision.ranked[1:] if not s.ruled_out]
    further = {s: far for s in others if (far := paid_for(choice, s)) > most}
    if not further:
        return "beyond that none of these stays within it"
    best = max(further, key=lambda s: further[s])
    name = FAMILY_NAMES.get(best.option.family, best.option.name)
    free = "" if _stops(best) else ", whose spending does not stop by itself"
    if further[best] >= _FARTHEST:
        return f"beyond that {name}{free}"
    return f"beyond that {name}, up to about {further[best]:,.0f}{free}"


def _stops(scored: Scored) -> bool:
    return scored.option.aspects["spending-cap"].level >= _STOPS


def paid_for(choice: Choice, scored: Scored) -> float:
    """The monthly users, to two figures, whose bill is still within the ceiling."""
    ceiling = choice.needs.number("budget")

    def fits(users: float) -> bool:
        return float(bill_of(scored.option.id, choice.needs, users).total) <= ceiling

    if fits(_FARTHEST):
        return _FARTHEST
    inside, outside = FEWEST, _FARTHEST
    while outside / inside > _CLOSE:
        middle = float(round((inside * outside) ** 0.5))
        inside, outside = (middle, outside) if fits(middle) else (inside, middle)
    step = 10.0 ** max(0, len(f"{inside:.0f}") - 2)
    return math.floor(inside / step) * step
