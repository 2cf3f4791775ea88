"""A metered bill worked out: the quantity that it is, what it costs with less, and elsewhere."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.metered.paid import Paid
from blueproof.advisors.metered.told import Told
from blueproof.core.money import Bill, Line
from blueproof.costs.formula import names_in, worked_out
from blueproof.costs.tiers import Charge, bill_of, charged, total
from blueproof.facts.load import fact
from blueproof.facts.measured import holds
from blueproof.facts.meters import Beside, Elsewhere, Lever, Meter, Price

_EXCLUDED = re.compile(
    r"\(\s*(?:not|no|non)\b[^()]*\)"
    r"|\b(?:not|non|no)[ -](?:an? |in |on |the )?[\w-]+(?: region\w*)?",
    re.IGNORECASE,
)
_AGREES = Decimal("0.15")  # of the bill: taxes, rounding and what the words leave out
_MOST_LEVERS = 3
_ZERO = Decimal(0)
# What keeping a server of one's own in order takes, as for services that are compared.
CARE_HOURS, HOURLY = Decimal(4), Decimal(60)
CARE = CARE_HOURS * HOURLY


@dataclass(frozen=True, kw_only=True)
class Step:
    """A lever pulled: what it takes away of the month, alone."""

    lever: Lever
    saves: Decimal


@dataclass(frozen=True, kw_only=True)
class Way:
    """The same quantity elsewhere: its lines, and the hours of care where a server is one's own."""

    elsewhere: Elsewhere
    bill: Bill

    @property
    def weight(self) -> Decimal:
        """What it costs a month with that care."""
        return self.bill.total + (CARE if self.elsewhere.own else _ZERO)


