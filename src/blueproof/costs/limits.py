"""Hard limits of the back ends, each against the quantity of the app that runs into it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from blueproof.costs.quantities import per_second
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A published limit, by its fact, and the quantity held against it, in words and reckoned.

    `plan` is the plan whose limit it is and `beyond` the way past it; "" where there is no way.
    """

    fact: str
    what: str
    quantity: Callable[[Usage], Decimal]
    plan: str = ""
    beyond: str = ""


def _peak(usage: Usage) -> Decimal:
    return usage.peak_connections


def _record(usage: Usage) -> Decimal:
    return usage.record_kb


def _stored(usage: Usage) -> Decimal:
    return usage.database_gb


def _developers(usage: Usage) -> Decimal:
    return usage.developers


def _writes(usage: Usage) -> Decimal:
    return per_second(usage.writes + usage.signals, usage.peak)


def _responses(usage: Usage) -> Decimal:
    return per_second(usage.deliveries + usage.signals_heard + usage.opens, usage.peak)


def _messages(usage: Usage) -> Decimal:
    return per_second(
        usage.writes + usage.deliveries + usage.signals + usage.signals_heard, usage.peak
    )


def _joins(usage: Usage) -> Decimal:
    return per_second(usage.opens, usage.peak)


def _pushes(usage: Usage) -> Decimal:
    return per_second(usage.pushes, usage.peak)


_PRO, _BUSINESS = "its Professional plan", "its Business plan, which is not priced here"

LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "convex": (
        Limit(
            fact="convex.pro.sessions",
            what="connections at once",
            quantity=_peak,
            plan=_PRO,
            beyond=f"up to 200,000 need {_BUSINESS}",
        ),
        Limit(fact="convex.pro.developers", what="developers", quantity=_developers),
        Limit(fact="convex.document-kb", what="KB a record", quantity=_record),
        Limit(
            fact="convex.dataset-gb",
            what="GB in the database",
            quantity=_stored,
            plan=_PRO,
            beyond=f"more needs {_BUSINESS}",
        ),
    ),
    "firestore": (Limit(fact="firestore.document-kb", what="KB a record", quantity=_record),),
    "realtime-database": (
        Limit(fact="rtdb.connections", what="connections at once", quantity=_peak),
        Limit(fact="rtdb.writes-per-second", what="writes a second", quantity=_writes),
        Limit(fact="rtdb.responses-per-second", what="responses a second", quantity=_responses),
    ),
    "supabase": (
        Limit(fact="supabase.realtime.connections", what="connections at once", quantity=_peak),
        Limit(
            fact="supabase.realtime.messages-per-second",
            what="realtime messages a second",
            quantity=_messages,
        ),
        Limit(
            fact="supabase.realtime.joins-per-second",
            what="screens opened a second",
            quantity=_joins,
        ),
        Limit(fact="supabase.realtime.payload-kb", what="KB a record", quantity=_record),
    ),
    "aws": (
        Limit(fact="aws.dynamodb-item-kb", what="KB a record", quantity=_record),
        Limit(fact="aws.appsync-subscription-kb", what="KB a record", quantity=_record),
    ),
    "expo-push": (
        Limit(fact="expo.push-per-second", what="push notifications a second", quantity=_pushes),
    ),
}


def passed(option: str, usage: Usage) -> tuple[Limit, ...]:
    """The limits of an option that the usage goes over; one that it meets exactly holds."""
    return tuple(
        limit for limit in LIMITS[option] if limit.quantity(usage) > fact(limit.fact).value
    )
