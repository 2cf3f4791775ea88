"""Where to look when what was told does not make the query slow."""

from collections.abc import Iterator

from blueproof.advisors.known.reproduction.pages import pages
from blueproof.advisors.known.reproduction.reproduction import Sketch

_ELSEWHERE = (
    "bloat or statistics that are out of date (pg_stat_user_tables: n_dead_tup, last_analyze)",
    "waiting for a lock (pg_stat_activity: wait_event_type = 'Lock')",
    "a parameter of another type than the column, which keeps the index from use",
    "many small queries instead of this one, or the way to the database",
)
GENERIC = (
    "a generic plan, which a prepared statement may get from its sixth run on and which knows no "
    "value: SET plan_cache_mode = force_custom_plan in one session shows whether it is that; if so "
    "set it for the application's role, or send the statement unprepared (unnamed)"
)
_WALKED = (
    "an index on {order} that is walked past the rows of all others, if those of one {equal} lie "
    "at its far end (EXPLAIN: Rows Removed by Filter): an index on {page.table} ({page.columns}) "
    "serves filter and order at once, wherever they lie"
)
_REFERRED = (
    "foreign keys that refer to {table} without an index on the column that refers, as each row "
    "deleted then reads such a table whole: EXPLAIN (ANALYZE) of the DELETE, between BEGIN and "
    "ROLLBACK, prints the time of each constraint and trigger; SELECT conrelid::regclass, conname "
    "FROM pg_constraint WHERE confrelid = '{table}'::regclass lists them"
)


def elsewhere(sketch: Sketch) -> tuple[str, ...]:
    """The causes that made rows cannot show, those that the words point at first."""
    return (*_pointed_at(sketch), *_ELSEWHERE)


def _pointed_at(sketch: Sketch) -> Iterator[str]:
    if sketch.prepared:
        yield GENERIC
    if any(query.lstrip()[:6].upper() == "DELETE" for query in sketch.queries):
        yield _REFERRED.format(table=sketch.main)
    for page in pages(sketch.queries):
        if not any(_plain(page.columns) in _plain(ddl) for ddl in sketch.there):
            yield _WALKED.format(order=page.order[0][0], equal=page.equal[0][0], page=page)


def _plain(columns: str) -> str:
    return columns.replace(" DESC", "")
