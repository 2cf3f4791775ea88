"""The month's bill of a service that does one job, on the cheapest of its plans that holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.money import Bill
from blueproof.costs.formula import worked_out
from blueproof.costs.tiers import Charge, Plan, Tier, bill_of, charged
from blueproof.facts.load import fact
from blueproof.facts.services import Held, Metered, Service, ServicePlan


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A limit that the load goes over: the load, and the limit's fact and words."""

    amount: Decimal
    limit: Held


def cheapest(service: Service, load: Mapping[str, Decimal]) -> Plan | None:
    """The cheapest plan that holds the load; None where none does."""
    held = [plan for plan in service.plans if not any(passed(plan, load))]
    return min((_priced(plan, load) for plan in held), key=lambda p: p.total, default=None)


def passed(plan: ServicePlan, load: Mapping[str, Decimal]) -> Iterator[Passed]:
    """The limits of a plan that the load goes over; one that it meets exactly holds."""
    for limit in plan.limits:
        amount = worked_out(limit.quantity, load)
        if amount > fact(limit.fact).value:
            yield Passed(amount=amount, limit=limit)


def bill(service: Service, load: Mapping[str, Decimal], size: str, left_out: str) -> Bill | None:
    """The bill on that plan; None where no plan holds the load."""
    plan = cheapest(service, load)
    if plan is None:
        return None
    note = f"plan {plan.name}, {left_out}" if plan.name else left_out
    if plan.charges:
        return bill_of(size, plan.lines, plan.charges, note)
    free = next(each for each in service.plans if each.name == plan.name)
    day = min(fact(each.fact).checked for each in free.limits)
    return Bill(size=size, lines=(), total=plan.total, as_of=day, note=note)


def _priced(plan: ServicePlan, load: Mapping[str, Decimal]) -> Plan:
    charges = tuple(_charge(each, load) for each in plan.lines)
    return Plan(name=plan.name, lines=charged(charges), charges=charges)


def _charge(metered: Metered, load: Mapping[str, Decimal]) -> Charge:
    return Charge(
        name=metered.item,
        quantity=worked_out(metered.quantity, load),
        unit=metered.unit,
        price=tuple(Tier(price=name, start=Decimal(start)) for start, name in metered.price),
        free=metered.included,
        per=Decimal(metered.per),
        billed=metered.billed,
        whole=metered.whole,
    )
