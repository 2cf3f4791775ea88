"""Two months of one bill side by side, as a table or with arrows between the sums."""

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
class Compared:
    """A line in the month before and in the last one; its name is "" where it is their total."""

    item: str
    before: Decimal
    now: Decimal
    quote: str


def compared_in(request: str) -> tuple[Compared, ...]:
    r"""The lines of the two last months of a bill in a request; none where it tells but one.

    >>> told = compared_in("| what | sep | oct |\n| RDS | $100 | $110 |\n| VPC | $30 | $145.50 |")
    >>> [(each.item, str(each.before), str(each.now)) for each in told]
    [('RDS', '100', '110'), ('VPC', '30', '145.50')]
    >>> compared_in("| what | sep |\n| RDS | $100 |\n| VPC | $30 |")
    ()
    """
    european = is_european(request)
    rows = [list(_cells(line)) for line in request.split("\n")]
    headed = any(
        len([c for c in row if _HEAD.search(c) and not _SUM.fullmatch(c)]) >= _TWO for row in rows
    )
    arrows = len(_ARROW.findall(request)) >= _TWO
    if not (headed or arrows):
        return ()
    found = tuple(made for row in rows for made in _grown(row, european=european))
    return found if sum(bool(each.item) for each in found) >= _TWO else ()


def _cells(line: str) -> Iterator[str]:
    for cell in GAP.split(line.strip().strip("|")):
        yield from (part.strip(" *`") for part in _ARROW.split(cell) if part.strip(" *`"))


def _grown(row: list[str], *, european: bool) -> Iterator[Compared]:
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
            item = name.strip(" :")
            yield Compared(item="" if is_total(item) else item, before=before, now=now, quote=item)
