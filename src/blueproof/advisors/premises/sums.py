"""A sum of money that a person states for a quantity, reckoned again from the prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.advisors.premises.figures import MONEY, Figure, in_base, is_period, per_period
from blueproof.advisors.premises.statement import Judgement, Statement, Verdict
from blueproof.advisors.premises.wording import money, share, spoken
from blueproof.facts.load import fact
from blueproof.facts.quoted import Price, QuotedMeter, quoted_meters

_SAME = Decimal("0.2")  # how far a sum may be off
_PENNY = Decimal("0.005")  # below half a cent nothing is billed
_ZERO = Decimal(0)
_PERIODS = frozenset({"day", "week", "month", "year"})


@dataclass(frozen=True, kw_only=True)
class _Claim:
    """A quantity of a metered unit and the money that it is said to cost, over one period."""

    meter: QuotedMeter
    quantity: Decimal
    period: str
    stated: Decimal
    figure: Figure


@dataclass(frozen=True, kw_only=True)
class _Cost:
    """What the quantity costs at one price: all of it, and what is beyond the free part."""

    price: Price
    full: Decimal
    beyond: Decimal


def judge_sum(statement: Statement) -> Judgement | None:
    """The verdict on a price sum; None where the statement has none that our prices speak to."""
    claim = _claim(statement)
    if claim is None:
        return None
    costs = sorted(
        (_cost(claim, price) for price in claim.meter.prices),
        key=lambda cost: min(abs(claim.stated - each) for each in _expected(claim, cost)),
    )
    right = next((cost for cost in costs if _agrees(claim, cost)), None)
    if not right and not claim.meter.about & statement.named:
        return None
    return Judgement(
        verdict="right" if right else _otherwise(claim, costs),
        because=_because(claim, right or costs[0]),
        evidence=tuple(fact(name).citation for name in _named(right or costs[0])),
    )


def _claim(statement: Statement) -> _Claim | None:
    """The claim, where exactly one quantity and one sum of money are stated."""
    sums = [f for f in statement.figures if f.unit == MONEY]
    found = [
        (meter, figure)
        for meter in quoted_meters()
        for figure in statement.figures
        if _metered(meter, figure, statement)
    ]
    others = [f for f in statement.figures if f.unit != MONEY]
    if len(sums) != 1 or len(others) != 1 or not found:
        return None
    meter, figure = found[0]
    return _over_one_period(meter, figure, sums[0])


def _metered(meter: QuotedMeter, figure: Figure, statement: Statement) -> bool:
    said = not meter.words or any(True for each in meter.words for _ in each.found(statement.words))
    return figure.unit in meter.units and bool(meter.about & statement.subjects) and said


def _over_one_period(meter: QuotedMeter, figure: Figure, stated: Figure) -> _Claim | None:
    """The claim with quantity and money over the period of the money, or of the quantity."""
    amount, unit = in_base(figure.value, figure.unit)
    quantity = amount / in_base(Decimal(1), "GB")[0] if unit == "B" else amount
    period = stated.per or figure.per
    if figure.per and period != figure.per:
        if not (is_period(figure.per) and period in _PERIODS):
            return None
        quantity = per_period(quantity, figure.per, period)
    if period and (period not in _PERIODS or (period != "month" and not figure.per)):
        return None
    if meter.up_to is not None and _monthly(quantity, period) > meter.up_to:
        return None
    return _Claim(meter=meter, quantity=quantity, period=period, stated=stated.value, figure=figure)


def _monthly(quantity: Decimal, period: str) -> Decimal:
    return per_period(quantity, period, "month") if period else quantity


def _cost(claim: _Claim, price: Price) -> _Cost:
    each = fact(price.fact).value / price.per
    beyond = max(claim.quantity - _free(claim, price), _ZERO)
    return _Cost(price=price, full=claim.quantity * each, beyond=beyond * each)


def _free(claim: _Claim, price: Price) -> Decimal:
    """What is free in the period of the claim; a quantity without one falls into one allowance."""
    if not price.free:
        return _ZERO
    allowance, period = fact(price.free).value, claim.meter.free_period
    if period and claim.period:
        return per_period(allowance, period, claim.period)
    return allowance


def _agrees(claim: _Claim, cost: _Cost) -> bool:
    """Whether the stated sum is near what it costs with or without the free part."""
    return any(
        abs(claim.stated - each) <= max(each * _SAME, _PENNY) for each in _expected(claim, cost)
    )


def _expected(claim: _Claim, cost: _Cost) -> tuple[Decimal, ...]:
    bases = (cost.full, cost.beyond)
    return (*bases, *(base * claim.meter.dearer for base in bases))


def _otherwise(claim: _Claim, costs: list[_Cost]) -> Verdict:
    """Wrong, unless the sum is higher and the bill has other parts that could make it up."""
    dearest = max(cost.full for cost in costs) * claim.meter.dearer
    return "unknown" if claim.meter.beside and claim.stated > dearest else "wrong"


def _because(claim: _Claim, cost: _Cost) -> str:
    return "".join(_parts(claim, cost))


def _parts(claim: _Claim, cost: _Cost) -> Iterator[str]:
    """The sum as a sentence: the quantity, its cost, the price, what is free, what is besides."""
    meter, price = claim.meter, fact(cost.price.fact)
    period = f" a {claim.period}" if claim.period else ""
    on = f" on {cost.price.plan}" if cost.price.plan else ""
    yield f"{spoken(claim.quantity)} {meter.unit}{period} cost {money(cost.full)}{on}"
    yield f" at {money(price.value)} per {share(cost.price.per, meter.unit)}"
    if meter.dearer_where:
        yield f" ({meter.dearer_where})"
    if cost.price.free:
        free = fact(cost.price.free).value
        over = f" a {meter.free_period}" if meter.free_period else ""
        yield f", and the first {spoken(free)}{over} are free"
    if meter.beside:
        yield f"; {meter.beside}"


def _named(cost: _Cost) -> Iterator[str]:
    yield cost.price.fact
    if cost.price.free:
        yield cost.price.free
