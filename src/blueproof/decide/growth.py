"""People now and people later, as the words tell both: two bills, never one for the other."""

import re
from dataclasses import dataclass

_NUMBER = r"(?P<{0}>\d[\d,.]*\d|\d)\s?(?P<{0}k>k|m|million)?\b(?!\s?[%$€£:/])"
_NOUN = r"(?:\s+(?!and\b|but\b|in\b|to\b)[a-z-]+){0,3}?"
# Those who build it do not grow into those who use it.
_OF_NOW = (
    _NUMBER.format("now")
    + r"(?!\s*(?:\w+\s+)?(?:devs?|developers?|engineers?|founders?|programmers?|of us)\b)"
)
_NOW = (
    r"(?<![a-z])(?:right now|now|today|currently|at present|at (?:the )?(?:launch|start|beginning)|"
    r"to (?:start|begin) with|initially|this year|so far|for now|already)"
)
_MANY = (
    r"(?P<many>\d{1,2}|an?|one|two|three|four|five|six|seven|eight|ten|twelve|eighteen|"
    r"twenty-four|the next)"
)
_SEASON = (
    r"(?:spring|summer|autumn|fall|winter|christmas|easter|january|february|march|april|may|june|"
    r"july|august|september|october|november|december)"
)
_WHEN = (
    rf"(?:(?:with)?in|after|over|by|for)\s+(?:about\s+|around\s+|some\s+|the\s+(?:next|end of)\s+)?"
    rf"(?:(?P<nth>year|month)\s+)?{_MANY}(?:\s+(?P<unit>years?|months?|yrs?))?(?:['\u2019]?s?\s+time)?|"
    r"(?P<next>(?:by\s+)?next year)|"
    rf"(?P<date>(?:by|in|until|come)\s+(?:(?:the\s+)?(?:end of (?:the|this) year|{_SEASON})|"
    rf"(?:next|this)\s+{_SEASON}))"
)
_LATER = rf"{_NUMBER.format('later')}{_NOUN}\s*,?\s*(?:{_WHEN})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2,000 users now, 40,000 in five years
        rf"{_OF_NOW}{_NOUN}\s*\(?{_NOW}\b[^.;?!\d]{{0,50}}{_LATER}",
        # currently 1,200 members, hoping for 10k in a year; we start with 500 and expect ...
        rf"\b(?:{_NOW}|start\w*(?: out)? with|launch\w* with|from)\s+(?:we (?:have|are)\s+)?"
        rf"(?:about\s+|around\s+|some\s+|~\s*)?{_OF_NOW}"
        rf"(?!\s+(?:years?|months?|weeks?|days?|hours?|minutes?)\b)[^.;?!\d]{{0,50}}{_LATER}",
        # today we have 2,000 users; in five years 40,000
        rf"\b{_NOW}\s+(?:we (?:have|are)\s+|it is\s+|there are\s+)?{_OF_NOW}"
        rf"[^.?!\d]{{0,40}}\b(?:{_WHEN})[^.;?!\d]{{0,20}}{_NUMBER.format('later')}",
        # we have 2,000 users and expect 40,000 in five years
        rf"\b(?:have|are|with|serve)\s+(?:about\s+|around\s+|some\s+|~\s*)?"
        rf"{_OF_NOW}{_NOUN}[^.;?!\d]{{0,20}}\b(?:expect|hope|hoping|plan|want|aim|"
        rf"target|grow|reach|think|will)\w*\b[^.;?!\d]{{0,30}}{_LATER}",
    )
)  # fmt: skip
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
          "seven": 7, "eight": 8, "ten": 10, "twelve": 12, "eighteen": 18, "twenty-four": 24,
          "the next": 1}  # fmt: skip
_THOUSANDS = {"k": 1_000, "m": 1_000_000, "million": 1_000_000}
_A_YEAR = 12
_UNTIL_A_DATE = 6  # months, where a season or a month is told and not how far it is
_MOST_MONTHS = 240


@dataclass(frozen=True, kw_only=True)
class Growth:
    """So many people now, so many after `months`; `date` is the day as told ("by summer")."""

    now: float
    later: float
    months: int
    date: str = ""


def growth_of(text: str) -> Growth | None:
    """The growth that the words tell; None where they tell none, or a fall.

    >>> growth_of("2,000 users now, 40,000 in five years")
    Growth(now=2000.0, later=40000.0, months=60, date='')
    """
    for pattern in _PATTERNS:
        for found in pattern.finditer(text):
            growth = _growth(found)
            if growth:
                return growth
    return None


def _growth(found: re.Match[str]) -> Growth | None:
    now, later = _value(found["now"], found["nowk"]), _value(found["later"], found["laterk"])
    months = _months(found)
    if not 0 < now < later or not 0 < months <= _MOST_MONTHS:
        return None
    date = " ".join((found["date"] or "").lower().split())
    return Growth(now=now, later=later, months=months, date=date)


def _months(found: re.Match[str]) -> int:
    if found["next"]:
        return _A_YEAR
    if found["date"]:
        return _UNTIL_A_DATE
    unit = (found["unit"] or found["nth"] or "").lower()
    many = found["many"].lower()
    count = _WORDS.get(many) or (int(many) if many.isdigit() else 0)
    if not unit:
        return 0
    return count * (_A_YEAR if unit.startswith("y") else 1)


def _value(digits: str, thousands: str | None) -> float:
    grouped = re.sub(r"[,.](?=\d{3}\b)", "", digits)
    return float(grouped.replace(",", ".")) * _THOUSANDS.get((thousands or "").lower(), 1)
