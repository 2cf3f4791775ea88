"""The quantities of a product's bill that a person's words tell, line by line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from blueproof.advisors.premises.figures import per_period
from blueproof.costs.formula import names_in, worked_out
from blueproof.facts.tallies import TallyLine

_FIGURE = r"(?<![\w$€£.,])(?P<{0}>\d[\d,]*(?:\.\d+)?)"
_NUMBER = (
    _FIGURE.format("n")
    + r"(?:\s?(?P<n_times>k|m|mn|million|thousand|bn|b|billion)(?![a-z]))?(?![\d%])"
)
_BYTES = _FIGURE.format("gb") + r"\s?(?P<gb_unit>[kmgtp]i?b)s?(?![a-z])"
_TIMES = {"": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
          "b": 10**9, "bn": 10**9, "billion": 10**9}  # fmt: skip
_GIGA = {"k": Decimal("1e-6"), "m": Decimal("1e-3"), "g": Decimal(1), "t": Decimal(1000),
         "p": Decimal(10**6)}  # fmt: skip
# What a figure is a day and not a month.
_PER = re.compile(
    r"^[^.,;:()\n]{0,24}?(?:\b(?:per|a|each|every)\s|/\s?)(?P<per>second|minute|hour|day|week)\b"
    r"|^[^.,;:()\n]{0,16}?\b(?P<daily>daily|yesterday|today|overnight)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Counted:
    """A line of the bill with the quantity that the words tell, a month, and their words."""

    line: TallyLine
    quantity: Decimal
    figures: Mapping[str, Decimal]
    quote: str


def counted(line: TallyLine, request: str, known: Mapping[str, Decimal]) -> Counted | None:
    """The quantity of a line; None where the words do not tell it. `known` has users and such."""
    if not line.reads:
        value = worked_out(line.quantity, known)
        return Counted(line=line, quantity=value, figures={}, quote="")
    for found in _found(line, request):
        figures = {**known, **dict(_figures(found))}
        if names_in(line.quantity) <= set(figures):
            value = worked_out(line.quantity, figures) * _a_month(line, request[found.end() :])
            return Counted(line=line, quantity=value, figures=figures, quote=found[0])
    return None


def figures_of(ways: Mapping[str, tuple[str, ...]], request: str) -> dict[str, Decimal]:
    """The figures that sums and steps use beside the lines, by name, as far as they are told."""
    found = {}
    for name, each in ways.items():
        read = next((m for way in each for m in [_pattern(way).search(request)] if m), None)
        if read:
            values = dict(_figures(read))
            found[name] = values.get("n", values.get("gb", Decimal(0)))
    return found


def _found(line: TallyLine, request: str) -> Iterator[re.Match[str]]:
    for each in line.reads:
        found = _pattern(each).search(request)
        if found:
            yield found


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """The expression of a way to tell a quantity.

    >>> bool(_pattern("{n} nat gateways").search("We run 3 NAT  gateways"))
    True
    """
    said = written.replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(said.replace("{n}", _NUMBER).replace("{gb}", _BYTES), re.IGNORECASE)


def _figures(found: re.Match[str]) -> Iterator[tuple[str, Decimal]]:
    groups = found.groupdict()
    if groups.get("one"):
        yield "n", Decimal(1)
    if groups.get("n"):
        times = _TIMES[(groups.get("n_times") or "").lower()]
        yield "n", Decimal(groups["n"].replace(",", "")) * times
    if groups.get("gb"):
        yield "gb", Decimal(groups["gb"].replace(",", "")) * _GIGA[groups["gb_unit"][0].lower()]


def _a_month(line: TallyLine, behind: str) -> Decimal:
    """How many of a period are in a month, where a period stands behind the figure."""
    found = _PER.match(behind)
    if not found or line.unit in {"hours", "GB-months"}:
        return Decimal(1)
    return Decimal(30) if found["daily"] else per_period(Decimal(1), found["per"].lower(), "month")
