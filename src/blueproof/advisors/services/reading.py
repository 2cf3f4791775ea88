"""The load of a job, read from the words: what is told, what follows from it, what is assumed."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.fits.figures import sentence_at
from blueproof.advisors.premises.figures import in_base, is_period, per_period
from blueproof.core.brief import Assumption, Brief, Fact
from blueproof.costs.formula import names_in, worked_out
from blueproof.costs.quantities import PEAK
from blueproof.facts.measured import holds
from blueproof.facts.services import Job, Quantity, Reading, Service

_BEFORE, _BEHIND = 45, 35  # characters beside a figure that say what it is of
_NOT_USUAL = re.compile(
    r"\b(?:peaks?|peaking|bursts?|spik\w+|worst|at most|max(?:imum)?|next year|soon"
    r"|will (?:grow|be)|expect\w*|grow\w*|later|eventually|used to|previously|instead of"
    r"|free tier|limit)\b",
    re.IGNORECASE,
)
_PEAK = re.compile(r"\b(?:peaks?|peaking|bursts?|spik\w+|at worst|busiest)\b", re.IGNORECASE)
_MEAN = re.compile(r"\b(?:average|avg|mean|normal(?:ly)?|usual(?:ly)?)\b", re.IGNORECASE)
_SHORT = frozenset({"second", "minute"})  # over a day, nobody tells a peak
_SET_ASIDE = frozenset({"price"})
_TIMES = frozenset({"latency", "duration"})
_SOME = re.compile(
    r"\b(?:some|a few|few|certain|several|one|two|a couple) (?:of (?:the|our|them)\b|\w+ )?"
    r"(?:end ?points?|routes?|requests?|calls?|pages?|reports?|them)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Load:
    """The quantities of a job; those that were told by the words that tell them.

    `spoken` are those that words tell without a figure.
    """

    values: Mapping[str, Decimal]
    told: Mapping[str, Fact]
    assumptions: tuple[Assumption, ...]
    spoken: Mapping[str, Decimal]

    def times(self, factor: Decimal, job: Job) -> "Load":
        """The load of so many times the business, with all that follows from it."""
        grown = [name for name in job.grows if name in self.told] or [job.main]
        told = {name: self.values[name] for name in (*self.told, *grown)}
        known = {**self.spoken, **told, **{n: told[n] * factor for n in grown}}
        values, assumptions = _completed(job, known)
        return Load(values=values, told=self.told, assumptions=assumptions, spoken=self.spoken)


def load_of(brief: Brief, job: Job) -> Load | None:
    """The load that the words tell; None where its main quantity is not among it, or not clear."""
    told = {q.name: fact for q in job.quantities if (fact := _told(brief, q))}
    if any(_is_of_some(brief, fact) for fact in told.values()):
        return None
    known = {name: _value(fact, _of(job, name)) for name, fact in told.items()}
    peaks = [name for name, fact in told.items() if _is_peak_rate(brief, fact, _of(job, name))]
    known |= {name: known[name] / PEAK for name in peaks}
    heard = [s for q in job.quantities if q.name not in known and (s := _heard(brief, q))]
    spoken = {assumption.key: value for assumption, value in heard}
    values, assumptions = _completed(job, {**spoken, **known})
    if values.get(job.main, Decimal(0)) <= 0 or not _rests_on(job, job.main) & set(told):
        return None
    averages = tuple(_average(name, told[name]) for name in peaks)
    said = tuple(assumption for assumption, _ in heard)
    return Load(
        values=values, told=told, assumptions=(*averages, *said, *assumptions), spoken=spoken
    )


def _is_of_some(brief: Brief, fact: Fact) -> bool:
    """Whether it is a time that some of the requests take alone: no bill of all follows from it."""
    kind = fact.key.removeprefix("scale.")
    return kind in _TIMES and bool(_SOME.search(_near(brief, fact)))


def _heard(brief: Brief, quantity: Quantity) -> tuple[Assumption, Decimal] | None:
    """What words without a figure tell of a quantity; None where there are none."""
    for each in quantity.spoken:
        if holds(each.words, brief.request):
            says = f"{each.value} {quantity.says}"
            return Assumption(key=quantity.name, value=says, why=each.why), Decimal(each.value)
    return None


def _is_peak_rate(brief: Brief, fact: Fact, quantity: Quantity) -> bool:
    """Whether a rate is told at its peak alone, while bills are of a whole month."""
    rate = is_period(fact.unit.partition(" per ")[2]) and any(r.per for r in quantity.readings)
    short = fact.unit.rpartition(" ")[2] in _SHORT
    near = _near(brief, fact)
    return rate and short and bool(_PEAK.search(near)) and not _MEAN.search(near)


def _average(name: str, fact: Fact) -> Assumption:
    return Assumption(
        key=name,
        value=f"on average a tenth of your {fact.quote}",
        why="that is your peak, and a month's bill is of all hours; tell the average",
    )


def _rests_on(job: Job, name: str) -> frozenset[str]:
    """The quantities that this one may follow from, itself among them."""
    needed = {n for formula in _of(job, name).formulas for n in names_in(formula)}
    return frozenset({name}).union(*(_rests_on(job, n) for n in needed))


def _of(job: Job, name: str) -> Quantity:
    return next(q for q in job.quantities if q.name == name)


def _completed(
    job: Job, known: Mapping[str, Decimal]
) -> tuple[dict[str, Decimal], tuple[Assumption, ...]]:
    """All quantities in their order: as known, else by a formula, else as assumed."""
    values = dict(known)
    assumed = []
    for quantity in job.quantities:
        if quantity.name in values:
            continue
        formula = next((f for f in quantity.formulas if names_in(f) <= set(values)), "")
        if formula:
            values[quantity.name] = worked_out(formula, values)
        elif quantity.assumed:
            values[quantity.name] = Decimal(quantity.assumed)
            says = f"{quantity.assumed} {quantity.says}".strip()
            assumed.append(Assumption(key=quantity.name, value=says, why=quantity.why))
    return values, tuple(assumed)


def needed(job: Job, services: Iterable[Service], told: Collection[str]) -> frozenset[str]:
    """The quantities that their bills and limits rest on, and those that these follow from."""
    names = {
        name
        for service in services
        for plan in service.plans
        for formula in (*(x.quantity for x in plan.lines), *(x.quantity for x in plan.limits))
        for name in names_in(formula)
    }
    return follows_from(job, names, told)


def follows_from(job: Job, names: Collection[str], told: Collection[str]) -> frozenset[str]:
    """These quantities, and those that they are worked out from where they are not told."""
    known = set(told)
    ways = {}
    for quantity in job.quantities:
        used = next((f for f in quantity.formulas if names_in(f) <= known), "")
        if quantity.name not in known and used:
            ways[quantity.name] = names_in(used)
        if used or quantity.assumed:
            known.add(quantity.name)
    found = frozenset(names)
    for name in reversed(ways):
        found |= ways[name] if name in found else frozenset()
    return found


def _told(brief: Brief, quantity: Quantity) -> Fact | None:
    """The figure that tells the quantity; None where none does, or several that differ."""
    found = [f for reading in quantity.readings for f in _found(brief, reading)]
    usual = [f for f in found if not _NOT_USUAL.search(_near(brief, f))] or found
    spans = dict.fromkeys(f.span for f in usual)
    values = {_value(f, quantity) for f in usual}
    if len(spans) > 1 and len(values) > 1:
        return None
    return max(usual, key=lambda f: float(f.value), default=None)


def _found(brief: Brief, reading: Reading) -> Iterator[Fact]:
    for fact in brief.facts:
        if isinstance(fact.value, str) or not fact.span or not _counts(fact, reading):
            continue
        per = fact.unit.partition(" per ")[2]
        if fact.role in _SET_ASIDE or is_period(per) != bool(reading.per):
            continue
        if reading.told and per not in reading.told:
            continue
        near = _near(brief, fact)
        if (not reading.near or holds(reading.near, near)) and not holds(reading.apart, near):
            yield fact


def _counts(fact: Fact, reading: Reading) -> bool:
    """Whether the figure is one of such a kind, and counts such things."""
    unit = fact.unit.partition(" per ")[0]
    kind = fact.key.removeprefix("scale.")
    known = fact.key.startswith("scale.") or fact.key == "rate"
    counted = {unit, unit.removesuffix("s"), in_base(Decimal(1), unit)[1]}
    return (
        known
        and (not reading.metrics or kind in reading.metrics)
        and (not reading.units or bool(counted & reading.units))
    )


def _near(brief: Brief, fact: Fact) -> str:
    """The figure with the words beside it, up to its sentence's ends and its neighbours."""
    assert fact.span is not None
    start, end = fact.span
    begin, stop = sentence_at(brief.request, start)
    others = [f.span for f in brief.facts if f.span and f.key.startswith("scale.")]
    left = max((begin, start - _BEFORE, *(b for _, b in others if b <= start)))
    right = min((stop, end + _BEHIND, *(a for a, _ in others if a >= end)))
    return brief.request[left:right]


def _value(fact: Fact, quantity: Quantity) -> Decimal:
    """The figure in base units, per the quantity's period where it has one."""
    unit, _, per = fact.unit.partition(" per ")
    value = in_base(Decimal(str(fact.value)), unit)[0]
    wanted = next((r.per for r in quantity.readings if r.per), "")
    return per_period(value, per, wanted) if wanted and is_period(per) else value
