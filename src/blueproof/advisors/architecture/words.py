"""The figures of a load as the words tell them: rates, peaks, windows, devices, sizes, times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.advisors.architecture.owning import STAFF
from blueproof.core.brief import Brief, Fact

PEAK = 10.0  # the busiest second against the mean, where only one of them is told
_A_MONTH = {
    "second": 2_592_000.0,
    "minute": 43_200.0,
    "hour": 720.0,
    "day": 30.0,
    "night": 30.0,
    "week": 30 / 7,
    "month": 1.0,
    "year": 1 / 12,
}
_MONTHS = {"day": 1 / 30, "week": 7 / 30, "month": 1.0, "year": 12.0}
_BYTES = {"B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_NUMBER = r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<k>[kKmM](?![a-zA-Z])|million|thousand)?"
_TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_PEAK = re.compile(
    r"\b(?:peaks?|peaking|bursts?|bursting|spik\w+|at worst|max(?:imum)?|at most|up to|rush"
    r"|busiest|black friday|sales? days?|at lunch|lunch|launch|between \d)\b",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"\b(?:average|avg|mean|normal(?:ly)?|usual(?:ly)?|daytime|typical(?:ly)?|baseline|steady"
    r"|otherwise|rest of the day|quiet)\b",
    re.IGNORECASE,
)
_DAYTIME = re.compile(
    r"\b(?:in (?:the )?daytime|during the day|by day|office hours|business hours|working hours"
    r"|daytime|workdays?)\b",
    re.IGNORECASE,
)
_PEAK_OF = (
    re.compile(
        rf"\b(?:peak\w*|burst\w*|spik\w+)(?: (?:of|at|to|up to|around|about|is|are|hits?"
        rf"|reach\w*))*:? ~?{_NUMBER}(?! ?(?:am|pm|:|h\b|ms|%|x\b|times))",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_NUMBER}(?: ?(?:req(?:uest)?s?|rps|calls))?(?: ?(?:/ ?s(?:ec)?|per second"
        r"|a second))?,? (?:at|in|on|during) (?:the )?(?:peak|bursts|spikes)",
        re.IGNORECASE,
    ),
)
_USUAL_OF = (
    re.compile(
        rf"{_NUMBER}(?: ?(?:req(?:uest)?s?|rps|calls))?(?: ?(?:/ ?s(?:ec)?|per second"
        r"|a second))?,? (?:on average|in average|average|avg|normally|usually)",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:average|avg|normally|usually)(?: (?:of|is|about|around|at))*:? ~?{_NUMBER}",
        re.IGNORECASE,
    ),
)
_WINDOW = re.compile(
    r"\b(?:between|from) (?P<h1>\d{1,2})(?:[:.h](?P<m1>\d\d))? ?(?P<a1>am|pm)?"
    r" ?(?:and|to|until|till|-|\u2013) ?(?P<h2>\d{1,2})(?:[:.h](?P<m2>\d\d))? ?(?P<a2>am|pm)?",
    re.IGNORECASE,
)
_DEVICES = re.compile(
    rf"{_NUMBER} (?:[a-z-]+ ){{0,2}}?(?P<noun>(?:e-?)?(?:bikes?|devices?|sensors?|meters?|trackers?"
    r"|scooters?|vehicles?|cars?|trucks?|machines?|gateways?|thermostats?|cameras?|turbines?"
    r"|inverters?|chargers?|charge[- ]?points?|boilers?|wearables?|beacons?|locks?|lifts?"
    r"|elevators?|pumps?|containers? ships?|robots?|drones?|kiosks?|terminals?|panels?))\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"\b(?:every|each|once (?:a|per|every)) (?:(?P<n>\d+(?:\.\d+)?|ten|five|thirty|fifteen) ?)?"
    r"(?P<unit>s|sec(?:ond)?s?|min(?:ute)?s?|hours?|h)\b",
    re.IGNORECASE,
)
_SPELT = {
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "six": 6.0,
    "five": 5.0,
    "ten": 10.0,
    "fifteen": 15.0,
    "thirty": 30.0,
}
_KEPT = re.compile(
    r"\b(?:ke(?:ep|pt)|retain\w*|retention|stor(?:e|ed|age) (?:for|of)|hold|archiv\w*|histor\w+"
    r"|available for|for (?:the last )?(?:\d+|one|two|three|five|ten) years?)\b",
    re.IGNORECASE,
)
_CROWD = re.compile(
    rf"{_NUMBER} (?:people|users|fans|visitors|customers|players|buyers)\b[^.?!]{{0,40}}?"
    r"\b(?:in|within) (?P<t>\d+) ?(?P<unit>min(?:ute)?s?|s(?:ec(?:ond)?s?)?|hours?)\b",
    re.IGNORECASE,
)
_RARE = re.compile(
    r"\b(?:black friday|cyber monday|on sale|launch day|premieres?|product launch|flash sales?"
    r"|campaigns?|once a (?:week|month|year))\b",
    re.IGNORECASE,
)
_LASTS = re.compile(
    r"\bfor (?:about |some )?(?P<n>\d+|one|two|three|four|five|six) hours?\b", re.IGNORECASE
)
_SENT = re.compile(
    r"\b(?:watch\w*|download\w*|stream\w*|serv\w+|egress|traffic|transfer\w*|out(?:going)?"
    r"|bandwidth)\b",
    re.IGNORECASE,
)
_MEMORY = re.compile(r"\b(?:ram|memory|heap)\b", re.IGNORECASE)
CROWD_REQUESTS = 10.0  # of each in a crowd that comes at once
_CALLS = frozenset({"requests", "orders"})
_RECORDS = frozenset({"messages", "writes", "orders"})
_FILES = frozenset({"uploads"})
_UPLOADED = re.compile(
    r"\b(?:upload\w*|photos?|images?|videos?|pictures?|pdfs?|scans?|recordings?)\b", re.IGNORECASE
)
_LONGEST = 15.0  # hours a day, beyond which a window is no peak
_NOON = 12
_NEAR = 30  # characters beside a figure


@dataclass(frozen=True)
class Words:
    """The words of a brief as figures of a load; 0 or "" where they do not tell."""

    brief: Brief

    @cached_property
    def users(self) -> float:
        """People a month."""
        set_apart = [float(f.value) for f in self.brief.facts if f.key == "users"]
        told = self._most({"users", "monthly-users", "people"}, counted=True)
        told = told or max(
            (float(f.value) for f in self._scaled({"developers"}) if f.unit in STAFF), default=0.0
        )
        return max(set_apart, default=0.0) or told

    @cached_property
    def daily_users(self) -> float:
        """People on a day."""
        return self._most({"daily-users"}, counted=True)

    @cached_property
    def monthly(self) -> float:
        """Requests a month, where they are told by the month, day, hour or minute."""
        found = [v * _A_MONTH[p] for f, v, p in self._rated({"requests"}) if p != "second"]
        return max(found, default=0.0)

    @cached_property
    def _seconds(self) -> tuple[tuple[float, bool], ...]:
        """The rates told per second, and whether each is of usual hours.

        Of two that stand without a word, the larger is the peak.
        """
        rates = [(f, v) for f, v, p in self._rated(_CALLS) if p == "second"]
        told = [(v, self._is_usual(f)) for f, v in rates]
        values = {v for v, _ in told}
        if len(values) > 1 and all(usual for _, usual in told):
            return tuple((v, v < max(values)) for v in sorted(values))
        return tuple(told)

    @cached_property
    def usual(self) -> float:
        """Requests a second in usual hours."""
        rates = self._seconds
        usual = [v for v, is_usual in rates if is_usual]
        if not usual and rates:
            usual = self._read_by(_USUAL_OF)
        return max(usual, default=0.0)

    @cached_property
    def peak(self) -> float:
        """Requests a second at the busiest."""
        found = [v for v, is_usual in self._seconds if not is_usual]
        if not found and (self._seconds or self.monthly):
            found = self._read_by(_PEAK_OF)
        return max(found, default=0.0) or self.rush

    @cached_property
    def rush(self) -> float:
        """Requests a second of a crowd that comes at once ("30k people in 5 minutes")."""
        found = _CROWD.search(self.brief.request)
        if not found:
            return 0.0
        seconds = float(found["t"]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[found["unit"][0].lower()]
        return _amount(found) * CROWD_REQUESTS / seconds

    @property
    def is_rare(self) -> bool:
        """Whether the peak comes on few days, not daily."""
        return bool(_RARE.search(self.brief.request))

    def _read_by(self, patterns: tuple[re.Pattern[str], ...]) -> list[float]:
        """Figures without a unit of their own that these words tell as rates."""
        hits = (p.search(self.brief.request) for p in patterns)
        return [_amount(hit) for hit in hits if hit and not self._is_told(hit.span("n"))]

    def _is_usual(self, fact: Fact) -> bool:
        near = self._near(fact)
        return bool(_USUAL.search(near)) or not _PEAK.search(near)

    @property
    def by_day(self) -> bool:
        """Whether the usual rate is that of daytime."""
        return bool(_DAYTIME.search(self.brief.request))

    @cached_property
    def window(self) -> str:
        """The hours of the peak as the words tell them ("7:45 and 9:00")."""
        found = _WINDOW.search(self.brief.request)
        lasts = _LASTS.search(self.brief.request)
        return found[0] if found and not lasts and self.window_hours else ""

    @cached_property
    def window_hours(self) -> float:
        """How many hours a day the peak lasts."""
        lasts = _LASTS.search(self.brief.request)
        if lasts and (self.peak or self.usual):
            return _SPELT.get(lasts["n"].lower()) or float(lasts["n"])
        found = _WINDOW.search(self.brief.request)
        if not found or not (found["m1"] or found["a2"] or found["a1"] or int(found["h2"]) > 0):
            return 0.0
        start, end = _clock(found, "1"), _clock(found, "2")
        hours = end - start
        return hours if 0 < hours <= _LONGEST else 0.0

    @cached_property
    def devices(self) -> float:
        """Machines that send."""
        known = self._most({"devices"}, counted=True)
        found = _DEVICES.search(self.brief.request)
        return known or (_amount(found) if found else 0.0)

    @cached_property
    def events(self) -> tuple[float, str]:
        """Records a month that come in for good, and what they are called."""
        sending = self.devices * _a_month_each(self.brief.request)
        if sending:
            return sending, "messages"
        found = [
            (self._of_month(fact, value, per), f"{fact.unit.partition(' per ')[0]}s")
            for fact, value, per in self._rated(_RECORDS)
        ]
        for fact, value, per in self._rates():
            noun = fact.unit.partition(" per ")[0]
            if noun.rstrip("s") not in {"photo", "file", "image", "video", "upload", "request"}:
                found.append((value * _A_MONTH[per], noun))
        return max(found, default=(0.0, "rows"))

    def _of_month(self, fact: Fact, value: float, per: str) -> float:
        """A rate over the month; of a peak a second, a tenth holds over the month."""
        is_peak = per == "second" and not self._is_usual(fact)
        return value * _A_MONTH[per] / (PEAK if is_peak else 1.0)

    @cached_property
    def files(self) -> float:
        """Uploads a month."""
        found = [v * _A_MONTH[p] for _, v, p in self._rated(_FILES)]
        for fact, value, per in self._rates():
            noun = fact.unit.partition(" per ")[0].rstrip("s")
            if noun in {"photo", "file", "image", "video", "upload", "picture", "document"}:
                found.append(value * _A_MONTH[per])
        return max(found, default=0.0)

    @cached_property
    def row_bytes(self) -> float:
        """Bytes of one record."""
        return self._size({"B", "KB"}, of_files=False)

    @cached_property
    def file_mb(self) -> float:
        """Megabytes of one file."""
        size = self._size({"MB"}, of_files=True) or self._size({"KB"}, of_files=True)
        return size / 1e6

    @cached_property
    def stored_gb(self) -> float:
        """Gigabytes that are there already, or come to be."""
        return self._data(sent=False)

    @cached_property
    def sent_gb(self) -> float:
        """Gigabytes a month that are watched or fetched, beside answers."""
        return self._data(sent=True)

    def _data(self, *, sent: bool) -> float:
        found = [
            float(f.value) * _BYTES[f.unit.partition(" per ")[0]] / 1e9
            for f in self._scaled({"storage", "traffic", "memory"})
            if f.unit.partition(" per ")[0] in {"GB", "TB"}
            and bool(_SENT.search(self._near(f))) == sent
            and not _MEMORY.search(self._near(f))
        ]
        return max(found, default=0.0)

    def _size(self, units: set[str], *, of_files: bool) -> float:
        """The largest told size in one of these units; small ones only of records."""
        found = [
            float(f.value) * _BYTES[f.unit]
            for f in self._scaled({"storage", "memory", "payload"})
            if f.unit in units and (of_files or not _UPLOADED.search(self._near(f)))
        ]
        return max(found, default=0.0)

    @cached_property
    def kept_months(self) -> float:
        """For how many months data are kept."""
        found = [
            float(f.value) * _MONTHS[f.unit]
            for f in self._scaled({"retention", "duration"})
            if f.unit in _MONTHS and (f.key == "scale.retention" or _KEPT.search(self._near(f)))
        ]
        return max(found, default=0.0)

    @cached_property
    def latency_ms(self) -> float:
        """Milliseconds within which an answer must come."""
        found = [f for f in self._scaled({"latency"}) if f.role == "limit"]
        return min(
            (float(f.value) * (1000 if f.unit == "second" else 1) for f in found), default=0.0
        )

    @cached_property
    def team(self) -> float:
        """People who build it."""
        return max(
            (float(f.value) for f in self._scaled({"developers"}) if f.unit not in STAFF),
            default=0.0,
        )

    def _scaled(self, metrics: set[str] | frozenset[str]) -> Iterator[Fact]:
        for fact in self.brief.facts:
            name = fact.key.removeprefix("scale.")
            if (
                fact.key.startswith("scale.")
                and name in metrics
                and not isinstance(fact.value, str)
            ):
                yield fact

    def _rated(self, metrics: set[str] | frozenset[str]) -> Iterator[tuple[Fact, float, str]]:
        for fact in self._scaled(metrics):
            per = fact.unit.rpartition(" per ")[2]
            if " per " in fact.unit and per in _A_MONTH:
                yield fact, float(fact.value), per

    def _rates(self) -> Iterator[tuple[Fact, float, str]]:
        """What was worked out of two figures ("80,000 users, 5 photos a day each")."""
        for fact in self.brief.facts:
            per = fact.unit.rpartition(" per ")[2]
            if fact.key == "rate" and per in _A_MONTH and not fact.unit.startswith("USD"):
                yield fact, float(fact.value), per

    def _most(self, metrics: set[str], *, counted: bool) -> float:
        found = [
            float(f.value) for f in self._scaled(metrics) if not counted or " per " not in f.unit
        ]
        return max(found, default=0.0)

    def _near(self, fact: Fact) -> str:
        """The figure with the words beside it, up to the figures before and behind it."""
        if fact.span is None:
            return fact.quote
        start, end = fact.span
        others = [f.span for f in self.brief.facts if f.span and f.key.startswith("scale.")]
        left = max((start - _NEAR, 0, *(b for _, b in others if b <= start)))
        right = min((end + _NEAR, *(a for a, _ in others if a >= end)))
        text = self.brief.request
        for mark in (". ", "; ", ", "):
            cut = text.rfind(mark, left, start)
            left = cut + len(mark) if cut >= 0 else left
            cut = text.find(mark, end, right)
            right = cut if cut >= 0 else right
        return text[left:right]

    def _is_told(self, span: tuple[int, int]) -> bool:
        """Whether the figure there is known already, as something else."""
        return any(
            f.span and f.span[0] <= span[0] < f.span[1] and f.key != "scale.requests"
            for f in self.brief.facts
            if f.key.startswith(("scale.", "budget"))
        )


def _amount(found: re.Match[str]) -> float:
    return float(found["n"].replace(",", "")) * _TIMES.get((found["k"] or "").lower(), 1.0)


def _clock(found: re.Match[str], which: str) -> float:
    hour = int(found[f"h{which}"]) + int(found[f"m{which}"] or 0) / 60
    half = (found[f"a{which}"] or found["a2"] or "").lower()
    return hour + _NOON if half == "pm" and hour < _NOON else hour


def _a_month_each(text: str) -> float:
    """How often a month one device sends, by "every 30 seconds"; 0 where it is not told."""
    found = _EVERY.search(text)
    if not found:
        return 0.0
    unit = found["unit"][0].lower()
    told = (found["n"] or "1").lower()
    number = _SPELT.get(told) or float(told)
    seconds = number * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]
    return 2_592_000.0 / seconds if seconds else 0.0
