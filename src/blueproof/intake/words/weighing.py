"""What a text most likely is about, what it asks for, what it states: its signals weighed.

The weights were fitted to labelled public requests by `bench/fit_words.py` (a linear model, nothing
hidden: a signal, a class, a number) and lie in `weights.txt`, in hundredths, for each signal one a
class: `# a question`, its classes, where they start, and a signal a line, with tabs between.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

Question = Literal["problem", "kind", "premise"]
_SAYS: dict[Question, str] = {"problem": "says:", "kind": "asks-first:"}
_BEYOND = 0.4
_WHOLE = 100  # hundredths


@dataclass(frozen=True, kw_only=True)
class Model:
    """The weights of one question, in hundredths.

    For each class where it starts; for each signal what it adds to each class.
    """

    classes: tuple[str, ...]
    starts: str
    weights: dict[str, str]


@cache
def model(question: Question) -> Model:
    """The model of a question, read once."""
    return _models()[question]


@cache
def _models() -> dict[str, Model]:
    """The models; a row is read when its signal is met, so that the start costs little."""
    text = (resources.files("blueproof.intake.words") / "weights.txt").read_text(encoding="utf-8")
    return dict(_model(part) for part in text.split("# ")[1:])


def _model(part: str) -> tuple[str, Model]:
    name, classes, starts, *rows = part.splitlines()
    weights = dict(row.split("\t", 1) for row in rows)
    return name, Model(classes=tuple(classes.split("\t")), starts=starts, weights=weights)


def likely(
    question: Question, signals: dict[str, float], more: Mapping[str, float] = MappingProxyType({})
) -> tuple[tuple[str, float], ...]:
    """The classes with their shares of likelihood, the likeliest first; the shares sum to one.

    `more` is what else speaks for a class, added to its weights. What a text says by its phrases
    and by the form of its first question counts beyond what the labelled requests gave it: they
    are few, and people have more ways to say a thing.
    """
    scores, says = _scores(model(question), signals), _SAYS.get(question, "\0")
    for signal, strength in signals.items():
        plain = signal.removeprefix(says)
        if plain != signal and plain in scores:
            scores[plain] += _BEYOND * strength
    for name, weight in more.items():
        scores[name] += weight
    most = max(scores.values())
    powers = {name: math.exp(score - most) for name, score in scores.items()}
    whole = sum(powers.values())
    shares = ((name, power / whole) for name, power in powers.items())
    return tuple(sorted(shares, key=lambda item: (-item[1], item[0])))


def _scores(known: Model, signals: dict[str, float]) -> dict[str, float]:
    """What the signals come to for each class."""
    sums = [float(start) for start in known.starts.split("\t")]
    for signal, strength in signals.items():
        row = known.weights.get(signal)
        if row:
            for place, weight in enumerate(row.split("\t")):
                sums[place] += int(weight) * strength
    return {name: whole / _WHOLE for name, whole in zip(known.classes, sums, strict=True)}
