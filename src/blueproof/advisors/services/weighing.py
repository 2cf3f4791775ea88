"""The services of a job side by side: what each bills, which holds the load, where that turns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.services.reading import Load, follows_from
from blueproof.core.brief import Brief
from blueproof.core.money import Bill
from blueproof.costs.service import Passed, bill, cheapest, passed
from blueproof.facts.services import Job, Service

# What keeping a server of one's own in order takes: patches, upgrades, alarms at night.
CARE_HOURS, HOURLY = Decimal(4), Decimal(60)
CARE = CARE_HOURS * HOURLY
MATTERS = Decimal(5)  # US dollars a month from which one service is called cheaper than another
_STEPS, _FURTHEST = 40, 100  # sizes looked at on the way to so many times the load
_HALVINGS = 30
_SIZES = (Decimal("0.1"), Decimal(1), Decimal(10))


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A service at the load: its bill, or the limit that the load goes over."""

    service: Service
    bill: Bill | None
    passed: Passed | None

    @property
    def weight(self) -> Decimal:
        """What it costs a month in US dollars, the care of one's own server included."""
        assert self.bill is not None
        return self.bill.total + (CARE if self.service.own else Decimal(0))


@dataclass(frozen=True, kw_only=True)
class Turn:
    """The load from which on, or below which, another is cheapest, or the first is `out`."""

    at: Decimal
    above: bool
    to: Service
    out: bool


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The services that were named, and others where the words are open to them, at one load.

    `beside` is another job that the request asks about in the same breath ("X + Y or ...").
    """

    brief: Brief
    job: Job
    load: Load
    named: tuple[Service, ...]
    services: tuple[Service, ...]
    beside: "Comparison | None" = None

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What each is at the load, the one to take first; what does not hold it last.

        Of those that cost the same, one that was named, and then the one that still does at ten
        times the load.
        """
        made = (self._offer(each) for each in self.services)
        later = self.load.times(_SIZES[-1], self.job).values
        return tuple(sorted(made, key=lambda offer: self._rank(offer, later)))

    def _rank(
        self, offer: Offer, later: Mapping[str, Decimal]
    ) -> tuple[bool, Decimal, bool, Decimal]:
        plan = cheapest(offer.service, later)
        return (
            offer.bill is None,
            offer.weight if offer.bill else Decimal(0),
            offer.service not in self.named,
            plan.total if plan else Decimal("Infinity"),
        )

    @property
    def held(self) -> tuple[Offer, ...]:
        """Those that hold the load."""
        return tuple(offer for offer in self.offers if offer.bill)

    def _offer(self, service: Service) -> Offer:
        made = bill(service, self.load.values, self.size(Decimal(1)), self.job.left_out)
        if service.closed:
            return Offer(service=service, bill=None, passed=None)
        over = next((p for p in passed(service.plans[-1], self.load.values)), None)
        return Offer(service=service, bill=made, passed=None if made else over)

    def size(self, factor: Decimal) -> str:
        """The load's main quantity at so many times of it, in words."""
        value = self.load.values[self.job.main] * factor
        return f"{value:,.0f} {self.job.unit}"

    def also(self) -> Iterator[str]:
        """The quantities that are told beside the main one, in words."""
        for quantity in self.job.quantities:
            if quantity.name in self.job.also:
                rests_on = follows_from(self.job, {quantity.name}, self.load.told)
                assumed = any(each.key in rests_on for each in self.load.assumptions)
                words = f"{self.load.values[quantity.name]:,.0f} {quantity.says}"
                yield f"with what is assumed {words}" if assumed else words

    def bills(self) -> Iterator[Bill]:
        """The bills at a tenth of the load, at it, and at ten times it, sizes in order."""
        for factor in _SIZES:
            load = self.load.times(factor, self.job)
            for offer in self.offers:
                made = bill(offer.service, load.values, self.size(factor), self.job.left_out)
                if made and not offer.service.closed:
                    yield replace(made, option=offer.service.name)

    def turns(self) -> Iterator[Turn]:
        """Where another of them becomes clearly the cheapest, above the load and below it."""
        if not self.held:
            return
        first = self.held[0].service
        for above in (True, False):
            found = self._turn(first, above=above)
            if found:
                inside, outside = found
                at = self._between(inside, outside, first)
                to = self._cheapest(outside)
                assert to is not None
                there = self.load.times(at, self.job).values
                yield Turn(
                    at=at * self.load.values[self.job.main],
                    above=above,
                    to=to,
                    out=cheapest(first, there) is None,
                )

    def _turn(self, first: Service, *, above: bool) -> tuple[Decimal, Decimal] | None:
        """Two neighbouring sizes between which another takes over, the nearer one first."""
        step = Decimal(str(_FURTHEST ** (1 / _STEPS)))
        inside = Decimal(1)
        for _ in range(_STEPS):
            outside = inside * step if above else inside / step
            if (other := self._cheapest(outside)) and other is not first:
                return inside, outside
            inside = outside
        return None

    def _between(self, inside: Decimal, outside: Decimal, first: Service) -> Decimal:
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            if self._cheapest(middle) is first:
                inside = middle
            else:
                outside = middle
        return outside

    def _cheapest(self, factor: Decimal) -> Service | None:
        load = self.load.times(factor, self.job).values
        made = [(cheapest(s, load), s) for s in self.services if not s.closed]
        priced = {s.id: plan.total + (CARE if s.own else 0) for plan, s in made if plan}
        if not priced:
            return None
        best = min(priced, key=lambda each: priced[each])
        first = self.held[0].service.id if self.held else best
        if first in priced and priced[first] - priced[best] < MATTERS:
            best = first
        return next(s for s in self.services if s.id == best)
