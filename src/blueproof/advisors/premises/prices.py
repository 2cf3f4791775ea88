"""A price that a person quotes for a metered unit, held against the vendor's."""

import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.premises.statement import Judgement, Statement
from blueproof.advisors.premises.wording import money, share
from blueproof.facts.load import fact
from blueproof.facts.pattern import LatePattern
from blueproof.facts.quoted import Price, QuotedMeter, quoted_meters

_QUOTED = LatePattern(
    r"(?:\$\s?(?P<dollars>\d[\d,]*(?:\.\d+)?|\.\d+)|(?P<cents>\d+(?:\.\d+)?)\s?(?:cents?|¢))"
    r"\s*(?:per|/|for(?: every)?|an?|each)\s*"
    r"(?P<count>\d[\d,]*(?:\.\d+)?)?\s?(?P<scale>k|thousand|mil|million|m)?(?![a-z])"
    r"\s*(?P<unit>[a-z]+)?",
    re.IGNORECASE,
)
_SCALES = {"k": 1_000, "thousand": 1_000, "mil": 1_000_000, "million": 1_000_000, "m": 1_000_000}
_SAME = Decimal("0.2")
_CENTS = Decimal(100)


def judge_price(statement: Statement) -> Judgement | None:
    """The verdict on a quoted price; None where the statement quotes none of a unit we know."""
    quotes = tuple(_QUOTED.finditer(statement.text))
    if len(quotes) != 1:
        return None
    meter = next(_meters(statement, quotes[0]), None)
    verdict = _judged(meter, _each(quotes[0])) if meter else None
    sure = meter is not None and bool(meter.about & statement.named)
    return verdict if verdict and (sure or verdict.verdict == "right") else None


def _meters(statement: Statement, quote: re.Match[str]) -> Iterator[QuotedMeter]:
    """The metered units that the price can be of; a price of one thing names that thing."""
    said = {word.lower for word in statement.words}
    alone = not (quote["count"] or quote["scale"])
    for meter in quoted_meters():
        units = {form for unit in meter.units for form in (unit.lower(), f"{unit.lower()}s")}
        spoken = not meter.words or any(
            True for each in meter.words for _ in each.found(statement.words)
        )
        named = (quote["unit"] or "").lower() in units if alone else bool(units & said)
        if meter.about & statement.subjects and spoken and named:
            yield meter


def _each(quote: re.Match[str]) -> Decimal:
    """The price of a single unit in US dollars."""
    amount = Decimal((quote["dollars"] or quote["cents"]).replace(",", ""))
    count = Decimal((quote["count"] or "1").replace(",", ""))
    scale = _SCALES.get((quote["scale"] or "").lower(), 1)
    return amount / (Decimal(1) if quote["dollars"] else _CENTS) / (count * scale)


def _judged(meter: QuotedMeter, each: Decimal) -> Judgement:
    right = next((price for price in meter.prices if _agrees(meter, price, each)), None)
    shown = right or meter.prices[0]
    where = f" ({meter.dearer_where})" if meter.dearer_where else ""
    known = fact(shown.fact)
    of = "" if shown.per == 1 else f" {meter.unit}"
    return Judgement(
        verdict="right" if right else "wrong",
        because=f"the price is {money(known.value)} per {share(shown.per, meter.unit)}{of}{where}",
        evidence=(known.citation,),
    )


def _agrees(meter: QuotedMeter, price: Price, each: Decimal) -> bool:
    known = fact(price.fact).value / price.per
    return any(
        abs(each - expected) <= expected * _SAME for expected in (known, known * meter.dearer)
    )
