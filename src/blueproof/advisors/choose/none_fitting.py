"""What is said where nothing meets what must be met: why each is out, and what would do."""

import re

from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.stages import dollars
from blueproof.decide.ceiling import spoken
from blueproof.decide.scoring import Scored, over_budget

_TWO = 2
_CUTTABLE = 0.6  # of a line, beyond which fewer reads alone do not bring a bill down
# What is billed by how much is fetched or called, so that fewer of it cost less.
_FETCHED = re.compile(r"\b(?:reads?|I/O|data sent|messages|calls|requests|updates|units|queries)\b")


def none_fits(choice: Choice) -> str:
    """What to say where every option is ruled out: why, and what would do instead."""
    best = choice.outsider
    if best is not None and choice.needs.demands:
        return _other_fits(choice, best)
    if all(s.ruled_out == (over_budget(s.bill, choice.needs),) for s in choice.decision.ranked):
        return _over_budget(choice)
    parts = [f"{choice.named(s)} ({s.ruled_out[0]})" for s in choice.decision.ranked]
    return f"None of these meets what you must have: {'; '.join(parts)}."


def _other_fits(choice: Choice, best: Scored) -> str:
    """The one that was not named and holds what none of the named holds, with its bill."""
    parts = [f"{choice.named(s)} ({s.ruled_out[0]})" for s in choice.decision.ranked]
    number = "Neither" if len(parts) == _TWO else "None of these"
    holds = "; ".join(each.says for each in choice.stands(best))
    cost = dollars(float(best.bill.total))
    return (
        f"{number}: {'; '.join(parts)}. {choice.named(best)}, which you did not name, holds "
        f"it: {holds}. At {choice.so_many} it costs about {cost} a month."
    )


def _over_budget(choice: Choice) -> str:
    """How far the cheapest is over what it may cost, and what brings it down."""
    ceiling = choice.needs.number("budget")
    cheapest, *others = sorted(choice.decision.ranked, key=lambda s: s.bill.total)
    dearer = ", ".join(f"{choice.named(s)} {dollars(float(s.bill.total))}" for s in others)
    largest = max(cheapest.bill.lines, key=lambda line: line.amount)
    part = (float(cheapest.bill.total) - ceiling) / float(largest.amount)
    cut = (
        f" Take {part:.0%} off its largest line, {largest.item} "
        f"({dollars(float(largest.amount))}), and it fits: fetch less at once, keep what was read."
        if part < _CUTTABLE and _FETCHED.search(largest.item)
        else ""
    )
    told = spoken(ceiling, choice.needs.currency)
    return (
        f"At {choice.so_many} none comes to {told} by these figures: nearest is "
        f"{cheapest.option.name} with {dollars(float(cheapest.bill.total))}"
        f"{f', then {dearer}' if dearer else ''}.{cut}"
    )
