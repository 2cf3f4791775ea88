"""A choice between the very options that the words put, or of the one that they ask for by need."""

import re

from blueproof.advisors.known.found import Found
from blueproof.core.brief import Brief
from blueproof.facts.entries import Choice
from blueproof.facts.pattern import LatePattern

_LOOKED_AT = 8  # entries, the best first
_SEVERAL = 2
_PUT, _NEEDED = 0.6, 0.7  # of a way to ask, from which options or a need are those of the entry
_SAID, _WHOLLY = 0.9, 0.95  # from which a way to ask is there nearly, or word for word
_AMONG = frozenset({"option", "target"})
# Whether one thing is needed: "do we need Redis for sessions?".
_NEED = LatePattern(
    r"\b(?:do|does|would|will|should)\b[^.?!\n]{0,40}\bneed\b[^?]{0,80}\?"
    r"|\b(?:is|isn'?t|are|would)\b[^.?!\n]{0,40}\b(?:enough|overkill|sufficient|needed)\b[^?]{0,60}\?",
    re.IGNORECASE,
)


def by_options(found: tuple[Found, ...], brief: Brief) -> Found | None:
    """The entry between two or more options that the words put, or of what they ask a need for."""
    near = [f for f in found[:_LOOKED_AT] if isinstance(f.entry, Choice) and f.may_answer]
    put = {str(f.value) for f in brief.facts if f.key == "technology" and f.role in _AMONG}
    first = max(near, key=lambda f: f.score, default=None)
    if first and first.share >= _SAID:
        return first
    between = [f for f in near if len(put & {*f.entry.of}) >= _SEVERAL and f.share >= _PUT]
    if between:
        return max(between, key=lambda f: f.score)
    return next((f for f in near if f.share >= _NEEDED and _is_asked(f, brief)), None)


def by_name(found: tuple[Found, ...], brief: Brief) -> Found | None:
    """The entry that is asked by name, two options of it put word for word ("R2 or S3")."""
    best = by_options(found, brief)
    put = sum(f.value in best.entry.of and f.role in _AMONG for f in brief.facts) if best else 0
    return best if best and best.share >= _WHOLLY and put >= _SEVERAL else None


def asks_need(brief: Brief) -> bool:
    """Whether it is asked whether something is needed or enough."""
    return bool(_NEED.search(brief.request))


def _is_asked(found: Found, brief: Brief) -> bool:
    """Whether the technology that is needed or not stands in the entry's way to ask."""
    asked = _NEED.search(brief.request)
    if not asked:
        return False
    start, end = asked.span()
    named = {
        (f.quote or str(f.value)).lower()
        for f in brief.facts
        if f.key == "technology" and f.span and start <= f.span[0] < end
    }
    return any(name in found.phrase.lower() for name in named)
