"""A choice that the person's own load decides: events a second against what one server takes."""

import re

from blueproof.advisors.known.found import Found
from blueproof.advisors.known.measures import figure_in
from blueproof.core.brief import Brief
from blueproof.facts.entries import Choice
from blueproof.facts.pattern import LatePattern

_LOOKED_AT = 6  # entries, the best first
_PER = " per "  # a load is so much a second or a day; a number of people decides by itself nothing
_SENTENCE = LatePattern(r"[^.?!\n]+(?:\.(?=\S)[^.?!\n]*)*[?!.]?")
_ASKED = LatePattern(r"\?\s*$")
# What puts a technology in doubt: it is asked for, wished by somebody, or said to be too much.
_DOUBTED = LatePattern(
    r"\?|\b(?:need\w*|enough|overkill|over-?engineer\w*|too much|wants?|wanted|propos\w*"
    r"|suggest\w*|insists?|says?|said|recommend\w*|worth|should|must)\b",
    re.IGNORECASE,
)


def by_load(found: tuple[Found, ...], brief: Brief) -> Found | None:
    """The entry whose deciding figure the words tell, of a technology that they put in doubt.

    Its question names the technology ("whether this load needs Kafka"), so that no other choice
    that rests on the same figure answers instead.
    """
    near = found[:_LOOKED_AT]
    of_words = (_doubted(brief, _ASKED), _doubted(brief, _DOUBTED))  # what is asked goes first
    return next((f for named in of_words for f in near if _decides(f, named, brief)), None)


def _decides(found: Found, doubted: frozenset[str], brief: Brief) -> bool:
    entry = found.entry
    if not isinstance(entry, Choice) or found.contrary or not entry.figure:
        return False
    named = doubted & {*entry.of} & _in_words(entry.question)
    return bool(named) and _PER in f" {entry.figure.unit}" and bool(figure_in(entry.figure, brief))


def _doubted(brief: Brief, words: LatePattern) -> frozenset[str]:
    """The technologies of sentences with these words; what is ruled out is none."""
    sentences = [m.span() for m in _SENTENCE.finditer(brief.request) if words.search(m[0])]
    return frozenset(
        str(f.value)
        for f in brief.facts
        if f.key == "technology" and f.role != "rejected" and f.span
        if any(start <= f.span[0] < end for start, end in sentences)
    )


def _in_words(question: str) -> frozenset[str]:
    """The words of a question, in which a technology of one word stands by its id."""
    return frozenset(question.replace(",", " ").lower().split())
