"""What a text puts to the choice as a list: "Supabase + PowerSync? Or Firebase", "Options: ..."."""

import re
from collections.abc import Iterable

from blueproof.intake.words.technologies import Mention
from blueproof.intake.words.text import Sentence, Text

# Words that may stand between the names of a question that only lists them.
_JOINING = frozenset(
    """or and vs versus with plus on in a an the just plain simply maybe perhaps own self hosted
    managed cloud even only raw classic something like rather still also both either + ?""".split()
)
_HEADED = re.compile(
    r"\b(?:options?|candidates?|contenders|alternatives|choices?|short ?list(?:ed)?)"
    r"(?: (?:are|is|so far|i see|we see|we have|on the table))*\s*:",
    re.IGNORECASE,
)
# What stands before and after one of several ways: "cloud or self-hosted", "self-hosted X, Y".
_OR_BEFORE = re.compile(
    r"(?:,|\bor|\bvs\.?|\bversus|/)\s*(?:(?:just|an?|the|to) )*$", re.IGNORECASE
)
_OR_AFTER = re.compile(
    r"^[\w-]{0,4}(?: (?:it|them))?\s*(?:\bor\b|\bvs\b|\bversus\b|/|\?)"
    r"|^[\w-]{0,4}(?: [\w.]+){1,2}\s*(?:,|\bor\b|\bvs\b|/|\+|\?)",
    re.IGNORECASE,
)
# What is demanded, whatever else is offered in the same sentence.
_DEMANDED = re.compile(
    r"\b(?:must|has to|have to|required?|requires|mandatory|policy|only|no (?:cloud|saas|managed)"
    r"|not allowed|forbid\w*|insist\w*)\b",
    re.IGNORECASE,
)


def is_listed(text: Text, place: int, mentions: Iterable[Mention]) -> bool:
    """Whether the words at this place stand in a list of what may be chosen."""
    sentence = text.sentence_at(place)
    headed = _HEADED.search(sentence.text)
    if headed and place >= sentence.start + headed.end():
        return True
    return sentence.asks and _is_bare(text, sentence, mentions)


def is_way(text: Text, span: tuple[int, int], mentions: Iterable[Mention]) -> bool:
    """Whether what these words tell is one of several ways, and no demand."""
    start, end = span
    sentence = text.sentence_at(start)
    if _DEMANDED.search(sentence.text):
        return False
    if is_listed(text, start, mentions):
        return True
    before, after = text.raw[sentence.start : start], text.raw[end : sentence.end]
    return sentence.asks and bool(_OR_BEFORE.search(before) or _OR_AFTER.search(after))


def _is_bare(text: Text, sentence: Sentence, mentions: Iterable[Mention]) -> bool:
    """Whether a question is but names: "Fly, Render, Hetzner + Coolify?"."""
    named = [m for m in mentions if sentence.start <= m.start < sentence.end]
    words = (w for w in text.words if sentence.start <= w.start < sentence.end)
    others = {w.lower for w in words if not any(m.start <= w.start < m.end for m in named)}
    return bool(named) and others <= _JOINING
