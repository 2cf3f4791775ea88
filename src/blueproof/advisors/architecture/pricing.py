"""The month's bill of parts, line by line, at the prices of a region or of the nearest known."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from blueproof.advisors.architecture.part import Part
from blueproof.core.money import Bill, Line
from blueproof.costs.tiers import Charge, Tier, charged
from blueproof.costs.tiers import total as summed
from blueproof.facts.load import fact, load

_HOME, _IRELAND = "us-east-1", "eu-west-1"
_NAMES = {_HOME: "N. Virginia", _IRELAND: "Ireland"}


def bill_of_parts(parts: Iterable[Part], *, size: str, region: str, option: str = "") -> Bill:
    """The bill of these parts; the note says of which region the prices are."""
    charges = [_there(c, region) for part in parts for c in part.charges]
    lines = charged(charges)
    days = [fact(line.fact).checked for line in lines]
    return Bill(
        size=size,
        lines=lines,
        total=summed(lines),
        as_of=min(days),
        option=option,
        note=_note(lines, region),
    )


def cost(part: Part, region: str) -> Decimal:
    """What a part costs a month in US dollars."""
    return summed(charged(_there(c, region) for c in part.charges))


def _there(charge: Charge, region: str) -> Charge:
    tiers = tuple(Tier(price=_price(t.price, region), start=t.start) for t in charge.tiers)
    return replace(charge, price=tiers)


def _price(name: str, region: str) -> str:
    """The fact with the price in the region, else of Ireland for Europe, else of N. Virginia."""
    nearest = (region, _IRELAND) if region.startswith("eu-") else (region,)
    return next((f"{name}.{r}" for r in nearest if f"{name}.{r}" in load()), name)


def _note(lines: tuple[Line, ...], region: str) -> str:
    """What the bill holds for: the region, and whose prices stand in for its own."""
    found = {_region(line.fact) for line in lines}
    others = [_NAMES[r] for r in (_IRELAND, _HOME) if r in found and r != region]
    note = f"{region}, on demand, 730 hours, before VAT"
    if others:
        note += f"; at prices of {' and '.join(others)} where none of {region} is known here"
    return note


def _region(name: str) -> str:
    return _IRELAND if name.endswith(f".{_IRELAND}") else _HOME
