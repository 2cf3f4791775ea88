"""A bill as lines of money, whatever it was written in."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_GROUP = 3  # digits between the commas of thousands
_NOTHING = frozenset({"", "-", "\u2013", "n/a", "null", "none"})


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One charge: what it is called on the bill, the money, where it stands."""

    item: str
    amount: Decimal
    currency: str = "USD"
    where: str = ""


def amount_of(text: str) -> Decimal | None:
    """The money that a cell or a price says; None where it is none.

    >>> amount_of("$1,234.50"), amount_of("(12.00)"), amount_of("0,45 €"), amount_of("n/a")
    (Decimal('1234.50'), Decimal('-12.00'), Decimal('0.45'), None)
    """
    plain = text.strip().lower().replace("usd", "").replace("eur", "").replace("\u00a0", " ")
    if plain in _NOTHING:
        return None
    minus = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()$€£ ").replace(" ", "").replace("$", "")
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > point and len(plain) - comma - 1 != _GROUP:  # a decimal comma
        plain = plain.replace(".", "").replace(",", ".")
    try:
        value = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return -value if minus else value


def currency_of(text: str) -> str:
    """The currency that a text names; US dollars where it names none."""
    for sign, name in _SIGNS.items():
        if sign in text or name in text.upper():
            return name
    return "USD"


def merged(lines: Iterable[BillLine]) -> tuple[BillLine, ...]:
    """The lines with those of one name added up, the dearest first; nothing that costs nothing."""
    sums: dict[tuple[str, str], BillLine] = {}
    for line in lines:
        key = (line.item, line.currency)
        before = sums.get(key)
        total = line.amount + (before.amount if before else Decimal(0))
        sums[key] = BillLine(
            item=line.item,
            amount=total,
            currency=line.currency,
            where=before.where if before else line.where,
        )
    kept = (line for line in sums.values() if line.amount)
    return tuple(sorted(kept, key=lambda line: (-line.amount, line.item)))
