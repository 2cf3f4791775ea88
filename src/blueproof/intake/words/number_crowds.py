"""How many are there at once: "about 900 online at dinner peak", "400 live at any time".

No noun stands behind such a figure; it counts whom its sentence speaks of ("drivers send ...").
"""

from dataclasses import dataclass

from blueproof.intake.words.number_nouns import is_plural, noun_of
from blueproof.intake.words.number_tokens import Tokens, at, lower_at

# Words that say alone that they are there at once, and those that say it beside a time.
_AT_ONCE = frozenset("online connected concurrent concurrently simultaneous simultaneously".split())
_THERE = frozenset(
    "active live logged signed watching playing listening browsing riding driving working".split()
)
_PLACES = frozenset("app site map page platform game lobby stream dashboard".split())
_OTHERWISE = frozenset({"to", "with", "by", "via"})  # connected to something
_TIMES = frozenset("once peak peaks time moment simultaneously concurrently rush".split())
_AT = frozenset("at during in".split())
_REACH, _BACK = 6, 40  # tokens behind that may tell the time, and before that may tell whom
_CROWDS = frozenset({"users", "people", "devices", "members"})
_PERSON = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """Whom a figure counts, in the singular."""

    noun: str


def crowd_after(tokens: Tokens, first: int, after: int) -> Crowd | None:
    """Who is there at once by the words behind a figure; None where they do not say so."""
    behind = _clause(tokens, after)
    if not behind or (len(behind) > 1 and (behind[1] in _OTHERWISE or is_plural(behind[1]))):
        return None  # connected to a service; online stores
    here = behind[0] in _AT_ONCE or (
        (behind[0] in _THERE or (behind[0] in {"in", "on"} and bool(_PLACES & set(behind))))
        and _tells_time(behind)
    )
    return Crowd(noun=_whom(tokens, first)) if here else None


def _clause(tokens: Tokens, after: int) -> list[str]:
    words: list[str] = []
    for index in range(after, after + _REACH + 1):
        token = at(tokens, index)
        if token.kind != "word":
            break
        words.append(token.lower)
    return words


def _tells_time(behind: list[str]) -> bool:
    """Whether "at once", "at any time" or "during the rush" stands among the words."""
    return any(
        word in _TIMES and ((place and bool(_AT & set(behind[:place]))) or word.endswith("ly"))
        for place, word in enumerate(behind)
    )


def _whom(tokens: Tokens, first: int) -> str:
    """The last people or things that its sentence names before the figure, else a person."""
    index = first - 1
    while index >= 0 and index > first - _BACK and at(tokens, index).kind not in {"stop", "line"}:
        word = lower_at(tokens, index)
        noun = noun_of(word)
        if noun and noun.metric in _CROWDS and is_plural(word):
            return noun.name
        index -= 1
    return _PERSON
