"""Measurements as people paste them: BurstBalance 0%, IOPS flat at 600, DatabaseConnections 118."""

import re
from dataclasses import dataclass

_BETWEEN = (
    r"(?:\W|\b(?:is|are|was|at|of|to|falls?|fell|drops?|dropped|goes|went|down|reach\w*|hits?|stays?"
    r"|stuck|flat|pinned|capped|around|about|the|only|constantly|near|then|max\w*|avg|average"
    r"|on|our|my|its|rds|disk|db|database|instance|volume)\b){0,16}?"
)
_NUMBER = r"(?P<value>\d+(?:,\d{3})*(?:\.\d+)?)\s?(?P<thousand>k\b)?(?P<percent>\s?%)?"
_OTHER_UNIT = re.compile(r"[\d:]*:\d|\s?(?:GB|GiB|MB|am|pm)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A value that is told of one measurement, and the words that tell it."""

    value: float
    quote: str


def metric(text: str, *names: str) -> Metric | None:
    """The value that stands behind the first of these names; None where none is told.

    >>> metric("ReadIOPS+WriteIOPS flat at about 600", r"(?:read|write)?iops").value
    600.0
    """
    for name in names:
        found = re.search(rf"\b(?:{name}){_BETWEEN}{_NUMBER}", text, re.IGNORECASE)
        if found and not _OTHER_UNIT.match(text, found.end("value")):
            value = float(found["value"].replace(",", "")) * (1000 if found["thousand"] else 1)
            return Metric(value=value, quote=" ".join(found[0].split()))
    return None


_GP2 = re.compile(
    r"(?P<before>\d[\d,]*)\s?(?:GB|GiB|G)\b[^.;\n]{0,20}\bgp2\b"
    r"|\bgp2\b[^.;\d\n]{0,20}(?P<after>\d[\d,]*)\s?(?:GB|GiB|G)\b",
    re.IGNORECASE,
)


def gp2_gigabytes(text: str) -> float | None:
    """The size of a gp2 disk that is told, in GiB."""
    found = _GP2.search(text)
    return float((found["before"] or found["after"]).replace(",", "")) if found else None


_TASKS = r"(?:tasks?|pods?|instances?|replicas?|containers?|dynos?|servers?|workers?|nodes?)"
_RUNNING = re.compile(rf"\b(?P<count>\d+)\s?x?\s+(?:[\w-]+ ){{0,2}}?{_TASKS}\b", re.IGNORECASE)
_MORE = re.compile(
    r"\b(?P<verb>doubl\w+|tripl\w+|add\w*|scal\w+|increas\w+|more|rais\w+|go(?:ing)? from)\b"
    rf"[^.?!]{{0,40}}?\b{_TASKS}\b(?:[^.?!\d]{{0,20}}\bto (?P<to>\d+))?",
    re.IGNORECASE,
)
_POOL = re.compile(
    r"\bpool\b[^.;)\n\d]{0,20}(?P<size>\d{1,4})\b|\bpool(?:[ _-]?size)?\W{0,3}(?P<own>\d{1,4})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What runs beside the database: how many, connections of each, how many are planned.

    `more` is whether it is to grow, `planned` to how many, 0 where that is not told.
    """

    running: int
    pool: int
    more: str
    planned: int


def fleet(text: str) -> Fleet:
    """The fleet that the words tell of; zeros where they do not."""
    running, pool, more = _RUNNING.search(text), _POOL.search(text), _MORE.search(text)
    count = int(running["count"]) if running else 0
    planned = int(more["to"]) if more and more["to"] else 0
    if more and not planned and count:
        times = {"doubl": 2, "tripl": 3}.get(more["verb"][:5].lower(), 0)
        planned = count * times
    return Fleet(
        running=count,
        pool=int(pool["size"] or pool["own"]) if pool else 0,
        more=" ".join(more[0].split()) if more else "",
        planned=planned,
    )
