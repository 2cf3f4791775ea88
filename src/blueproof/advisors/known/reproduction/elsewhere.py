"""Where to look when what was told does not make the query slow."""

import re
from collections.abc import Iterator

from sqlglot import exp

from blueproof.advisors.known.reproduction.pages import pages, sorted_whole
from blueproof.advisors.known.reproduction.ranged import in_ranges
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.selected import name_of

_ELSEWHERE = (
    "bloat or statistics that are out of date (pg_stat_user_tables: n_dead_tup, last_analyze)",
    "waiting for a lock (pg_stat_activity: wait_event_type = 'Lock')",
    "a parameter of another type than the column, which keeps the index from use",
    "many small queries instead of this one, or the way to the database",
)
# What the words themselves tell of, and what is known of it.
_SIGNS = (
    (
        r"wait_event(?:_type)?\b[^.?!\n]{0,12}\block\w*|\b(?:row|table|transaction\w*|tuple)[- ]"
        r"?locks?\b|\bdeadlocks?\b|\bidle in transaction\b|\bblocked by\b|\bpg_blocking_pids\b"
        r"|\bwait(?:s|ing|ed)? (?:for|on) (?:a |the |each other'?s? )?locks?\b"
        r"|\bAccess(?:Exclusive|Share)Lock\b|\b(?:Share|Exclusive|RowExclusive)Lock\b",
        "it waits for a lock, and the session that holds it is the cause: SELECT pid, "
        "pg_blocking_pids(pid) AS by, state, now() - xact_start AS since, left(query, 60) FROM "
        "pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0 OR state = 'idle in "
        "transaction' shows who that is; commit sooner there, and set lock_timeout so that nobody "
        "waits for long",
    ),
    (
        r"\bbloat\w*|\bn_dead_tup\b|\bdead (?:tuples?|rows?)\b",
        "dead rows: SELECT relname, n_live_tup, n_dead_tup, last_autovacuum FROM "
        "pg_stat_user_tables ORDER BY n_dead_tup DESC LIMIT 10 shows where; what keeps vacuum from "
        "them is the oldest transaction: SELECT pid, state, now() - xact_start FROM "
        "pg_stat_activity ORDER BY xact_start LIMIT 3",
    ),
    (
        r"\btoo many (?:clients|connections)\b|\bconnections? (?:are |is )?(?:exhausted|saturated)"
        r"|\bpool (?:is |was )?(?:full|exhausted|empty)|\bQueuePool\b"
        r"|\bremaining connection slots\b",
        "it waits for a connection: SELECT state, count(*) FROM pg_stat_activity GROUP BY 1 shows "
        "whether they work or sit in transactions",
    ),
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
_OLDER = (
    "a server before PostgreSQL 13, which sorts all rows where an index gives a part of the order "
    "alone (from 13 on it is an incremental sort): there an index on {table} ({columns}), or ORDER "
    "BY {first} alone"
)
_NOT_COVERED = (
    "the index that you tell of lacks {missing}: the query reads {it}, so each row that "
    "matches is fetched from the table. With {it} in it the index alone is read: CREATE INDEX "
    "CONCURRENTLY ON {table} ({columns}) INCLUDE ({missing}), then VACUUM {table}, without which "
    "its pages are visited all the same"
)
_FEW_MISSING, _MOST_THERE = 2, 3
_IN_RANGE = (
    "a server before PostgreSQL 17, where no B-tree serves {asked}, and the table is read whole: "
    "WHERE {instead} means the same and is served by the index on every version"
)
_NONE_FOUND = (
    "that no row matches, or the first far down: a scan with LIMIT and without ORDER BY ends early "
    "only where rows are found soon, and reads all of the table where there are none. With ORDER "
    "BY {column} before the LIMIT, the order of the index that you tell of, that is read instead"
)


def told_of(text: str) -> str:
    """What the words tell beside the query that makes it slow, with what shows it; "" if none."""
    for pattern, known in _SIGNS:
        found = re.search(pattern, text, re.IGNORECASE)
        if found:
            return f'You tell of "{found[0]}": {known}'
    return ""


def elsewhere(sketch: Sketch) -> tuple[str, ...]:
    """The causes that made rows cannot show, those that the words point at first."""
    return (*_pointed_at(sketch), *_ELSEWHERE)


def _pointed_at(sketch: Sketch) -> Iterator[str]:
    if sketch.prepared:
        yield GENERIC
    if any(query.lstrip()[:6].upper() == "DELETE" for query in sketch.queries):
        yield _REFERRED.format(table=sketch.main)
    for table, columns in sorted_whole(sketch.queries):
        first = columns.partition(",")[0]
        if any(f"({_plain(first)})" in _plain(ddl) for ddl in sketch.there):
            yield _OLDER.format(table=table, columns=columns, first=first)
    for asked, instead in in_ranges(sketch.queries):
        yield _IN_RANGE.format(asked=asked, instead=instead)
    yield from (_NONE_FOUND.format(column=column) for column in _ordered_by_none(sketch))
    for page in pages(sketch.queries):
        if not any(_plain(page.columns) in _plain(ddl) for ddl in sketch.there):
            yield _WALKED.format(order=page.order[0][0], equal=page.equal[0][0], page=page)


def _ordered_by_none(sketch: Sketch) -> Iterator[str]:
    """The last column of an index that has what a query with LIMIT and no order compares."""
    for tree in read_trees(sketch.queries):
        where = tree.args.get("where")
        if where is None or tree.args.get("order") or not tree.args.get("limit"):
            continue
        compared = {name_of(column) for column in where.find_all(exp.Column)}
        for ddl in sketch.there:
            columns = re.findall(r"[\w\"]+", ddl[ddl.rindex("(") :]) if "(" in ddl else []
            if columns and {c.strip('"') for c in columns} <= compared:
                yield columns[-1]
                break


def not_covered(sketch: Sketch) -> Iterator[str]:
    """An index with nearly all columns that the queries read of a table, and those it lacks."""
    if any(star for tree in read_trees(sketch.queries) for star in tree.find_all(exp.Star)
           if not isinstance(star.parent, exp.Count)):  # fmt: skip
        return
    for ddl in sketch.there:
        found = re.fullmatch(r"CREATE INDEX ON (?P<t>\S+) \((?P<c>[\w\", ]+)\)", ddl)
        read = sketch.guess.seen.get(found["t"].replace('"', ""), {}) if found else {}
        there = {c.strip().strip('"') for c in found["c"].split(",")} if found else set()
        missing = [name for name in read if name not in there]
        met = len(there & read.keys()) >= _MOST_THERE
        if found and met and 0 < len(missing) <= _FEW_MISSING:
            yield _NOT_COVERED.format(
                missing=", ".join(missing), it="it" if len(missing) == 1 else "them",
                table=found["t"], columns=found["c"],
            )  # fmt: skip
            return


def _plain(columns: str) -> str:
    return columns.replace(" DESC", "")
