"""Drop an index that nothing has read since counting began.

PostgreSQL counts how often each index is read. One that was never read costs space, and an entry
for every row written. It stays where it does a second job: it keeps values unique, serves a foreign
key's checks, or one of the queries shown is planned through it.

Counts are of one server: an index that only a replica reads looks unused on the primary.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database
from blueproof.advisors.postgres.parts.migration import drop_index
from blueproof.advisors.postgres.parts.wording import count, size
from blueproof.core.advice import Alternative, Recommendation
from blueproof.core.claim import Applies, Claim, CostHolds, Lints
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.facts.load import fact
from blueproof.sql.schema import Index
from blueproof.sql.statistics import PAGE, IndexStatistics, Writes

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/monitoring-stats.html",
    checked=date(2026, 11, 29),
    says="pg_stat_user_indexes.idx_scan is the number of index scans initiated on the index",
)


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each index that was not read in all the days that were counted."""
    days = _days(database)
    if days < int(fact("pg.unused-days").value):
        return
    read = {name for query in database.queries if query.plan for name in query.plan.indexes}
    for index in database.schema.indexes:
        known = _known(database, index)
        if known is None or known.scans != 0 or index.name.rpartition(".")[2].strip('"') in read:
            continue
        if _free(database, index):
            yield _advise(database, index, known, days)


def _days(database: Database) -> int:
    since = database.statistics.since
    return (database.statistics.until - since).days if since else 0


def _known(database: Database, index: Index) -> IndexStatistics | None:
    table = database.statistics.by_name.get(index.table)
    return table.by_index.get(index.name) if table else None


def _free(database: Database, index: Index) -> bool:
    """Whether nothing but reading would need it."""
    if index.unique or index.primary or index.constraint:
        return False
    if database.schema.by_name[index.table].partition_of:
        return False
    keys = [k.columns for k in database.schema.foreign_keys if k.table == index.table]
    return not any(set(index.keys[: len(key)]) == set(key) for key in keys)


def _advise(database: Database, index: Index, known: IndexStatistics, days: int) -> Recommendation:
    migration = drop_index(index, f"Nothing has read {index.name} in {days} days.")
    table = database.statistics.by_name[index.table]
    return Recommendation(
        slot=f"index {index.name}",
        rule=RULE.id,
        choice=f"Drop index {index.name} on {index.table} ({', '.join(index.keys)})",
        because=(
            f"idx_scan of {index.name} is 0 after {count(days, 'day')} of counting, since "
            f"{database.statistics.since:%Y-%m-%d}; dropping it frees {size(known.pages * PAGE)}"
            f"{_spared(table.writes)}",
        ),
        instead_of=(
            Alternative(
                choice=f"keep {index.name}",
                why_not="right if a replica reads it, or a job that runs less often than every "
                f"{count(days, 'day')}: look at idx_scan on each replica first",
            ),
        ),
        evidence=(DOCS,),
        claims=_claims(database, index, migration.change, migration.undo),
        files=migration.artifacts,
        schema_change=migration.change,
        table=index.table,
    )


def _spared(writes: Writes | None) -> str:
    """The entries that were written for it meanwhile: one for each row that was no HOT update."""
    if writes is None:
        return ""
    entries = writes.inserted + writes.updated - writes.hot
    return (
        f", and spares an entry for each row written: {entries:,} in that time" if entries else ""
    )


def _claims(database: Database, index: Index, change: Excerpt, undo: Excerpt) -> tuple[Claim, ...]:
    queries = tuple(q.excerpt for q in database.readers(index.table))
    after = tuple(c.file for c in database.changes)
    tolerance = float(fact("pg.drop-tolerance").value)
    holds = CostHolds(queries=queries, change=change, tolerance=tolerance, after=after)
    return (
        *((holds,) if queries else ()),
        Applies(change=change, undo=undo, after=after),
        Lints(file=change),
    )


_TABLE = (
    "CREATE TABLE customers (id bigint PRIMARY KEY);\n"
    "CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, "
    "status text, at date);\n"
)
_INDEX = "CREATE INDEX orders_at_idx ON orders (at);\n"


def _statistics(index: str, scans: int, since: str) -> str:
    """Statistics as `blueproof pg collect` prints them."""
    relation = "SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer, "
    figures = "'relpages', '9000'::integer, 'reltuples', '900000'::real, "
    return (
        f"-- blueproof statistics 1\n-- collected: 2026-06-30\n-- since: {since}\n"
        "-- writes: public.orders ins=900000 upd=50000 hot=20000 del=0\n"
        f"-- scans: public.{index} {scans}\n"
        f"{relation}'schemaname', 'public', 'relname', 'orders', {figures}"
        "'relallvisible', '9000'::integer);\n"
        f"{relation}'schemaname', 'public', 'relname', '{index}', 'relpages', '2500'::integer, "
        "'reltuples', '900000'::real, 'relallvisible', '0'::integer);\n-- complete\n"
    )


RULE = Rule(
    id="pg-unused-index",
    stage="cleanup",
    title="Drop an index that nothing has read",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(
            name="not one read in three months",
            given=_TABLE + _INDEX,
            statistics=_statistics("orders_at_idx", 0, "2026-03-30"),
        ),
        Case(
            name="read now and then",
            given=_TABLE + _INDEX,
            statistics=_statistics("orders_at_idx", 3, "2026-03-30"),
            fires=False,
        ),
        Case(
            name="counted for a week only",
            given=_TABLE + _INDEX,
            statistics=_statistics("orders_at_idx", 0, "2026-06-23"),
            fires=False,
        ),
        Case(
            name="it serves a foreign key, whose parent's rows are seldom deleted",
            given=_TABLE + "CREATE INDEX orders_customer_id_idx ON orders (customer_id);\n",
            statistics=_statistics("orders_customer_id_idx", 0, "2026-03-30"),
            fires=False,
        ),
        Case(
            name="one of the queries shown is planned through it",
            given=_TABLE + _INDEX,
            queries="SELECT * FROM orders WHERE at = $1;",
            statistics=_statistics("orders_at_idx", 0, "2026-03-30"),
            fires=False,
        ),
        Case(
            name="it keeps values unique",
            given=_TABLE + "CREATE UNIQUE INDEX orders_at_key ON orders (at, id);\n",
            statistics=_statistics("orders_at_key", 0, "2026-03-30"),
            fires=False,
        ),
        Case(name="nobody has counted", given=_TABLE + _INDEX, fires=False),
    ),
)
