"""What an app on Convex costs: US regions, plans Free, Starter and Professional.

Function calls. A write is a mutation, an open runs the screen's query, and every delivery is a
subscription update: each is a call. So are signals (presence is kept in documents here) and the
screens that hear them, scheduled and background runs, and every access to a file.

Database I/O. A mutation writes its records, and the keys of their indexes; a query reads its
page. After a write the query runs again and reads the whole page again. Results are cached, but a
query that looks at who asks has an entry for each person (the cache's key, `observed_identity` in
crates/application/src/cache of get-convex/convex-backend), and a check of the membership looks:
with sign-in the page is read again for every listener, without it once for all of them. An open
reads its page even where a cached one would have served.

Egress is files served, fetches of actions and log streams. Query results are not in it, although
the whole result goes out again at each update: https://docs.convex.dev/production/usage-limits.
"""

from decimal import Decimal

from blueproof.core.money import Bill
from blueproof.costs.habits import LEAN, Habits, readings
from blueproof.costs.quantities import (
    CHECKS_A_REQUEST,
    KB_PER_GB,
    SIGNAL_KB,
    push_jobs,
)
from blueproof.costs.tiers import MILLION, ONE, Charge, Meter, Plan, bill_of, charged
from blueproof.costs.tiers import line as line_of
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact

# A record has two indexes of our own (by conversation and time, by author), keys of 0.1 KB.
INDEX_KB_A_RECORD = Decimal("0.2")

# Stored with its indexes and the vendor's own fields, a record takes half as much again.
STORED = Decimal("1.5")

# A file takes a call for the address to send it to and a call that stores it; the mutation that
# keeps its identifier is the write it belongs to.
CALLS_AN_UPLOAD = Decimal(2)

# A push job is a scheduled action, and a query in it that reads the devices' tokens.
CALLS_A_PUSH_JOB = Decimal(2)

# An action waits for somebody else's service for about a second.
ACTION_SECONDS = Decimal(1)

_LEFT_OUT = "US regions; sign-in by its own library; without backups and search"
_MIB_PER_GB, _SECONDS_PER_HOUR = Decimal(1024), Decimal(3600)


def bill(usage: Usage, size: str, habits: Habits = LEAN) -> Bill:
    """The month on the cheapest plan that holds it; on Professional where none does."""
    plan = _taken(usage, habits)
    return bill_of(size, plan.lines, plan.charges, f"plan {plan.name}, {_LEFT_OUT}")


def used(usage: Usage) -> tuple[Meter, ...]:
    """What the plan taken counts, against what it includes."""
    return tuple(charge.meter for charge in _taken(usage).charges)


def plans(usage: Usage, habits: Habits = LEAN) -> tuple[Plan, ...]:
    """The plans that hold the usage within their hard limits, the smallest first."""
    starter = _starter(usage, habits)
    within = all(charge.quantity <= charge.allowance for charge in starter)
    found = []
    if _holds(usage, "convex.starter.developers", "convex.starter.sessions"):
        if within:
            found.append(Plan(name="Free", lines=(), charges=starter))
        found.append(Plan(name="Starter", lines=charged(starter), charges=starter))
    if _holds(usage, "convex.pro.developers", "convex.pro.sessions"):
        found.append(_professional(usage, habits))
    return tuple(found)


def _taken(usage: Usage, habits: Habits = LEAN) -> Plan:
    held = plans(usage, habits)
    return min(held, key=lambda plan: plan.total, default=_professional(usage, habits))


def _holds(usage: Usage, developers: str, sessions: str) -> bool:
    return (
        usage.developers <= fact(developers).value
        and usage.peak_connections <= fact(sessions).value
    )


def _starter(usage: Usage, habits: Habits) -> tuple[Charge, ...]:
    prices = (
        ("convex.free.calls", "convex.starter.calls-per-million"),
        ("convex.free.io-gb", "convex.starter.io-per-gb"),
        ("convex.free.database-gb", "convex.starter.database-gb-month"),
        ("convex.free.action-gb-hours", "convex.starter.action-gb-hour"),
        ("convex.free.files-gb", "convex.starter.file-gb-month"),
        ("convex.free.egress-gb", "convex.starter.egress-per-gb"),
    )
    return _charges(usage, "Convex Starter", prices, habits)


def _professional(usage: Usage, habits: Habits) -> Plan:
    prices = (
        ("convex.pro.calls", "convex.pro.calls-per-million"),
        ("convex.pro.io-gb", "convex.pro.io-per-gb"),
        ("convex.pro.database-gb", "convex.pro.database-gb-month"),
        ("convex.pro.action-gb-hours", "convex.pro.action-gb-hour"),
        ("convex.pro.files-gb", "convex.pro.file-gb-month"),
        ("convex.pro.egress-gb", "convex.pro.egress-per-gb"),
    )
    charges = _charges(usage, "Convex Professional", prices, habits)
    seats = line_of(
        "Convex Professional: developers", usage.developers, "developers", "convex.pro.seat"
    )
    return Plan(name="Professional", lines=(*seats, *charged(charges)), charges=charges)


def _charges(
    usage: Usage, plan: str, prices: tuple[tuple[str, str], ...], habits: Habits
) -> tuple[Charge, ...]:
    meters = (
        ("function calls", _calls(usage, habits), "calls", MILLION, "million calls"),
        ("database I/O", _io_gb(usage, habits), "GB", ONE, ""),
        ("database storage with indexes", usage.database_gb * STORED, "GB-months", ONE, ""),
        ("action compute", _action_hours(usage), "GB-hours", ONE, ""),
        ("file storage", usage.files_gb, "GB-months", ONE, ""),
        ("file egress", usage.download_gb, "GB", ONE, ""),
    )
    return tuple(
        Charge(
            name=f"{plan}: {name}",
            quantity=quantity,
            unit=unit,
            price=price,
            free=free,
            per=per,
            billed=billed,
        )
        for (name, quantity, unit, per, billed), (free, price) in zip(meters, prices, strict=True)
    )


def _calls(usage: Usage, habits: Habits) -> Decimal:
    read = readings(usage) * habits.functions_a_reading
    screens = usage.opens + usage.deliveries * habits.changes_a_delivery + usage.signals_heard
    asked = usage.writes + usage.signals + usage.calls + usage.background_calls
    files = usage.uploads * CALLS_AN_UPLOAD + usage.downloads
    return screens + read + asked + files + push_jobs(usage) * CALLS_A_PUSH_JOB


def _io_gb(usage: Usage, habits: Habits) -> Decimal:
    """What functions and the database pass to each other."""
    record = usage.record_kb
    asked = usage.writes * habits.looked_up_a_write * record
    kept = usage.writes * habits.written_a_write + readings(usage) * habits.written_a_reading
    written = kept * (record + INDEX_KB_A_RECORD)
    heard = usage.deliveries if usage.signs_in else min(usage.writes, usage.deliveries)
    pages = (usage.opens + heard) * (usage.page + CHECKS_A_REQUEST) * record
    signals = (usage.signals + usage.signals_heard) * SIGNAL_KB
    besides = usage.deliveries * habits.kb_a_delivery + readings(usage) * habits.kb_a_reading
    return (asked + written + pages + besides + signals + usage.calls * record) / KB_PER_GB


def _action_hours(usage: Usage) -> Decimal:
    runs = usage.background_calls + push_jobs(usage)
    gb = fact("convex.action-mib").value / _MIB_PER_GB
    return runs * ACTION_SECONDS * gb / _SECONDS_PER_HOUR
