"""What is seen of an entry beside a request, each as a number, and what these numbers come to.

`weights.json` holds two linear models over them, fitted by `bench/fit_known.py` to questions whose
nearest way to ask was taken away from the entry that answers: one says which entry stands first,
one how likely the first does answer. Nothing is hidden: a signal, a number.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from itertools import pairwise

from blueproof.advisors.known.entries import Truth
from blueproof.advisors.known.index import index
from blueproof.advisors.known.phrases import shares, weight
from blueproof.facts.entries import Charge, Entry, Limit, Pattern

_NEXT = 3  # ways to ask that count, the nearest first
_MOST = 5.0  # of words and pairs of words that the entry has in common with a request
MOST_LEAD = 1.0  # a lead beyond it says no more
_KINDS = {"limit": Limit, "charge": Charge, "belief": Truth, "pattern": Pattern}


@dataclass(frozen=True, kw_only=True)
class _Models:
    """What each signal adds to an entry's standing, and to the odds that the first answers."""

    standing: Mapping[str, float]
    certain: Mapping[str, float]
    start: float


def in_words(
    entry: Entry, stems: Sequence[str], sentences: Sequence[tuple[str, ...]]
) -> Mapping[str, float]:
    """The signals of a request's words, which are `stems`, sentence by sentence `sentences`.

    `nearest`, `second`, `third`: shares of the nearest ways to ask; `covered` and `asks`: how much
    of what the request's words tell stands anywhere in the entry, and in its title or ways to ask;
    `of_title`, `of_asks`: how much of what those tell the request has; `missed`: what the request's
    most telling word tells that the entry lacks; `words`, `pairs`: how many in common, five at
    most.
    """
    asks, title, _ = index().entries[entry.id]
    told = [stem for stem in stems if not stem.isdigit()]
    spoken = {stem for _, words in asks for stem in words}
    near = [*shares(entry, sentences), *[0.0] * _NEXT][:_NEXT]
    close = spoken | {*title.split()}
    pairs = {pair for words in (title.split(), *(w for _, w in asks)) for pair in _pairs(words)}
    here = {pair for sentence in sentences for pair in _pairs(sentence)}
    return {
        **dict(zip(("nearest", "second", "third"), near, strict=True)),
        "covered": _part(told, words_of(entry.id)),
        "asks": _part(told, close),
        "of_title": _part({*title.split()}, {*told}),
        "of_asks": _part(spoken, {*told}),
        "missed": max((weight(s) for s in told if s not in words_of(entry.id)), default=0.0),
        "words": min(_MOST, sum(stem in close for stem in told)),
        "pairs": min(_MOST, float(len(pairs & here))),
    }


def of_kind(entry: Entry) -> Mapping[str, float]:
    """The signals of what kind of entry it is."""
    return {name: float(isinstance(entry, kind)) for name, kind in _KINDS.items()}


def standing(signals: Mapping[str, float]) -> float:
    """By what an entry stands before others for the same request; of no unit."""
    return _sum(_models().standing, signals)


def certainty(signals: Mapping[str, float], lead: float) -> float:
    """How likely the entry that stands first answers, 0 to 1, with this lead over the next."""
    here = {**signals, "standing": standing(signals), "lead": lead, "led": min(MOST_LEAD, lead)}
    return 1 / (1 + math.exp(-_models().start - _sum(_models().certain, here)))


@lru_cache(maxsize=500)
def words_of(name: str) -> frozenset[str]:
    """Every stem that an entry has anywhere."""
    asks, title, text = index().entries[name]
    return frozenset((*title.split(), *text.split(), *(s for _, words in asks for s in words)))


def _pairs(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    return pairwise(words)


def _part(words: Sequence[str] | set[str], among: set[str] | frozenset[str]) -> float:
    """How much of what the words tell stands among others, 0 to 1."""
    whole = sum(map(weight, words))
    return sum(weight(word) for word in words if word in among) / whole if whole else 0.0


def _sum(weights: Mapping[str, float], signals: Mapping[str, float]) -> float:
    return math.fsum(worth * signals[name] for name, worth in weights.items())


@cache
def _models() -> _Models:
    text = (resources.files("blueproof.advisors.known") / "weights.json").read_text("utf-8")
    raw = json.loads(text)
    return _Models(standing=raw["standing"], certain=raw["certain"], start=raw["start"])
