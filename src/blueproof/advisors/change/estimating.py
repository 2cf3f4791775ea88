"""How long a backfill takes and what it writes, each as a sum that is shown."""

from dataclasses import dataclass

from blueproof.advisors.change.told import Told

BATCH = 5_000  # rows; so few hold their locks for well under a second
BATCH_SECONDS, PAUSE_SECONDS = 0.5, 0.5
# Below deadlock_timeout (1 s by default): where an app and a step wait for one another, the step
# gives up, and is tried again; else the server ends one of the two, which may be the app.
LOCK_SECONDS = 0.8
# A new version of a row and its entries in some indexes, as written to the log and to the table.
ROW_BYTES, LOG_FACTOR = 200, 2
_HOUR, _DAY, _MINUTE = 3_600, 86_400, 60
_MOST_HOURS = 48
_GB, _MB = 1e9, 1e6


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A backfill's batches, seconds and bytes."""

    rows: int
    of: str = ""  # which rows, in words

    @property
    def batches(self) -> int:
        """How many batches it is."""
        return -(-self.rows // BATCH)

    @property
    def seconds(self) -> float:
        """How long it takes."""
        return self.batches * (BATCH_SECONDS + PAUSE_SECONDS)

    @property
    def log_bytes(self) -> float:
        """What is written to the log, and sent to each replica."""
        return self.rows * ROW_BYTES * LOG_FACTOR

    @property
    def dead_bytes(self) -> float:
        """The old versions of the rows, until vacuum makes their room free."""
        return self.rows * ROW_BYTES

    @property
    def sum(self) -> str:
        """The sum for the time."""
        return (
            f"{self.rows:,} rows / {BATCH:,} a batch = {self.batches:,} batches x "
            f"({BATCH_SECONDS:g} s work + {PAUSE_SECONDS:g} s pause) = {span(self.seconds)}"
        )

    @property
    def log(self) -> str:
        """The log in words."""
        rate = self.log_bytes / max(self.seconds, 1) / _MB
        return (
            f"{self.rows:,} rows x {ROW_BYTES} bytes x {LOG_FACTOR} (row and index entries) = "
            f"{size(self.log_bytes)} of WAL, {rate:.1f} MB a second to each replica"
        )

    @property
    def bloat(self) -> str:
        """The dead rows in words."""
        return (
            f"{self.rows:,} old versions x {ROW_BYTES} bytes = {size(self.dead_bytes)} of dead "
            "rows, whose room later rows take up once autovacuum has passed"
        )


def estimate(told: Told) -> Estimate:
    """The backfill of the table at the rows that are told."""
    more = {t: n for t, n in told.more_rows.items() if n}
    own = f"{told.rows:,} rows" + f" of {told.names['table']}" * bool(more)
    beside = "".join(f", {n:,} of {table}" for table, n in more.items())
    return Estimate(rows=told.rows + sum(more.values()), of=f"{own}{beside}")


def span(seconds: float) -> str:
    """A time in words.

    >>> span(90), span(9_600), span(400_000)
    ('2 min', '2.7 h', '4.6 days')
    """
    if seconds < _HOUR:
        return f"{max(1, round(seconds / _MINUTE))} min"
    if seconds < _MOST_HOURS * _HOUR:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / _DAY:.1f} days"


def size(count: float) -> str:
    """Bytes in words.

    >>> size(19.2e9), size(3e6)
    ('19.2 GB', '3 MB')
    """
    return f"{count / _GB:,.1f} GB" if count >= _GB else f"{max(count / _MB, 1):,.0f} MB"
