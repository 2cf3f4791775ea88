"""What follows from a sum that was reckoned again: bytes, a full disk, a price, over its period."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.premises.figures import MONEY, Figure, figures_in, is_period, per_period
from blueproof.advisors.premises.statement import Statement
from blueproof.advisors.premises.wording import money, size, spoken
from blueproof.core.brief import Brief

_BYTES = {"B": 0, "KB": 1, "MB": 2, "GB": 3, "TB": 4}
_KILO = Decimal(1000)  # as disks are sold and people reckon
_NEAR = 24  # characters before or behind a figure that say what it is of
_ONE = r"(?:row|reading|record|event|message|document|item|entry|sample|point|measurement|request)"
_EACH_BEFORE = re.compile(
    rf"\b(?:(?:each|every)(?: {_ONE})?|{_ONE}s?)"
    r"(?: (?:is|are|of|has|have|takes?|with|about|around|roughly|some|only|just))*[ ~(]*$",
    re.IGNORECASE,
)
_EACH_BEHIND = re.compile(rf"\W{{0,2}}(?:each|apiece|(?:per|an?|for each) {_ONE})\b", re.IGNORECASE)
_DISK = re.compile(
    r"[^.;,\d]{0,10}\b(?:disks?|volumes?|drives?|ssd|nvme|storage|ebs)\b", re.IGNORECASE
)
_DISK_BEFORE = re.compile(
    r"\b(?:disks?|volumes?|drives?|ssd|storage)\b[^.;,]{0,12}$", re.IGNORECASE
)
_PRICE = re.compile(
    r"\$\s?(?P<sum>\d[\d,]*(?:\.\d+)?|\.\d+)\s*(?:per|/|for(?: every)?|an?)\s*"
    r"(?P<count>\d[\d,]*)?\s?(?P<scale>k|thousand|million|m)?\s*(?P<unit>[a-z]+)?",
    re.IGNORECASE,
)
_HOURS, _FEW_DAYS = 24, 2
_SCALES = {"k": 1000, "thousand": 1000, "million": 1_000_000, "m": 1_000_000, "": 1}


@dataclass(frozen=True, kw_only=True)
class _Result:
    """What the sum comes to: how many of what, over which period, if over one."""

    value: Decimal
    unit: str
    per: str

    def over(self, period: str) -> Decimal:
        return per_period(self.value, self.per, period)


def consequences(brief: Brief, statement: Statement, true: Decimal, at: int) -> str:
    """What the true result means for the person's further figures; "" where they use it for none.

    `at` is where the wrong result stands in the statement.
    """
    figures = figures_in(brief, 0, len(brief.request))
    place = statement.start + at
    given = next((f for f in figures if f.start <= place < f.end), None)
    if given is None:
        return ""
    result = _Result(value=true, unit=given.unit, per=given.per)
    name = f" {_many(given.unit)}" if given.unit and given.unit.isalpha() else ""
    period = f" a {given.per}" if is_period(given.per) else ""
    found = (*_sizes(brief, result, figures), *_prices(brief, result))
    return "".join((f"{name}{period}", *(f"; {each}" for each in found)))


def _many(unit: str) -> str:
    return unit if unit.isupper() or unit.endswith("s") else f"{unit}s"


def _sizes(brief: Brief, result: _Result, figures: tuple[Figure, ...]) -> Iterator[str]:
    """How much it is in bytes over its own and the person's other periods, and the disk's end."""
    sizes = [f for f in figures if f.unit in _BYTES]
    each = [f for f in sizes if _is_each(brief, f, result)]
    if len(each) != 1:
        return
    one = _bytes(each[0])
    period = result.per if is_period(result.per) else ""
    said = f" a {period}" if period else ""
    instead = "".join(_instead(sizes, period))
    of_each = "" if each[0].per else " each"
    yield f"at {_plain(each[0].quote)}{of_each} that is {size(result.value * one)}{said}{instead}"
    if not period:
        return
    for other in dict.fromkeys(f.per for f in sizes if is_period(f.per) and f.per != period):
        yield f"{size(result.over(other) * one)} a {other}"
    disks = [f for f in sizes if not f.per and f not in each and _is_disk(brief, f)]
    if len(disks) == 1:
        days = _bytes(disks[0]) / (result.over("day") * one)
        yield f"{_plain(disks[0].quote)} of disk are full in {_days(days)}"


def _instead(sizes: list[Figure], period: str) -> Iterator[str]:
    """What the person made of it over the same period."""
    stated = [f for f in sizes if period and f.per == period]
    if len(stated) == 1:
        yield f", not {_plain(stated[0].quote)}"


def _is_each(brief: Brief, figure: Figure, result: _Result) -> bool:
    """Whether it is the size of one of what is counted."""
    if figure.per:
        return figure.per == result.unit
    before = brief.request[max(0, figure.start - _NEAR) : figure.start]
    behind = brief.request[figure.end : figure.end + _NEAR]
    return bool(_EACH_BEFORE.search(before) or _EACH_BEHIND.match(behind))


def _is_disk(brief: Brief, figure: Figure) -> bool:
    before = brief.request[max(0, figure.start - _NEAR) : figure.start]
    behind = brief.request[figure.end : figure.end + _NEAR]
    return bool(_DISK.match(behind) or _DISK_BEFORE.search(before))


def _bytes(figure: Figure) -> Decimal:
    return figure.value * _KILO ** _BYTES[figure.unit]


def _days(days: Decimal) -> str:
    """The time until a disk is full; in hours below two days.

    >>> _days(Decimal("48.2")), _days(Decimal("0.5"))
    ('48 days', '12 hours')
    """
    if days < _FEW_DAYS:
        return f"{spoken(Decimal(int(days * _HOURS)))} hours"
    return f"{spoken(Decimal(int(days)))} days"


def _prices(brief: Brief, result: _Result) -> Iterator[str]:
    """What it costs at the one price that the person quotes for what is counted."""
    found = [p for p in _PRICE.finditer(brief.request) if _is_of(p["unit"] or "", result.unit)]
    if len(found) != 1 or not result.unit or result.unit == MONEY:
        return
    price = found[0]
    count = Decimal((price["count"] or "1").replace(",", ""))
    count *= _SCALES[(price["scale"] or "").lower()]
    cost = result.value / count * Decimal(price["sum"].replace(",", ""))
    period = f" a {result.per}" if is_period(result.per) else ""
    yield f"at {_plain(price[0])} that is {money(cost)}{period}"


def _is_of(word: str, unit: str) -> bool:
    return bool(word) and word.lower().removesuffix("s") == unit.lower().removesuffix("s")


def _plain(quote: str) -> str:
    return " ".join(quote.split())
