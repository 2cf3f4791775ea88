"""What a person's own figure measures, and the limits that it is held against.

`spoken/measures.yaml` holds both tables; the limits themselves are facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase, words_of


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing that figures measure, such as how long a job runs, and the words that tell it.

    `verbs` stand between the thing and the figure, where there are any; `exceptions` near it say
    that it measures something else, `of_others` that it is of such. `others` are technologies that
    hold such things without a limit.
    """

    id: str
    units: frozenset[str]
    per: str
    things: tuple[Phrase, ...]
    verbs: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    of_others: tuple[Phrase, ...]
    others: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class HeldLimit:
    """A limit of technologies on one measure.

    `facts` are its figures, the smallest first, each with the words that name its plan or kind. Of
    `sentence`, where there are any, one stands in the figure's sentence, and of `apart` none.
    """

    measure: Measure
    of: frozenset[str]
    facts: Mapping[str, tuple[Phrase, ...]]
    units: frozenset[str]
    sentence: tuple[Phrase, ...]
    apart: tuple[Phrase, ...]


@cache
def held_limits() -> tuple[HeldLimit, ...]:
    """All limits in the order of the table; ValueError where one breaks the form."""
    text = (resources.files("blueproof.facts") / "spoken" / "measures.yaml").read_text("utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    try:
        measures = {name: _measure(name, each) for name, each in raw["measures"].items()}
        return tuple(_limit(measures, each) for each in raw["limits"])
    except (TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"measures: {error!r}") from error


def _measure(name: str, raw: dict[str, Any]) -> Measure:
    return Measure(
        id=name,
        units=frozenset(raw["units"]),
        per=raw.get("per", ""),
        things=_phrases(raw["things"]),
        verbs=_phrases(raw.get("verbs")),
        exceptions=_phrases(raw["not"]),
        of_others=_phrases(raw.get("not_of")),
        others=frozenset(raw["others"]),
    )


def _limit(measures: Mapping[str, Measure], raw: dict[str, Any]) -> HeldLimit:
    measure = measures[raw["measure"]]
    return HeldLimit(
        measure=measure,
        of=frozenset(raw["of"]),
        facts=MappingProxyType({name: _phrases(said) for name, said in raw["facts"].items()}),
        units=frozenset(raw.get("units", measure.units)),
        sentence=_phrases(raw.get("sentence")),
        apart=_phrases(raw.get("apart")),
    )


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(str(each)) for each in raw or ())


def holds(phrases: tuple[Phrase, ...], text: str) -> bool:
    """Whether the text has any of the phrases."""
    words = words_of(text)
    return any(True for each in phrases for _ in each.found(words))


@cache
def places(measure: str) -> frozenset[str]:
    """The technologies that hold what is measured, with a limit or without one."""
    of = (each for each in held_limits() if each.measure.id == measure)
    return frozenset(t for each in of for t in each.of | each.measure.others)
