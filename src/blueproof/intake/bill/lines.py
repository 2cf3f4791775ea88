"""A bill as lines of money, whatever it was written in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_SIGNS = {"$": "USD", "€": "EUR", "£": "GBP"}
_GROUP = 3  # digits between the marks of thousands
_NOTHING = frozenset({"", "-", "\u2013", "n/a", "null", "none"})
_POINTS = re.compile(r"\d{1,3}(?:\.\d{3}){2,}")  # 1.480.000: one point cannot be a decimal one
# "888,00 €", "1.020,45": whoever writes so writes 1.900 for nineteen hundred.
_EUROPEAN = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:\.\d{3}){0,4}|\d{4,9}),\d{2}(?![.,]?\d)")
_AMERICAN = re.compile(r"(?<![\d.,])\d[\d,]{0,18}\.\d{2}(?![.,]?\d)")


@dataclass(frozen=True, kw_only=True)
class BillLine:
    """One charge: what it is called on the bill, the money, where it stands.

    `quantity` is what was used, in `unit` as the bill writes it ("GiB", "vCPU-h"; "" where it
    only counts); None where the bill does not say.
    """

    item: str
    amount: Decimal
    currency: str = "USD"
    where: str = ""
    quantity: Decimal | None = None
    unit: str = ""


def amount_of(text: str, *, european: bool = False) -> Decimal | None:
    """The money that a cell or a price says; None where it is none.

    `european` is whether a point parts thousands also where that cannot be seen ("1.900").

    >>> amount_of("$1,234.50"), amount_of("(12.00)"), amount_of("0,45 €"), amount_of("n/a")
    (Decimal('1234.50'), Decimal('-12.00'), Decimal('0.45'), None)
    >>> amount_of("-$10.00"), amount_of("1.900", european=True), amount_of("1.480.000")
    (Decimal('-10.00'), Decimal('1900'), Decimal('1480000'))
    """
    plain = re.sub(r"usd|eur|gbp|[$€£\s\u00a0\u202f'_\u2019]", "", text.strip().lower())
    if plain in _NOTHING:
        return None
    minus = plain.startswith(("(", "-", "\u2212", "\u2013")) or plain.endswith("-")
    try:
        value = Decimal(_pointed(plain.strip("()-\u2212\u2013"), european=european))
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return -value if minus else value


def _pointed(plain: str, *, european: bool) -> str:
    """The digits with a point before the decimals and no mark of thousands."""
    comma, point = plain.rfind(","), plain.rfind(".")
    whole = comma < 0 and (european or _POINTS.fullmatch(plain))
    if whole and point >= 0 and len(plain) - point - 1 == _GROUP:
        return plain.replace(".", "")
    if comma > point and (european or point >= 0 or len(plain) - comma - 1 != _GROUP):
        return plain.replace(".", "").replace(",", ".")
    return plain.replace(",", "")


def is_european(text: str) -> bool:
    """Whether most amounts of a text have a decimal comma."""
    return len(_EUROPEAN.findall(text)) > len(_AMERICAN.findall(text))


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
        sums[key] = _added(before, line) if before else line
    kept = (line for line in sums.values() if line.amount)
    return tuple(sorted(kept, key=lambda line: (-line.amount, line.item)))


def _added(one: BillLine, other: BillLine) -> BillLine:
    """Two lines of one name as one; their quantities too, where both are in one unit."""
    same = one.unit == other.unit and one.quantity is not None and other.quantity is not None
    quantity = (one.quantity or 0) + (other.quantity or 0) if same else None
    return BillLine(
        item=one.item,
        amount=one.amount + other.amount,
        currency=one.currency,
        where=one.where,
        quantity=Decimal(quantity) if quantity is not None else None,
        unit=one.unit if same else "",
    )
