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
# The dimensions that change a bill: quantities, and what stands beside the vendor's own.
_COUNTED = ("group-size", "messages", "region", "offline", "hipaa", "self-hosted")
_ONE = Decimal(1)
_PRO = "supabase.pro.month"
_OWN = "on your own servers: no vendor's bill; the servers and the work are not priced here"


def bill_of(option: str, needs: Needs, users: float) -> Bill:
    """The month's bill of an option at this many monthly users."""
    told = tuple((name, needs.value(name)) for name in _COUNTED)
    counted = replace(needs, known=told, options=(), current=(), ruled_out=(), clients=())
    return _bill(option, counted, users)


@cache
def _bill(option: str, needs: Needs, users: float) -> Bill:
    """The vendor's bill, and what the case adds to it."""
    usage = workload(needs, users).usage
    bill = _PRICED[option](usage, size_name(users))
    if needs.value("self-hosted") == "yes":
        return replace(bill, lines=(), total=Decimal(0), note=_OWN)
    lines = tuple(_agreed(option, needs, bill.lines))
    lines = (*lines, *_beside(option, needs, lines))
    return replace(bill, lines=lines, total=total(lines))


def _agreed(option: str, needs: Needs, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with the plan that an agreement on health data needs."""
    if option != "supabase" or needs.value("hipaa") != "yes":
        return lines
    kept = tuple(x for x in lines if x.fact != _PRO)
    team = line("Supabase Team, which HIPAA needs; the add-on's price is on request", _ONE, "month",
                "supabase.team-month")  # fmt: skip
    return (*team, *kept)


def _beside(option: str, needs: Needs, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """What stands on the bill beside the vendor's use: a region, a service that is added."""
    if option == "convex" and needs.value("region") == "eu":
        used = sum((x.amount for x in lines if "developer" not in x.unit), Decimal(0))
        return line("surcharge of the EU region", used, "USD of use", "convex.eu-surcharge")
    if option == "supabase" and needs.value("offline") == "yes":
        return line("PowerSync Pro beside it, for offline use", _ONE, "month",
                    "powersync.pro-month")  # fmt: skip
    return ()


def size_name(users: float) -> str:
    """A size in words.

    >>> size_name(1000)
    '1,000 monthly users'
    """
    return f"{users:,.0f} monthly users"
