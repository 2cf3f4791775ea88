"""What a person may demand of a back end, and whether each option holds it: `demands/*.yaml`.

A demand is held, partly held, not held, or it is not known here; a number is held up to a most, and
a country where the option has a region. Each statement has its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal, get_args

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.load import LOADER

Verdict = Literal["yes", "partly", "unknown", "no"]


@dataclass(frozen=True, kw_only=True)
class Held:
    """How an option stands to a demand, and the sentence that says it.

    `most` is the largest amount that it holds, `places` the countries in which it has a region and
    `unsure` those of which that is not known; `plans` are amounts with the price fact of the add-on
    that holds them, the smallest first, and `plan` is the price fact of the plan that it takes.
    `adds` are what stands on the bill beside it: item, price fact, quantity.
    """

    says: str
    source: str
    checked: date
    confidence: Confidence
    verdict: Verdict = "yes"
    most: float | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    plans: tuple[tuple[float, str], ...] = ()
    plan: str = ""
    adds: tuple[tuple[str, str, float], ...] = ()

    def __post_init__(self) -> None:
        if self.verdict not in get_args(Verdict):
            raise ValueError(f"verdict {self.verdict!r} is none of {get_args(Verdict)}")

    @property
    def citation(self) -> Citation:
        """The statement as evidence."""
        return Citation(url=self.source, checked=self.checked, says=self.says)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """One thing that may be demanded: what it is in words, its unit, how each option stands."""

    id: str
    must: str
    unit: str
    held: Mapping[str, Held]


@cache
def demands() -> Mapping[str, Demand]:
    """All demands by their ids; ValueError where a file breaks the form."""
    folder = resources.files("blueproof.facts") / "demands"
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = (
        _demand(file.name.removesuffix(".yaml"), LOADER(file.read_text("utf-8")).get_single_data())
        for file in files
        if file.name.endswith(".yaml")
    )
    return MappingProxyType({demand.id: demand for demand in found})


def _demand(name: str, raw: Mapping[str, Any]) -> Demand:
    try:
        return Demand(
            id=name,
            must=raw["must"],
            unit=raw.get("unit", ""),
            held=MappingProxyType({option: _held(each) for option, each in raw["held"].items()}),
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"demand {name}: {error}") from error


def _held(raw: Mapping[str, Any]) -> Held:
    return Held(
        **{
            **raw,
            "places": MappingProxyType(raw.get("places", {})),
            "unsure": frozenset(raw.get("unsure", ())),
            "adds": tuple((item, price, float(many)) for item, price, many in raw.get("adds", ())),
            "plans": tuple((float(most), price) for most, price in raw.get("plans", ())),
        }
    )
