"""What advice on a deployment is made from: the service, its load, two shapes with bills."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.deploy.languages import NAMES as NAMES_OF_LANGUAGES
from blueproof.advisors.deploy.load import (
    MILLISECONDS,
    RESPONSE_KB,
    SECONDS,
    Form,
    Load,
    Shape,
    Tier,
    form_of,
    load_of,
    said,
    tier_of,
)
from blueproof.advisors.deploy.parts.stacks import Stacks, stacks
from blueproof.advisors.deploy.reading import service_of
from blueproof.advisors.deploy.service import Service
from blueproof.advisors.deploy.skills import gaps
from blueproof.core.brief import Brief
from blueproof.core.money import Bill
from blueproof.costs.aws_stack import Use, bill_of_stacks

NAMES: dict[Shape, str] = {
    "fargate": "ECS Fargate behind a load balancer",
    "lambda": "Lambda behind an HTTP API",
}
SHORT: dict[Shape, str] = {"fargate": "ECS Fargate", "lambda": "Lambda"}
_OTHER: dict[Shape, Shape] = {"fargate": "lambda", "lambda": "fargate"}
_WISHES: dict[str, Shape] = {
    "aws-fargate": "fargate", "amazon-ecs": "fargate", "aws-lambda": "lambda",
}  # fmt: skip
_LEAST, _MOST = 1e4, 1e10  # requests a month between which the bills may cross
_HALF = 0.5
_STEPS = 40
_NO_NAT = re.compile(r"\b(?:no|without(?: an?)?|avoid(?: an?)?) nat\b", re.IGNORECASE)


@dataclass(frozen=True)
class Deployment:
    """A service that is to run on AWS: the shape and size chosen, and what the others cost."""

    brief: Brief

    @cached_property
    def service(self) -> Service:
        """The service, as far as files and words tell of it."""
        return service_of(self.brief)

    @cached_property
    def load(self) -> Load:
        """What a month brings."""
        return load_of(self.brief)

    @cached_property
    def obstacles(self) -> tuple[str, ...]:
        """Why Lambda cannot run this service, if it cannot."""
        return tuple(_obstacles(self.service, self.brief.request))

    @cached_property
    def wish(self) -> Shape | None:
        """The one shape that the person named as where it shall run."""
        unknown = set(gaps(self.brief))
        named = {
            _WISHES[str(f.value)]
            for f in self.brief.facts
            if f.key == "technology"
            and f.value in _WISHES
            and f.value not in unknown
            and f.role not in {"rejected", "option", "negated"}
        }
        return next(iter(named)) if len(named) == 1 else None

    @cached_property
    def chosen(self) -> tuple[Shape, Tier]:
        """The shape and how much is set up: what the case needs, within the budget if it can be."""
        tier = tier_of(self.load)
        first = self._shape(tier)
        for shape, size in self._ways_down(first, tier):
            if not self.load.budget or self.total(shape, size) <= self.load.budget:
                return shape, size
        return self._cheapest()

    def _ways_down(self, first: Shape, tier: Tier) -> Iterator[tuple[Shape, Tier]]:
        """What is tried where the budget forbids: the smaller set-up, then the other shape."""
        tiers: tuple[Tier, ...] = (tier, "small") if tier == "standard" else (tier,)
        for shape in (first, _OTHER[first]):
            if shape == "lambda" and self.obstacles:
                continue
            yield from ((shape, size) for size in tiers)

    def _cheapest(self) -> tuple[Shape, Tier]:
        shapes: tuple[Shape, ...] = ("fargate",) if self.obstacles else ("fargate", "lambda")
        tier: Tier = "large" if tier_of(self.load) == "large" else "small"
        return min(((s, tier) for s in shapes), key=lambda way: self.total(*way))

    def _shape(self, tier: Tier) -> Shape:
        if self.obstacles:
            return "fargate"
        if self.wish:
            return self.wish
        if self.service.present:  # its name is taken over, which an HTTP API here does not
            return "fargate"
        if tier == "small":
            return (
                "lambda" if self.total("lambda", tier) < self.total("fargate", tier) else "fargate"
            )
        few = self.load.told and self.load.monthly < self.crossing_at(tier) * _HALF
        return "lambda" if few else "fargate"

    @property
    def shape(self) -> Shape:
        """The shape chosen."""
        return self.chosen[0]

    @property
    def tier(self) -> Tier:
        """How much is set up."""
        return self.chosen[1]

    @property
    def other(self) -> Shape:
        """The shape not chosen."""
        return _OTHER[self.shape]

    def form(self, shape: Shape, tier: Tier, monthly: float, load: Load | None = None) -> Form:
        """The size of everything; a function gets a gateway only if it calls other companies."""
        form = form_of(load or self.load, shape, tier, monthly)
        if "network" in self.service.kept:  # whether a gateway leads out of it, none being made
            form = replace(form, nat=max(form.nat, int(self.service.private)))
        if self.service.language == "java":  # a JVM with Spring does not start in 512 MB
            least = 1024
            form = replace(form, cpu=max(form.cpu, least // 2), memory=max(form.memory, least),
                           least_memory=least)  # fmt: skip
        if shape == "fargate":
            return form
        return replace(form, nat=1 if self.service.calls_out else 0)

    @cached_property
    def chosen_form(self) -> Form:
        """The form that files are written for."""
        return self.form(self.shape, self.tier, self.load.monthly)

    @cached_property
    def stacks(self) -> Stacks:
        """The resources that files are written for."""
        return stacks(self.service, self.chosen_form, self.alarm_at)

    @cached_property
    def alarm_at(self) -> float:
        """The month's spending in US dollars at which the budget tells: told, or a fifth above."""
        total = float(self.total(self.shape, self.tier))
        return self.load.budget or max(10.0, round(total * 1.2, -1))

    def bill(self, shape: Shape, tier: Tier, monthly: float, load: Load | None = None) -> Bill:
        """What a shape costs with so many requests a month; `load` where another is meant."""
        form = self.form(shape, tier, monthly, load)
        made = stacks(self.service, form, 100.0)
        use = Use(
            requests=Decimal(round(monthly)),
            milliseconds=Decimal(MILLISECONDS),
            response_kb=Decimal(RESPONSE_KB),
        )
        size = f"{said(monthly)} requests a month"
        bill = bill_of_stacks(
            made.all,
            use,
            size=size,
            region=form.region,
            second=(made.staging,) if made.staging else (),
        )
        return replace(bill, option=SHORT[shape])

    def total(self, shape: Shape, tier: Tier) -> Decimal:
        """What a shape costs at the load known or assumed, in US dollars a month."""
        return self.bill(shape, tier, self.load.monthly).total

    def total_at(self, mean: float) -> Decimal:
        """What the shape chosen costs with the same peak and so many requests a second on average.

        Tasks and database are sized by the peak, so only what is counted by request differs.
        """
        monthly = mean * SECONDS
        load = replace(self.load, monthly=monthly)
        return self.bill(self.shape, self.tier, monthly, load).total

    def crossing_at(self, tier: Tier) -> float:
        """The requests a month from which on Fargate costs less than Lambda; found by halving."""
        low, high = _LEAST, _MOST
        if self._gap(tier, low) >= 0:
            return low
        for _ in range(_STEPS):
            middle = (low * high) ** 0.5
            low, high = (middle, high) if self._gap(tier, middle) < 0 else (low, middle)
        return high

    def _gap(self, tier: Tier, monthly: float) -> Decimal:
        return self.bill("lambda", tier, monthly).total - self.bill("fargate", tier, monthly).total

    @cached_property
    def crossing(self) -> float:
        """Where the bills of the two shapes cross, at the size chosen."""
        return self.crossing_at(self.tier)

    @property
    def is_over(self) -> bool:
        """Whether even the cheapest way costs more than the budget told."""
        return 0 < self.load.budget < float(self.total(self.shape, self.tier))


def _obstacles(service: Service, request: str) -> Iterator[str]:
    if service.websockets:
        yield "it holds websockets open, and a function ends with its answer"
    if service.scheduler:
        yield f"{service.scheduler} runs jobs in the process, and a function sleeps in between"
    for worker in service.workers:
        yield f"the process {worker.name} runs beside it all the time, and a function does not"
    if "balancer" in service.kept:
        yield "it goes behind the load balancer that you have, and a function has an API of its own"
    elif "cluster" in service.kept:
        yield "it goes into the cluster that you have, and a function runs in none"
    for beside in service.besides:
        yield f"the service {beside.name} runs beside it all the time, and a function does not"
    inside = service.redis or (service.database == "postgresql" and "outside" not in service.kept)
    if inside and service.calls_out and _NO_NAT.search(request):
        yield (
            "it calls other companies' APIs, and a function in the network reaches them by a NAT "
            "gateway alone"
        )
    if not service.is_node:
        yield (
            f"it was not weighed: what lets a function answer is written and tried here for "
            f"Node.js alone, which says nothing against {_said(service)} on Lambda"
        )


def _said(service: Service) -> str:
    return NAMES_OF_LANGUAGES.get(service.language, service.language)
