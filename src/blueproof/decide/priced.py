"""The bill of each option for a case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache

from blueproof.core.money import Bill, Line
from blueproof.costs.aws_app import bill as aws_bill
from blueproof.costs.convex import bill as convex_bill
from blueproof.costs.firebase import firestore_bill, rtdb_bill
from blueproof.costs.supabase import bill as supabase_bill
from blueproof.costs.tiers import line, total
from blueproof.costs.usage import Usage
from blueproof.decide.needs import Needs
from blueproof.decide.workload import workload

_PRICED: Mapping[str, Callable[[Usage, str], Bill]] = {
    "convex": convex_bill,
    "firestore": firestore_bill,
    "realtime-database": rtdb_bill,
    "supabase": supabase_bill,
    "aws": aws_bill,
}
_COUNTED = ("group-size", "messages")  # the dimensions that change a quantity
_BESIDE = ("region", "offline")  # those that add a line
_ONE = Decimal(1)


def bill_of(option: str, needs: Needs, users: float) -> Bill:
    """The month's bill of an option at this many monthly users."""
    counted = tuple((name, needs.value(name)) for name in _COUNTED)
    beside = tuple((name, needs.value(name)) for name in _BESIDE)
    return _whole(option, needs.features, counted, beside, users)


@cache
def _whole(
    option: str,
    features: tuple[str, ...],
    counted: tuple[tuple[str, str], ...],
    beside: tuple[tuple[str, str], ...],
    users: float,
) -> Bill:
    """The vendor's bill, and what the case adds to it."""
    bill = _bill(option, features, counted, users)
    values = dict(beside)
    more: tuple[Line, ...] = ()
    if option == "convex" and values["region"] == "eu":
        usage = sum((x.amount for x in bill.lines if "developer" not in x.unit), Decimal(0))
        more += line("surcharge of the EU region", usage, "USD of use", "convex.eu-surcharge")
    if option == "supabase" and values["offline"] == "yes":
        more += line("PowerSync Pro beside it, for offline use", _ONE, "month",
                     "powersync.pro-month")  # fmt: skip
    lines = (*bill.lines, *more)
    return replace(bill, lines=lines, total=total(lines)) if more else bill


@cache
def _bill(
    option: str, features: tuple[str, ...], counted: tuple[tuple[str, str], ...], users: float
) -> Bill:
    needs = Needs(features=features, known=counted)
    return _PRICED[option](workload(needs, users).usage, size_name(users))


def size_name(users: float) -> str:
    """A size in words.

    >>> size_name(1000)
    '1,000 monthly users'
    """
    return f"{users:,.0f} monthly users"
