"""The sizes and months that bills are shown for: each a column, told apart by its label."""

from dataclasses import dataclass, replace
from functools import cached_property

from blueproof.advisors.choose.case import Choice
from blueproof.core.money import Bill
from blueproof.decide.ceiling import CLOSE, ceiling_of, spoken
from blueproof.decide.growth import Growth
from blueproof.decide.needs import Needs
from blueproof.decide.people import people_of
from blueproof.decide.priced import bill_of, size_name
from blueproof.decide.scoring import Scored, scored

_CENTS = 10  # US dollars below which cents are said
_FIRST, _A_YEAR, _LATE = 1, 12, 60  # months after the start
LONG = 24  # months of keeping, from which the months of a bill are shown
_MATTERS = 0.15  # share of the last month's bill from which what is kept makes it grow


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One column of bills: so many people, so many months after the start."""

    users: float
    needs: Needs
    when: str = ""

    @property
    def size(self) -> str:
        """What the column is called: "40,000 monthly users, month 60"."""
        return f"{size_name(self.users)}, {self.when}" if self.when else size_name(self.users)


@dataclass(frozen=True)
class Stages:
    """The columns of a choice."""

    choice: Choice

    @cached_property
    def growth(self) -> Growth | None:
        """The growth told, unless another number of people was set since."""
        growth = people_of(self.choice.brief).growth
        return growth if growth and self.choice.decision.users < growth.later else None

    @cached_property
    def all(self) -> tuple[Stage, ...]:
        """As asked; or now and then; or the months over which things are kept; or the sizes."""
        needs, users = self.choice.needs, self.choice.decision.users
        if any(f.key == "sizes" for f in self.choice.brief.facts):
            return tuple(Stage(users=size, needs=needs) for size in self.choice.shown_sizes)
        if self.growth:
            return (
                Stage(users=users, needs=needs, when="now"),
                Stage(
                    users=self.growth.later,
                    needs=self.later,
                    when=self.growth.date or after(self.growth.months),
                ),
            )
        if self.keeps_long:
            return tuple(
                Stage(users=users, needs=replace(needs, month=month), when=f"month {month}")
                for month in self.months
            )
        return tuple(Stage(users=size, needs=needs) for size in self.choice.shown_sizes)

    @cached_property
    def later(self) -> Needs:
        """The needs at the end of the growth told: that month, with what was kept until then."""
        if self.growth is None:
            return self.choice.needs
        start = round(self.choice.decision.users)
        then = replace(self.choice.needs, month=self.growth.months, started=start)
        return then.holding(users=f"{self.growth.later:.0f}")

    @cached_property
    def months(self) -> tuple[int, ...]:
        """The first month, the twelfth, the sixtieth and the last before anything is deleted."""
        kept = self.choice.needs.kept_months
        steps = (_FIRST, _A_YEAR, *((_LATE,) if kept > _LATE else ()), kept)
        return tuple(dict.fromkeys(steps))

    @cached_property
    def keeps_long(self) -> bool:
        """Whether things are kept for years, and this is what makes the bill grow."""
        kept, users = self.choice.needs.kept_months, self.choice.decision.users
        if kept < LONG or not self.choice.needs.is_known("users"):
            return False
        first, last = (
            self._bill(users, replace(self.choice.needs, month=m)) for m in (_FIRST, kept)
        )
        return last - first >= _MATTERS * last

    def _bill(self, users: float, needs: Needs) -> float:
        return float(bill_of(self.choice.pick.option.id, needs, users).total)

    @property
    def _family(self) -> str:
        return self.choice.pick.option.family

    def ranked(self, stage: Stage) -> tuple[Scored, ...]:
        """The options at a stage, in the order of the decision."""
        order = [s.option.family for s in self.choice.decision.ranked]
        found = scored(stage.needs, stage.users)
        return tuple(sorted(found, key=lambda s: order.index(s.option.family)))

    def picked(self, stage: Stage) -> Bill:
        """The bill of the pick at a stage."""
        return next(s.bill for s in self.ranked(stage) if s.option.family == self._family)


def after(months: int) -> str:
    """A time from now as people say it.

    >>> after(60), after(18), after(12)
    ('in 5 years', 'in 18 months', 'in 1 year')
    """
    years, rest = divmod(months, _A_YEAR)
    if rest:
        return f"in {months} months"
    return f"in {years} year{'s' if years > 1 else ''}"


def when_of(shown: Stages) -> str:
    """When the decision's own bill is, where others follow: " now", " in month 12"."""
    if shown.growth:
        return " now"
    return f" in month {shown.choice.needs.month or _A_YEAR}" if shown.keeps_long else ""


def dollars(amount: float) -> str:
    """US dollars as they are said: cents matter below ten."""
    return f"${amount:,.2f}" if 0 < amount < _CENTS else f"${amount:,.0f}"


def exchanged(choice: Choice) -> str:
    """At which rate a budget in other money is held against the bills, and whether it is close."""
    ceiling = ceiling_of(choice.brief)
    if ceiling is None or ceiling.rate is None or not choice.needs.currency or not ceiling.dollars:
        return ""
    bill = float(choice.pick.bill.total)
    told = spoken(float(ceiling.dollars), ceiling.currency)
    rate = f"at {ceiling.rate.value} (ECB, {ceiling.rate.checked.isoformat()})"
    close = abs(bill / float(ceiling.dollars) - 1) <= CLOSE
    near = ": too close to the bill to rely on one day's rate" if close else ""
    return f"Your budget: {told} {rate}{near}."
