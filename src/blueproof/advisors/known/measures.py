"""The figures of a request beside those of an entry: in one unit, over one period."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal

from blueproof.advisors.premises.figures import is_period, per_period
from blueproof.core.brief import Brief
from blueproof.facts.entries import Figure

_ALIKE = frozenset({"message", "event", "write", "record", "request", "job", "insert"})
_LEAST = Decimal("0.001")
_TWO_DIGITS = Context(prec=2)
_ROUND = 1000  # from here on whole numbers are said


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A figure of the request: its value in the entry's unit, and how to say it."""

    value: Decimal
    said: str


def figure_in(figure: Figure, brief: Brief) -> Amount | None:
    """The request's figure that decides; the largest where several are told."""
    found = sorted(_figures(figure, brief), key=lambda amount: amount.value)
    return found[-1] if found else None


def _figures(figure: Figure, brief: Brief) -> Iterator[Amount]:
    counted = {_one(name) for name in figure.of}
    if counted & _ALIKE and " per " in f" {figure.unit}":
        counted |= _ALIKE  # a position that is sent is a message, an event, a write
    wanted = figure.unit.partition("per ")[2].strip()
    for fact in brief.facts:
        if isinstance(fact.value, str):
            continue
        unit, _, per = fact.unit.partition(" per ")
        if _one(unit) not in counted and _one(fact.key.removeprefix("scale.")) not in counted:
            continue
        value = Decimal(str(fact.value))
        if bool(wanted) != bool(per):
            continue
        if wanted:
            if not (is_period(per) and is_period(wanted)):
                continue
            value = per_period(value, per, wanted)
        yield Amount(value=value, said=_said(value, unit or figure.of[0], wanted))


def _said(value: Decimal, unit: str, per: str) -> str:
    """The figure in words.

    >>> _said(Decimal("15.0"), "write", "second"), _said(Decimal(1), "users", "")
    ('15 writes a second', '1 user')
    >>> _said(Decimal("0.25"), "requests", "second"), _said(Decimal(900), "GB", "")
    ('0.25 requests a second', '900 GB')
    """
    name = unit if unit.isupper() else _one(unit) if value == 1 else f"{unit.removesuffix('s')}s"
    return f"{_plain(value)} {name}{f' a {per}' if per else ''}"


def _plain(value: Decimal) -> str:
    """Whole numbers from a thousand on, three digits below.

    >>> _plain(Decimal("1234.5")), _plain(Decimal("12.345")), _plain(Decimal("0.00001"))
    ('1,234', '12.3', '0.00001')
    """
    if value >= _ROUND or value == value.to_integral_value():
        return f"{value:,.0f}"
    if value >= _LEAST:
        return f"{value.normalize():.3g}"
    return f"{_TWO_DIGITS.create_decimal(value).normalize():f}"  # of a quotient nobody reads 28


def _one(name: str) -> str:
    return name.lower().removesuffix("s")
