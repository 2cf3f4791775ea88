"""What stands on AWS already and is only referred to: a database, a network; from words and files.

A database in a network is reached from inside that network, so with the database the network is
kept too.
"""

import re
from typing import Literal

from blueproof.core.brief import Brief, Fact

Part = Literal["database", "outside", "network", "balancer", "cluster", "registry"]

_DATABASE = (
    r"(?:rds|aurora|(?:postgres\w*|database|db)"
    r"(?=(?: (?!to\b|and\b|with\b|want)\w+){0,5} (?:on|in) (?:amazon |aws )?(?:rds|aurora|aws)\b))"
)
_NETWORK = r"(?:vpc|subnets?)"
_NOUNS: tuple[tuple[Part, str], ...] = (
    ("database", _DATABASE),
    ("network", _NETWORK),
    ("balancer", r"(?:albs?|(?:application )?load balancers?)"),
    ("cluster", r"(?:ecs|fargate) clusters?"),
    ("registry", r"ecr(?: (?:repo(?:sitor(?:y|ies))?s?|registr(?:y|ies)))?"),
)
# "We already have a VPC, an ALB and an RDS Postgres": a list, to where a wish begins.
_LIST = re.compile(
    r"\b(?:(?:we|i)(?:'ve| have| already have| have already| run| already run)(?: got)?"
    r"|there(?:'s| is| are)(?: already)?)\b(?P<items>[^.;!?:]*)",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:wants?|needs?|would|should|set ?up|must|now|who|which|budget|plans?|money|questions?"
    r"|ideas?|yet to)\b",
    re.IGNORECASE,
)
_ITEM = re.compile(r",| and | plus | \+ |&", re.IGNORECASE)
_BEFORE_NOUN = (
    r"^\s*(?:already )?(?:an?|the|our|one|two|its|their|some|also)?\s*"
    r"(?:(?!no\b|not\b|for\b|to\b|of\b|with\b|without\b|in\b|on\b)[\w-]+ ){0,3}?"
)
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
    "application-load-balancer": "balancer", "amazon-ecs": "cluster",
}  # fmt: skip
_OUTSIDE = ("neon", "supabase")  # databases that are reached over the internet


def kept_of(brief: Brief) -> frozenset[Part]:
    """What is there already."""
    found: set[Part] = set()
    for part, noun in _NOUNS:
        said = _SENTENCE.split(brief.request)
        if any(_is_there(s, noun) or _is_listed(s, noun) for s in said):
            found.add(part)
    found |= {_FILES[str(f.value)] for f in brief.facts if _is_filed(f)}
    if _is_function(brief):  # it has an API of its own
        found -= {"balancer", "cluster"}
    if found & {"database", "balancer"}:
        return frozenset({*found, "network"})
    hosted = {
        str(f.value) for f in brief.facts
        if f.key == "technology" and f.role not in {"rejected", "negated", "option"}
    }  # fmt: skip
    return frozenset({*found, "outside"}) if hosted & set(_OUTSIDE) else frozenset(found)


def _is_filed(fact: Fact) -> bool:
    """Whether a file of the person's own says that it is there."""
    filed = fact.key == "technology" and fact.source == "file" and fact.value in _FILES
    if fact.value == "amazon-ecs" and ".tf:" not in fact.where:  # a workflow deploys to it
        return False
    return filed and not fact.where.startswith(_OURS)


def _is_function(brief: Brief) -> bool:
    """Whether it is to run on Lambda, as words say."""
    return any(
        f.key == "technology" and f.value == "aws-lambda" and f.source != "file"
        and f.role not in {"rejected", "negated", "option"}
        for f in brief.facts
    )  # fmt: skip


def _is_listed(sentence: str, noun: str) -> bool:
    """Whether a list of what somebody has names it."""
    named = re.compile(rf"{_BEFORE_NOUN}{noun}\b", re.IGNORECASE)
    for found in _LIST.finditer(sentence):
        wish = _WISH.search(found["items"])
        items = found["items"][: wish.start()] if wish else found["items"]
        if any(named.search(item) for item in _ITEM.split(items)):
            return True
    return False


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
