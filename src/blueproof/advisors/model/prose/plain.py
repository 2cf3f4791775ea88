"""A request as it is heard: lines joined that only a window broke, without what is asked of us."""

import re

from blueproof.advisors.model.nouns import singular
from blueproof.advisors.model.prose.naming import is_column
from blueproof.advisors.model.prose.rewording import ASIDES, REWORDED

_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d+[.)])\s")
_ENDED = re.compile(r"[.;:!?]\s*$|^\s*$")
_SAME_FOR = re.compile(
    r"\s*\((?:and )?(?:the )?same (?:goes |applies |holds |is true )?for (?P<what>[a-z ]+)\)",
    re.IGNORECASE,
)
# "in Leeds" is a place, not a thing; "in Postgres" and "at Christmas" say as little of the tables.
_WHERE = re.compile(
    r"(?<=[a-z,]) (?:in|near|around|from|at) "
    r"(?!English|German|French|Spanish|Italian|Dutch|Portuguese|Polish|Arabic|Chinese|Japanese)"
    r"[A-Z][a-z]+(?: [A-Z][a-z]+)*\b"
)
_INTRODUCES = frozenset("schema model database tables things entities following these here".split())
_ONE_PER = re.compile(
    r"\bone (?P<one>[a-z]+(?: [a-z]+)?) per (?P<act>lesson|appointment|session|booking|"
    r"reservation|rental|consultation|visit|shift|ticket|order|class|job)\b",
    re.IGNORECASE,
)


_NOUN = r"(?:(?:an?|the|its) )?[a-z]+(?: (?:number|date|name|code|address|year|type|price))?"
_COLUMNS = re.compile(
    rf"\b(?P<thing>[a-z]+)(?: \([^()]*\))?: (?P<list>{_NOUN}(?:, (?:and )?{_NOUN})+"
    rf"(?:,? and {_NOUN})?)(?P<end>[.;\n]|$| (?:is|are|can|may|must)\b)",
    re.IGNORECASE,
)


def _bracketed(match: re.Match[str]) -> str:
    """A list of columns after a colon as one in brackets: "devices: brand, model, the IMEI"."""
    parts = [p.strip() for p in re.split(r",(?: and)?|\band\b", match["list"])]
    names = [re.sub(r"^(?:an?|the|its) ", "", p, flags=re.IGNORECASE).lower() for p in parts if p]
    thing = match["thing"].lower()
    many = [n for n in names if singular(n) != n]
    if many or thing in _INTRODUCES or not any(is_column(n) for n in names):
        return match[0]
    rest = match["end"]
    last = f". The {names[-1]}{rest}" if rest.strip().isalpha() else rest
    return f"{match['thing']} ({', '.join(names)}){last}"


def unwrapped(text: str) -> str:
    r"""The text with lines joined that are broken in the middle of a sentence.

    >>> unwrapped("The same item must\nnever be out twice.\n- chairs\n- tables")
    'The same item must never be out twice.\n- chairs\n- tables'
    """
    lines: list[str] = []
    for line in text.split("\n"):
        goes_on = lines and not _ENDED.search(lines[-1]) and not _ITEM.match(lines[-1])
        if goes_on and line.strip() and not _ITEM.match(line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
    return "\n".join(lines)


def heard_text(text: str) -> str:
    """What a request tells, in sentences that the grammar knows.

    >>> heard_text("Teachers give lessons, one student per lesson, in Leeds.")
    'Teachers give lessons, each lesson is of one student.'
    """
    plain = _SAME_FOR.sub(r" and the same for \g<what>", unwrapped(text))
    plain = _WHERE.sub("", plain)
    if re.search(r"\bproducts?\b", plain, re.IGNORECASE):
        plain = re.sub(r"\b(?:goods|merchandise|wares)\b", "products", plain, flags=re.IGNORECASE)
    plain = _COLUMNS.sub(_bracketed, plain)
    for said, same in REWORDED:
        plain = re.sub(said, same, plain, flags=re.IGNORECASE)
    return re.sub(r",(?=\.)", "", _ONE_PER.sub(r"each \g<act> is of one \g<one>", plain))


def without_asides(text: str) -> str:
    """The text without what is said of a column in passing, which the rules are read from.

    >>> without_asides("A pet has a birth date which we don't always know, and a colour.")
    'A pet has a birth date, and a colour.'
    """
    for aside in ASIDES:
        text = re.sub(aside, "", text, flags=re.IGNORECASE)
    return text
