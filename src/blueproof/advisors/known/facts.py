"""Published facts that speak to a request: what is true of its technologies, in its words."""

import re
from collections.abc import Iterator
from itertools import chain

from blueproof.advisors.premises.statement import technologies_of
from blueproof.core.brief import Brief
from blueproof.core.evidence import Citation
from blueproof.facts.believed import Belief, beliefs
from blueproof.facts.load import fact
from blueproof.facts.phrase import Phrase, Word, words_of
from blueproof.facts.quoted import QuotedLimit, limit_cues, quoted_limits

_LIMIT_ASKED = re.compile(
    r"\b(?:max(?:imum)?|limits?|quotas?|how (?:large|big|long|many|much|often))\b[^.!]{0,80}\?",
    re.IGNORECASE,
)
_MOST = 3
_ASKING = {"yes-no", "is-this-fine", "how-much"}
_LEAST_WORDS = 2  # a phrase of one word meets too much by chance


def speaking(brief: Brief) -> tuple[Citation, ...]:
    """The facts that speak to the request, at most three, those that meet most of its words."""
    words = words_of(brief.request)
    named = frozenset(technologies_of(brief))
    found = sorted(
        chain(_truths(named, words), _limits(brief, named, words)), key=lambda each: -each[0]
    )
    return tuple(dict.fromkeys(citation for _, citation in found))[:_MOST]


def _truths(named: frozenset[str], words: tuple[Word, ...]) -> Iterator[tuple[int, Citation]]:
    """What is true where a common belief has it otherwise, or asks."""
    for belief in beliefs().values():
        met = _met(belief.words, words) if belief.about & named else 0
        if met >= _LEAST_WORDS and not _excepted(belief, words):
            yield met + 1, belief.citation


def _excepted(belief: Belief, words: tuple[Word, ...]) -> bool:
    return _met(belief.exceptions, words) > 0


def _limits(
    brief: Brief, named: frozenset[str], words: tuple[Word, ...]
) -> Iterator[tuple[int, Citation]]:
    limits_asked = bool(_LIMIT_ASKED.search(brief.request))
    asks = any(f.key == "kind" and f.value in _ASKING for f in brief.facts)
    units = {f.unit.partition(" ")[0] for f in brief.facts if not isinstance(f.value, str)}
    for limit in quoted_limits():
        if not limit.about & named or not (limit.units & units or limits_asked):
            continue
        bare = _LEAST_WORDS if not limit.words and (asks or _met(limit_cues(), words)) else 0
        met = _met(limit.words, words) + bare + _LEAST_WORDS * _is_said(brief, limit)
        if met and not _met(limit.exceptions, words):
            yield met + 1, _citation(limit)


def _is_said(brief: Brief, limit: QuotedLimit) -> bool:
    """Whether the limit's own figure stands in the words: whoever meets a limit names it."""
    most = fact(next(iter(limit.facts)))
    return any(
        f.value == float(most.value) and f.unit.partition(" ")[0] in {most.unit, *limit.units}
        for f in brief.facts
    )


def _citation(limit: QuotedLimit) -> Citation:
    return fact(next(iter(limit.facts))).citation


def _met(phrases: tuple[Phrase, ...], words: tuple[Word, ...]) -> int:
    """The words of the longest of the phrases that is found, 0 if none is."""
    return max((len(at) for each in phrases for at in each.found(words)), default=0)
