"""A bill as it was read: its lines, the things that they come to, and the parts worth a step."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.bill.items import Item, Part, joined, ranked, with_unusual
from blueproof.advisors.bill.matching import Line, lines_of
from blueproof.advisors.bill.ratios import unusual_in
from blueproof.advisors.bill.surroundings import (
    Environment,
    environments,
    load_of,
    not_production,
)
from blueproof.core.brief import Brief

_MOST_STEPS = 10
_HUNDREDS = 100  # of which cents tell nothing
SMALL = Decimal("0.02")  # of the bill: what is less is not worth a step
_LARGE = Decimal("0.2")  # of the bill: several charges in one that large are worth a look
_LEADING = Decimal("0.35")  # of the bill: the largest line of several charges is the first to see
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True, kw_only=True)
class ReadBill:
    """A bill as it was read: its lines, the things they come to, and the parts worth a step."""

    lines: tuple[Line, ...]
    items: tuple[Item, ...]
    worth: tuple[tuple[Item, Part], ...]
    around: Environment
    elsewhere: str  # their word for what is not production

    @property
    def total(self) -> Decimal:
        """What the lines come to."""
        return sum((line.amount for line in self.lines), start=Decimal(0))

    @property
    def currency(self) -> str:
        """The currency of the lines, as "USD"."""
        return self.lines[0].currency

    @property
    def saving(self) -> Decimal:
        """What the steps take away at best, a month."""
        return sum((part.saving for _, part in self.worth), start=Decimal(0))

    @property
    def assumed(self) -> Decimal:
        """Of the saving, what rests on an assumed share."""
        unsourced = (part.saving for _, part in self.worth if part.share is None)
        return sum(unsourced, start=Decimal(0))


def read_bill(brief: Brief) -> ReadBill:
    """The bill of a request or a file, with what its steps may save."""
    lines = lines_of(brief)
    items = with_unusual(joined(lines), unusual_in(lines, load_of(brief)))
    total = sum((line.amount for line in lines), start=Decimal(0))
    return ReadBill(
        lines=lines,
        items=items,
        worth=tuple(_worth(items, total))[:_MOST_STEPS],
        around=environments(brief),
        elsewhere=not_production(brief),
    )


def _worth(items: tuple[Item, ...], total: Decimal) -> Iterator[tuple[Item, Part]]:
    """The parts with a step, the items by what they may save; nothing that is small.

    Several charges in one are looked into only where they are a large part of the bill, and first
    where they are the largest of all: whatever can be cut there is seen by its usage types.
    """
    mixed = []
    leading = items[0].parts[0] if items and len(items[0].parts) == 1 else None
    least = max(total * _LEADING, Decimal(_HUNDREDS))
    mixed_first = bool(leading and leading.mixed and leading.amount >= least)
    if leading and mixed_first:
        yield items[0], leading
    for item, part in ranked(items):
        if part.charge is None or part.amount < total * SMALL:
            continue
        if part.saving:
            yield item, part
        elif part.mixed and part.amount >= total * _LARGE and not (mixed_first and part is leading):
            mixed.append((item, part))
    yield from mixed


def share_of(amount: Decimal, total: Decimal) -> str:
    """A part of the bill in percent."""
    return f"{amount / total:.0%}" if total else "all"


def money(amount: Decimal, currency: str) -> str:
    """A sum as it is said, with cents only where they tell."""
    sign = SIGNS.get(currency, f"{currency} ")
    digits = 0 if abs(amount) >= _HUNDREDS else 2
    return f"{'-' if amount < 0 else ''}{sign}{abs(amount):,.{digits}f}"
