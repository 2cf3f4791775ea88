"""Firestore reads that are changes handed to open listeners, and not screens that are opened.

Each change of a document is a read for each listener on it. So reads are writes times listeners
where lists hang open, and reads of openings bear no relation to writes.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.metered.reckoning import affirmed
from blueproof.advisors.premises.figures import per_period
from blueproof.core.brief import Brief
from blueproof.facts.load import fact

_TIMES = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "million": 10**6,
          "b": 10**9, "bn": 10**9, "billion": 10**9}  # fmt: skip
_FIGURE = (
    r"(?<![\w$€£.,])(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<times>k|m|mn|million|thousand|bn|b|billion)?"
    r"(?![a-z])\s*"
)
_PER = (
    r"(?:[^.,;\n]{0,18}?\b(?:per|a|each|every|/)\s?(?P<per>second|minute|hour|day|week|month)\b)?"
)
_READS = re.compile(rf"{_FIGURE}(?:firestore |document |doc |billed )?reads\b{_PER}", re.IGNORECASE)
_WRITES = re.compile(
    rf"{_FIGURE}(?:firestore |document |doc )?(?:writes|updates)\b{_PER}", re.IGNORECASE
)
_LISTENS = re.compile(
    r"\b(?:listen\w*|onsnapshot|snapshots?\(\)|snapshots|streambuilder|subscri\w+|realtime|real-time"
    r"|live)\b",
    re.IGNORECASE,
)
# How many have it open at a time: "150 of them have it open", "400 people watching".
_OPEN = re.compile(
    r"(?<![\w$€£.,])(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<times>k)?\s(?P<who>[^.;:\n$€£\d]{2,48}?)"
    r"\b(?:open|watch\w*|listen\w*|connected|online|subscribed|at once|at a time|concurrent\w*"
    r"|at the same time|looking|viewing|viewers|listeners|spectators|clients|screens|tabs)\b",
    re.IGNORECASE,
)
_EVERY = re.compile(
    r"\b(?:every|each)\s+(?P<n>\d+(?:\.\d+)?)?\s?(?P<unit>s|secs?|seconds?|mins?|minutes?)\b",
    re.IGNORECASE,
)
_SENDERS = re.compile(
    r"(?<![\w$€£.,])(?P<n>\d[\d,]*k?)\s(?:\w+\s)?(?P<what>bus(?:es)?|drivers|couriers|vehicles|trucks"
    r"|vans|cars|bikes|riders|scooters|boats|trains|sensors|devices|machines|matches|games|rooms"
    r"|auctions|orders|tables|tickers|stocks|products|courts|rinks|players|teams|lots|stations)\b",
    re.IGNORECASE,
)
_FROM_TO = re.compile(
    r"\bfrom\s+(?P<a>\d[\d,]*k?)\s+(?:\w+\s+)?to\s+(?P<b>\d[\d,]*k?)\s+(?P<what>[a-z]+)",
    re.IGNORECASE,
)
_NEAR = Decimal("0.4")  # of the reads, within which writes times listeners explain them
_FEWEST = 8  # reads for a write, below which nothing is told of listeners


_MULTI = re.compile(r"\b(?:nam5|eur3|nam7|multi[- ]?region\w*)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class FanOut:
    """Reads and writes a day, as told, and how many listeners are open, where that is told.

    `reads_month` is the month's reads: as told of a month, else 30 of the days. `interval` is how
    often a sender writes, in seconds, `senders` how many of what do, and `growth` what it shall
    grow to: from, to, of what.
    """

    reads: Decimal
    writes: Decimal
    reads_month: Decimal
    listeners: Decimal | None
    interval: Decimal | None
    senders: tuple[Decimal, str] | None
    growth: tuple[Decimal, Decimal, str] | None
    multi: bool

    @property
    def each(self) -> Decimal:
        """How many reads there are for a write."""
        return self.reads / self.writes

    @property
    def is_sure(self) -> bool:
        """Whether writes times the listeners that are told make the reads."""
        told = self.listeners
        return told is not None and abs(self.writes * told - self.reads) <= self.reads * _NEAR

    @property
    def price(self) -> str:
        """The id of the price of 100,000 reads."""
        return "firestore.multi-reads-per-100k" if self.multi else "firestore.reads-per-100k"

    def cost(self, reads_month: Decimal) -> Decimal:
        """What so many reads a month cost, US dollars, beyond the free ones of each day."""
        free = fact("firestore.free-reads-per-day").value * 30
        return max(reads_month - free, Decimal(0)) / 100_000 * fact(self.price).value


def fan_out(brief: Brief) -> FanOut | None:
    """What the words tell of reads that writes make; None where they do not tell both."""
    request = brief.request
    named = {str(f.value) for f in brief.facts if f.key == "technology"}
    if not named & {"cloud-firestore", "firebase"} or not _LISTENS.search(request):
        return None
    reads, writes = list(_READS.finditer(request)), list(_WRITES.finditer(request))
    if not reads or not writes:
        return None
    pair = min(
        ((r, w) for r in reads for w in writes), key=lambda p: abs(p[0].start() - p[1].start())
    )
    per = pair[0]["per"] or pair[1]["per"] or "month"
    per = {"": "month"}.get(per, per).lower()
    daily = [
        _a_day(_value(pair[0]), pair[0]["per"] or per),
        _a_day(_value(pair[1]), pair[1]["per"] or per),
    ]
    if not daily[1] or daily[0] / daily[1] < _FEWEST:
        return None
    told = [_value(each) for each in reads if each is not pair[0] and _value(each) > daily[0]]
    made = FanOut(
        reads=daily[0],
        writes=daily[1],
        reads_month=max(told, default=daily[0] * 30),
        listeners=_listeners(request),
        interval=_interval(request),
        senders=_senders(request),
        growth=_growth(request),
        multi=bool(_MULTI.search(affirmed(request))),
    )
    return made if made.is_sure else None


def _value(found: re.Match[str]) -> Decimal:
    times = _TIMES.get((found["times"] or "").lower(), 1)
    return Decimal(found["n"].replace(",", "")) * times


def _a_day(value: Decimal, per: str) -> Decimal:
    return per_period(value, per.lower(), "day") if per.lower() != "month" else value / 30


def _listeners(request: str) -> Decimal | None:
    found = (m for m in _OPEN.finditer(request) if not re.match(r"\s*(?:reads|writes)", m["who"]))
    return next((_value(each) for each in found), None)


def _interval(request: str) -> Decimal | None:
    found = _EVERY.search(request)
    if not found:
        return None
    return Decimal(found["n"] or 1) * (60 if found["unit"].lower().startswith("m") else 1)


def _senders(request: str) -> tuple[Decimal, str] | None:
    found = _SENDERS.search(request)
    return (_count(found["n"]), found["what"].lower()) if found else None


def _growth(request: str) -> tuple[Decimal, Decimal, str] | None:
    found = _FROM_TO.search(request)
    if not found:
        return None
    old, new = (_count(found[x]) for x in "ab")
    return (old, new, found["what"]) if old and new > old else None


def _count(text: str) -> Decimal:
    digits = text.lower()
    value = Decimal(digits.rstrip("k").replace(",", ""))
    return value * 1000 if digits.endswith("k") else value
