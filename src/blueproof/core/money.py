"""Bills: amounts with their sources, summed in decimals."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def rounded(amount: Decimal) -> Decimal:
    """The amount in whole cents, halves up, as vendors print it.

    >>> rounded(Decimal("0.125"))
    Decimal('0.13')
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a bill: quantity x price, in US dollars a month, with the price's source."""

    item: str
    quantity: Decimal
    unit: str
    price: Decimal
    fact: str
    source: str

    @property
    def amount(self) -> Decimal:
        """Quantity x price in US dollars, in whole cents."""
        return rounded(self.quantity * self.price)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What one size of the case costs in US dollars a month, at prices as of a date.

    `total` is stated, not computed, so that a wrong sum can be found: the claim SumsTo does.
    `option` is whose bill it is, where several are compared; `note` says what it leaves out.
    """

    size: str
    lines: tuple[Line, ...]
    total: Decimal
    as_of: date
    option: str = ""
    note: str = ""
