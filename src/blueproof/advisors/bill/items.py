"""The lines of a bill joined to the things that are paid for: one database, one gateway, one store.

An item holds parts, one for each charge, so that a step touches exactly the lines that it lowers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from blueproof.advisors.bill.matching import Line
from blueproof.advisors.bill.surroundings import Environment, environment_of
from blueproof.core.money import rounded
from blueproof.facts.entries import Charge

SEVERAL = ("-other", "-whole")  # how ids of charges end that stand for several
_PLAN = re.compile(
    r"\b(?:plan|starter|hobby|subscription|paid|base fee|monthly fee|membership)\b"
    r"|\b(?:pro|professional|team|scale|launch|growth|business|production|enterprise)\W*$",
    re.IGNORECASE,
)
# Terraform's address of a resource, before the part of it that a line is.
_RESOURCE = re.compile(r"^(?P<name>[\w.\[\]\"'-]*(?:aws|google|azurerm)_\w+\.[\w\[\]\"'.-]+):")


@dataclass(frozen=True, kw_only=True)
class Unusual:
    """A figure of the bill that is out of the ordinary for the load that is told.

    `sum` is the figure with what it was divided by; `share` of the lines goes with the excess. `do`
    is what to do where that is not what the charge says.
    """

    sum: str
    reading: str
    share: Decimal | None = None
    why: str = ""
    do: str = ""


@dataclass(frozen=True, kw_only=True)
class Part:
    """The lines of an item that are one charge, and what its step takes away at best."""

    charge: Charge | None
    lines: tuple[Line, ...]
    environment: Environment
    unusual: Unusual | None = None

    @property
    def amount(self) -> Decimal:
        """What the lines cost a month."""
        return sum((line.amount for line in self.lines), start=Decimal(0))

    @property
    def mixed(self) -> bool:
        """Whether it is several charges in one, which only a finer bill tells apart."""
        return self.charge is not None and self.charge.id.endswith(SEVERAL)

    @property
    def share(self) -> Decimal | None:
        """Which share its step takes away at best; None where neither figures nor sources say."""
        if self.charge is not None and self.unusual and self.unusual.share is not None:
            return self.unusual.share
        if self.charge is None or self.mixed:
            return Decimal(0)
        if self.fixed:
            return Decimal(0 if self._cheap else str(self.charge.saves))
        elsewhere = self.charge.elsewhere_saves if self.environment == "other" else 0
        share = max(0 if self._cheap else self.charge.saves, elsewhere)
        return Decimal(str(share)) if share else None

    @property
    def _cheap(self) -> bool:
        """Whether a unit costs less than what the step brings it down from."""
        return self.charge is not None and any(
            line.amount / (line.quantity or 1) < Decimal(str(self.charge.above))
            for line in self.lines
        )

    @property
    def fixed(self) -> bool:
        """Whether it is the price of a plan, which is the same whatever is used."""
        return self.charge is not None and all(
            line.quantity is None
            and (
                _PLAN.search(line.item) is not None
                or any(line.amount == Decimal(price) for price in self.charge.plans)
            )
            for line in self.lines
        )

    @property
    def saving(self) -> Decimal:
        """What its step takes away at best, a month, where need be by an assumed share."""
        if self.charge is None or self.amount <= 0:
            return Decimal(0)
        share = Decimal(str(self.charge.assumed)) if self.share is None else self.share
        most = max(self.amount - Decimal(str(self.charge.remains)), Decimal(0))
        return rounded(min(self.amount * share, most))


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that is paid for, with all its lines."""

    name: str
    parts: tuple[Part, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All its lines, the dearest first."""
        found = (line for part in self.parts for line in part.lines)
        return tuple(sorted(found, key=lambda line: (-line.amount, line.item)))

    @property
    def amount(self) -> Decimal:
        """What it costs a month."""
        return sum((part.amount for part in self.parts), start=Decimal(0))

    @property
    def saving(self) -> Decimal:
        """What its steps take away at best, a month."""
        return sum((part.saving for part in self.parts), start=Decimal(0))

    @property
    def title(self) -> str:
        """Its name, and how many lines were joined."""
        count = len(self.lines)
        return f"{self.name} ({count} lines)" if count > 1 else self.name


def joined(lines: tuple[Line, ...]) -> tuple[Item, ...]:
    """The items that the lines come to, the dearest first; no line is lost, none counts twice."""
    groups: dict[tuple[str, Environment], list[Line]] = {}
    for line in lines:
        groups.setdefault((_thing(line), environment_of(line.item)), []).append(line)
    found = (_item(name, where, of) for (name, where), of in groups.items())
    return tuple(sorted(found, key=lambda item: (-item.amount, item.name)))


def _thing(line: Line) -> str:
    """What a line is a part of: the resource that it names, or the thing that its charge joins."""
    resource = _RESOURCE.match(line.item)
    if resource:
        return resource["name"]
    names = line.charge.joins if line.charge else ()
    told = (name for name in names if name.lower() in line.item.lower())
    return next(told, names[0] if names else line.item)


def _item(name: str, environment: Environment, lines: list[Line]) -> Item:
    charges = dict.fromkeys(line.charge.id if line.charge else "" for line in lines)
    parts = tuple(
        Part(charge=of[0].charge, lines=of, environment=environment)
        for each in charges
        for of in [tuple(x for x in lines if (x.charge.id if x.charge else "") == each)]
    )
    if len(lines) == 1:
        return Item(name=lines[0].item, parts=parts)
    return Item(name=_named(name, environment, lines), parts=parts)


def _named(name: str, environment: Environment, lines: list[Line]) -> str:
    """The thing's name; with its environment where its lines have that."""
    first = re.match(r"[\w-]+", lines[0].item)
    if environment and first and environment_of(first[0]) == environment:
        return f"{first[0]}" if name.lower() in first[0].lower() else f"{first[0]} ({name})"
    return name


def part_name(item: Item, part: Part) -> str:
    """What to call the lines of a part: the item, and which of its lines where it has others."""
    if len(item.parts) == 1:
        return item.name
    named = dict.fromkeys(_inner(line.item) for line in part.lines)
    return f"{item.name}: {' + '.join(named)}"


def _inner(name: str) -> str:
    return name.rsplit(": ", maxsplit=1)[-1] if ": " in name else name


def with_unusual(items: tuple[Item, ...], found: dict[str, Unusual]) -> tuple[Item, ...]:
    """The items with what is unusual told of the parts whose charge it is."""
    return tuple(
        replace(item, parts=tuple(_marked(part, found) for part in item.parts)) for item in items
    )


def _marked(part: Part, found: dict[str, Unusual]) -> Part:
    unusual = found.get(part.charge.id) if part.charge else None
    return replace(part, unusual=unusual) if unusual else part


def ranked(items: tuple[Item, ...]) -> Iterator[tuple[Item, Part]]:
    """Each part with its item: the items by what their steps may save, and so the parts of each."""
    for item in sorted(items, key=lambda item: (-item.saving, -item.amount, item.name)):
        for part in sorted(item.parts, key=lambda part: (-part.saving, -part.amount)):
            yield item, part