@dataclass(frozen=True, kw_only=True)
class Reckoned:
    """A bill of a meter: what is paid, what is told, and the quantity, told or implied."""

    request: str
    meter: Meter
    paid: Paid
    told: Mapping[str, Told]
    stated: Told | None

    @cached_property
    def price(self) -> Price | None:
        """The unit price: by words of the request, else the one that fits the bill best."""
        named = price_in(self.meter.price, self.request)
        if named is None or named.words or self.stated is None:
            return named
        quantity = self.stated.value
        main = self.paid.now - total(self.beside)
        return min(self.meter.price[::-1], key=lambda each: abs(self._at(quantity, each) - main))

    @property
    def free(self) -> Decimal:
        """What the month has free or included."""
        return fact(self.meter.free).value * self.meter.free_days if self.meter.free else _ZERO

    @cached_property
    def names(self) -> dict[str, Decimal]:
        """What formulas may use of what was told, the quantity apart."""
        return {name: told.value for name, told in self.told.items()}

    @cached_property
    def beside(self) -> tuple[Line, ...]:
        """The other lines of the bill, as far as they are known."""
        lines = (each for each in self.meter.beside if not (each.plan and self.paid.on_top))
        return charged(tuple(self._charge(each, self.names) for each in lines if self._known(each)))

    def _known(self, line: Beside) -> bool:
        return names_in(line.quantity) <= set(self.names)

    def _charge(self, line: Beside, names: Mapping[str, Decimal]) -> Charge:
        price = price_in(line.price, self.request)
        assert price is not None
        return Charge(
            name=line.item,
            quantity=worked_out(line.quantity, names),
            unit=line.unit,
            price=price.fact,
            free=line.free,
            days=Decimal(line.free_days),
            per=Decimal(price.per),
        )

    @property
    def metered(self) -> Decimal:
        """What of the bill is the metered quantity's, by what is paid."""
        return self.paid.now - total(self.beside)

    @cached_property
    def implied(self) -> Decimal | None:
        """The quantity that the bill comes to; None where no price is known."""
        return self.implied_by(self.metered)

    def implied_by(self, metered: Decimal) -> Decimal | None:
        """The quantity behind so much money."""
        if self.price is None or metered <= 0:
            return None
        return metered / fact(self.price.fact).value * self.price.per + self.free

    @cached_property
    def quantity(self) -> Decimal | None:
        """The quantity: as told, else as implied."""
        return self.stated.value if self.stated else self.implied

    @cached_property
    def listed(self) -> Decimal | None:
        """What the told quantity costs by the price list; None where none is told."""
        if self.stated is None or self.price is None:
            return None
        return self.cost(self.stated.value) + total(self.beside)

    @property
    def agrees(self) -> bool:
        """Whether the price list and the bill say the same, where both can be known."""
        return self.listed is None or abs(self.listed - self.paid.now) <= _AGREES * self.paid.now

    @property
    def is_fitted(self) -> bool:
        """Whether no word named the price, so that it was chosen by the bill."""
        several = len(self.meter.price) > 1 and self.stated is not None
        return several and not any(
            holds(each.words, affirmed(self.request)) for each in self.meter.price
        )

    def _at(self, quantity: Decimal, price: Price) -> Decimal:
        return total(self.charge(quantity, price, self.meter.free, self.meter.free_days).lines())

    def cost(
        self, quantity: Decimal, price: Price | None = None, free: str | None = None
    ) -> Decimal:
        """What so much of it costs a month, at this price or the usual one."""
        return total(self.charge(quantity, price, free).lines())

    def charge(
        self, quantity: Decimal, price: Price | None, free: str | None, days: int = 1
    ) -> Charge:
        """The line of the metered quantity."""
        used = price or self.price
        assert used is not None
        own = self.meter.free if price is None else ""
        return Charge(
            name=self.meter.counts,
            quantity=quantity,
            unit=self.meter.one,
            price=used.fact,
            free=free or own,
            days=Decimal(self.meter.free_days if price is None else days),
            per=Decimal(used.per),
        )

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The levers that what was said calls for, those named by it first."""
        open_to = [
            each for each in self.meter.levers
            if not holds(each.unless, self.request)
            and (not each.when or holds(each.when, self.request))
            and names_in(each.left) | each.needs <= set(self.all_names)
        ]  # fmt: skip
        called = sorted(open_to, key=lambda lever: not lever.when)
        files: dict[str, Lever] = {}
        for lever in called:
            files.setdefault(lever.file, lever)
        made = (Step(lever=each, saves=self.saved((each,))) for each in files.values())
        worth = sorted(made, key=lambda step: step.saves <= 0)
        return tuple(step for step in worth if step.saves > 0 or step.lever.left == "1")[
            :_MOST_LEVERS
        ]

    @cached_property
    def all_names(self) -> dict[str, Decimal]:
        """What formulas may use, with the quantity, that of before, and what the meter costs."""
        known = self.names | {"metered": self.metered}
        quantity = self.quantity
        if quantity is not None:
            known["quantity"] = quantity
        before = self.before
        return known | ({"before": before} if before is not None else {})

    @cached_property
    def before(self) -> Decimal | None:
        """The quantity behind the bill of before, where one is told."""
        if self.paid.before is None:
            return None
        return self.implied_by(self.paid.before - self.fixed)

    @property
    def fixed(self) -> Decimal:
        """What of the bill does not go with use: the plan and what runs all month."""
        lines = (x for x in self.meter.beside if not (x.plan and self.paid.on_top))
        return total(charged(self._charge(x, {}) for x in lines if not names_in(x.quantity)))

    def saved(self, levers: tuple[Lever, ...]) -> Decimal:
        """What these take away of the month together."""
        left, price, free = Decimal(1), None, None
        for lever in levers:
            left *= min(worked_out(lever.left, self.all_names), Decimal(1))
            if lever.price is not None:
                price, free = lever.price, lever.free
        quantity = self.quantity
        if quantity is None or self.price is None:
            return self.metered * (1 - left)
        today = self.cost(quantity)
        saved = max(today - self.cost(quantity * left, price, free), _ZERO)
        billed = min(self.metered / today, Decimal(1)) if today else Decimal(1)
        return saved * billed

    @property
    def together(self) -> tuple[Lever, ...]:
        """Of the steps those that add up: the first of each group."""
        groups: dict[str, Lever] = {}
        for step in self.steps:
            groups.setdefault(step.lever.group, step.lever)
        return tuple(groups.values())

    def after(self, levers: tuple[Lever, ...]) -> Decimal:
        """What is then paid a month."""
        return max(self.paid.now - self.saved(levers), _ZERO)

    @cached_property
    def ways(self) -> tuple[Way, ...]:
        """Where the same quantity would be billed otherwise, the cheapest first."""
        if self.quantity is None:
            return ()
        return tuple(sorted(self._ways(), key=lambda way: way.weight))

    def _ways(self) -> Iterator[Way]:
        for each in self.meter.elsewhere:
            needed = frozenset().union(*(names_in(line.quantity) for line in each.lines))
            if needed <= set(self.all_names) and (not each.when or holds(each.when, self.request)):
                charges = tuple(self._charge(line, self.all_names) for line in each.lines)
                bill = bill_of("the same", charged(charges), charges, "")
                yield Way(elsewhere=each, bill=bill)

    def bills(self) -> Iterator[Bill]:
        """The month by the price list as it is, and after the first step."""
        quantity = self.quantity
        if quantity is None or self.price is None:
            return
        yield self._bill("as it is", self.charge(quantity, None, None))
        if self.steps and self.steps[0].saves:
            lever = self.steps[0].lever
            left = min(worked_out(lever.left, self.all_names), Decimal(1))
            then = self.charge(quantity * left, lever.price, lever.free)
            yield self._bill("after the first step", then)

    def _bill(self, size: str, main: Charge) -> Bill:
        lines = (*main.lines(), *self.beside)
        return bill_of(size, lines, (main,), "by the price list, without tax")


def affirmed(request: str) -> str:
    """The words without what is named only to exclude it: "us-central1 (not multi region)"."""
    return _EXCLUDED.sub(" ", request)


def price_in(prices: tuple[Price, ...], request: str) -> Price | None:
    """The first price whose words stand in the request, else the one without words."""
    found = (each for each in prices if not each.words or holds(each.words, affirmed(request)))
    return next(found, None)
