"""What an app on Supabase costs, plans Free and Pro (no spend cap), one project.

Realtime messages. A write is broadcast from the database: one message sent, and one for each
screen that gets it; signals likewise. Messages, the peak of connections and function calls are
billed in packages, a part of a package as a whole one.

Data sent is metered over all services: pages, what is new to screens, signals, files. Files of a
conversation have an address signed for one person, so no download counts as served from a cache.

The server is the smallest one that is recommended for a database of this size and whose disk
does the busiest second's work, one operation for each write, open and call. Its hours are billed
beyond the 10 US dollars of compute that the plan includes. The disk grows with the database.
"""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.money import Bill, Line
from blueproof.costs.quantities import function_calls, per_second, sent_gb
from blueproof.costs.tiers import (
    MILLION,
    ONE,
    THOUSAND,
    ZERO,
    Charge,
    Meter,
    Plan,
    bill_of,
    charged,
    line,
)
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact

# With its indexes and the row's own header, a record takes half as much again.
STORED = Decimal("1.5")

# The disk also holds the write-ahead log, and grows before it is full.
DISK = Decimal("1.5")

# A server runs all month: what the vendor's monthly prices reckon with.
HOURS = Decimal(730)

# A write keeps a record and its list's summary; an open and a call look up a page and a check.
OPERATIONS_A_REQUEST = Decimal(2)

