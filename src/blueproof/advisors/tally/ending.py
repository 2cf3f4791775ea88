"""When a free plan ends: which of its limits is reached first, and in how many months."""

import math
import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.metered.saying import amount
from blueproof.advisors.tally.reckoning import Tallied
from blueproof.facts.load import fact

_FREE = re.compile(
    r"\bfree (?:plan|tier)\b|\b(?:on|from) (?:the )?free\b|\b(?:supabase|convex|neon) free\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\b(?:when|how long|how soon|which limit|run out|outgrow|have to pay|need to pay|upgrade)\b",
    re.IGNORECASE,
)
_GROWTH = re.compile(
    r"(?<![\d.])(?P<percent>\d{1,3}(?:\.\d+)?)\s?(?:%|percent)\s*(?:a|per|each|every|/)\s?"
    r"(?P<per>week|month|year)",
    re.IGNORECASE,
)
_FEW = 10  # months, from where a part of one tells nothing
_MONTHS = {"week": 52 / 12, "month": 1.0, "year": 1 / 12}


def asks_of_free(request: str) -> bool:
    """Whether it is asked when a free plan ends."""
    return bool(_FREE.search(request) and _WHEN.search(request))


def free_until(found: Tallied) -> Iterator[str]:
    """The limits of the free plan by how soon they are reached; nothing where none is known."""
    if not asks_of_free(found.request):
        return
    lines = (each for each in found.lines if each.line.starts and each.quote)
    near = sorted(
        ((fact(each.line.starts).value / each.quantity, each) for each in lines),
        key=lambda pair: pair[0],
    )
    if not near:
        return
    grown = _GROWTH.search(found.request)
    told = []
    for ratio, each in near:
        limit = fact(each.line.starts).value
        told.append(
            f"{each.line.item} {amount(each.quantity)} of {amount(limit)} {each.line.unit}"
            f"{_in(ratio, grown)}"
        )
    first, *others = told
    over = near[0][0] <= 1
    begin = "You are over the free plan already" if over else "The free plan ends first"
    yield f"{begin}: {first}."
    if others:
        yield f"Then {', '.join(others)}."


def _in(ratio: Decimal, grown: re.Match[str] | None) -> str:
    if ratio <= 1:
        return ", reached"
    if grown is None:
        return f", {float(ratio):.1f} times what you use"
    month = (1 + float(grown["percent"]) / 100) ** _MONTHS[grown["per"].lower()]
    months = math.log(float(ratio)) / math.log(month) if month > 1 else math.inf
    return f" in {months:.0f} months" if months >= _FEW else f" in {months:.1f} months"
