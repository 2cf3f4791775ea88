"""A disk that fills: how fast, how long there is, and what takes it."""

from blueproof.advisors.incident.figures import duration, plain
from blueproof.advisors.incident.trouble import Cause, Trouble, later, now, published, words
from blueproof.core.advice import Step

_SIZE = r"(?P<{0}>\d+(?:\.\d+)?)\s?(?P<{1}>[MGT])i?B?\b"
_DISK = words(r"\b(?:disk|storage|free space|volume|ebs|filesystem|gp[23])\b")
_FELL = words(
    rf"\b(?:from|was|went|fell|dropp?\w*|shr\w+|decreas\w+"
    rf"|down)\b[^.?!\n\d]{{0,30}}?{_SIZE.format('a', 'au')}"
    rf"[^.?!\n\d]{{0,30}}?(?:to|->|\u2192|down to|now)\s?(?:about |around |~"
    rf"|only )?{_SIZE.format('b', 'bu')}"
)
_DAYS = words(
    r"\b(?:in|over|within|last|past|for|since)\s?(?:the |about |last |~)?(?P<n>\d+(?:\.\d+)?"
    r"|a|an|one|two|three)\s?(?P<unit>hours?|h|days?|d|weeks?)\b"
)
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = words(r"\b(?P<day>mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b")
_SLOT = words(r"\b(?:debezium|replication|slots?|logical|cdc|dms|airbyte|fivetran|wal|powersync)\b")
_POSTGRES = words(r"\b(?:postgres\w*|rds|aurora|pg\b|debezium)")
_UNITS = {"M": 1 / 1024, "G": 1.0, "T": 1024.0}
_HOURS = {"h": 1.0, "d": 24.0, "w": 168.0}
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}


def shrinking(text: str) -> Trouble | None:
    """The trouble of a disk that fills by told figures; None where they are not told."""
    fell = _FELL.search(text)
    hours = _hours(text)
    if not (fell and hours and _DISK.search(text)):
        return None
    before = float(fell["a"]) * _UNITS[fell["au"].upper()]
    left = float(fell["b"]) * _UNITS[fell["bu"].upper()]
    if left >= before:
        return None
    an_hour = (before - left) / hours
    slot = bool(_SLOT.search(text))
    return Trouble(
        id="disk-fills",
        weight=7,
        says=(
            f"Yes, act today: {plain(before - left)} GB went in {duration(hours * 3600)} "
            f"({plain(an_hour * 24)} GB a day), so the {plain(left)} GB left last about "
            f"{duration(left / an_hour * 3600)}; a full disk stops every write.",
            *(
                (
                    "The first suspect is a replication slot that nobody reads: it keeps all WAL "
                    "since it was last read, whatever else goes on.",
                )
                if slot
                else ()
            ),
        ),
        causes=_causes(slot=slot, postgres=bool(_POSTGRES.search(text))),
        now=_steps(slot=slot),
        later=(
            later(
                "max_slot_wal_keep_size below a quarter of the disk, and an alarm (a page) when "
                "the free space at the rate of the last 6 hours ends within 24 hours, beside one "
                "at 10 %"
            ),
        ),
        sources=(published("postgres-slot-fills-disk"),),
    )


def _hours(text: str) -> float:
    told = _DAYS.search(text)
    days = [_WEEK_AT[m["day"][:3].lower()] for m in _DAY.finditer(text)]
    if len(days) > 1 and days[0] != days[1]:
        return float((days[1] - days[0]) % 7 * 24)
    if told:
        count = _COUNTS.get(told["n"].lower()) or float(told["n"])
        return count * _HOURS[told["unit"][0].lower()]
    return 0.0


_WEEK_AT = {name[:3]: at for at, name in enumerate(_WEEK)}


def _causes(*, slot: bool, postgres: bool) -> tuple[Cause, ...]:
    kept = Cause(
        cause="A replication slot whose reader is gone keeps WAL",
        look="SELECT slot_name, active, wal_status, "
        "pg_size_pretty(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) AS kept FROM "
        "pg_replication_slots ORDER BY restart_lsn; on RDS the metric OldestReplicationSlotLag "
        "beside TransactionLogsDiskUsage",
        shows="active = f and about as many GB as are gone",
    )
    grown = Cause(
        cause="A table or index grows (a log, an outbox, bloat after deletes)",
        look="SELECT relname, pg_size_pretty(pg_total_relation_size(relid)), n_dead_tup FROM "
        "pg_stat_user_tables ORDER BY pg_total_relation_size(relid) DESC LIMIT 10, today and in an "
        "hour",
        shows="one of them grows by the gigabytes that go",
    )
    temporary = Cause(
        cause="Temporary files of a large query",
        look="SELECT datname, temp_files, pg_size_pretty(temp_bytes) FROM pg_stat_database",
        shows="temp_bytes that rise as the space falls",
    )
    files = Cause(
        cause="Logs, images or uploads on the host",
        look="du -xh --max-depth=2 / 2>/dev/null | sort -h | tail -15; docker system df; lsof +L1",
        shows="one folder with the gigabytes that are gone, or deleted files still held open",
    )
    if slot:
        return kept, grown, temporary
    return (grown, kept, temporary) if postgres else (files, grown)


def _steps(*, slot: bool) -> tuple[Step, ...]:
    if slot:
        return (
            now(
                "If nobody needs what that reader has not had (a paused project can take a new "
                "snapshot): SELECT pg_drop_replication_slot('NAME')",
                "free space grows within minutes, after the next checkpoint",
                "none: the reader begins with a new snapshot",
            ),
            now(
                "If it is needed: start the reader today, and make the volume larger meanwhile "
                "(storage autoscaling of RDS has a pause of 6 hours between two steps, and a "
                "volume never shrinks)",
                "the kept bytes fall",
            ),
        )
    return (
        now(
            "Find what takes it by the first check, and stop that producer; make the volume larger "
            "if less than a day is left (it cannot be made smaller again); never delete files of "
            "the database by hand",
            "the free space stays level over an hour",
        ),
    )
