"""The bill of each option for a case."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from functools import cache

from blueproof.core.money import Bill, Line
from blueproof.costs.aws_app import bill as aws_bill
from blueproof.costs.convex import bill as convex_bill
from blueproof.costs.firebase import firestore_bill, rtdb_bill
from blueproof.costs.single_sign_on import lines as sso_lines
from blueproof.costs.supabase import HOURS, OverFree
from blueproof.costs.supabase import bill as supabase_bill
from blueproof.costs.supabase import lasting_bill as supabase_lasting
from blueproof.costs.supabase import over_free as supabase_over_free
from blueproof.costs.tiers import line, total
from blueproof.costs.usage import Usage
from blueproof.decide.demands import stands
from blueproof.decide.needs import SSO, Needs
from blueproof.decide.workload import workload
from blueproof.facts.load import fact
from blueproof.facts.options import options

_PRICED: Mapping[str, Callable[[Usage, str], Bill]] = {
    "convex": convex_bill,
    "firestore": firestore_bill,
    "realtime-database": rtdb_bill,
    "supabase": supabase_bill,
    "aws": aws_bill,
}
# The dimensions that change a bill: quantities, and what stands beside the vendor's own.
_COUNTED = ("group-size", "messages", "region", "offline", "hipaa", "self-hosted")
_ONE, _THOUSAND = Decimal(1), Decimal(1000)
_PRO, _TEAM = "supabase.pro.month", "supabase.team-month"
_SERVER = "supabase.compute-"
_OWN = "on your own servers: no vendor's bill; the servers and the work are not priced here"


def bill_of(option: str, needs: Needs, users: float) -> Bill:
    """The month's bill of an option at this many monthly users."""
    told = tuple((name, needs.value(name)) for name in _COUNTED)
    counted = replace(needs, known=told, options=(), current=(), ruled_out=(), clients=())
    return _bill(option, counted, users, may_pause=needs.may_pause)


@cache
def _bill(option: str, needs: Needs, users: float, *, may_pause: bool) -> Bill:
    """The vendor's bill, and what the case adds to it."""
    usage = workload(needs, users).usage
    size = size_name(users)
    # Single sign-on is not on the plan that pauses.
    paid = SSO in needs.features or bool(needs.demands)
    lasting = option == "supabase" and (not may_pause or paid)
    bill = supabase_lasting(usage, size) if lasting else _PRICED[option](usage, size)
    if needs.value("self-hosted") == "yes":
        return replace(bill, lines=(), total=Decimal(0), note=_OWN)
    lines = tuple(_agreed(option, needs, bill.lines))
    lines = (*lines, *_beside(option, needs, lines, users))
    return replace(bill, lines=lines, total=total(lines))


def _agreed(option: str, needs: Needs, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with the plan that an agreement on health data needs."""
    if option == "supabase" and needs.value("hipaa") == "yes":
        why = "Supabase Team, which HIPAA needs; the add-on's price is on request"
        return _on_team(why, lines)
    for each in stands(option, needs.demands):
        if each.held and each.held.plan == _TEAM:
            return _on_team(f"Supabase Team, for {each.must}", lines)
    return lines


def _on_team(why: str, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    kept = tuple(x for x in lines if x.fact != _PRO)
    return (*line(why, _ONE, "month", _TEAM), *kept)


def _beside(option: str, needs: Needs, lines: tuple[Line, ...], users: float) -> tuple[Line, ...]:
    """What stands on the bill beside the vendor's use: a region, a service that is added."""
    return (*_regional(option, needs, lines), *_offline(option, needs, users),
            *_signed_on(option, needs, users), *_demanded(option, needs, lines))  # fmt: skip


def _demanded(option: str, needs: Needs, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The add-ons that hold what is demanded, and the server that one of them needs."""
    told = stands(option, needs.demands)
    beside = tuple(
        x
        for each in told
        for item, price, many in (each.held.adds if each.held else ())
        for x in line(item, Decimal(str(many)), "hours", price)
    )
    bought = [each for each in told if each.price]
    added = tuple(x for e in bought for x in line(f"add-on, for {e.must}", _ONE, "month", e.price))
    added = (*beside, *added)
    if not bought or any(x.fact.startswith(_SERVER) for x in lines):
        return added
    item = "Supabase Pro: Small server, which recovery needs, beyond the compute included"
    hours = HOURS - fact("supabase.pro.compute-credit").value / fact(f"{_SERVER}small-hour").value
    return (*added, *line(item, hours, "hours", f"{_SERVER}small-hour"))


def _signed_on(option: str, needs: Needs, users: float) -> tuple[Line, ...]:
    if SSO not in needs.features:
        return ()
    firms = needs.sso_firms or 1
    if needs.people and needs.sso_firms:
        firms = round(needs.sso_firms * users / needs.people) or 1
    return sso_lines(options()[option].family, workload(needs, users).usage, firms)


def _regional(option: str, needs: Needs, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if option == "convex" and needs.value("region") in {"eu", "elsewhere"}:
        used = sum((x.amount for x in lines if "developer" not in x.unit), Decimal(0))
        return line(
            "surcharge of a region outside the US", used, "USD of use", "convex.eu-surcharge"
        )
    return ()


def _offline(option: str, needs: Needs, users: float) -> tuple[Line, ...]:
    if option == "supabase" and needs.value("offline") == "yes":
        return _synced(workload(needs, users).usage)
    return ()


def _synced(usage: Usage) -> tuple[Line, ...]:
    """PowerSync on the plan that is not switched off when nobody comes."""
    plan = line("PowerSync Pro beside it, for offline use", _ONE, "month", "powersync.pro-month")
    beyond = usage.peak_connections - fact("powersync.connections-included").value
    if beyond <= 0:
        return plan
    thousands = (beyond / _THOUSAND).to_integral_value(rounding=ROUND_CEILING)
    return (*plan, *line("PowerSync Pro: more connections", thousands, "1,000 connections",
                         "powersync.connections-per-thousand"))  # fmt: skip


def over_free(needs: Needs, users: float) -> OverFree | None:
    """What of the case Supabase's Free plan does not hold, if anything."""
    return supabase_over_free(workload(needs, users).usage)


def size_name(users: float) -> str:
    """A size in words.

    >>> size_name(1000)
    '1,000 monthly users'
    """
    return f"{users:,.0f} monthly users"
