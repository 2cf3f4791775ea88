"""What a month's use costs beyond what is free or included, tier by tier."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from blueproof.core.money import Bill, Line, rounded
from blueproof.facts.load import fact

ZERO = Decimal(0)
ONE = Decimal(1)
THOUSAND = Decimal(1000)
MILLION = Decimal(1_000_000)
_PLACES = Decimal("0.0001")  # what a file of bills keeps of a quantity


@dataclass(frozen=True, kw_only=True)
class Meter:
    """What a vendor counts, before anything is free: "2.1 million of 25 million calls".

    `allowance` is what is free or included in the month, and `fact` where that stands, or the
    price where nothing is free.
    """

    name: str
    quantity: Decimal
    unit: str
    allowance: Decimal
    fact: str


@dataclass(frozen=True, kw_only=True)
class Tier:
    """A price that holds from a quantity on, up to the next tier; counted from nothing at all."""

    price: str
    start: Decimal = ZERO


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A quantity with its price: beyond `free` on each of `days`, `per` so many units.

    `price` and `free` are facts; more than one price makes tiers. `billed` is what `per` units
    are called on a bill. `whole` is for a vendor that bills a part of a package as a whole one.
    """

    name: str
    quantity: Decimal
    unit: str
    price: str | tuple[Tier, ...]
    free: str = ""
    days: Decimal = ONE
    per: Decimal = ONE
    billed: str = ""
    whole: bool = False

    @property
    def tiers(self) -> tuple[Tier, ...]:
        """The prices, the first of them from nothing on."""
        return (Tier(price=self.price),) if isinstance(self.price, str) else self.price

    @property
    def allowance(self) -> Decimal:
        """What the month has free."""
        return fact(self.free).value * self.days if self.free else ZERO

    @property
    def meter(self) -> Meter:
        """The quantity against what is free of it."""
        return Meter(
            name=self.name,
            quantity=self.quantity,
            unit=self.unit,
            allowance=self.allowance,
            fact=self.free or self.tiers[0].price,
        )

    def lines(self) -> tuple[Line, ...]:
        """What is beyond the allowance, a line for each tier that it reaches."""
        ends = (*(tier.start for tier in self.tiers[1:]), None)
        return tuple(
            each
            for tier, end in zip(self.tiers, ends, strict=True)
            for each in self._lines_of(tier, end)
        )

    def _lines_of(self, tier: Tier, end: Decimal | None) -> tuple[Line, ...]:
        amount = self._within(tier.start, end) / self.per
        if self.whole:
            amount = amount.to_integral_value(ROUND_CEILING)
        return line(self._item(tier), amount, self.billed or self.unit, tier.price)

    def _within(self, start: Decimal, end: Decimal | None) -> Decimal:
        low = max(start, self.allowance)
        high = self.quantity if end is None else min(self.quantity, end)
        return max(high - low, ZERO)

    def _item(self, tier: Tier) -> str:
        unit = "" if self.name.endswith(self.unit) else f" {self.unit}"
        if tier.start > self.allowance:
            return f"{self.name} beyond {spoken(tier.start)}{unit}"
        if self.allowance:
            return f"{self.name} beyond the {spoken(self.allowance)}{unit} included"
        return self.name


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A vendor's plan that holds the usage, what it counts, and the lines of its month."""

    name: str
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]

    @property
    def total(self) -> Decimal:
        """The month's sum in US dollars."""
        return total(self.lines)


def line(item: str, quantity: Decimal, unit: str, price: str) -> tuple[Line, ...]:
    """A line at a fact's price; none where it would come to less than half a cent."""
    known = fact(price)
    made = Line(
        item=item,
        quantity=quantity.quantize(_PLACES, ROUND_HALF_UP),
        unit=unit,
        price=known.value,
        fact=known.id,
        source=known.source,
    )
    return (made,) if made.amount else ()


def total(lines: Iterable[Line]) -> Decimal:
    """The sum of the lines in US dollars."""
    return rounded(sum((each.amount for each in lines), ZERO))


def bill_of(size: str, lines: tuple[Line, ...], charges: Iterable[Charge], note: str) -> Bill:
    """A bill of these lines, as of the day when the oldest of the prices was read."""
    prices = [tier.price for charge in charges for tier in charge.tiers]
    days = [fact(name).checked for name in (*prices, *(each.fact for each in lines))]
    return Bill(size=size, lines=lines, total=total(lines), as_of=min(days), note=note)


def charged(charges: Iterable[Charge]) -> tuple[Line, ...]:
    """The lines of several charges, in order."""
    return tuple(each for charge in charges for each in charge.lines())


def spoken(quantity: Decimal) -> str:
    """A quantity as it is said.

    >>> spoken(Decimal(25_000_000)), spoken(Decimal(50_000)), spoken(Decimal("0.50"))
    ('25 million', '50,000', '0.5')
    """
    if quantity >= MILLION:
        return f"{(quantity / MILLION).normalize():f} million"
    return f"{quantity.normalize():,f}"
