"""Two months of one bill side by side: which line grew, and how much of the whole rise it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from blueproof.intake.bill.cells import GAP
from blueproof.intake.bill.lines import amount_of, is_european
from blueproof.intake.bill.tables import is_total

_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|20\d\d-\d\d"
)
_THEN = r"before|after|now|prev(?:ious)?|last month|this month|old|new|was|is"
_HEAD = re.compile(rf"\b(?:{_MONTH}|{_THEN})\b", re.IGNORECASE)
_ARROW = re.compile(r"\s*(?:->|=>|→)\s*")
_SUM = re.compile(r"[-(]?\s?[$€£]?\s?\d[\d.,']*\s?(?:USD|EUR|GBP|[$€£])?\)?")
_TWO = 2  # columns of money, and rows that make a comparison


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


def months_in(request: str) -> Months | None:
    r"""The two last months of a bill that stands in a request; None where it tells but one.

    >>> told = months_in("| what | sep | oct |\n| RDS | $100 | $110 |\n| VPC | $30 | $145.50 |")
    >>> told and (told.most.item, str(told.most.by), str(told.whole.by))
    ('VPC', '115.50', '125.50')
    >>> months_in("| what | sep |\n| RDS | $100 |\n| VPC | $30 |")
    """
    european = is_european(request)
    rows = [list(_cells(line)) for line in request.split("\n")]
    headed = any(
        len([c for c in row if _HEAD.search(c) and not _SUM.fullmatch(c)]) >= _TWO for row in rows
    )
    arrows = len(_ARROW.findall(request)) >= _TWO
    if not (headed or arrows):
        return None
    found = [made for row in rows for made in _grown(row, european=european)]
    lines = tuple(each for each in found if not is_total(each.item))
    total = next((each for each in found if is_total(each.item)), None)
    return Months(lines=lines, total=total) if len(lines) >= _TWO else None


def _cells(line: str) -> Iterator[str]:
    for cell in GAP.split(line.strip().strip("|")):
        yield from (part.strip(" *`") for part in _ARROW.split(cell) if part.strip(" *`"))


def _grown(row: list[str], *, european: bool) -> Iterator[Grown]:
    """A row with a name and two sums or more: the last two of them."""
    if not row:
        return
    name, sums = row[0], [cell for cell in row[1:] if _SUM.fullmatch(cell)]
    apart = re.fullmatch(rf"(?P<name>[A-Za-z].*?)[: ]+(?P<sum>{_SUM.pattern})", name)
    if apart and len(sums) < _TWO:  # "RDS $1,204 -> $1,198"
        name, sums = apart["name"], [apart["sum"], *sums]
    values = [amount_of(each, european=european) for each in sums[-_TWO:]]
    if len(values) == _TWO and re.search(r"[A-Za-z]", name):
        before, now = values
        if before is not None and now is not None:
            yield Grown(item=name.strip(" :"), before=before, now=now)
