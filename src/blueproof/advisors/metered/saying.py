"""Figures and sums of a metered bill in words."""

import re
from decimal import Decimal

from blueproof.advisors.metered.reckoning import Reckoned
from blueproof.advisors.metered.told import plural
from blueproof.costs.formula import names_in, worked_out
from blueproof.facts.load import fact
from blueproof.facts.measured import holds
from blueproof.facts.meters import Price, Sum

_BILLION, _MILLION, _THOUSAND = Decimal(10**9), Decimal(10**6), Decimal(1000)
_WHOLE, _CENTS = Decimal(10), Decimal(100)
_HOLE = re.compile(r"\{(\w+)\}")
_MOST_SUMS = 2  # that are told
_GIB = Decimal(1024**3)


def amount(value: Decimal) -> str:
    """A quantity as it is said: three figures that tell.

    >>> amount(Decimal(159_000_000)), amount(Decimal("4423.1")), amount(Decimal("2.04"))
    ('159 million', '4,423', '2.0')
    """
    if value >= _BILLION:
        return f"{_short(value / _BILLION)} billion"
    if value >= _MILLION:
        return f"{_short(value / _MILLION)} million"
    if value >= _WHOLE or value == value.to_integral_value():
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{float(value):.2g}"


def _short(value: Decimal) -> str:
    text = f"{value:.0f}" if value >= _CENTS else f"{value:.3g}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def money(value: Decimal) -> str:
    """US dollars: cents only below ten, where they tell."""
    return f"${value:,.0f}" if value >= _WHOLE or not value else f"${value:,.2f}"


def unit_price(price: Price, one: str) -> str:
    """The unit price as vendors print it: "$2.50 per million"."""
    value = fact(price.fact).value
    shown = f"${value:,.2f}" if value >= Decimal("0.01") and value * 100 % 1 == 0 else f"${value:f}"
    return f"{shown} {_per(price.per, one)}"


def _per(units: int, one: str) -> str:
    named = {1: f"per {one}", 1000: "per 1,000", 100_000: "per 100,000", 1_000_000: "per million"}
    return named.get(units, f"per {units:,}")


def sums_of(found: Reckoned) -> list[tuple[Sum, Decimal, str]]:
    """The sums that can be made with what is told: each with its value and its words."""
    made: list[tuple[Sum, Decimal, str]] = []
    for each in found.meter.sums:
        if (
            len(made) < _MOST_SUMS
            and names_in(each.value) <= set(found.all_names)
            and _called(each, found)
        ):
            value = worked_out(each.value, found.all_names)
            made.append((each, value, filled(each.says, found, value)))
    return made


def _called(each: Sum, found: Reckoned) -> bool:
    return not each.when or holds(each.when, found.request)


def filled(text: str, found: Reckoned, value: Decimal | None = None) -> str:
    """The text with what was told in its holes: {daily}, {daily_noun}, {daily_nouns}, {value}."""
    return _HOLE.sub(lambda hole: _hole(hole[1], found, value), text)


def _hole(name: str, found: Reckoned, value: Decimal | None) -> str:
    names = found.all_names
    base, _, kind = name.rpartition("_")
    if kind in {"noun", "nouns"} and base in found.told:
        noun = found.told[base].noun
        return plural(noun) if kind == "nouns" else noun
    if base == "interval" and kind.isdigit():
        return amount(names["interval"] * int(kind))
    derived = _derived(name, names, value)
    if derived is not None:
        return amount(derived)
    if name == "bytes":
        return f"{amount(names['bytes'] / _GIB)} GB"
    if name == "seconds":
        return f"{names['seconds'].normalize():f}"
    return amount(names[name])


def _derived(name: str, names: dict[str, Decimal], value: Decimal | None) -> Decimal | None:
    """Figures that only sentences need, such as a part of the value."""
    if name in {"rate", "each_hour", "each_month"}:
        rate = names["online"] / names["interval"]
        return rate * {"rate": 1, "each_hour": 3600, "each_month": 3600 * 30}[name]
    if name == "each_group":
        return names["online"] / names["interval"] * names["group"] * 3600 * 30
    if name == "online_1":
        return names["online"] + 1
    parts = {"value": Decimal(1), "value_half": Decimal(2), "value_3": Decimal(3),
             "value_100k": Decimal("0.1"), "value_05": Decimal("0.5")}  # fmt: skip
    return value / parts[name] if value is not None and name in parts else None
