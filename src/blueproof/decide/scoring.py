"""How well each option serves the needs: weighted criteria, each contribution with its reason.

A criterion gives a level from 0 to 1 and has a weight in points; an option's points are the sum of
weight x level over the sum of weights, of 100. What a hard requirement rules out is out, whatever
its points. The weights are our judgement; they stand here, and `why` shows what each gave.
"""

import math
from dataclasses import dataclass
from functools import cache, cached_property

from blueproof.core.money import Bill
from blueproof.decide.ceiling import spoken
from blueproof.decide.demands import Stand, stands
from blueproof.decide.limits import outgrown
from blueproof.decide.needs import Needs
from blueproof.decide.priced import bill_of
from blueproof.facts.options import GOOD, Option, options

FEWEST = 300.0  # monthly users: who told no number may start as small as that
LEAST = 0.5  # a level below this does not meet a hard requirement
_FEATURES, _COST, _IN_USE, _TYPES = 40.0, 14.0, 25.0, 8.0
_TIGHT, _DEARER = 100, 2.5  # US dollars: a tight budget; how much more the bill weighs to thrift
_MOVING = 4.0  # points of 100 that another must be ahead, since a move has its price too
_LEANING = 5.0  # who leans to one has reasons that the words do not give
# What counts for every app, whatever it does, with its weight.
_ALWAYS = (
    ("access-control", 6.0),
    ("transactions", 5.0),
    ("spending-cap", 5.0),
    ("lock-in", 5.0),
    ("migrations", 4.0),
    ("backups", 2.0),
    ("local-development", 2.0),
)
_HOSTED = frozenset({"region", "hipaa", "spending-cap"})  # moot on one's own servers
_ASPECTS = {
    "geolocation-lookup": "geo",
    "geofencing": "geo",
    "delivery-tracking": "location-tracking",
    "ride-hailing": "location-tracking",
    "file-storage": "file-upload",
    "image-processing": "file-upload",
    "voice-messages": "file-upload",
    "subscriptions": "payments",
    "reporting": "sql-reporting",
    "job-queue": "background-jobs",
    "batch-job": "background-jobs",
    "row-level-security": "access-control",
    "fuzzy-search": "full-text-search",
    "trending-feed": "feed",
    "broadcast": "live-streaming",
}
_TYPED = frozenset({"expo", "react-native", "nextjs", "react", "vue", "svelte", "angular", "ionic"})
_CORE = ("chat", "group-chat", "realtime-sync", "offline-sync", "authentication")
_CORE_WEIGHT = 2.0
_DEMANDED = 15.0  # what must hold tells those apart that hold it from those of which it is unknown
_HOLDS = {"yes": 1.0, "partly": 0.6, "unknown": 0.3, "no": 0.0}
_UNFAMILIAR = 12.0  # a family of which the team knows nothing has to be learnt first
_SAME = 50.0  # US dollars a month that nobody chooses a back end for
# What a dimension's value asks of an option: (value, aspect, weight, whether below LEAST is out).
_ASKED = {
    "offline": (("yes", "offline-sync", 25.0, True),),
    "reporting": (("yes", "sql-reporting", 18.0, False),),
    "self-hosted": (("yes", "self-hosted", 15.0, True),),
    "region": (
        ("eu", "eu-data", 12.0, True),
        ("us", "us-data", 3.0, True),
        ("elsewhere", "other-regions", 6.0, True),
    ),
    "hipaa": (("yes", "hipaa", 10.0, True),),
    "spending-cap": (("yes", "spending-cap", 15.0, False),),
    "skills": (("typescript", "typescript", 8.0, False), ("sql", "sql", 10.0, False)),
    "expo-go": (("yes", "expo-go", 12.0, True),),
    "web": (("yes", "web-client", 4.0, False),),
}


@dataclass(frozen=True, kw_only=True)
class Contribution:
    """What one criterion gave an option: its weight in points, the level reached, and why."""

    criterion: str
    weight: float
    level: float
    says: str
    aspect: str = ""

    @property
    def points(self) -> float:
        """Weight x level."""
        return self.weight * self.level


