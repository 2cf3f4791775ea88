"""Queries that wait for the processor behind too many connections, which no index shows."""

import re
from dataclasses import dataclass

from blueproof.advisors.saturated.reading import fleet, metric
from blueproof.facts.pattern import LatePattern

_CORES = LatePattern(r"\b(?P<cores>\d{1,3})\s?(?:v?cpus?|cores?)\b", re.IGNORECASE)
_PER_CORE = 10  # connections a core, beyond which most of them only wait
_BUSY, _WHOLE = 80, 100  # percent
_QUIET = LatePattern(
    r"\b(?:at night|off[- ]?peak|otherwise|outside (?:of )?(?:it|that|peak|those|these|the)\b"
    r"|rest of the day|when (?:it is |it's )?quiet|in the evening|on weekends?|the rest of the time"
    r"|at other times|alone|by itself|locally)\b",
    re.IGNORECASE,
)
_GROW = LatePattern(
    r"\bshard\w*|\b(?:bigger|larger|next) (?:instance|box|server|machine|class|size)\b"
    r"|\bscale up\b|\bupgrade the (?:instance|server|database)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Queue:
    """Connections that are open at the peak before so many cores, and how they come about."""

    sum: str
    connections: int
    cores: int
    busy: str
    quiet: bool
    growing: tuple[str, ...]


def queue_of(text: str) -> Queue | None:
    """The queue that the words tell of; None unless they tell of it by its figures.

    Needed are the instances with the pool of each, the cores, and either a processor that is busy
    or that the same is quick when it is quiet.
    """
    there, cores = fleet(text), _CORES.search(text)
    if not (there.running and there.pool and cores):
        return None
    count, size = there.running * there.pool, int(cores["cores"])
    processor = metric(text, r"CPU(?:Utilization)?")
    busy = processor.quote if processor and _BUSY <= processor.value <= _WHOLE else ""
    quiet = bool(_QUIET.search(text))
    if count <= _PER_CORE * size or not (busy or quiet):
        return None
    growing = tuple(dict.fromkeys(found[0].lower() for found in _GROW.finditer(text)))[:2]
    return Queue(
        sum=f"{there.running} x {there.pool} = {count:,}",
        connections=count,
        cores=size,
        busy=busy,
        quiet=quiet,
        growing=growing,
    )


def waits(text: str) -> bool:
    """Whether the words tell of such a queue, so that a single query is not the first cause."""
    return queue_of(text) is not None
