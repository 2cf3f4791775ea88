"""Quantities and sums of money as they are said."""

from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")
_DIGITS = 2  # of a sum below a cent or with odd fractions of one
_THOUSAND = Decimal(1000)
_MILLION = Decimal(1_000_000)


def spoken(quantity: Decimal) -> str:
    """A quantity with its thousands apart.

    >>> spoken(Decimal("10000")), spoken(Decimal("1000000")), spoken(Decimal("2.50"))
    ('10,000', '1,000,000', '2.5')
    """
    return f"{_few(quantity):,f}"


def _few(quantity: Decimal) -> Decimal:
    """The quantity without zeros behind the point, and without digits that say nothing."""
    if quantity == quantity.to_integral_value():
        return Decimal(int(quantity))
    places = _CENT if quantity >= 1 else Decimal(1).scaleb(quantity.adjusted() - 3)
    return quantity.quantize(places, ROUND_HALF_UP).normalize()


def size(count: Decimal) -> str:
    """A number of bytes in the largest unit of which it is at least one.

    >>> size(Decimal(10_368_000_000)), size(Decimal(12))
    ('10.37 GB', '12 bytes')
    """
    for unit, power in (("TB", 4), ("GB", 3), ("MB", 2), ("KB", 1)):
        if count >= _THOUSAND**power:
            return f"{spoken(count / _THOUSAND**power)} {unit}"
    return f"{spoken(count)} bytes"


def money(amount: Decimal) -> str:
    """A sum in US dollars, in cents, or with two telling digits where it is below a dollar.

    >>> money(Decimal("9")), money(Decimal("0.2")), money(Decimal("0.006")), money(Decimal(1234))
    ('$9', '$0.20', '$0.006', '$1,234')
    """
    if amount and amount < _CENT:
        return f"${amount.quantize(Decimal(1).scaleb(amount.adjusted() - 1)).normalize():f}"
    exact = amount.quantize(_CENT, ROUND_HALF_UP) if amount >= 1 else _few(amount)
    if exact == exact.to_integral_value():
        return f"${exact:,.0f}"
    return f"${exact:,.2f}" if exact == exact.quantize(_CENT) else f"${exact:,f}"


def share(per: Decimal, unit: str) -> str:
    """What a price is for.

    >>> share(Decimal(1), "GB"), share(Decimal(1_000_000), "calls"), share(Decimal(1000), "x")
    ('GB', 'million', '1,000')
    """
    if per == 1:
        return unit.removesuffix("s") if unit.islower() else unit.split(maxsplit=1)[0]
    return "million" if per == _MILLION else spoken(per)
