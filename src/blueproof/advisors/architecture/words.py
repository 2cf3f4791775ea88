"""The figures of a load as the words tell them: rates, peaks, windows, devices, sizes, times."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.advisors.architecture.cues import (
    A_MONTH,
    ANSWERED,
    AT_ONCE,
    AT_ONCE_SECONDS,
    BYTES,
    CALLS,
    CROWD,
    CROWD_REQUESTS,
    DAYTIME,
    DEVICES,
    EVERY,
    FEWEST_RECORDS,
    FILE_MB,
    FILES,
    GENERIC,
    KEPT,
    LASTS,
    LONGEST,
    MEMORY,
    MONTHS,
    NEAR,
    NO_RECORDS,
    NOON,
    PEAK,
    PEAK_OF,
    PEAK_TIMES,
    PEOPLE,
    RARE,
    SENT,
    SPELT,
    TIMES,
    UPLOADED,
    USUAL,
    USUAL_OF,
    WINDOW,
)
from blueproof.advisors.architecture.owning import STAFF
from blueproof.core.brief import Brief, Fact

_OPEN = frozenset({"scale.requests", "scale.number"})  # what a rate may still be read from


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
        crowd = PEOPLE.search(self.brief.request)
        if not told and crowd and not self.daily_users and not self._is_told(crowd.span("n")):
            told = _amount(crowd)
        return max(set_apart, default=0.0) or told

    @cached_property
    def daily_users(self) -> float:
        """People on a day."""
        return self._most({"daily-users"}, counted=True)

    @cached_property
    def monthly(self) -> float:
        """Requests a month, where they are told by the month, day, hour or minute."""
        found = [v * A_MONTH[p] for f, v, p in self._rated({"requests"}) if p != "second"]
        return max(found, default=0.0)

    @cached_property
    def _seconds(self) -> tuple[tuple[float, bool], ...]:
        """The rates told per second, and whether each is of usual hours.

        Of two that stand without a word, the larger is the peak.
        """
        rates = [(f, v) for f, v, p in self._rated(CALLS) if p == "second"]
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
            usual = self._read_by(USUAL_OF)
        return max(usual, default=0.0)

    @cached_property
    def peak(self) -> float:
        """Requests a second at the busiest."""
        found = [v for v, is_usual in self._seconds if not is_usual]
        if not found and (self._seconds or self.monthly or GENERIC.search(self.brief.request)):
            found = self._read_by(PEAK_OF)
        return max(found, default=0.0) or self.rush

    @cached_property
    def rush(self) -> float:
        """Requests a second of a crowd that comes at once ("30k people in 5 minutes")."""
        found = CROWD.search(self.brief.request)
        if not found:
            once = AT_ONCE.search(self.brief.request)
            return _amount(once) * CROWD_REQUESTS / AT_ONCE_SECONDS if once else 0.0
        seconds = float(found["t"]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[found["unit"][0].lower()]
        return _amount(found) * CROWD_REQUESTS / seconds

    @property
    def is_rare(self) -> bool:
        """Whether the peak comes on few days, not daily."""
        return bool(RARE.search(self.brief.request))

    def _read_by(self, patterns: tuple[re.Pattern[str], ...]) -> list[float]:
        """Figures without a unit of their own that these words tell as rates."""
        hits = (p.search(self.brief.request) for p in patterns)
        return [_amount(hit) for hit in hits if hit and not self._is_told(hit.span("n"))]

    def _is_usual(self, fact: Fact) -> bool:
        near = self._near(fact)
        return bool(USUAL.search(near)) or not PEAK.search(near)

    @property
    def by_day(self) -> bool:
        """Whether the usual rate is that of daytime."""
        return bool(DAYTIME.search(self.brief.request))

    @cached_property
    def window(self) -> str:
        """The hours of the peak as the words tell them ("7:45 and 9:00")."""
        found = WINDOW.search(self.brief.request)
        lasts = LASTS.search(self.brief.request)
        return found[0] if found and not lasts and self.window_hours else ""

    @cached_property
    def window_hours(self) -> float:
        """How many hours a day the peak lasts."""
        lasts = LASTS.search(self.brief.request)
        if lasts and (self.peak or self.usual):
            return SPELT.get(lasts["n"].lower()) or float(lasts["n"])
        found = WINDOW.search(self.brief.request)
        if not found or not (found["m1"] or found["a2"] or found["a1"] or int(found["h2"]) > 0):
            return 0.0
        start, end = _clock(found, "1"), _clock(found, "2")
        hours = end - start
        return hours if 0 < hours <= LONGEST else 0.0

    @cached_property
    def devices(self) -> float:
        """Machines that send."""
        known = self._most({"devices"}, counted=True)
        found = DEVICES.search(self.brief.request)
        return known or (_amount(found) if found else 0.0)

    @cached_property
    def events(self) -> tuple[float, str]:
        """Records a month that come in for good, and what they are called."""
        sending = self.devices * _a_month_each(self.brief.request)
        if sending:
            return sending, "messages"
        found = [
            (self._of_month(fact, value, per), f"{fact.unit.partition(' per ')[0]}s")
            for fact, value, per in self._of_records()
        ]
        for fact, value, per in self._rates():
            noun = fact.unit.partition(" per ")[0]
            if noun.rstrip("s") not in {"photo", "file", "image", "video", "upload", "request"}:
                found.append((value * A_MONTH[per], noun))
        if not found and not self.files and not self._seconds and not self.monthly:
            found = [
                (_amount(each) * A_MONTH[each["per"].lower()], (each["noun"] or "events").lower())
                for each in GENERIC.finditer(self.brief.request)
                if not self._is_told(each.span("n"))
            ]
        most = max(found, default=(0.0, "rows"))
        return most if most[0] >= FEWEST_RECORDS else (0.0, "rows")

    def _of_month(self, fact: Fact, value: float, per: str) -> float:
        """A rate over the month; of a peak a second, a tenth holds over the month."""
        is_peak = per == "second" and not self._is_usual(fact)
        return value * A_MONTH[per] / (PEAK_TIMES if is_peak else 1.0)

    @cached_property
    def files(self) -> float:
        """Uploads a month."""
        found = [v * A_MONTH[p] for _, v, p in self._rated(FILES)]
        for fact, value, per in self._rates():
            noun = fact.unit.partition(" per ")[0].rstrip("s")
            if noun in {"photo", "file", "image", "video", "upload", "picture", "document"}:
                found.append(value * A_MONTH[per])
        return max(found, default=0.0) or self._file_gb * 1000 / (self.file_mb or FILE_MB)

    @cached_property
    def _file_gb(self) -> float:
        """Gigabytes of files that come in a month."""
        found = [
            float(f.value) * BYTES[f.unit.partition(" per ")[0]] / 1e9
            for f in self._scaled({"storage", "traffic", "uploads"})
            if f.unit.partition(" per ")[0] in {"GB", "TB"}
            and UPLOADED.search(self._near(f))
            and not SENT.search(self._near(f))
        ]
        return max(found, default=0.0)

    @cached_property
    def response_kb(self) -> float:
        """KB of one answer."""
        found = [
            float(f.value) * BYTES[f.unit] / 1e3
            for f in self._scaled({"storage", "payload", "memory"})
            if f.unit in {"B", "KB"} and ANSWERED.search(self._near(f))
        ]
        return max(found, default=0.0)

    @cached_property
    def rows(self) -> float:
        """Rows or documents that are there, or come in one run."""
        return self._most({"rows"}, counted=True)

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
            float(f.value) * BYTES[f.unit.partition(" per ")[0]] / 1e9
            for f in self._scaled({"storage", "traffic", "memory"})
            if f.unit.partition(" per ")[0] in {"GB", "TB"}
            and bool(SENT.search(self._near(f))) == sent
            and not MEMORY.search(self._near(f))
            and (sent or not UPLOADED.search(self._near(f)))
        ]
        return max(found, default=0.0)

    def _size(self, units: set[str], *, of_files: bool) -> float:
        """The largest told size in one of these units; small ones only of records."""
        found = [
            float(f.value) * BYTES[f.unit]
            for f in self._scaled({"storage", "memory", "payload"})
            if f.unit in units
            and not ANSWERED.search(self._near(f))
            and (of_files or not UPLOADED.search(self._near(f)))
        ]
        return max(found, default=0.0)

    @cached_property
    def kept_months(self) -> float:
        """For how many months data are kept."""
        found = [
            float(f.value) * MONTHS[f.unit]
            for f in self._scaled({"retention", "duration"})
            if f.unit in MONTHS and (f.key == "scale.retention" or KEPT.search(self._near(f)))
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
            if " per " in fact.unit and per in A_MONTH:
                yield fact, float(fact.value), per

    def _of_records(self) -> Iterator[tuple[Fact, float, str]]:
        """What is told to come per a time and stay, under whatever name."""
        names = {f.key.removeprefix("scale.") for f in self.brief.facts} - NO_RECORDS
        yield from self._rated(frozenset(names))

    def _rates(self) -> Iterator[tuple[Fact, float, str]]:
        """What was worked out of two figures ("80,000 users, 5 photos a day each")."""
        for fact in self.brief.facts:
            per = fact.unit.rpartition(" per ")[2]
            if fact.key == "rate" and per in A_MONTH and not fact.unit.startswith("USD"):
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
        left = max((start - NEAR, 0, *(b for _, b in others if b <= start)))
        right = min((end + NEAR, *(a for a, _ in others if a >= end)))
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
            f.span and f.span[0] <= span[0] < f.span[1] and f.key not in _OPEN
            for f in self.brief.facts
            if f.key.startswith(("scale.", "budget"))
        )


def _amount(found: re.Match[str]) -> float:
    return float(found["n"].replace(",", "")) * TIMES.get((found["k"] or "").lower(), 1.0)


def _clock(found: re.Match[str], which: str) -> float:
    hour = int(found[f"h{which}"]) + int(found[f"m{which}"] or 0) / 60
    half = (found[f"a{which}"] or found["a2"] or "").lower()
    return hour + NOON if half == "pm" and hour < NOON else hour


def _a_month_each(text: str) -> float:
    """How often a month one device sends, by "every 30 seconds"; 0 where it is not told."""
    found = EVERY.search(text)
    if not found:
        return 0.0
    unit = found["unit"][0].lower()
    told = (found["n"] or "1").lower()
    number = SPELT.get(told) or float(told)
    seconds = number * {"s": 1.0, "m": 60.0, "h": 3600.0}[unit]
    return 2_592_000.0 / seconds if seconds else 0.0
