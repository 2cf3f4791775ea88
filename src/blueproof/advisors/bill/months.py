"""Two months of one bill side by side: which line grew, and how much of the whole rise it is."""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.brief import Brief

_BEFORE, _NOW = "bill-before", "bill-now"  # a line's sums; those of the total have no role


@dataclass(frozen=True, kw_only=True)
class Grown:
    """A line in the month before and in the last one, in the currency of the bill."""

    item: str
    before: Decimal
    now: Decimal

    @property
    def by(self) -> Decimal:
        """How much more it is now; negative where it fell."""
        return self.now - self.before


@dataclass(frozen=True, kw_only=True)
class Months:
    """The lines of two months, and their total where one is told."""

    lines: tuple[Grown, ...]
    total: Grown | None

    @property
    def whole(self) -> Grown:
        """Both months as the lines add up."""
        before = sum((each.before for each in self.lines), Decimal(0))
        return Grown(item="", before=before, now=sum((e.now for e in self.lines), Decimal(0)))

    @property
    def most(self) -> Grown:
        """The line that grew most."""
        return max(self.lines, key=lambda each: each.by)


def months_of(brief: Brief) -> Months | None:
    """The two last months of the bill that the words hold; None where they tell but one."""
    sums = {
        key: [(f.role, Decimal(str(f.value))) for f in brief.facts if f.key == key]
        for key in (_BEFORE, _NOW)
    }
    both = zip(sums[_BEFORE], sums[_NOW], strict=True)
    found = [Grown(item=item, before=before, now=now) for (item, before), (_, now) in both]
    lines = tuple(each for each in found if each.item)
    total = next((each for each in found if not each.item), None)
    return Months(lines=lines, total=total) if lines else None
