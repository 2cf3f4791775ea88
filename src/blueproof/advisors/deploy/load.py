"""How much the service has to carry, and how large each part is made for it."""

from dataclasses import dataclass, replace
from typing import Literal

from blueproof.advisors.deploy.rates import rates
from blueproof.core.brief import Assumption, Brief
from blueproof.facts.regions import regions

Shape = Literal["fargate", "lambda"]
Tier = Literal["small", "standard", "large"]

SECONDS = 30 * 86_400
PEAK = 10  # the busiest second against the mean of the month
MONTHLY = 5_000_000.0  # requests a month, where nothing is told
SIZES = (1_000_000.0, 10_000_000.0, 100_000_000.0)
REQUESTS_A_USER = 400  # requests a month of one monthly user
MILLISECONDS = 80  # a request takes this long on the mean
RESPONSE_KB = 8
PER_VCPU = 100  # requests a second that one vCPU of Node serves
_A_MONTH = {
    "second": SECONDS,
    "minute": SECONDS / 60,
    "hour": SECONDS / 3600,
    "day": 30,
    "month": 1,
}
_SMALL_PEAK, _LARGE_PEAK = 5.0, 200.0
_DEVOTED = frozenset({"hipaa", "pci", "soc2", "iso27001", "high-availability", "multi-region"})
_MODEST = frozenset({"tiny-budget", "solo-developer"})
# From which peak of requests a second on a class of database is taken: our judgement.
_CLASSES = (
    (1500.0, "db.m7g.xlarge"),
    (400.0, "db.m7g.large"),
    (150.0, "db.t4g.medium"),
    (50.0, "db.t4g.small"),
    (0.0, "db.t4g.micro"),
)
_CPU = {"small": 256, "standard": 512, "large": 1024}
_ONE_CORE = 1024  # CPU units of one vCPU, which is all that one process of Node uses
_MANY = 8  # from here on larger tasks are fewer: each has its own memory, pool and address
_LEAST_TASKS = {"small": 1, "standard": 2, "large": 3}
_DATABASE_GB = {"small": 20, "standard": 20, "large": 100}
_LOG_DAYS = {"small": 14, "standard": 30, "large": 90}
# A function opens one connection for each run of it at once; a small database has about 80 to give.
_AT_ONCE = {"small": 20, "standard": 40, "large": 200}
_ROOM = 2  # times what the busiest second takes on the mean
_CACHES = {"small": "cache.t4g.micro", "standard": "cache.t4g.micro", "large": "cache.t4g.small"}


@dataclass(frozen=True, kw_only=True)
class Load:
    """What a month brings, and whether it was told; `budget` in US dollars a month, 0 if none."""

    monthly: float
    peak: float
    told: bool
    budget: float
    constraints: frozenset[str]
    region: str
    wants_staging: bool = False
    burst_minutes: float = 0.0
    from_peak: bool = False

    @property
    def mean(self) -> float:
        """The requests of a second on the mean of the month."""
        return self.monthly / SECONDS

    @property
    def sizes(self) -> tuple[float, ...]:
        """The requests a month that bills are shown for."""
        return (self.monthly, self.monthly * 10) if self.told else SIZES

    @property
    def assumed(self) -> tuple[Assumption, ...]:
        """What the sizes rest on and nobody told."""
        found = [
            Assumption(
                key="milliseconds a request", value=float(MILLISECONDS),
                why="not measured; it sets what Lambda costs",
            ),
            Assumption(
                key="requests a second and vCPU", value=float(PER_VCPU),
                why="not measured; it sets how many tasks run: load-test one before you trust it",
            ),
            Assumption(
                key="KB a response", value=float(RESPONSE_KB), why="not said; it sets the traffic",
            ),
        ]  # fmt: skip
        if self.from_peak:
            why = (
                f"a tenth of the {self.peak:,.4g} at the peak that you told: the month's requests "
                "and the bill follow from it, the number of tasks does not"
            )
            found.insert(
                0, Assumption(key="requests a second on average", value=self.mean, why=why)
            )
        if not self.told:
            why = f"not said; the bills show {', '.join(said(s) for s in SIZES)} a month"
            found.insert(0, Assumption(key="requests a month", value=self.monthly, why=why))
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Form:
    """The size of everything in one shape; `nat` is how many gateways lead out.

    `at_once` is how many runs of a function there may be at the same time.
    """

    shape: Shape
    tier: Tier
    monthly: float
    peak: float
    region: str
    tasks: int
    cpu: int
    memory: int
    nat: int
    multi_az: bool
    db_class: str
    db_gb: int
    log_days: int
    staging: bool
    at_once: int
    cache: str
    least_memory: int = 0  # MB below which the service does not start

    @property
    def most_tasks(self) -> int:
        """How far it may scale out."""
        return max(self.tasks * 4, 2)


def load_of(brief: Brief) -> Load:
    """The load of a brief: rates told, else people told, else an assumption."""
    monthly, told = _monthly(brief)
    seconds = rates(brief)
    high = [r.value for r in seconds if r.sort != "mean"]
    return Load(
        monthly=monthly,
        peak=max(high, default=0.0) or monthly / SECONDS * PEAK,
        told=told,
        burst_minutes=max((r.minutes for r in seconds), default=0.0),
        budget=_budget(brief),
        constraints=frozenset(
            str(f.value) for f in brief.facts if f.key == "constraint" and f.role != "negated"
        ),
        region=_region(brief),
        from_peak=_is_from_peak(brief, monthly),
        wants_staging=any(
            f.key == "feature" and f.value == "staging-environment" and f.role != "negated"
            for f in brief.facts
        ),
    )


