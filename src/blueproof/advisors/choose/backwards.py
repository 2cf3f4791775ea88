"""A bill that was told, counted back into what it pays for, so that a cause named can be checked.

From dollars to reads or calls at the published price, to one user, and to how often the records
that the person names would have to be fetched.
"""

import re
from collections.abc import Iterator

from blueproof.core.brief import Brief, Fact
from blueproof.core.money import Bill, Line

_CAUSE = re.compile(r"\b(?:because|since|due to)\b\s+(?P<says>[^.?!;]{12,160})", re.IGNORECASE)
# What is fetched as a whole: records, not people, money or time.
_RECORD = re.compile(
    r"(?:post|message|document|doc|record|row|item|order|event|task|photo|product|comment)s?$",
    re.IGNORECASE,
)
_METERED = re.compile(r"(?P<many>[\d,]+|million) (?P<of>[a-z -]+)")
_MILLION = 1_000_000.0


def counted_back(brief: Brief, bill: Bill, told: float, users: float) -> str:
    """What the dollars a month that were told buy, if the largest metered line is all of them.

    Empty where the words name no cause, or the model bills nothing by the piece.
    """
    pain = next((f for f in brief.facts if f.key == "pain"), None)
    cause = _CAUSE.search(pain.quote) if pain else None
    metered = [line for line in bill.lines if _METERED.fullmatch(line.unit) and line.price]
    line = max(metered, key=lambda each: each.amount, default=None)
    if line is None or cause is None or users < 1:
        return ""
    return " ".join(_sentences(brief, line, told, users, " ".join(cause["says"].split())))


def _sentences(brief: Brief, line: Line, told: float, users: float, cause: str) -> Iterator[str]:
    many, of = _unit(line)
    bought = told / float(line.price) * many
    yield (
        f'You name a cause, "{cause}": were {of} the whole bill, it would pay for '
        f"{_spoken(bought)} of them a month, {bought / users:,.0f} for each of {users:,.0f} users."
    )
    fetched = _fetched(brief, cause)
    if fetched:
        times = bought / users / float(fetched.value)
        yield f"That is your {fetched.quote} {times:,.0f} times a month for each of them."
    yield "Mend that first and look at the meter for a day: a move would take the cause along."


def _unit(line: Line) -> tuple[float, str]:
    """How many pieces the line's price is for, and what they are called."""
    unit = _METERED.fullmatch(line.unit)
    if unit is None:
        return 1.0, line.unit
    many = _MILLION if unit["many"] == "million" else float(unit["many"].replace(",", ""))
    return many, unit["of"]


def _fetched(brief: Brief, cause: str) -> Fact | None:
    """How many records the cause fetches at once, where it says so."""
    return next(
        (
            f for f in brief.facts
            if isinstance(f.value, float) and f.value > 1
            and f.quote in cause and _RECORD.search(f.quote)
        ),
        None,
    )  # fmt: skip


def _spoken(amount: float) -> str:
    return f"{amount / _MILLION:,.0f} million" if amount >= _MILLION else f"{amount:,.0f}"
