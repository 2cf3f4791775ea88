"""Numbers as typed facts: each with its unit, its source and the day somebody read it there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

import yaml

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.entries import Limit, limits

# The C parser is some ten times faster; a PyYAML built without libyaml does not have it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One number and where it comes from. `says` is the source's statement in our words."""

    id: str
    value: Decimal
    unit: str
    source: str
    checked: date
    says: str
    confidence: Confidence = "high"

    @property
    def citation(self) -> Citation:
        """The fact as evidence for a statement."""
        return Citation(url=self.source, checked=self.checked, says=self.says)


@cache
def load() -> dict[str, Fact]:
    """All facts, limits and the prices of services and meters among them; ValueError if broken."""
    from blueproof.facts import meters, services  # they read with what stands here

    facts = dict(own())
    for name, raw in (*meters.raw_prices(), *services.raw_prices()):
        if name in facts:
            raise ValueError(f"fact {name}: stated twice, again among the prices of services")
        facts[name] = _fact(name, raw)
    return facts


@cache
def own() -> dict[str, Fact]:
    """All facts but those prices, which few questions need."""
    facts = {limit.id: _of_limit(limit) for limit in limits().values()}
    folder = resources.files("blueproof.facts")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".yaml"):
            for name, raw in _read(file.read_text(encoding="utf-8")).items():
                if name in facts:
                    raise ValueError(f"fact {name}: stated twice, again in {file.name}")
                facts[name] = _fact(name, raw)
    return facts


def _of_limit(limit: Limit) -> Fact:
    return Fact(
        id=limit.id,
        value=Decimal(str(limit.value)),
        unit=limit.unit,
        source=limit.source,
        checked=limit.checked,
        says=limit.says,
        confidence=limit.confidence,
    )


def _read(text: str) -> dict[str, Any]:
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw


def _fact(name: str, raw: Mapping[str, Any]) -> Fact:
    try:
        return Fact(id=name, **{**raw, "value": Decimal(str(raw["value"]))})
    except (TypeError, KeyError, ArithmeticError) as error:
        raise ValueError(f"fact {name}: {error}") from error


def fact(name: str) -> Fact:
    """The fact with this id; KeyError if there is none."""
    return own().get(name) or _of_meters(name) or load()[name]


@cache
def _of_meters(name: str) -> Fact | None:
    """A price of the meters, without the files of services, which are far more."""
    from blueproof.facts.meters import raw_price  # as above

    raw = raw_price(name)
    return _fact(name, raw) if raw else None
