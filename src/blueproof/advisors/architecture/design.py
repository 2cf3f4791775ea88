"""The whole: the parts that a load and its needs ask for, and what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.architecture import abroad, around, compute, database, flows, history
from blueproof.advisors.architecture.load import SIZES, Load, counted, load_of
from blueproof.advisors.architecture.needs import Needs, needs_in
from blueproof.advisors.architecture.part import Part
from blueproof.advisors.architecture.pricing import bill_of_parts, cost
from blueproof.core.brief import Brief
from blueproof.core.money import Bill

_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Budget:
    """What may be spent a month, in the currency in which it was told."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Design:
    """The architecture of a brief."""

    brief: Brief
    factor: float = 1.0  # of the load

    @cached_property
    def load(self) -> Load:
        """The load that is told, else the middle of the sizes that are assumed."""
        return load_of(self.brief, SIZES[1]).times(self.factor)

    @cached_property
    def is_told(self) -> bool:
        """Whether any load is told."""
        return bool(self.load.told & {"rate", "users", "events", "files"})

    @cached_property
    def needs(self) -> Needs:
        """What it must do."""
        return needs_in(self.brief, self.load)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The parts at the load."""
        return parts_of(self.load, self.needs)

    def part(self, slot: str) -> Part | None:
        """The part in a place, if there is one."""
        return next((p for p in self.parts if p.slot == slot), None)

    @cached_property
    def sizes(self) -> tuple[tuple[str, Load], ...]:
        """The loads that are billed, with their names."""
        if not self.is_told:
            return tuple(
                (f"{users:,.0f} monthly users", load_of(self.brief, users)) for users in SIZES
            )
        return tuple((said(load), load) for load in (self.load, self.load.times(10)))

    @cached_property
    def bills(self) -> tuple[Bill, ...]:
        """A bill for each of the sizes, each with the parts that its load asks for."""
        return tuple(
            bill_of_parts(parts_of(load, self.needs), size=name, region=self.needs.region)
            for name, load in self.sizes
        )

    @cached_property
    def bill(self) -> Bill:
        """The bill at the load."""
        return self.bills[0] if self.is_told else self.bills[1]

    @cached_property
    def budget(self) -> Budget | None:
        """What may be spent a month, where it is told."""
        found = [f for f in self.brief.facts if f.key == "budget" and f.value not in {"any", ""}]
        for fact in found:
            amount = Decimal(str(fact.value))
            if "year" in fact.unit:
                amount /= _YEAR
            return Budget(amount=amount, currency=fact.unit.partition(" ")[0] or "USD")
        return None

    @property
    def is_over(self) -> bool:
        """Whether the bill is more than the budget, both taken as they stand."""
        return self.budget is not None and self.bill.total > self.budget.amount

    def cheaper(self) -> Iterator[tuple[str, Decimal, str]]:
        """What can be cut, what it saves, and what is lost by it, the least painful first."""
        return cuts(self)


def parts_of(load: Load, needs: Needs) -> tuple[Part, ...]:
    """The parts that a load asks for, in the order in which a request meets them."""
    lake = database.is_lake(load, needs)
    found = (
        flows.devices(load, needs),
        compute.entry(needs, load),
        compute.compute(needs, load),
        database.database(load, needs),
        history.history(load, needs),
        history.cache(load, needs),
        flows.queue(load, needs, lake=lake),
        flows.schedule(load, needs),
        around.files(load, needs),
        around.search(load, needs),
        around.login(load, needs),
        flows.mail(load, needs),
        around.network(load, needs),
        abroad.second_region(load, needs),
        around.operation(load),
    )
    return tuple(part for part in found if part)


def cuts(design: Design) -> Iterator[tuple[str, Decimal, str]]:
    """What can be cut, what it saves, and what is lost by it; nothing that the words ask for."""
    load, needs, region = design.load, design.needs, design.needs.region
    careless = replace(needs, survives=False, relaxed=True, strict=frozenset(), money=False)
    for slot, name, other, lost in (
        (
            "network",
            "keep one NAT gateway",
            None if needs.survives and needs.calls_out else around.network(load, careless),
            "while its zone is down, tasks elsewhere cannot call out",
        ),
        (
            "database",
            "keep one copy of the database",
            None if needs.survives or needs.strict else database.database(load, careless),
            "a lost zone then means hours and a restore",
        ),
    ):
        now = design.part(slot)
        saved = cost(now, region) - cost(other, region) if now and other else Decimal(0)
        if saved > 0:
            yield name, saved, lost


def said(load: Load) -> str:
    """The load in a few words, as bills are headed."""
    if "rate" in load.told:
        return f"{load.peak:,.0f} requests a second at the peak"
    if load.events and "events" in load.told:
        return f"{counted(load.events)} {load.event_noun} a month"
    if load.files and not load.users:
        return f"{load.files:,.0f} uploads a month"
    return f"{load.users:,.0f} monthly users"
