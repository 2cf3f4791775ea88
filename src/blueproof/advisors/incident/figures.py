"""Figures of a trouble as it is told: arrivals, how long each takes, places that work, backlog."""

import re
from dataclasses import dataclass

from blueproof.advisors.incident.trouble import words

_SECONDS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600,
            "hour": 3600, "d": 86_400, "day": 86_400}  # fmt: skip
_THOUSAND = 1_000
_NUMBER = r"\d{1,3}(?:[,.]\d{3})+(?!\d)|\d+(?:\.\d+)?"
_PER = r"(?:/|\bper\b|\ba\b|\ban\b|\beach\b|\bevery\b)\s?"
_PERIOD = r"(?P<per>sec(?:ond)?s?|s|min(?:ute)?s?|hours?|hr|h|days?|d|m)\b"
_RATE = words(
    rf"(?P<value>{_NUMBER})\s?(?P<scale>k|m|million|thousand)?\b\+?\s?"
    rf"(?:(?P<short>rps|req/s|qps|tps|rpm)\b|(?P<what>[a-z][\w-]*(?: [a-z][\w-]*){{0,2}}?)\s?{_PER}"
    rf"(?:one )?{_PERIOD}|(?:/|per )\s?(?P<bare>s|sec|second|min|minute|h|hour|day)\b)"
)
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_TOOK = words(
    rf"(?P<low>{_NUMBER})\s?(?:(?:-|\u2013|to)\s?(?P<high>{_NUMBER})\s?)?"
    r"(?P<unit>ms|milliseconds?|s|sec(?:ond)?s?|min(?:ute)?s?)\b"
)
_NO_TIME = words(r"\btime-?out|\blast(?:ed|s)?\b|\bfor\b|\bago\b|\bevery\b|\bafter\b|\bttl\b")
_CPU = words(r"\b(?P<value>\d{1,3})\s?%\s?(?:of )?(?:the )?(?:cpu|processor)|"
             r"\bcpu\b[^.,;\d]{0,24}?(?P<other>\d{1,3})\s?%")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What comes a second, and the words that tell it."""

    per_second: float
    quote: str
    what: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Took:
    """How long one takes, in seconds: the upper end of a range, and the words that tell it."""

    seconds: float
    quote: str
    at: int


def rates(text: str) -> list[Rate]:
    """The rates in the order of the text.

    >>> [r.per_second for r in rates("120 rps, 25 tasks per second and 40k req/day")][:2]
    [120.0, 25.0]
    """
    found = []
    for each in _RATE.finditer(text):
        value = float(each["value"].replace(",", "")) * _SCALE.get((each["scale"] or "").lower(), 1)
        short = (each["short"] or "").lower()
        per = 60 if short == "rpm" else 1 if short else _period(each["per"] or each["bare"])
        quote = " ".join(each[0].split())
        what = (each["what"] or "requests").lower()
        found.append(Rate(per_second=value / per, quote=quote, what=what, at=each.start()))
    return found


_QUIET = words(r"\b(?:and |but )?(?:maybe |about |around |only "
               r"|~)?(?P<n>\d[\d,.]*)\s?(?P<k>k)?\s?(?:at night|overnight|off[- ]?peak"
               r"|on weekends?|when (?:it'?s |it is )?quiet)\b")  # fmt: skip


def quiet(text: str, told: Rate) -> Rate | None:
    """The rate of quiet hours, told in the unit of the busy ones: "25 a second, 5 at night"."""
    found = _QUIET.search(text)
    if not found:
        return None
    value = float(found["n"].replace(",", "").rstrip(".")) * (1e3 if found["k"] else 1)
    busy = float(re.sub(r"[^\d.]", "", told.quote.split()[0]) or 1)
    unit = told.per_second / busy
    quote = " ".join(found[0].split())
    return Rate(per_second=value * unit, quote=quote, what=told.what, at=found.start())


def _period(name: str) -> int:
    return _SECONDS[name.lower().rstrip("s") or "s"]


def took(text: str) -> list[Took]:
    """The times that one takes, in the order of the text; what lasted or is a limit is left out.

    >>> [t.seconds for t in took("8-10 seconds per call, 800ms avg")]
    [10.0, 0.8]
    """
    found = []
    for each in _TOOK.finditer(text):
        before = re.split(r"[.;,(\n]", text[max(0, each.start() - 24) : each.start()])[-1]
        if _NO_TIME.search(before):
            continue
        value = float((each["high"] or each["low"]).replace(",", ""))
        unit = each["unit"].lower()
        factor = 0.001 if (unit.startswith("mi") and "l" in unit) or unit == "ms" else (
            60 if unit.startswith("min") else 1
        )  # fmt: skip
        quote = " ".join(each[0].split())
        found.append(Took(seconds=value * factor, quote=quote, at=each.start()))
    return found


_MACHINES = words(
    r"(?P<n>\d{1,4}|one|two|three|four|five|six|eight|ten|single)\s?(?:x"
    r"|\u00d7)?\s?(?:[\w.-]+ ){0,2}?"
    r"(?P<what>pods?|tasks?|instances?|dynos?|servers?|containers?|machines?|replicas?|nodes?|vms?"
    r"|boxes|(?:db\.)?[a-z]\d[a-z]{0,3}\.\w+)\b(?! (?:per|a|/))"
)
_WORKERS = words(
    r"(?P<n>\d{1,4})\s?(?:[\w-]+ ){0,1}?(?:workers?|processes)\b(?! (?:per|a) (?:sec|min|day))"
    r"|\bmax_children\W{0,4}(?P<children>\d{1,4})"
)
_THREADS = words(
    r"(?P<n>\d{1,4})\s?(?:[\w-]+ ){0,1}?(?:threads?)\b|\bthread(?:s|[- ]?pool)?\s?(?:=|:|of"
    r"|is)?\s?(?P<m>\d{1,4})\b"
    r"|\bconcurrency\s?(?:=|:|of|is|set to)?\s?(?P<c>\d{1,4})\b"
    r"|(?P<k>\d{1,4})\s?concurren(?:cy|t)\b"
)
_POOL = words(
    r"\bpool(?:[ _-]?size)?\b\s?(?:of|=|:|is|size|max)?\s?(?P<n>\d{1,3})\b|\b(?P<m>\d{1,3})"
    r" connections? (?:each|per)\b"
)
_WORDS = {"one": 1, "single": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8,
          "ten": 10}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Places:
    """How many pieces of work can run at a time, and the product that makes it.

    `pooled` is whether they are connections of pools, which wait for nobody but the database.
    """

    count: int
    product: str
    machines: int
    each: int
    pooled: bool = False


def places(text: str) -> Places | None:
    """What machines, workers and threads make together; None where none of them is told.

    >>> places("puma 2 workers x 5 threads, one dyno").product
    '1 x 2 x 5 = 10'
    """
    machines, workers = _MACHINES.search(text), _WORKERS.search(text)
    threads = _THREADS.search(text)
    pooled = None if threads or workers else _POOL.search(text)
    threads = threads or pooled
    if not (workers or threads):
        return None
    counts = [
        _count(machines["n"]) if machines else 0,
        int(workers["n"] or workers["children"]) if workers else 0,
        int(next(g for g in threads.groups() if g)) if threads else 0,
    ]
    told = [count for count in counts if count]
    total = 1
    for count in told:
        total *= count
    parts = " x ".join(map(str, told))
    product = f"{parts} = {total:,}" if len(told) > 1 else f"{total:,}"
    first = counts[0] or 1
    return Places(
        count=total, product=product, machines=first, each=total // first, pooled=bool(pooled)
    )


def _count(word: str) -> int:
    return _WORDS[word.lower()] if word.lower() in _WORDS else int(word)


def cpu(text: str) -> int:
    """The per cent of a processor that are told, 0 where none are."""
    found = _CPU.search(text)
    return int(found["value"] or found["other"]) if found else 0


def plain(value: float) -> str:
    """A figure of about three digits that says something: 26.7, 1,080, 180,000."""
    if value >= _THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def duration(seconds: float) -> str:
    """Seconds in the unit that people say.

    >>> duration(12_000), duration(90)
    ('3.3 hours', '90 seconds')
    """
    for unit, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.2g} {unit}s"
    return f"{seconds:.2g} seconds"
