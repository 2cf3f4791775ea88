"""What every vendor meters in its own unit, reckoned once from what the app does."""

from decimal import Decimal

from blueproof.costs.usage import Usage

KB_PER_GB = Decimal(1024 * 1024)
DAYS = Decimal(30)  # a month, for what is free each day
SECONDS = DAYS * 86_400

# A write changes the record and the summary of the list it belongs to (a conversation's last
# message): lists of conversations would otherwise read every conversation's last record.
RECORDS_A_WRITE = Decimal(2)

# Whether the person may do this is looked up once a request, in one record (the membership).
CHECKS_A_REQUEST = Decimal(1)

# Who types, who is there, a position: an identifier or two and a number.
SIGNAL_KB = Decimal("0.1")

# The busiest second against the month's average: people sleep, and evenings and news have peaks.
PEAK = Decimal(10)

# Functions of an app are small: most of the time they wait for the database.
FUNCTION_SECONDS = Decimal("0.2")
FUNCTION_GB = Decimal("0.25")


def page_kb(usage: Usage) -> Decimal:
    """The size of a first page of records."""
    return usage.page * usage.record_kb


def sent_gb(usage: Usage) -> Decimal:
    """Data sent to screens: the pages that they open with, what is new to them, and signals."""
    pages = usage.opens * page_kb(usage)
    news = usage.deliveries * usage.record_kb
    return (pages + news + usage.signals_heard * SIGNAL_KB) / KB_PER_GB


def push_jobs(usage: Usage) -> Decimal:
    """Runs of a function that sends push notifications: one for a write that has any."""
    return min(usage.writes, usage.pushes)


def function_calls(usage: Usage) -> Decimal:
    """Calls of a vendor's functions: what the app asks for, background work, push jobs."""
    return usage.calls + usage.background_calls + push_jobs(usage)


def per_second(month: Decimal, peak: Decimal = PEAK) -> Decimal:
    """The busiest second of a month that has so many."""
    return month / SECONDS * peak
