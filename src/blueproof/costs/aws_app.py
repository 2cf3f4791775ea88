"""What an app on AWS costs: AppSync, DynamoDB, Cognito, Lambda and S3, us-east-1, on demand.

AppSync bills every query and mutation: writes, opens, signals and calls. Each delivery, and each
screen that hears a signal, is a real-time update for every 5 KB of it; so is the start of a
subscription, once an open. Signals reach no table. Connections are billed by the minute.

DynamoDB writes a record and its list's summary, a unit for each KB begun. A page is one query:
its sizes are added up, and each 4 KB begun is half a unit, for eventual consistency is enough to
show it. The check of the membership is half a unit a request. Deliveries read nothing.

Cognito is the Lite plan, unless told otherwise: new pools start on Essentials, which costs more.
Data sent and files leave at the price of data out to the internet, all together. Only what is
free for good is taken off, not what is free in the first months of an account.
"""

from decimal import ROUND_CEILING, Decimal
from typing import Literal

from blueproof.core.money import Bill
from blueproof.costs.quantities import (
    CHECKS_A_REQUEST,
    FUNCTION_GB,
    FUNCTION_SECONDS,
    RECORDS_A_WRITE,
    function_calls,
    page_kb,
    sent_gb,
)
from blueproof.costs.tiers import (
    MILLION,
    THOUSAND,
    ZERO,
    Charge,
    Meter,
    Tier,
    bill_of,
    charged,
)
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact

Cognito = Literal["lite", "essentials"]

# The vendor adds about 100 bytes to an item of 1 KB, and one index holds keys and little else.
STORED = Decimal("1.3")

WRITE_KB, READ_KB = Decimal(1), Decimal(4)  # what a request unit holds
EVENTUAL = Decimal("0.5")  # units of a read that may be a moment old

_LEFT_OUT = "us-east-1, on demand; without backups, logs and codes by SMS"
_TEN_TB, _FIFTY_TB = Decimal(10_240), Decimal(51_200)
_HUNDRED_THOUSAND, _TEN_MILLION = Decimal(100_000), Decimal(10_000_000)


def bill(usage: Usage, size: str, cognito: Cognito = "lite") -> Bill:
    """The month on AWS."""
    charges = _charges(usage, cognito)
    return bill_of(size, charged(charges), charges, _LEFT_OUT)


def used(usage: Usage, cognito: Cognito = "lite") -> tuple[Meter, ...]:
    """What AWS counts, against what is free for good."""
    return tuple(charge.meter for charge in _charges(usage, cognito))


def _charges(usage: Usage, cognito: Cognito) -> tuple[Charge, ...]:
    return (
        *_appsync(usage),
        *_dynamodb(usage),
        _sign_in(usage, cognito),
        *_lambda(usage),
        *_files(usage),
        _egress(usage),
    )


def _appsync(usage: Usage) -> tuple[Charge, ...]:
    requests = usage.writes + usage.opens + usage.signals + usage.calls
    units = _begun(usage.record_kb, fact("aws.appsync-update-kb").value)
    updates = usage.deliveries * units + usage.signals_heard + usage.opens
    return (
        Charge(
            name="AppSync: queries and mutations",
            quantity=requests,
            unit="requests",
            price="aws.appsync-requests-per-million",
            per=MILLION,
            billed="million requests",
        ),
        Charge(
            name="AppSync: real-time updates",
            quantity=updates,
            unit="updates",
            price="aws.appsync-updates-per-million",
            per=MILLION,
            billed="million updates",
        ),
        Charge(
            name="AppSync: connection minutes",
            quantity=usage.connection_minutes,
            unit="minutes",
            price="aws.appsync-minutes-per-million",
            per=MILLION,
            billed="million minutes",
        ),
    )


def _dynamodb(usage: Usage) -> tuple[Charge, ...]:
    written = usage.writes * RECORDS_A_WRITE * _begun(usage.record_kb, WRITE_KB)
    checks = (usage.writes + usage.opens) * CHECKS_A_REQUEST
    pages = usage.opens * _begun(page_kb(usage), READ_KB)
    looked_up = usage.calls * _begun(usage.record_kb, READ_KB)
    return (
        Charge(
            name="DynamoDB: write units",
            quantity=written,
            unit="units",
            price="aws.dynamodb-writes-per-million",
            per=MILLION,
            billed="million units",
        ),
        Charge(
            name="DynamoDB: read units",
            quantity=(checks + pages + looked_up) * EVENTUAL,
            unit="units",
            price="aws.dynamodb-reads-per-million",
            per=MILLION,
            billed="million units",
        ),
        Charge(
            name="DynamoDB: storage",
            quantity=usage.database_gb * STORED,
            unit="GB-months",
            price="aws.dynamodb-gb-month",
            free="aws.dynamodb-free-gb",
        ),
    )


def _begun(size: Decimal, unit: Decimal) -> Decimal:
    return (size / unit).to_integral_value(ROUND_CEILING)


def _sign_in(usage: Usage, cognito: Cognito) -> Charge:
    lite = (
        Tier(price="aws.cognito-lite-user"),
        Tier(price="aws.cognito-lite-user-over-100k", start=_HUNDRED_THOUSAND),
        Tier(price="aws.cognito-lite-user-over-1m", start=MILLION),
        Tier(price="aws.cognito-lite-user-over-10m", start=_TEN_MILLION),
    )
    return Charge(
        name=f"Cognito {cognito.capitalize()}: monthly users",
        quantity=usage.monthly_users - usage.federated if usage.signs_in else ZERO,
        unit="users",
        price=lite if cognito == "lite" else "aws.cognito-essentials-user",
        free="aws.cognito-free-users",
    )


def _lambda(usage: Usage) -> tuple[Charge, ...]:
    calls = function_calls(usage)
    return (
        Charge(
            name="Lambda: requests",
            quantity=calls,
            unit="requests",
            price="aws.lambda-requests-per-million",
            free="aws.lambda-free-requests",
            per=MILLION,
            billed="million requests",
        ),
        Charge(
            name="Lambda: duration",
            quantity=calls * FUNCTION_SECONDS * FUNCTION_GB,
            unit="GB-seconds",
            price="aws.lambda-gb-second",
            free="aws.lambda-free-gb-seconds",
        ),
    )


def _files(usage: Usage) -> tuple[Charge, ...]:
    return (
        Charge(
            name="S3: files", quantity=usage.files_gb, unit="GB-months", price="aws.s3-gb-month"
        ),
        Charge(
            name="S3: uploads",
            quantity=usage.uploads,
            unit="uploads",
            price="aws.s3-uploads-per-thousand",
            per=THOUSAND,
            billed="1,000 uploads",
        ),
        Charge(
            name="S3: downloads",
            quantity=usage.downloads,
            unit="downloads",
            price="aws.s3-downloads-per-thousand",
            per=THOUSAND,
            billed="1,000 downloads",
        ),
    )


def _egress(usage: Usage) -> Charge:
    prices = (
        Tier(price="aws.egress-per-gb"),
        Tier(price="aws.egress-per-gb-over-10tb", start=_TEN_TB),
        Tier(price="aws.egress-per-gb-over-50tb", start=_FIFTY_TB),
    )
    return Charge(
        name="Data out to the internet",
        quantity=sent_gb(usage) + usage.download_gb,
        unit="GB",
        price=prices,
        free="aws.egress-free-gb",
    )