@dataclass(frozen=True, kw_only=True)
class Scored:
    """An option weighed: its contributions, what rules it out, its bill at the size asked."""

    option: Option
    contributions: tuple[Contribution, ...]
    ruled_out: tuple[str, ...]
    bill: Bill

    @cached_property
    def points(self) -> float:
        """Points of 100."""
        whole = sum(c.weight for c in self.contributions)
        return 100 * sum(c.points for c in self.contributions) / whole if whole else 0.0

    @cached_property
    def worth(self) -> float:
        """Points for comparing: an option that is ruled out falls below every other."""
        return self.points - 100 * bool(self.ruled_out)


@cache
def scored(needs: Needs, users: float) -> tuple[Scored, ...]:
    """The best option of each candidate family, best first."""
    names = [o for o in options().values() if o.family in needs.candidates()]
    bills = {o.id: bill_of(o.id, needs, users) for o in names}
    cheapest = min(float(b.total) for b in bills.values())
    each = [_weigh(o, needs, users, bills[o.id], cheapest) for o in names]
    best: dict[str, Scored] = {}
    for item in sorted(each, key=lambda s: (-s.worth, s.option.id)):
        best.setdefault(item.option.family, item)
    return _stayed(tuple(best.values()), needs)


def _stayed(ranked: tuple[Scored, ...], needs: Needs) -> tuple[Scored, ...]:
    """The ranking with what is in use, or alone was named, first where it is nearly the best."""
    kept = needs.current or (needs.options if len(needs.options) == 1 else ())
    used = next((s for s in ranked if s.option.family in kept and not s.ruled_out), None)
    if used is None or used.worth < ranked[0].worth - _MOVING:
        return ranked
    return (used, *(s for s in ranked if s is not used))


def _weigh(option: Option, needs: Needs, users: float, bill: Bill, cheapest: float) -> Scored:
    contributions = (
        *_feature_fit(option, needs),
        *_requirements(option, needs),
        *_demanded(option, needs),
        _cost(bill, cheapest, needs),
        *_standing(option, needs),
    )
    return Scored(
        option=option,
        contributions=contributions,
        ruled_out=_ruled_out(option, needs, users, bill),
        bill=bill,
    )


def _feature_fit(option: Option, needs: Needs) -> list[Contribution]:
    """One contribution a needed feature on which the options differ."""
    asked = [a for a in _wanted(needs.features) if a in option.aspects and a != "offline-sync"]
    weights = {a: _CORE_WEIGHT if a in _CORE else 1.0 for a in asked}
    whole = sum(weights.values())
    return [_of_aspect(option, a, a, _FEATURES * weights[a] / whole) for a in asked]


@cache
def _wanted(features: tuple[str, ...]) -> tuple[str, ...]:
    """The aspects that features are compared in, each once."""
    return tuple(dict.fromkeys(aspect_of(f) for f in features))


