"""What a text is about: features, constraints, and the problem, by the phrases that name them."""

import re
from collections import defaultdict
from dataclasses import dataclass

from blueproof.core.blueprint import QuestionKind
from blueproof.intake.words.lexicon import Hit, lexicon
from blueproof.intake.words.text import Sentence, Text

_STRONG, _WEAK = 3.0, 1.0
_MOST_PROBLEMS = 3
_TITLE = 1.5  # the first sentence says what it is about more than others do
_ASKED = 2.0  # and the main question more than that
_MOST_REPEATED = 2
_NEAR = 0.35  # share of the main problem's weight from which another is a problem too
_SHARE = {"troubleshoot": 0.7}  # a failure with a better name has that name


@dataclass(frozen=True, kw_only=True)
class Topic:
    """One thing that the text speaks of, where it first does so, and with what weight."""

    id: str
    start: int
    end: int
    weight: float
    negated: bool = False


def read_features(text: Text) -> tuple[Topic, ...]:
    """The features named, in text order; a weak phrase counts where another one backs it."""
    return _certain("features.txt", text)


def read_constraints(text: Text) -> tuple[Topic, ...]:
    """The constraints named, in text order."""
    return _certain("constraints.txt", text)


def _certain(name: str, text: Text) -> tuple[Topic, ...]:
    found = []
    for thing, hits in _by_thing(lexicon(name).hits(text)).items():
        sure = [h for h in hits if h.strength == "words"]
        if sure or len({h.phrase for h in hits}) > 1:
            at = min(sure or hits, key=lambda h: h.start)
            found.append(
                Topic(
                    id=thing,
                    start=at.start,
                    end=at.end,
                    weight=_sum(hits),
                    negated=all(_negated(text, h) for h in sure or hits),
                )
            )
    return tuple(sorted(found, key=lambda t: t.start))


def read_problems(
    text: Text, kind: QuestionKind, asking: Sentence | None, priced: int
) -> tuple[Topic, ...]:
    """The problems named, the main one first, at most three.

    What the main question speaks of counts double, what the first sentence says half as much
    again. The kind of the question and the number of sums of money speak for a problem too.
    """
    weights: dict[str, float] = defaultdict(float, _by_kind(kind, priced))
    hits = _by_thing(lexicon("problems.txt").hits(text))
    for thing, found in hits.items():
        weights[thing] += sum(_hit_weight(text, h, asking) for h in _capped(found))
        weights[thing] *= _SHARE.get(thing, 1.0)
    ranked = sorted(weights, key=lambda t: (-weights[t], hits[t][0].start if t in hits else 0))
    return tuple(
        _topic(thing, hits.get(thing, []), weights[thing])
        for place, thing in enumerate(ranked[:_MOST_PROBLEMS])
        if place == 0 or weights[thing] >= max(_STRONG, weights[ranked[0]] * _NEAR)
    )


def _topic(thing: str, hits: list[Hit], weight: float) -> Topic:
    start, end = min(((h.start, h.end) for h in hits), default=(0, 0))
    return Topic(id=thing, start=start, end=end, weight=weight)


def _by_kind(kind: QuestionKind, priced: int) -> dict[str, float]:
    """What the kind of the question says of the problem, whatever its words."""
    found = {"which": {"choose-technology": 5.0}, "why": {"troubleshoot": 3.0}}.get(kind, {})
    money = min(priced, 2) * 2.0 + (3.0 if kind == "how-much" and priced else 0.0)
    return {**found, **({"cost": money} if money else {})}


def _hit_weight(text: Text, hit: Hit, asking: Sentence | None) -> float:
    weight = _STRONG if hit.strength == "words" else _WEAK
    if asking and asking.start <= hit.start < asking.end:
        weight *= _ASKED
    return weight * (_TITLE if hit.start < text.sentences[0].end else 1.0)


def _capped(hits: list[Hit]) -> list[Hit]:
    """At most two hits a phrase: saying it more often adds nothing."""
    counts: dict[str, int] = defaultdict(int)
    kept = []
    for hit in hits:
        counts[hit.phrase] += 1
        if counts[hit.phrase] <= _MOST_REPEATED:
            kept.append(hit)
    return kept


_NEGATION = re.compile(
    r"\b(?:no|not|without|never|don'?t|doesn'?t|needn'?t|isn'?t|aren'?t|won'?t|neither|nor)"
    r"(?: (?:need|want|require|have|care|plan|use|an?|any|the|to|be|about|for|work|real|much|it)){0,4} $",
    re.IGNORECASE,
)
_NEGATION_REACH = 40


def _negated(text: Text, hit: Hit) -> bool:
    """Whether the words just before say that it is not wanted."""
    begin = max(text.sentence_at(hit.start).start, hit.start - _NEGATION_REACH)
    return bool(_NEGATION.search(text.raw[begin : hit.start]))


def _distinct(hits: list[Hit]) -> list[Hit]:
    """One hit a phrase: saying it again adds nothing."""
    return list({h.phrase: h for h in reversed(hits)}.values())


def _by_thing(hits: tuple[Hit, ...]) -> dict[str, list[Hit]]:
    found: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        found[hit.id].append(hit)
    return found


def _sum(hits: list[Hit]) -> float:
    return sum(_STRONG if h.strength == "words" else _WEAK for h in _distinct(hits))
