"""How large each part is for a load: tasks, the class of the database, zones.

The figures a vCPU or a class carries are our judgement, told as assumptions: a load test decides.
"""

import math
from dataclasses import dataclass

from blueproof.advisors.architecture.load import WARM_HOURS, Load
from blueproof.advisors.architecture.needs import Needs
from blueproof.advisors.architecture.part import HOURS
from blueproof.core.brief import Assumption

# Requests a second that one vCPU serves at 60 % of its time, with a query or two in each.
PER_VCPU = {"jvm": 200.0, "fast": 250.0, "node": 100.0, "slow": 50.0, "": 100.0}
SPOKEN = {
    "jvm": "the JVM",
    "fast": "a compiled language",
    "node": "Node.js",
    "slow": "an interpreted language",
    "": "a usual web framework",
}
MILLISECONDS = 80.0  # of a request on the mean, which Lambda bills
FUNCTION_GB = 0.5
# Requests a second at the peak from which on a class is taken, the class, and its price.
CLASSES = (
    (1500.0, "db.m7g.xlarge", "aws.rds-postgresql-m7g.xlarge-hour"),
    (400.0, "db.m7g.large", "aws.rds-postgresql-m7g.large-hour"),
    (150.0, "db.t4g.medium", "aws.rds-postgresql-t4g.medium-hour"),
    (50.0, "db.t4g.small", "aws.rds-postgresql-t4g.small-hour"),
    (0.0, "db.t4g.micro", "aws.rds-postgresql-t4g.micro-hour"),
)
LARGEST = ("db.m7g.2xlarge", "aws.rds-postgresql-m7g.2xlarge-hour")
LARGEST_FROM = 3000.0  # from here the largest class, beside a cache
CLASS_CARRIES = 6000.0  # requests a second of the largest class; beyond, copies for reading
WRITES_CARRIED = 5000.0  # rows a second that the largest class writes
CACHED = 0.8  # of reads that a cache answers
CAREFUL_PEAK = 200.0  # from here the database is kept twice, whoever asks
TINY_PEAK = 5.0


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """How many tasks run, in usual hours and at the peak, of which size; a month's task hours."""

    usual: int
    peak: int
    bare: int
    vcpu: float
    memory_gb: float
    zones: int
    hours: float
    each: float


def zones_of(needs: Needs, load: Load) -> int:
    """Over how many zones it is spread: three, where one may be lost under load."""
    return 3 if needs.survives and load.peak >= CAREFUL_PEAK else 2


def is_careful(needs: Needs, load: Load) -> bool:
    """Whether the database has a second copy that takes over."""
    if needs.relaxed and not needs.survives:
        return False
    return (
        needs.survives
        or needs.money
        or bool(needs.strict)
        or (load.peak >= CAREFUL_PEAK and not load.are_events)
    )


def tasks_of(needs: Needs, load: Load) -> Tasks:
    """The tasks that the load asks for; with one zone lost, the others still carry the peak."""
    vcpu = 1.0 if needs.language == "jvm" or load.peak >= CAREFUL_PEAK else 0.5
    memory = vcpu * 2
    if load.peak < TINY_PEAK and needs.language != "jvm":
        vcpu, memory = 0.25, 0.5
    each = PER_VCPU[needs.language] * vcpu
    zones = zones_of(needs, load)
    least = (
        zones if needs.survives else 2 if load.peak >= TINY_PEAK or is_careful(needs, load) else 1
    )
    spare = zones / (zones - 1) if needs.survives else 1.0
    bare = max(math.ceil(load.peak / each), 1)
    peak = max(_spread(math.ceil(bare * spare), zones if needs.survives else 1), least)
    usual = max(
        _spread(math.ceil(load.usual * spare / each), zones if needs.survives else 1), least
    )
    usual = min(usual, peak)
    hours = usual * HOURS + (peak - usual) * (load.hours + WARM_HOURS) * HOURS / 24
    return Tasks(
        usual=usual,
        peak=peak,
        bare=bare,
        vcpu=vcpu,
        memory_gb=memory,
        zones=zones,
        hours=hours,
        each=each,
    )


def _spread(count: int, zones: int) -> int:
    """The count, so that each zone has as many."""
    return math.ceil(count / zones) * zones


def class_of(peak: float) -> tuple[str, str]:
    """The class of the database for so many requests a second, and its price."""
    if peak >= LARGEST_FROM:
        return LARGEST
    return next((name, price) for least, name, price in CLASSES if peak >= least)


def next_class(peak: float) -> tuple[float, str] | None:
    """The requests a second from which on the next larger class is taken, and that class."""
    above = [(least, name) for least, name, _ in CLASSES if least > peak]
    if above:
        return above[-1]
    return (LARGEST_FROM, LARGEST[0]) if peak < LARGEST_FROM else None


def assumed(needs: Needs) -> tuple[Assumption, ...]:
    """What the sizes rest on."""
    return (
        Assumption(
            key="requests a second and vCPU",
            value=f"{PER_VCPU[needs.language]:,.0f} in {SPOKEN[needs.language]}",
            why="not measured; it sets how many tasks run: load-test one before you trust it",
        ),
    )
