"""A bill held against what is told of it: its total, an aim, a commitment that is asked for."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from blueproof.advisors.bill.aims import aim_of, course
from blueproof.advisors.bill.commitments import (
    is_compute,
    is_database,
    of_database,
    weighed,
    weighed_database,
)
from blueproof.advisors.bill.items import part_name
from blueproof.advisors.bill.months import months_of
from blueproof.advisors.bill.reading import SIGNS, SMALL, ReadBill, money
from blueproof.advisors.bill.told import stated_total
from blueproof.core.brief import Brief

_MOVING = re.compile(
    r"\b(?:mov(?:e|ing)|switch(?:ing)?|migrat\w+|leav(?:e|ing)) (?:\w+ )?(?:to|off|from|away"
    r"|over)\b"
    r"|\b(?:mov(?:e|ing)|leav(?:e|ing)) (?:aws|vercel|firebase|supabase|datadog)\b",
    re.IGNORECASE,
)
_MOST_REST = 3  # lines that are named


def held_against(brief: Brief, bill: ReadBill) -> Iterator[str]:
    """The lines against the total that is told, and what is left against what is aimed at."""
    total, sign = bill.total, bill.currency
    months = months_of(brief)
    last = months.total.now if months and months.total else None
    told = last or stated_total(brief.request)
    if told and abs(told - total) > told * SMALL:
        yield (
            f"The lines that I can read come to {money(total, sign)}, and you say "
            f"{money(told, sign)}: {money(abs(told - total), sign)} stands in none of them."
        )
    if of_database(brief.request):
        yield from weighed_database(brief.request, *_covered(bill, is_database))
    else:
        yield from weighed(brief.request, *_covered(bill, is_compute))


def aimed(brief: Brief, bill: ReadBill) -> Iterator[str]:
    """What is aimed at, reached or missed in a sum, and where the rest would have to come from."""
    told = None if months_of(brief) else stated_total(brief.request)
    total = max(told or bill.total, bill.total)
    aim = aim_of(brief.request, total)
    if aim is None or not bill.worth:
        return
    steps = [(part_name(item, part), part.saving) for item, part in bill.worth]
    yield course(aim, total, steps, SIGNS.get(bill.currency, f"{bill.currency} "))
    if total - bill.saving <= aim.left:
        if _MOVING.search(brief.request):
            yield "So no move is needed for it."
        return
    rest = [*_uncounted(bill), *_unlowered(bill, total)]
    if rest:
        yield f"The rest would have to come from {', '.join(rest[:_MOST_REST])}."


def _uncounted(bill: ReadBill) -> Iterator[str]:
    """What steps outside production would take away, where the bill does not tell them apart."""
    for item, part in bill.worth:
        stops = part.charge and part.charge.elsewhere_saves and not part.environment
        if stops and bill.around == "other":
            place = bill.elsewhere or "what is not production"
            yield f"{place} within {part_name(item, part)} (its share is not told)"


def _unlowered(bill: ReadBill, total: Decimal) -> Iterator[str]:
    for item in bill.items:
        if not item.saving and item.amount >= total * SMALL:
            mixed = any(part.mixed for part in item.parts)
            why = "several charges in one, see its usage types" if mixed else "no step here"
            yield f"{item.name} ({money(item.amount, bill.currency)}, {why})"


def _covered(bill: ReadBill, covers: Callable[[str], bool]) -> tuple[Decimal, Decimal]:
    """What of the bill a commitment covers, and what of that the steps take away."""
    parts = [p for i in bill.items for p in i.parts if p.charge and covers(p.charge.id)]
    steps = {id(part) for _, part in bill.worth}
    saved = sum((p.saving for p in parts if id(p) in steps), start=Decimal(0))
    return sum((p.amount for p in parts), start=Decimal(0)), saved
