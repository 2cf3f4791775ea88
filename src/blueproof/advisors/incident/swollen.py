"""A large table that loses many rows each night, slow of a sudden: vacuum comes too seldom."""

import re
from collections.abc import Iterator

from blueproof.advisors.incident.trouble import (
    Cause,
    Trouble,
    later,
    now,
    published,
    words,
)
from blueproof.core.advice import Step

_NUMBER = r"(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<unit>k|m|mio|million|bn|billion|thousand)?"
_ROWS = words(rf"{_NUMBER}\s?(?:rows|records|entries)\b(?!\s?(?:per|a|each|every|/))")
_GONE = words(rf"{_NUMBER}\s?(?:rows|records|entries)?\s?(?:per|a|each|every|/)\s?(?:night|day)\b")
_DELETES = words(r"\b(?:delet\w+|purg\w+|clean(?:s|ing|ed)? ?up|expir\w+|prun\w+)\b")
_SUDDEN = words(
    r"\b(?:slow\w*|degrad\w*)\b[^.?!]{0,40}\bsince\b"
    r"|\bsince (?:\w+day|yesterday|last)\b[^.?!]{0,60}\bslow\w*"
    r"|\b(?:sudden\w*|got slow\w*|became slow\w*)\b|\bused to take\b|\btook \d+ ?ms\b"
)
_STORE = words(r"\b(?:postgres\w*|pg|timescale|aurora|rds)\b")
_REINDEX = words(r"\breindex\w*")
_PARTITION = words(r"\bpartition\w*")
_TABLE = words(r"\b(?:the |our |my )?(?P<table>[a-z_]{3,30}) table\b")
_UNITS = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "bn": 1e9,
          "billion": 1e9}  # fmt: skip
_LARGE = 10_000_000  # rows, from which a fifth of them takes days to come together
_DEAD, _CHANGED = 0.2, 0.1  # autovacuum_vacuum_scale_factor and ..._analyze_scale_factor by default
_WAITS = 2  # nights, from which vacuum is late


def swollen(text: str) -> Trouble | None:
    """The trouble, where rows, those deleted a night and a sudden slowness are told; else None."""
    rows, gone = _ROWS.search(text), _GONE.search(text)
    if not (rows and gone and _STORE.search(text)):
        return None
    if not (_DELETES.search(text) and _SUDDEN.search(text)):
        return None
    many, each = _count(rows), _count(gone)
    nights = _DEAD * many / each if each else 0
    if many < _LARGE or nights < _WAITS:
        return None
    named = _TABLE.search(text)
    table = named["table"] if named else "THE_TABLE"
    return Trouble(
        id="vacuum-waits-for-a-fifth",
        weight=7,
        says=(
            f"Look at vacuum first: by default autovacuum waits until a fifth of the rows is dead, "
            f"{_DEAD:g} x {many:,.0f} = {_DEAD * many:,.0f} of {table}, which at {each:,.0f} a "
            f"night takes {nights:,.0f} nights, and statistics are made anew after "
            f"{_CHANGED * many / each:,.0f}. Until then every scan reads the dead rows as well, "
            "and the planner reckons with old counts; when it comes, it reads the whole table.",
            *_proposals(text),
        ),
        causes=_causes(table),
        now=_steps(table, many),
        later=(
            later(
                "Partitions by day or month, whose oldest is dropped in place of the nightly "
                "DELETE: nothing is left to vacuum"
            ),
        ),
        sources=(published("postgres-vacuum-behind"),),
    )


def _causes(table: str) -> tuple[Cause, ...]:
    """What may be behind it, each with the look that tells it."""
    return (
        Cause(
            cause="Dead rows have piled up, or vacuum runs now and fills the disk's time",
            look="SELECT n_live_tup, n_dead_tup, last_autovacuum, last_autoanalyze FROM "
            f"pg_stat_user_tables WHERE relname = '{table}'; SELECT * FROM "
            "pg_stat_progress_vacuum",
            shows="many dead rows and a last_autovacuum of weeks ago, or a vacuum of that "
            "table under way",
        ),
        Cause(
            cause="An old transaction or a replication slot keeps dead rows from being removed",
            look="SELECT pid, state, xact_start, left(query, 60) FROM pg_stat_activity WHERE "
            "xact_start IS NOT NULL ORDER BY xact_start LIMIT 5; SELECT slot_name, active, "
            "xmin, catalog_xmin FROM pg_replication_slots",
            shows="a transaction of hours or days, or a slot that is not active: a restart "
            "ends the first, which would be why it helped for a while",
        ),
        Cause(
            cause="A plan has changed with the counts",
            look="EXPLAIN (ANALYZE, BUFFERS) of the slow query now and when it is fast",
            shows="another index or a scan of the whole table, and rows foretold far from "
            "those that came",
        ),
    )


def _steps(table: str, rows: float) -> tuple[Step, ...]:
    """What ends it today."""
    return (
        now(
            f"VACUUM (ANALYZE, VERBOSE) {table}; in a quiet hour: it stops nobody, and says "
            "how many dead rows it could not remove yet",
            "the queries that took seconds; n_dead_tup near 0",
        ),
        now(
            f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01, "
            "autovacuum_analyze_scale_factor = 0.01)",
            f"it comes after {0.01 * rows:,.0f} dead rows, about each night",
            f"ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, "
            "autovacuum_analyze_scale_factor)",
        ),
    )


def _proposals(text: str) -> Iterator[str]:
    """A word on what others propose."""
    if _REINDEX.search(text):
        yield (
            "Reindex everything: no; at most the one index that is far larger than its rows need, "
            "by REINDEX INDEX CONCURRENTLY, after the vacuum."
        )
    if _PARTITION.search(text):
        yield "Partitions: right for later, a drop leaves no dead rows; they cure nothing today."


def _count(found: re.Match[str]) -> float:
    return float(found["n"].replace(",", "")) * _UNITS.get((found["unit"] or "").lower(), 1)
