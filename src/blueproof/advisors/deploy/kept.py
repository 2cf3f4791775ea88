"""What stands on AWS already and is only referred to: a database, a network; from words and files.

A database in a network is reached from inside that network, so with the database the network is
kept too.
"""

import re
from typing import Literal

from blueproof.core.brief import Brief, Fact

Part = Literal["database", "outside", "network"]

_DATABASE = (
    r"(?:rds|aurora|(?:postgres\w*|database|db)"
    r"(?=(?: (?!to\b|and\b|with\b|want)\w+){0,5} (?:on|in) (?:amazon |aws )?(?:rds|aurora|aws)\b))"
)
_NETWORK = r"(?:vpc|subnets?)"
_SAID = re.compile(
    r"\b(?:already|existing|exists?|in place|keep(?:ing)?|re-?us(?:e|ing)|lives? (?:on|in)"
    r"|(?:is|are|runs?|running|hosted) (?:on|in))\b(?P<rest>[^,]*)$",
    re.IGNORECASE,
)
# These say it of what stands right behind them.
_OWN = re.compile(
    r"(?:^|[,;:(] ?)(?:(?:it|we|the api|the app|our \w+) )?(?:uses|we use) (?:an? |the )?$"
    r"|\b(?:(?:we|i)(?: already)?(?:'ve| have)(?: got)?|there(?:'s| is| are)|we run|our)"
    r"(?: an?| the| our| own| two| private| shared| existing| current| production)* ?$",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"^[^,]*?\b(?:already|exists?|in place|stays?|remains?|is there)\b", re.IGNORECASE
)
_NEW = re.compile(
    r"\b(?:new|create|set ?up|provision|move to|moving to|migrate to|switch to|with|using|use an?"
    r"|want|need|no|without|yet|later|should|recommend)\b[^,.?!]{0,25}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_REACH = 45  # characters between a thing and the words that say it is there
_OURS = ("infra/service/", "infra/bootstrap/")  # what a run before handed over
_FILES: dict[str, Part] = {
    "amazon-rds": "database", "amazon-aurora": "database", "amazon-vpc": "network",
}  # fmt: skip
_OUTSIDE = ("neon", "supabase")  # databases that are reached over the internet


def kept_of(brief: Brief) -> frozenset[Part]:
    """What is there already."""
    found: set[Part] = set()
    for part, noun in (("database", _DATABASE), ("network", _NETWORK)):
        if any(_is_there(s, noun) for s in _SENTENCE.split(brief.request)):
            found.add("database" if part == "database" else "network")
    found |= {_FILES[str(f.value)] for f in brief.facts if _is_filed(f)}
    if "database" in found:
        return frozenset({*found, "network"})
    hosted = {
        str(f.value) for f in brief.facts
        if f.key == "technology" and f.role not in {"rejected", "negated", "option"}
    }  # fmt: skip
    return frozenset({*found, "outside"}) if hosted & set(_OUTSIDE) else frozenset(found)


def _is_filed(fact: Fact) -> bool:
    """Whether a file of the person's own says that it is there."""
    filed = fact.key == "technology" and fact.source == "file" and fact.value in _FILES
    return filed and not fact.where.startswith(_OURS)


def _is_there(sentence: str, noun: str) -> bool:
    """Whether a sentence says of a thing that it is there, and not that it is wanted."""
    for found in re.finditer(rf"\b{noun}\b", sentence, re.IGNORECASE):
        before = sentence[max(0, found.start() - _REACH) : found.start()]
        behind = sentence[found.end() : found.end() + _REACH]
        said = _SAID.search(before)
        if said and not _NEW.search(said["rest"]):
            return True
        if _OWN.search(before) or _BEHIND.search(behind):
            return True
    return False