def aspect_of(feature: str) -> str:
    """The aspect in which options are compared for a feature; most have the feature's name."""
    return _ASPECTS.get(feature, feature)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a value of a dimension asks of an option: an aspect, and whether it must be met."""

    dimension: str
    aspect: str
    weight: float
    hard: bool


@cache
def _asked(needs: Needs) -> tuple[_Asked, ...]:
    """What the values of these needs ask of every option."""
    own = needs.value("self-hosted") == "yes"
    return tuple(
        _Asked(dimension=name, aspect=aspect, weight=weight, hard=hard)
        for name, rows in _ASKED.items()
        for value, aspect, weight, hard in rows
        if needs.value(name) == value and not (own and name in _HOSTED)
    )


@cache
def _of_aspect(option: Option, criterion: str, aspect: str, weight: float) -> Contribution:
    held = option.aspects[aspect]
    return Contribution(
        criterion=criterion, weight=weight, level=held.level, says=held.says, aspect=aspect
    )


def _requirements(option: Option, needs: Needs) -> list[Contribution]:
    return [_of_aspect(option, a.dimension, a.aspect, a.weight) for a in _asked(needs)]


def _demanded(option: Option, needs: Needs) -> list[Contribution]:
    """One contribution for each demand that was told."""
    return [
        Contribution(
            criterion=each.demand, weight=_DEMANDED, level=_HOLDS[each.verdict], says=each.says
        )
        for each in demanded(option.id, needs)
    ]


def demanded(option: str, needs: Needs) -> tuple[Stand, ...]:
    """How an option stands to each demand; on one's own servers all of them are one's own work."""
    return () if needs.value("self-hosted") == "yes" else stands(option, needs.demands)


def _cost(bill: Bill, cheapest: float, needs: Needs) -> Contribution:
    """One point less the dearer, on a scale on which ten times the price is the whole weight."""
    total = float(bill.total)
    tight = needs.number("budget") <= _TIGHT
    level = max(0.0, 1 - math.log10((total + _SAME) / (cheapest + _SAME)))
    return Contribution(
        criterion="cost",
        weight=_COST * (_DEARER if needs.thrifty else 1.5 if tight else 1.0),
        level=level,
        says=f"{total:,.0f} US dollars a month at {bill.size}",
    )


def _standing(option: Option, needs: Needs) -> list[Contribution]:
    """What counts in every case: access rules, leaving again, what is in use, the time there is."""
    always = list(_ALWAYS)
    if needs.value("skills") != "typescript" and _TYPED & {*needs.clients}:
        always.append(("typescript", _TYPES))
    asked = {a.aspect for a in _asked(needs)}
    moot = _HOSTED if needs.value("self-hosted") == "yes" else frozenset[str]()
    found = [
        _of_aspect(option, name, name, weight)
        for name, weight in always
        if name not in asked and name not in _wanted(needs.features) and name not in moot
    ]
    if len(needs.options) == 1:
        leant = option.family in needs.options
        says = "the one that you named" if leant else "not the one that you named"
        found.append(
            Contribution(criterion="your leaning", weight=_LEANING, level=float(leant), says=says)
        )
    if needs.current:
        used = option.family in needs.current
        says = "in use already" if used else "new: code, data and accounts would have to move"
        found.append(Contribution(criterion="in use", weight=_IN_USE, level=float(used), says=says))
    if needs.unfamiliar:
        strange = option.family in needs.unfamiliar
        says = "nobody in the team knows it" if strange else "no knowledge of it is missing"
        found.append(
            Contribution(criterion="known", weight=_UNFAMILIAR, level=float(not strange), says=says)
        )
    if needs.value("time") == "days":
        found.append(_of_aspect(option, "time", "local-development", 8.0))
    return found


def short_of(needs: Needs, option: Option) -> frozenset[str]:
    """The dimensions told in which the option has no more than a makeshift."""
    return frozenset(
        a.dimension
        for a in _asked(needs)
        if needs.is_known(a.dimension) and option.aspects[a.aspect].level < GOOD
    )


def asked_aspect(needs: Needs, dimension: str) -> str:
    """The aspect in which the value of this dimension is met or not."""
    return next(a.aspect for a in _asked(needs) if a.dimension == dimension)


def _meets(option: Option, aspect: str) -> bool:
    """Whether an option meets a hard requirement; what is not confirmed does not."""
    held = option.aspects[aspect]
    return held.level >= LEAST and held.confidence != "low"


def _ruled_out(option: Option, needs: Needs, users: float, bill: Bill) -> tuple[str, ...]:
    """The hard requirements that the option does not meet, each with its sentence."""
    found = [
        option.aspects[a.aspect].says
        for a in _asked(needs)
        if a.hard and not _meets(option, a.aspect)
    ]
    found += [each.says for each in demanded(option.id, needs) if each.verdict == "no"]
    # A size that is only assumed rules nothing out by its price, unless the fewest cost too much.
    least = bill if needs.is_known("users") else bill_of(option.id, needs, min(users, FEWEST))
    if float(least.total) > needs.number("budget"):
        found.append(over_budget(bill, needs))
    return (*found, *outgrown(option.id, needs, users))


def is_over_budget(scored: Scored, needs: Needs) -> bool:
    """Whether the bill is over what it may cost at a size that nobody told, and so no veto."""
    return not needs.is_known("users") and float(scored.bill.total) > needs.number("budget")


def over_budget(bill: Bill, needs: Needs) -> str:
    """That a bill is over what it may cost, with both figures."""
    ceiling = spoken(needs.number("budget"), needs.currency)
    return f"it costs ${bill.total:,.2f} a month, over your {ceiling}"
