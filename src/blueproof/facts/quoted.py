"""How people quote limits and prices: the words and units that lead to a fact.

`spoken/limits.yaml` and `spoken/meters.yaml` hold the tables; the figures are facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

from blueproof.facts.load import LOADER
from blueproof.facts.phrase import Phrase, phrase


@dataclass(frozen=True, kw_only=True)
class QuotedLimit:
    """A limit as it is spoken of: of which technologies, in which words and unit.

    `facts` are the figures, one for each plan where plans differ, with the words that name the
    plan. `per` is the period of a rate. No words means that the unit alone tells. `preset` is what
    holds where nobody chose, in the unit of the fact: whoever quotes it tells of their own setting.
    """

    id: str
    about: frozenset[str]
    words: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    units: frozenset[str]
    per: str
    facts: Mapping[str, tuple[Phrase, ...]]
    kind: Literal["hard", "soft"]
    note: str
    preset: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Price:
    """One price of a metered unit: the fact, for how many units, and what is free of them."""

    fact: str
    per: Decimal
    free: str = ""
    plan: str = ""


@dataclass(frozen=True, kw_only=True)
class QuotedMeter:
    """A metered unit as it is spoken of, with its prices.

    `dearer` is what another region multiplies the price by, `up_to` the quantity up to which the
    price holds, `beside` what a bill has besides, so that a higher sum may still be right.
    """

    id: str
    about: frozenset[str]
    words: tuple[Phrase, ...]
    units: frozenset[str]
    unit: str
    prices: tuple[Price, ...]
    free_period: Literal["", "day", "month"]
    up_to: Decimal | None
    dearer: Decimal
    dearer_where: str
    beside: str


def _table(name: str) -> dict[str, Any]:
    text = (resources.files("blueproof.facts") / "spoken" / name).read_text(encoding="utf-8")
    raw: dict[str, Any] = LOADER(text).get_single_data()
    return raw


def _phrases(raw: Any) -> tuple[Phrase, ...]:
    return tuple(phrase(str(each)) for each in raw or ())


@cache
def limit_cues() -> tuple[Phrase, ...]:
    """The words that make a figure a limit, as "up to" and "no more than"."""
    return _phrases(_table("cues.yaml")["limit"])


@cache
def hard_cues() -> tuple[Phrase, ...]:
    """The words that say of a limit that nobody can raise it."""
    return _phrases(_table("cues.yaml")["hard"])


@cache
def quoted_limits() -> tuple[QuotedLimit, ...]:
    """All limits in the order of the table; ValueError where one breaks the form."""
    return tuple(_limit(name, raw) for name, raw in _table("limits.yaml").items())


def _limit(name: str, raw: dict[str, Any]) -> QuotedLimit:
    try:
        facts = raw["facts"] if "facts" in raw else {raw["fact"]: ()}
        return QuotedLimit(
            id=name,
            about=frozenset(raw["about"]),
            words=_phrases(raw.get("words")),
            exceptions=_phrases(raw.get("not")),
            units=frozenset(raw["units"]),
            per=raw.get("per", ""),
            facts=MappingProxyType({fact: _phrases(said) for fact, said in facts.items()}),
            kind=raw["kind"],
            note=raw.get("note", ""),
            preset=Decimal(str(raw["preset"])) if "preset" in raw else None,
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"limit {name}: {error!r}") from error


@cache
def quoted_meters() -> tuple[QuotedMeter, ...]:
    """All metered units in the order of the table; ValueError where one breaks the form."""
    return tuple(_meter(name, raw) for name, raw in _table("meters.yaml").items())


def _meter(name: str, raw: dict[str, Any]) -> QuotedMeter:
    try:
        return QuotedMeter(
            id=name,
            about=frozenset(raw["about"]),
            words=_phrases(raw.get("words")),
            units=frozenset(raw["units"]),
            unit=raw["unit"],
            prices=tuple(_price(each) for each in raw["prices"]),
            free_period=raw.get("free_period", ""),
            up_to=Decimal(str(raw["up_to"])) if "up_to" in raw else None,
            dearer=Decimal(str(raw.get("dearer", 1))),
            dearer_where=raw.get("dearer_where", ""),
            beside=raw.get("beside", ""),
        )
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ValueError(f"meter {name}: {error!r}") from error


def _price(raw: dict[str, Any]) -> Price:
    return Price(**{**raw, "per": Decimal(str(raw["per"]))})
