"""A bill added up at list prices, held against what is paid, and what its steps take away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from blueproof.advisors.metered.paid import Paid
from blueproof.advisors.tally.reading import Counted
from blueproof.core.money import Bill
from blueproof.costs.formula import names_in, worked_out
from blueproof.costs.tiers import Charge, bill_of, charged, total
from blueproof.facts.measured import holds
from blueproof.facts.tallies import Tally, TallyStep

_AGREES = Decimal("0.12")  # of what is paid: tax, rounding, hours of a month


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A step with the line that it lowers and what it takes away of the month, US dollars."""

    counted: Counted
    step: TallyStep
    saves: Decimal


@dataclass(frozen=True, kw_only=True)
class Tallied:
    """A product's bill: the lines with their quantities, and what is paid where it is told."""

    request: str
    tally: Tally
    lines: tuple[Counted, ...]
    paid: Paid | None

    @cached_property
    def total(self) -> Decimal:
        """What the lines come to by the price list, US dollars a month."""
        return sum((self.cost(each) for each in self.lines), Decimal(0))

    @property
    def told(self) -> int:
        """How many lines have a quantity that the words tell."""
        return sum(bool(each.quote) for each in self.lines)

    @cached_property
    def names(self) -> dict[str, Decimal]:
        """What sums may use: the figures, and the quantities of lines with a key, a month."""
        known = {name: value for each in self.lines for name, value in each.figures.items()}
        return known | {each.line.key: each.quantity for each in self.lines if each.line.key}

    @cached_property
    def ranked(self) -> tuple[Counted, ...]:
        """The lines that cost anything, the dearest first."""
        costly = (each for each in self.lines if self.cost(each))
        return tuple(sorted(costly, key=lambda each: -self.cost(each)))

    @property
    def rest(self) -> Decimal:
        """What is paid beyond what the lines explain; negative where they cost more."""
        return self.paid.now - self.total if self.paid else Decimal(0)

    @property
    def agrees(self) -> bool:
        """Whether what is paid and what the lines come to are the same."""
        return self.paid is None or abs(self.rest) <= self.paid.now * _AGREES

    def cost(self, of: Counted, share: Decimal = Decimal(1)) -> Decimal:
        """What a line costs a month, or a share of its quantity."""
        return total(_charge(of, share).lines())

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        """The steps that save anything, the largest first."""
        merged: dict[TallyStep, Cut] = {}
        for cut in self._cuts():
            same = merged.get(cut.step)
            merged[cut.step] = replace(cut, saves=cut.saves + same.saves) if same else cut
        return tuple(sorted(merged.values(), key=lambda cut: -cut.saves))

    def _cuts(self) -> Iterator[Cut]:
        for each in self.lines:
            step = each.line.step
            if step is None or (step.when and not holds(step.when, self.request)):
                continue
            if not names_in(step.left) <= set(each.figures):
                continue
            saves = self.cost(each) - self.cost(each, worked_out(step.left, each.figures))
            if saves > 0:
                yield Cut(counted=each, step=step, saves=saves)

    def bill(self) -> Bill:
        """The month by the price list."""
        charges = tuple(_charge(each, Decimal(1)) for each in self.lines)
        return bill_of("as told", charged(charges), charges, "by the price list, without tax")


def _charge(of: Counted, share: Decimal) -> Charge:
    line = of.line
    return Charge(
        name=line.item,
        quantity=of.quantity * share,
        unit=line.unit,
        price=line.price,
        free=line.free,
        days=Decimal(line.free_days),
        per=Decimal(line.per),
    )
