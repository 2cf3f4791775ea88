"""Numbers that hang on one another: 400 teachers, 5 classes per teacher, 30 students per class.

A count stands for itself; so many per something is multiplied by how many of that there are.
"""

import re
from dataclasses import dataclass
from functools import cache

_NUMBER = r"(?P<many>\d[\d,]*\d|\d)\s?(?P<k>k)?\b(?![.,:]\d|\s?[%$\u20ac\u00a3])"
_ADJECTIVES = r"(?:(?!per\b|a\b|an\b|each\b|every\b|in\b|with\b|of\b|and\b|or\b)[a-z-]+\s+){0,2}?"
_PER = r"(?:\s*/\s*|\s+(?:per|an?|each|in each|in every|in a|for each|for every|to a|every)\s+)"
_PERIODS = "hour|shift|day|week|month|year"
_RATIO = re.compile(
    rf"{_NUMBER}\s+{_ADJECTIVES}(?P<what>[a-z]{{3,}})\b{_PER}(?P<per>(?!(?:{_PERIODS})\b)[a-z]{{3,}})\b"
    rf"(?:\s*(?:and|per|a|an|each|every|/)\s*(?P<period>{_PERIODS})\b|\s+(?P<adverb>daily|weekly|monthly)\b)?",
    re.IGNORECASE,
)
_WITH = re.compile(
    rf"{_NUMBER}\s+{_ADJECTIVES}(?P<per>[a-z]{{3,}})\s+(?:with|of|having)\s+(?:about\s+|around\s+|some\s+|~\s*)?"
    r"(?P<each>\d[\d,]*)\s+(?P<what>[a-z]{3,})(?:\s+(?:each|apiece)\b)?",
    re.IGNORECASE,
)
_GROUP_OF = re.compile(
    r"\b(?P<per>families|households|couples|groups)\s+of\s+(?:about\s+|up to\s+)?"
    r"(?P<each>\d{1,3}|two|three|four|five|six)\b(?!\s+[a-z]+\s+(?:per|each))",
    re.IGNORECASE,
)
_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
# Things in people's hands, by any of their names.
_DEVICES = frozenset("device handheld scanner tablet terminal phone kiosk tracker sensor".split())
PERSONS = frozenset(
    """student pupil kid child member user employee seat person people patient resident player
    parent guest customer tenant worker nurse driver volunteer athlete attendee subscriber agent
    teacher learner passenger""".split()
)
_MOST_DEEP = 4


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """So many of one thing for each of another, in a period where one is told."""

    many: float
    what: str
    per: str
    period: str
    quote: str


def singular(noun: str) -> str:
    """A noun in the singular, as far as English is regular.

    >>> singular("classes"), singular("families"), singular("quizzes"), singular("scanners")
    ('class', 'family', 'quiz', 'scanner')
    """
    lower = noun.lower()
    special = {"people": "person", "children": "child", "men": "man", "women": "woman"}
    if lower in special:
        return special[lower]
    for ending, rest in (
        ("ies", "y"),
        ("zzes", "z"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
    ):
        if lower.endswith(ending):
            return lower[: -len(ending)] + rest
    return lower[:-1] if lower.endswith("s") and not lower.endswith("ss") else lower


def plural(noun: str) -> str:
    """A noun in the plural: families, classes, students.

    >>> plural("family"), plural("class"), plural("person"), plural("staff")
    ('families', 'classes', 'people', 'staff')
    """
    special = {"person": "people", "child": "children", "staff": "staff"}
    if noun in special:
        return special[noun]
    if noun.endswith("y") and noun[-2:-1] not in {*"aeiou"}:
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "sh", "ch", "x", "z")) else f"{noun}s"


def ratios_of(text: str) -> tuple[Ratio, ...]:
    """Every "so many of this per that" of the words."""
    return tuple(
        Ratio(
            many=_value(found),
            what=_kind(found["what"]),
            per=_kind(found["per"]),
            period=(found["period"] or found["adverb"] or "").lower(),
            quote=" ".join(found[0].split()),
        )
        for found in _RATIO.finditer(text)
    )


def total_of(noun: str, text: str, deep: int = 0) -> float:
    """How many of a thing there are in all: told, or so many for each of another; 0 unknown."""
    kind = _kind(noun)
    if deep > _MOST_DEEP:
        return 0.0
    for ratio in ratios_of(text):
        if ratio.what == kind and not ratio.period and ratio.per != kind:
            holders = total_of(ratio.per, text, deep + 1)
            if holders:
                return ratio.many * holders
    for found in _WITH.finditer(text):
        if _kind(found["what"]) == kind:
            return _value(found) * float(found["each"].replace(",", ""))
    taken = [found.span() for found in _RATIO.finditer(text)]
    counts = [
        _value(found)
        for found in _counts(kind).finditer(text)
        if not any(a <= found.start() < b for a, b in taken)
    ]
    return max(counts, default=0.0)


def people_in(text: str) -> tuple[float, str]:
    """The people that a chain of at least two ratios comes to, and what they are; 0 for none."""
    ratios = [r for r in ratios_of(text) if not r.period]
    for ratio in ratios:
        linked = any(other.what == ratio.per for other in ratios) or any(
            _kind(found["what"]) == ratio.per for found in _WITH.finditer(text)
        )
        if ratio.what in PERSONS and linked:
            holders = total_of(ratio.per, text)
            if holders:
                return ratio.many * holders, ratio.what
    return _in_groups(text)


def _in_groups(text: str) -> tuple[float, str]:
    """Families of 5, 2,000 families: 10,000 people."""
    found = _GROUP_OF.search(text)
    if not found:
        return 0.0, ""
    each = _WORDS.get(found["each"].lower()) or float(found["each"])
    return each * total_of(found["per"], text), "person"


@cache
def _counts(kind: str) -> re.Pattern[str]:
    """A number of this kind of thing, by any of its names: "300 delivery drivers"."""
    names = {kind, *(_DEVICES if kind == "device" else ())}
    words = "|".join(sorted({re.escape(w) for n in names for w in (n, plural(n))}, reverse=True))
    return re.compile(rf"{_NUMBER}\s+{_ADJECTIVES}(?:{words})\b", re.IGNORECASE)


def _kind(noun: str) -> str:
    """The noun by which one asks for it: all devices are one kind."""
    plain = singular(noun)
    return "device" if plain in _DEVICES else plain


def _value(found: re.Match[str]) -> float:
    return float(found["many"].replace(",", "")) * (1000 if found["k"] else 1)
