"""The figures of a request under the names that meters reckon with: daily, online, interval, ..."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.fits.figures import sentence_at
from blueproof.advisors.premises.figures import in_base, is_period, per_period
from blueproof.core.brief import Brief, Fact

_NEAR = 40  # characters behind a figure that say what those people do
_HUNDRED = 100
_ONLINE = re.compile(
    r"\b(?:online|watch(?:es|ing)?|subscribed|connected|concurrent\w*|at once"
    r"|at the same time|simultaneous\w*"
    r"|at (?:\w+ )?peak|active|live)\b",
    re.IGNORECASE,
)
_MOVING = re.compile(
    r"\b(?:riding|moving|driving|online|active|in use|on the road|out|connected|live)\b",
    re.IGNORECASE,
)
_OF = re.compile(
    r"\b(?:rooms?|boards?|groups?|teams?|channels?|games?|matches|classes|sessions?|tables?|chats?)"
    r" (?:of|with|for)(?: up to| about)?\s*$",
    re.IGNORECASE,
)
_EVERY = re.compile(r"\b(?:every|each)\s*$", re.IGNORECASE)
_EVERY_UNIT = re.compile(
    r"\b(?:every|each|once an?|once per) (second|minute|hour)\b", re.IGNORECASE
)
_SENDERS = frozenset({"driver", "courier", "rider", "vehicle", "scooter", "truck", "car", "bike"})
_NAMES = {
    "rows": "docs", "services": "parts", "instances": "workers", "orders": "orders",
    "requests": "calls", "reads": "reads", "writes": "writes", "monthly-users": "monthly",
    "group-size": "group", "daily-users": "daily", "concurrent-users": "online",
    "connections": "online",
}  # fmt: skip
_UNITS = {"shard": "shards", "consumer": "workers"}
_CROWDS = frozenset({"users", "people", "devices"})
_A_MONTH = frozenset({"calls", "reads", "writes", "orders"})
_PLAIN = {"DAU": "daily user", "MAU": "monthly user", "person": "person", "CCU": "person"}
_PLURALS = {"person": "people"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A figure: how much in base units, the noun that it counts, and how it was written."""

    value: Decimal
    noun: str
    quote: str

    @property
    def nouns(self) -> str:
        """The noun in the plural."""
        return plural(self.noun)


def plural(noun: str) -> str:
    """The noun in the plural.

    >>> plural("delivery"), plural("person"), plural("daily user")
    ('deliveries', 'people', 'daily users')
    """
    if noun in _PLURALS:
        return _PLURALS[noun]
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


def told_of(brief: Brief) -> dict[str, Told]:
    """What the words tell, by name; the first figure of each name counts."""
    found: dict[str, Told] = {}
    for fact in brief.facts:
        if isinstance(fact.value, str) or not fact.span or fact.role in {"price", "limit"}:
            continue
        for name, value in _meant(brief, fact):
            unit = fact.unit.partition(" per ")[0]
            noun = _PLAIN.get(unit, unit)
            if name in {"daily", "monthly"} and noun == "user":
                noun = f"{name} user"
            found.setdefault(name, Told(value=value, noun=noun, quote=fact.quote))
    return _with_those_online(brief, found)


def _with_those_online(brief: Brief, found: dict[str, Told]) -> dict[str, Told]:
    """How many send at once: as told, a share of the devices, or all who send at an interval."""
    every = _EVERY_UNIT.search(brief.request)
    if "interval" not in found and every:
        seconds, _ = in_base(Decimal(1), every[1].lower())
        found["interval"] = Told(value=seconds, noun="second", quote=every[0])
    crowd = found.get("devices") or found.get("users")
    sends = crowd and ("devices" in found or crowd.noun in _SENDERS)
    if "online" in found or crowd is None or not sends:
        return found
    share = found.get("share")
    if share:
        online = crowd.value * share.value / _HUNDRED
        quote = f"{share.quote} of {crowd.quote}"
        found["online"] = Told(value=online, noun=crowd.noun, quote=quote)
    elif "interval" in found:
        found["online"] = crowd
    return found


def _meant(brief: Brief, fact: Fact) -> Iterator[tuple[str, Decimal]]:
    """The names under which a figure stands, each with its value."""
    key = fact.key.removeprefix("scale.")
    unit, _, per = fact.unit.partition(" per ")
    value, base = in_base(Decimal(str(fact.value)), unit)
    if base == "second" and not per:
        yield from _of_time(brief, fact, key, value)
    elif base == "B":
        yield "bytes", value
        if per and is_period(per):
            yield "interval", in_base(Decimal(1), per)[0]
    elif unit == "percent":
        if _MOVING.search(_behind(brief, fact)):
            yield "share", value
    elif key in _CROWDS:
        yield from _of_crowd(brief, fact, key, value, per)
    else:
        yield from _counted(fact, key, value, (unit, per))


def _counted(
    fact: Fact, key: str, value: Decimal, units: tuple[str, str]
) -> Iterator[tuple[str, Decimal]]:
    """What is counted and neither time, bytes nor people."""
    unit, per = units
    name = _UNITS.get(unit) or _NAMES.get(key, "")
    if key == "messages" and not per:
        name = "docs"
    if name:
        monthly = name in _A_MONTH and is_period(per)
        yield name, per_period(value, per, "month") if monthly else value
    elif fact.key.startswith("scale.") and unit and key == unit:
        yield "watchers", value


def _of_time(brief: Brief, fact: Fact, key: str, value: Decimal) -> Iterator[tuple[str, Decimal]]:
    assert fact.span is not None
    begin, _ = sentence_at(brief.request, fact.span[0])
    if key == "interval" or _EVERY.search(brief.request[begin : fact.span[0]]):
        yield "interval", value
    elif key in {"latency", "duration"} and fact.role == "measured":
        yield "seconds", value


def _of_crowd(
    brief: Brief, fact: Fact, key: str, value: Decimal, per: str
) -> Iterator[tuple[str, Decimal]]:
    if per in {"day", "month"}:
        yield ("daily" if per == "day" else "monthly"), value
    elif key in {"people", "users"} and _OF.search(_before(brief, fact)):
        yield "group", value
    elif _ONLINE.search(_behind(brief, fact)) and key != "devices":
        yield "online", value
    else:
        yield ("devices" if key == "devices" else "users"), value


def _before(brief: Brief, fact: Fact) -> str:
    assert fact.span is not None
    begin, _ = sentence_at(brief.request, fact.span[0])
    return brief.request[max(begin, fact.span[0] - _NEAR) : fact.span[0]]


def _behind(brief: Brief, fact: Fact) -> str:
    """The words behind the figure, to the end of its clause."""
    assert fact.span is not None
    _, end = sentence_at(brief.request, fact.span[0])
    behind = brief.request[fact.span[1] : min(end, fact.span[1] + _NEAR)]
    return behind.partition(",")[0]
