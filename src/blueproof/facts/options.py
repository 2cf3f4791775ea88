"""The back ends to choose from, and what each can do: every statement with its source.

One file each in `capabilities/`, named after the option. All files speak of the same aspects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from blueproof.core.evidence import Citation, Confidence
from blueproof.facts.load import LOADER

LEVELS = (0.0, 0.3, 0.6, 0.8, 1.0)
GOOD = 0.7  # from here on nothing need be added


@dataclass(frozen=True, kw_only=True)
class Aspect:
    """How far an option goes in one aspect, from 0 (cannot) to 1 (built in and simple)."""

    level: float
    says: str
    source: str
    checked: date
    confidence: Confidence
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level {self.level} is none of {LEVELS}")
        if self.level < GOOD and not self.remedy:
            raise ValueError(f"a level of {self.level} needs a remedy")

    @property
    def citation(self) -> Citation:
        """The aspect as evidence for a statement."""
        return Citation(url=self.source, checked=self.checked, says=self.says)


@dataclass(frozen=True, kw_only=True, eq=False)  # each is loaded once, and is itself
class Option:
    """A back end that may be chosen: its family, the technologies it is made of, its aspects."""

    id: str
    name: str
    family: str
    made_of: tuple[str, ...]
    aspects: Mapping[str, Aspect]


@cache
def options() -> dict[str, Option]:
    """All options by id, in the order of their ids; ValueError where a file breaks the form."""
    folder = resources.files("blueproof.facts") / "capabilities"
    files = sorted(folder.iterdir(), key=lambda entry: entry.name)
    found = (
        _option(file.name.removesuffix(".yaml"), file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".yaml")
    )
    return {option.id: option for option in found}


def _option(name: str, text: str) -> Option:
    raw = LOADER(text).get_single_data()
    try:
        aspects = {known: _aspect(name, known, said) for known, said in raw["aspects"].items()}
        return Option(
            id=name,
            **{**raw, "made_of": tuple(raw["made_of"]), "aspects": MappingProxyType(aspects)},
        )
    except (TypeError, KeyError) as error:
        raise ValueError(f"option {name}: {error}") from error


def _aspect(option: str, name: str, raw: dict[str, Any]) -> Aspect:
    try:
        return Aspect(**raw)
    except (TypeError, ValueError) as error:
        raise ValueError(f"option {option}, aspect {name}: {error}") from error
