"""What an app on Firebase costs on the Blaze plan, us-central1: Firestore, or Realtime Database.

The free amounts of the Spark plan stay free on Blaze, so there is no plan to choose.

Firestore counts documents. An open reads its page, a document a record; every delivery is a read
of the changed document by one listener, and so is a heard signal, which is a document here. A
listener that was away for more than 30 minutes pays its page again: that is an open. A write is
two document writes, the record's and its list's summary. Security rules that look up the
membership read a document at every request. The free reads and writes are given each day, here
times 30: unused ones do not carry over, so a month with uneven days costs somewhat more. Storage
includes the index entries of every field.

Realtime Database counts what leaves it, with the overhead of protocol and encryption: pages, what
is new to each screen, signals, the answer to each write and the handshake of each connection.
Rules read nothing that is billed.

Files and functions are the same for both. Firebase Authentication charges nothing for people who
sign in by address or by an account elsewhere; its upgrade to Identity Platform (a second factor,
SAML, tenants) counts the month's users.
"""

from decimal import Decimal
from typing import Literal

from blueproof.core.money import Bill
from blueproof.costs.habits import LEAN, Habits, readings
from blueproof.costs.quantities import (
    CHECKS_A_REQUEST,
    DAYS,
    FUNCTION_GB,
    FUNCTION_SECONDS,
    KB_PER_GB,
    function_calls,
    sent_gb,
)
from blueproof.costs.tiers import (
    MILLION,
    ZERO,
    Charge,
    Meter,
    Tier,
    bill_of,
    charged,
)
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact

# Every field of a document is indexed both ways unless it is exempted: with six fields or so, the
# entries take about twice the document's own size.
FIRESTORE_STORED = Decimal(3)

# The frame of a message, the path it is about and the record layer of the encryption.
MESSAGE_OVERHEAD_KB = Decimal("0.1")

# A function with 256 MiB has this share of a processor.
FUNCTION_VCPU = Decimal("0.167")

_LEFT_OUT = "plan Blaze, us-central1; without backups, logs and codes by SMS"
_TEN_THOUSAND, _HUNDRED_THOUSAND = Decimal(10_000), Decimal(100_000)
_TB, _TEN_TB = Decimal(1024), Decimal(10_240)


SignIn = Literal["firebase", "identity-platform"]


def firestore_bill(
    usage: Usage, size: str, sign_in: SignIn = "firebase", habits: Habits = LEAN
) -> Bill:
    """The month with Firestore."""
    charges = (*_firestore(usage, habits), *_around(usage, sign_in, habits))
    return bill_of(size, charged(charges), charges, _LEFT_OUT)


def firestore_used(usage: Usage, sign_in: SignIn = "firebase") -> tuple[Meter, ...]:
    """What Firestore and the services around it count."""
    return tuple(charge.meter for charge in (*_firestore(usage), *_around(usage, sign_in)))


def rtdb_bill(usage: Usage, size: str, sign_in: SignIn = "firebase") -> Bill:
    """The month with Realtime Database."""
    charges = (*_rtdb(usage), *_around(usage, sign_in))
    return bill_of(size, charged(charges), charges, _LEFT_OUT)


def rtdb_used(usage: Usage, sign_in: SignIn = "firebase") -> tuple[Meter, ...]:
    """What Realtime Database and the services around it count."""
    return tuple(charge.meter for charge in (*_rtdb(usage), *_around(usage, sign_in)))


def _firestore(usage: Usage, habits: Habits = LEAN) -> tuple[Charge, ...]:
    return (
        Charge(
            name="Firestore: document reads",
            quantity=_reads(usage, habits),
            unit="reads",
            price="firestore.reads-per-100k",
            free="firestore.free-reads-per-day",
            days=DAYS,
            per=_HUNDRED_THOUSAND,
            billed="100,000 reads",
        ),
        Charge(
            name="Firestore: document writes",
            quantity=_writes(usage, habits),
            unit="writes",
            price="firestore.writes-per-100k",
            free="firestore.free-writes-per-day",
            days=DAYS,
            per=_HUNDRED_THOUSAND,
            billed="100,000 writes",
        ),
        Charge(
            name="Firestore: storage with indexes",
            quantity=usage.database_gb * FIRESTORE_STORED,
            unit="GiB-months",
            price="firestore.storage-gib-month",
            free="firestore.free-storage-gib",
        ),
        Charge(
            name="Firestore: data sent",
            quantity=sent_gb(usage),
            unit="GiB",
            price="firestore.egress-per-gib",
            free="firestore.free-egress-gib",
        ),
    )