_LEFT_OUT = "one project; without recovery to a point in time, codes by SMS and spare servers"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A size of the database server: its price, and what it is good for."""

    name: str
    hour: str
    database_gb: str
    iops: str


SERVERS = (
    Server(
        name="Micro", hour="supabase.compute-micro-hour",
        database_gb="supabase.compute-micro-gb", iops="supabase.compute-micro-iops",
    ),
    Server(
        name="Small", hour="supabase.compute-small-hour",
        database_gb="supabase.compute-small-gb", iops="supabase.compute-small-iops",
    ),
    Server(
        name="Medium", hour="supabase.compute-medium-hour",
        database_gb="supabase.compute-medium-gb", iops="supabase.compute-medium-iops",
    ),
    Server(
        name="Large", hour="supabase.compute-large-hour",
        database_gb="supabase.compute-large-gb", iops="supabase.compute-large-iops",
    ),
    Server(
        name="XL", hour="supabase.compute-xl-hour",
        database_gb="supabase.compute-xl-gb", iops="supabase.compute-xl-iops",
    ),
    Server(
        name="2XL", hour="supabase.compute-2xl-hour",
        database_gb="supabase.compute-2xl-gb", iops="supabase.compute-2xl-iops",
    ),
    Server(
        name="4XL", hour="supabase.compute-4xl-hour",
        database_gb="supabase.compute-4xl-gb", iops="supabase.compute-4xl-iops",
    ),
    Server(
        name="8XL", hour="supabase.compute-8xl-hour",
        database_gb="supabase.compute-8xl-gb", iops="supabase.compute-8xl-iops",
    ),
    Server(
        name="12XL", hour="supabase.compute-12xl-hour",
        database_gb="supabase.compute-12xl-gb", iops="supabase.compute-12xl-iops",
    ),
    Server(
        name="16XL", hour="supabase.compute-16xl-hour",
        database_gb="supabase.compute-16xl-gb", iops="supabase.compute-16xl-iops",
    ),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Included:
    """What a plan includes of each quantity, by the facts."""

    plan: str
    users: str
    messages: str
    connections: str
    egress: str
    database: str
    files: str
    functions: str


FREE = Included(
    plan="Supabase Free",
    users="supabase.free.users",
    messages="supabase.free.realtime-messages",
    connections="supabase.free.connections",
    egress="supabase.free.egress-gb",
    database="supabase.free.database-gb",
    files="supabase.free.files-gb",
    functions="supabase.free.function-calls",
)

PRO = Included(
    plan="Supabase Pro",
    users="supabase.pro.users",
    messages="supabase.pro.realtime-messages",
    connections="supabase.pro.connections",
    egress="supabase.pro.egress-gb",
    database="supabase.pro.disk-gb",
    files="supabase.pro.files-gb",
    functions="supabase.pro.function-calls",
)


def bill(usage: Usage, size: str) -> Bill:
    """The month on Free where it holds the usage, and otherwise on Pro."""
    plan = _taken(usage)
    return bill_of(size, plan.lines, plan.charges, f"plan {plan.name}, {_LEFT_OUT}")


@dataclass(frozen=True, kw_only=True)
class OverFree:
    """What the Free plan does not hold: how many there are, of what, and how many it holds."""

    quantity: Decimal
    unit: str
    free: Decimal


def over_free(usage: Usage) -> OverFree | None:
    """The first quantity that goes over the Free plan, or none."""
    for charge in _charges(usage, FREE, usage.database_gb * STORED):
        if charge.quantity > charge.allowance:
            what = charge.name.removeprefix(f"{FREE.plan}: ")
            unit = {"peak of connections": "connections at once"}.get(
                what, f"{charge.unit} of {what}" if "GB" in charge.unit else what
            )
            return OverFree(quantity=charge.quantity, unit=unit, free=charge.allowance)
    return None


def lasting_bill(usage: Usage, size: str) -> Bill:
    """The month on Pro, which never pauses and is backed up daily, whatever Free would hold."""
    plan = _pro(usage)
    return bill_of(size, plan.lines, plan.charges, f"plan {plan.name}, {_LEFT_OUT}")


def used(usage: Usage) -> tuple[Meter, ...]:
    """What the plan taken counts, against what it includes."""
    return tuple(charge.meter for charge in _taken(usage).charges)


def plans(usage: Usage) -> tuple[Plan, ...]:
    """The plans that hold the usage within their hard limits, the smallest first."""
    free = _charges(usage, FREE, usage.database_gb * STORED)
    found = []
    if all(charge.quantity <= charge.allowance for charge in free):
        found.append(Plan(name="Free", lines=(), charges=free))
    if usage.peak_connections <= fact("supabase.realtime.connections").value:
        found.append(_pro(usage))
    return tuple(found)


def server(usage: Usage) -> Server:
    """The smallest server for the load; the largest where none is large enough."""
    requests = usage.writes + usage.opens + usage.calls + usage.background_calls
    busiest = per_second(requests * OPERATIONS_A_REQUEST, usage.peak)
    stored = usage.database_gb * STORED
    enough = (
        each
        for each in SERVERS
        if stored <= fact(each.database_gb).value and busiest <= fact(each.iops).value
    )
    return next(enough, SERVERS[-1])


def _taken(usage: Usage) -> Plan:
    return min(plans(usage), key=lambda plan: plan.total, default=_pro(usage))


def _pro(usage: Usage) -> Plan:
    charges = _charges(usage, PRO, usage.database_gb * STORED * DISK)
    month = line("Supabase Pro: plan", ONE, "months", "supabase.pro.month")
    lines = (*month, *_compute(server(usage)), *charged(charges))
    return Plan(name="Pro", lines=lines, charges=charges)


def _compute(taken: Server) -> tuple[Line, ...]:
    """The server's hours that the plan's credit does not pay."""
    paid = fact("supabase.pro.compute-credit").value / fact(taken.hour).value
    hours = max(HOURS - paid, ZERO)
    item = f"Supabase Pro: {taken.name} server, beyond the compute included"
    return line(item, hours, "hours", taken.hour)


def _charges(usage: Usage, included: Included, disk: Decimal) -> tuple[Charge, ...]:
    """What a plan counts. Free sells nothing beyond what it includes: its prices are Pro's."""
    return (
        *_realtime(usage, included),
        *_stored(usage, included, disk),
        Charge(
            name=f"{included.plan}: monthly users",
            quantity=usage.monthly_users - usage.federated if usage.signs_in else ZERO,
            unit="users",
            price="supabase.user",
            free=included.users,
        ),
        Charge(
            name=f"{included.plan}: data sent",
            quantity=sent_gb(usage) + usage.download_gb,
            unit="GB",
            price="supabase.egress-per-gb",
            free=included.egress,
        ),
        Charge(
            name=f"{included.plan}: function calls",
            quantity=function_calls(usage),
            unit="calls",
            price="supabase.functions-per-million",
            free=included.functions,
            per=MILLION,
            billed="million calls",
            whole=True,
        ),
    )


def _realtime(usage: Usage, included: Included) -> tuple[Charge, ...]:
    sent = usage.writes + usage.signals
    return (
        Charge(
            name=f"{included.plan}: realtime messages",
            quantity=sent + usage.deliveries + usage.signals_heard,
            unit="messages",
            price="supabase.realtime-messages-per-million",
            free=included.messages,
            per=MILLION,
            billed="million messages",
            whole=True,
        ),
        Charge(
            name=f"{included.plan}: peak of connections",
            quantity=usage.peak_connections,
            unit="connections",
            price="supabase.connections-per-thousand",
            free=included.connections,
            per=THOUSAND,
            billed="1,000 connections",
            whole=True,
        ),
    )


def _stored(usage: Usage, included: Included, disk: Decimal) -> tuple[Charge, ...]:
    return (
        Charge(
            name=f"{included.plan}: database with indexes",
            quantity=disk,
            unit="GB-months",
            price="supabase.disk-gb-month",
            free=included.database,
        ),
        Charge(
            name=f"{included.plan}: files",
            quantity=usage.files_gb,
            unit="GB-months",
            price="supabase.file-gb-month",
            free=included.files,
        ),
    )