def _monthly(brief: Brief) -> tuple[float, bool]:
    """The requests of a month, and whether they were told.

    A rate that lasts for minutes is no rate of the month: then the usual is assumed, or what the
    bursts alone bring if they come every day and that is more.
    """
    counted = [
        f.value * _A_MONTH[per]
        for f in brief.facts
        if f.key == "scale.requests" and not isinstance(f.value, str)
        and (per := f.unit.rpartition(" per ")[2]) in _A_MONTH and per != "second"
    ]  # fmt: skip
    seconds = rates(brief)
    means = [r.value * SECONDS for r in seconds if r.sort == "mean"]
    peaks = [r.value * SECONDS / PEAK for r in seconds if r.sort == "peak"]
    people = [
        f.value * REQUESTS_A_USER
        for f in brief.facts
        if f.key in {"scale.users", "scale.monthly-users"} and not isinstance(f.value, str)
    ]
    bursts = sum(r.value * r.minutes * 60 * 30 for r in seconds if r.sort == "burst")
    for found in (counted, means, peaks, people):
        if any(found):
            return max(found) if found is counted else max(*found, bursts), True
    return max(MONTHLY, bursts), False


def _is_from_peak(brief: Brief, monthly: float) -> bool:
    """Whether the requests of a month are guessed from the busiest second alone."""
    peaks = [r.value * SECONDS / PEAK for r in rates(brief) if r.sort == "peak"]
    return bool(peaks) and abs(monthly - max(peaks)) < 1


def _budget(brief: Brief) -> float:
    """The most that it may cost in a month, as read or as set; "any" is none."""
    told = [f.value for f in brief.facts if f.key == "budget" and "year" not in f.unit]
    return max((float(v) for v in told if v != "any"), default=0.0)


def _region(brief: Brief) -> str:
    """The region of AWS that words or files name; else one where the data may be kept."""
    codes = frozenset(regions().values())
    told = [str(f.value) for f in brief.facts if f.key == "host-region" and f.value in codes]
    in_europe = any(
        (f.key == "constraint" and f.value in {"eu-data", "gdpr"} and f.role != "negated")
        or (f.key, f.value) == ("region", "eu")
        for f in brief.facts
    )
    return next(iter(told), "eu-west-1" if in_europe else "us-east-1")


def tier_of(load: Load) -> Tier:
    """How much is set up, by load and constraints; the budget may still make it small."""
    sustained = load.monthly / SECONDS * PEAK if load.burst_minutes else load.peak
    if sustained >= _LARGE_PEAK:
        return "large"
    if load.constraints & _DEVOTED:
        return "standard"
    if load.constraints & _MODEST or (load.told and load.peak < _SMALL_PEAK):
        return "small"
    return "standard"


def form_of(load: Load, shape: Shape, tier: Tier, monthly: float) -> Form:
    """The size of everything for so many requests a month."""
    peak = _peak(load, monthly)
    cpu = _CPU[tier]
    while _tasks(peak, cpu) > _MANY and cpu < _ONE_CORE:
        cpu *= 2
    careful = tier == "large" or bool(load.constraints & _DEVOTED)
    return Form(
        shape=shape,
        tier=tier,
        monthly=monthly,
        peak=peak,
        region=load.region,
        tasks=max(_LEAST_TASKS[tier], _tasks(peak, cpu)),
        cpu=cpu,
        memory=cpu * 2,
        nat=2 if tier == "large" else int(careful),
        multi_az=careful,
        db_class=next(name for least, name in _CLASSES if peak >= least),
        db_gb=_DATABASE_GB[tier],
        log_days=_LOG_DAYS[tier],
        staging=tier == "large" or load.wants_staging,
        at_once=max(_AT_ONCE[tier], int(peak * MILLISECONDS / 1000 * _ROOM)),
        cache=_CACHES[tier],
    )


def _tasks(peak: float, cpu: int) -> int:
    """How many tasks of so many CPU units carry the busiest second."""
    return int(-(-peak // (PER_VCPU * cpu / _ONE_CORE)))


def _peak(load: Load, monthly: float) -> float:
    """The busiest second at another load: more requests fill the day, and less are less of it."""
    usual = monthly / SECONDS * PEAK
    scaled = load.peak * monthly / load.monthly
    return scaled if monthly <= load.monthly else max(load.peak, min(scaled, usual))


def tried(form: Form) -> Form:
    """The size of a staging: what production is made of, each of it once and the smallest.

    The network is the same, because what differs there is found in production only.
    """
    return replace(
        form, tasks=1, cpu=max(_CPU["small"], form.least_memory // 2),
        memory=max(_CPU["small"] * 2, form.least_memory), multi_az=False,
        db_class=_CLASSES[-1][1], db_gb=_DATABASE_GB["small"], at_once=_AT_ONCE["small"],
        cache=_CACHES["small"],
    )  # fmt: skip


def said(number: float) -> str:
    """A count as people say it.

    >>> said(1_500_000), said(20_000), said(850)
    ('1.5M', '20k', '850')
    """
    for step, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= step:
            return f"{number / step:.3g}{letter}"
    return f"{number:.3g}"
