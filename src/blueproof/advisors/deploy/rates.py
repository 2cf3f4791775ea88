"""How a rate of requests is meant: the mean of the month, its busiest hour, or some minutes of it.

A rate alone says how much is to be carried at once. What a month brings follows from it only if
the words say how long it lasts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from blueproof.core.brief import Brief

Sort = Literal["mean", "peak", "burst"]

_STOP = re.compile(r"[.!?;](?=\s|$)|\n")
_MEAN = re.compile(
    r"\b(?:on average|average|averaging|avg|mean|steady|steadily|sustained|constant(?:ly)?"
    r"|otherwise|normal(?:ly)?|usual(?:ly)?|typical(?:ly)?|baseline|all day|around the clock"
    r"|24/7|rest of the (?:day|time)|most of the (?:day|time))\b",
    re.IGNORECASE,
)
_HIGH = re.compile(
    r"\b(?:peak\w*|burst\w*|spik\w+|rush|surge\w*|busiest|at most|up to|max(?:imum)?)\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\b(?:for|lasts?|lasting|over|within|during|in)\s+(?:(?:about|around|roughly|some|only|just"
    r"|maybe|the first|up to|at most|a few|a couple of)\s+|~\s?){0,2}"
    r"(?P<count>\d{1,3}(?:\.\d)?|a|an|one|half an|two|three|five|ten|fifteen|twenty|thirty)?"
    r"[\s-]?(?P<unit>seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h)\b",
    re.IGNORECASE,
)
_COUNTS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "half an": 0.5, "two": 2.0, "three": 3.0, "five": 5.0,
    "ten": 10.0, "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0,
}  # fmt: skip
_MINUTES = {"s": 1 / 60, "m": 1.0, "h": 60.0}
_A_FEW = 3.0  # "a few minutes"
_SHORT = 180.0  # minutes: what lasts longer is a part of the day, and the usual shape holds


@dataclass(frozen=True, kw_only=True)
class Rate:
    """Requests a second, how they are meant, and for how many minutes a burst lasts."""

    value: float
    sort: Sort
    minutes: float = 0.0


def rates(brief: Brief) -> tuple[Rate, ...]:
    """The requests a second that were told, in the order of the words."""
    found = [
        (float(f.value), f.quote)
        for f in brief.facts
        if f.key == "scale.requests"
        and not isinstance(f.value, str)
        and f.unit.rpartition(" per ")[2] == "second"
    ]
    return tuple(_read(brief.request, found))


def _read(text: str, found: list[tuple[float, str]]) -> Iterator[Rate]:
    places = sorted((text.find(quote), quote, value) for value, quote in found)
    begin = 0
    for number, (place, quote, value) in enumerate(places):
        if place < 0 or not quote:  # it was set by an answer, or joined from several figures
            yield Rate(value=value, sort="peak")
            continue
        end = places[number + 1][0] if number + 1 < len(places) else len(text)
        before = _last(text[begin:place])
        after = _STOP.split(text[place + len(quote) : end], maxsplit=1)[0]
        begin = place + len(quote)
        yield _meant(value, before, after)


def _last(words: str) -> str:
    """The clause right before a figure."""
    return _STOP.split(words)[-1].rpartition(",")[2]


def _meant(value: float, before: str, after: str) -> Rate:
    near = f"{before} {after.partition(',')[0]}"
    if _MEAN.search(near) and not _HIGH.search(near):
        return Rate(value=value, sort="mean")
    lasts = _LASTS.search(after) or _LASTS.search(before)
    minutes = _length(lasts) if lasts else 0.0
    if 0 < minutes < _SHORT:
        return Rate(value=value, sort="burst", minutes=minutes)
    return Rate(value=value, sort="peak")


def _length(found: re.Match[str]) -> float:
    count = (found["count"] or "").lower()
    number = _COUNTS.get(count) or (float(count) if count else _A_FEW)
    return number * _MINUTES[found["unit"][0].lower()]
