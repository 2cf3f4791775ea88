"""Small records that people or their devices make in great numbers: scans, swipes, turns, edits.

Each is one record, where a visit or an order is several. Whether a number is of one person or of
all together is told, or follows from its size against the people.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.decide.chains import ratios_of, total_of
from blueproof.decide.deeds import DAYS, RANGE, amount, middle
from blueproof.decide.people import People

_SMALL = (
    r"(?P<what>scan|swipe|edit|turn|move|vote|answer|tap|like|comment|reaction|click|guess|bid|"
    r"change|update|check-?off|score|save|quest|interaction|pick)s?"
)
_WHO = (
    r"(?:user|person|people|member|player|driver|worker|picker|student|device|scanner|handheld|"
    r"employee|head|customer|patient|technician|inspector|family|household|team|machine|sensor)"
)
_PERIOD = r"(?P<period>shift|day|week|month)|(?P<adverb>daily|weekly|monthly)"
_RATE = re.compile(
    rf"{RANGE}\s+(?:[a-z-]+\s+)?{_SMALL}\b"
    rf"(?P<own>\s*(?:per|an?|each|every|/)\s*{_WHO}\b)?(?P<apiece>\s+(?:each|apiece))?"
    rf"\s*(?:and|,)?\s*(?:(?:per|an?|each|every|/)\s*)?(?:{_PERIOD})\b"
    rf"(?P<after>\s*(?:per|for each|each|by each|apiece)(?:\s+{_WHO}\b|\b))?",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?P<many>\d{1,3})\s+(?:[a-z-]+\s+)?(?P<of>matches|games|rounds|sessions|visits|trips|lessons|"
    r"quizzes|tours|shifts)\s+(?:with|of|at|having)\s+(?:about\s+|around\s+|some\s+|~\s*)?$",
    re.IGNORECASE,
)
_IN_ALL = re.compile(r"^\W*(?:in total|altogether|overall|in all|together)\b", re.IGNORECASE)
_SHIFTS = re.compile(r"\b(?P<many>\d|two|three|one)\s+shifts\b", re.IGNORECASE)
_OF_ONE = 1_000  # a day, from which a number is rather what all do together
_FEW = 10  # times as many people as the number, from which it cannot be that of all
_WORKDAYS = 22


@dataclass(frozen=True, kw_only=True)
class Records:
    """What is recorded, how many a month in all, and the sum that says so."""

    what: str
    month: float
    working: str


def records_of(text: str, people: People) -> tuple[Records, ...]:
    """The small records that the words tell of."""
    return tuple(_found(text, people))


def _found(text: str, people: People) -> Iterator[Records]:
    chained = {r.quote: r for r in ratios_of(text) if r.period}
    for found in _RATE.finditer(text):
        period = (found["period"] or found["adverb"]).lower()
        many = middle(found) * _times(text, found)
        holders = next(
            (total_of(r.per, text) for q, r in chained.items() if q in " ".join(found[0].split())),
            0.0,
        )
        if holders:
            who, each = holders, True
        else:
            each = _is_each(text, found, many, people)
            who = people.count if each else 1.0
        if not who:
            continue
        times = _in_month(text, period, people, each=each and not holders)
        sums = (
            f"{many:,.0f} x {who:,.0f} x {times:.3g} a month"
            if each
            else f"{many:,.0f} x {times:.3g}"
        )
        yield Records(what=found["what"].lower(), month=many * who * times, working=sums)


def _times(text: str, found: re.Match[str]) -> float:
    """30 turns in each of 4 matches are 120."""
    outer = _TIMES.search(text[: found.start()])
    return amount(outer["many"]) if outer else 1.0


def _is_each(text: str, found: re.Match[str], many: float, people: People) -> bool:
    if _IN_ALL.match(text[found.end() :]):
        return False
    if found["own"] or found["apiece"] or found["after"]:
        return True
    before = re.split(r"[.;?!]\s", text[: found.start()])[-1]
    if re.search(r"\b(?:each|every|everyone|everybody)\b", before, re.IGNORECASE):
        return True
    return many <= _OF_ONE and people.count >= _FEW * many


def _in_month(text: str, period: str, people: People, *, each: bool) -> float:
    """How often a month has this; one's own day is a day on which one comes, a shift a workday."""
    if period == "shift":
        shifts = _SHIFTS.search(text)
        return _WORKDAYS * (amount(shifts["many"]) if shifts else 1)
    days = DAYS[period]
    return people.days if each and days == 1 else 30 / days