def _reads(usage: Usage, habits: Habits) -> Decimal:
    checks = (usage.opens + usage.signals) * CHECKS_A_REQUEST
    asked = usage.writes * habits.looked_up_a_write + readings(usage) * habits.looked_up_a_reading
    told = usage.deliveries * habits.changes_a_delivery
    return usage.opens * usage.page + told + usage.signals_heard + checks + asked


def _writes(usage: Usage, habits: Habits) -> Decimal:
    seen = readings(usage) * habits.written_a_reading
    return usage.writes * habits.written_a_write + seen + usage.signals


def _rtdb(usage: Usage) -> tuple[Charge, ...]:
    return (
        Charge(
            name="Realtime Database: data sent",
            quantity=_sent_with_overhead(usage),
            unit="GB",
            price="rtdb.download-per-gb",
            free="rtdb.free-download-gb",
        ),
        Charge(
            name="Realtime Database: storage",
            quantity=usage.database_gb,
            unit="GB-months",
            price="rtdb.storage-gb-month",
            free="rtdb.free-storage-gb",
        ),
    )


def _sent_with_overhead(usage: Usage) -> Decimal:
    answered = usage.writes + usage.signals
    messages = usage.opens + usage.deliveries + usage.signals_heard + answered
    handshakes = usage.opens * fact("rtdb.handshake-kb").value
    return sent_gb(usage) + (messages * MESSAGE_OVERHEAD_KB + handshakes) / KB_PER_GB


def _around(usage: Usage, sign_in: SignIn, habits: Habits = LEAN) -> tuple[Charge, ...]:
    """The services that come with either database."""
    identity = (_identity_platform(usage),) if sign_in == "identity-platform" else ()
    return (*identity, *_functions(usage, habits), *_files(usage))


def _identity_platform(usage: Usage) -> Charge:
    edge = fact("firebase.identity-tier-users").value
    return Charge(
        name="Identity Platform: monthly users",
        quantity=usage.monthly_users if usage.signs_in else ZERO,
        unit="users",
        price=(
            Tier(price="firebase.identity-user"),
            Tier(price="firebase.identity-user-over-100k", start=edge),
        ),
        free="firebase.identity-free-users",
    )


def _functions(usage: Usage, habits: Habits) -> tuple[Charge, ...]:
    triggers = usage.writes * habits.functions_a_write
    calls = function_calls(usage) + triggers + readings(usage) * habits.functions_a_reading
    seconds = calls * FUNCTION_SECONDS
    return (
        Charge(
            name="Cloud Functions: calls",
            quantity=calls,
            unit="calls",
            price="firebase.functions-per-million",
            free="firebase.functions-free-calls",
            per=MILLION,
            billed="million calls",
        ),
        Charge(
            name="Cloud Functions: processor",
            quantity=seconds * FUNCTION_VCPU,
            unit="vCPU-seconds",
            price="firebase.functions-vcpu-second",
            free="firebase.functions-free-vcpu-seconds",
        ),
        Charge(
            name="Cloud Functions: memory",
            quantity=seconds * FUNCTION_GB,
            unit="GiB-seconds",
            price="firebase.functions-gib-second",
            free="firebase.functions-free-gib-seconds",
        ),
    )


def _files(usage: Usage) -> tuple[Charge, ...]:
    downloads = (
        Tier(price="firebase.file-egress-per-gb"),
        Tier(price="firebase.file-egress-per-gb-over-1tb", start=_TB),
        Tier(price="firebase.file-egress-per-gb-over-10tb", start=_TEN_TB),
    )
    return (
        Charge(
            name="Cloud Storage: files",
            quantity=usage.files_gb,
            unit="GB-months",
            price="firebase.file-gb-month",
            free="firebase.files-free-gb",
        ),
        Charge(
            name="Cloud Storage: data sent",
            quantity=usage.download_gb,
            unit="GB",
            price=downloads,
            free="firebase.file-egress-free-gb",
        ),
        Charge(
            name="Cloud Storage: uploads",
            quantity=usage.uploads,
            unit="uploads",
            price="firebase.uploads-per-10k",
            free="firebase.free-uploads",
            per=_TEN_THOUSAND,
            billed="10,000 uploads",
        ),
        Charge(
            name="Cloud Storage: downloads",
            quantity=usage.downloads,
            unit="downloads",
            price="firebase.downloads-per-10k",
            free="firebase.free-downloads",
            per=_TEN_THOUSAND,
            billed="10,000 downloads",
        ),
    )
