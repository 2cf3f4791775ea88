"""What an app does in a month, in quantities that no vendor has defined."""

from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, kw_only=True)
class Usage:
    """The quantities of a month from which every vendor's bill is reckoned.

    A *write* is a record added or changed by a person's deed (a message sent). A *delivery* is
    that write reaching one open screen, the writer's own included. An *open* is a screen that
    starts to listen and loads its first page of `page` records. A *signal* is something that is
    sent to open screens and kept nowhere (typing, presence, a moving position); `signals_heard`
    counts how many screens got one. `calls` are requests to server code that are none of these.
    Of the month's people, `federated` sign in with their firm's account.
    `peak` is how many times the mean the busiest second has.
    """

    monthly_users: Decimal
    daily_users: Decimal
    peak_connections: Decimal
    connection_minutes: Decimal = ZERO
    writes: Decimal = ZERO
    deliveries: Decimal = ZERO
    opens: Decimal = ZERO
    page: Decimal = Decimal(30)
    signals: Decimal = ZERO
    signals_heard: Decimal = ZERO
    calls: Decimal = ZERO
    background_calls: Decimal = ZERO
    pushes: Decimal = ZERO
    record_kb: Decimal = Decimal(1)
    database_gb: Decimal = ZERO
    files_gb: Decimal = ZERO
    uploads: Decimal = ZERO
    downloads: Decimal = ZERO
    download_gb: Decimal = ZERO
    developers: Decimal = Decimal(1)
    signs_in: bool = True
    federated: Decimal = ZERO
    peak: Decimal = Decimal(10)

    def __post_init__(self) -> None:
        if self.daily_users > self.monthly_users:
            raise ValueError("more people a day than a month")
        if self.federated > self.monthly_users:
            raise ValueError("more people by single sign-on than there are")
