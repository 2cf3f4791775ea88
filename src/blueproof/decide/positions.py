"""Positions that phones on the move send at an interval, and who looks at all of them."""

import re

from blueproof.decide.chains import total_of
from blueproof.decide.people import People

_EVERY = re.compile(
    r"\bevery\s+(?P<many>\d+|few|couple of)?\s*(?P<unit>seconds?|secs?|s|minutes?|mins?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:positions?|locations?|gps|coordinates|pings?|whereabouts|track\w*)\b", re.IGNORECASE
)
_WATCHERS = (
    re.compile(
        r"\b(?P<many>\d{1,4})\s+(?:[a-z]+\s+)?(?:dispatchers?|managers?|supervisors?|operators?|"
        r"planners?|controllers?|admins?)\b[^.;?!]{0,30}\b(?:watch|see|monitor|follow|track|view)",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:dispatchers?|managers?|supervisors?|operators?|planners?|controllers?|admins?)\s*"
        r"\((?P<many>\d{1,4})\)[^.;?!]{0,30}\b(?:watch|see|monitor|follow|track|view)",
        re.IGNORECASE,
    ),
)
_DAYS = re.compile(
    r"\b(?P<many>\d{1,2})\s+days?\s+(?:a|per|each|every|/)\s*(?P<of>week|month)\b", re.IGNORECASE
)
_A_WEEK, _MONTH, _HOUR = 7, 30, 3600
_SHIFT = 8  # hours of a workday, where none are told
_NEAR = 60  # characters around the interval in which a word says what is sent
_DAY = 24  # hours, where none are told
_SOME = 5  # "every few seconds"


def positions_of(text: str, people: People, hours: float) -> float:
    """The positions a month of so many people who send them for `hours` a day (24: not told)."""
    for found in _EVERY.finditer(text):
        before = re.split(r"[.;?!]\s", text[: found.start()])[-1]
        after = re.split(r"[.;?!](?:\s|$)", text[found.end() :])[0]
        if _PLACE.search(f"{before[-_NEAR:]} {after[:_NEAR]}") and people.count:
            said = found["many"] or "1"
            each = float(said) if said.isdigit() else _SOME
            seconds = each * (60 if found["unit"].lower().startswith("m") else 1)
            told = _SHIFT if hours == _DAY and people.staff else hours
            moving = total_of(people.noun, text) if people.noun else 0.0
            many = moving if 0 < moving < people.count else people.count
            return many * _HOUR / seconds * told * _days(text)
    return 0.0


def watchers_of(text: str) -> int:
    """How many screens follow all of them at once; 0 where it is not told."""
    return next((int(m["many"]) for p in _WATCHERS if (m := p.search(text))), 0)


def _days(text: str) -> float:
    """The days of a month on which a fleet moves: every one, unless it is told."""
    found = _DAYS.search(text)
    if not found:
        return _MONTH
    return float(found["many"]) * (_MONTH / _A_WEEK if found["of"].lower() == "week" else 1)
