"""Pages of the PostgreSQL manual that the judgements on plans rest on."""

from datetime import date

from blueproof.core.evidence import Citation

_READ = date(2026, 11, 29)
_MANUAL = "https://www.postgresql.org/docs/current/"

EXPLAIN = Citation(
    url=f"{_MANUAL}using-explain.html",
    checked=_READ,
    says="times and rows of a node are means of one loop, to be multiplied by its loops; rows "
    "removed by a filter were read and thrown away",
)
EXPLAIN_OPTIONS = Citation(
    url=f"{_MANUAL}sql-explain.html",
    checked=_READ,
    says="ANALYZE runs the statement and shows actual times and rows; without it there are only "
    "the planner's estimates",
)
MULTICOLUMN = Citation(
    url=f"{_MANUAL}indexes-multicolumn.html",
    checked=_READ,
    says="a B-tree index on several columns is most efficient where its leading columns are "
    "compared for equality, with one inequality on the first column after them",
)
EXPRESSIONS = Citation(
    url=f"{_MANUAL}indexes-expressional.html",
    checked=_READ,
    says="a condition on a function of a column is served by an index on that expression",
)
STATISTICS = Citation(
    url=f"{_MANUAL}planner-stats.html",
    checked=_READ,
    says="the planner takes conditions on several columns for independent; CREATE STATISTICS lets "
    "ANALYZE learn how columns depend on one another",
)
MEMORY = Citation(
    url=f"{_MANUAL}runtime-config-resource.html",
    checked=_READ,
    says="work_mem is what one sort or hash may take before it writes temporary files; a query "
    "may run several, and many sessions do so at once",
)
VISIBILITY = Citation(
    url=f"{_MANUAL}indexes-index-only-scans.html",
    checked=_READ,
    says="an index-only scan must visit the table for rows on pages that the visibility map does "
    "not show as all-visible; VACUUM sets the map",
)
PLANNING = Citation(
    url=f"{_MANUAL}sql-prepare.html",
    checked=_READ,
    says="a prepared statement may use a generic plan after five executions, made without the "
    "values of its parameters; plan_cache_mode decides otherwise",
)
JIT = Citation(
    url=f"{_MANUAL}jit-decision.html",
    checked=_READ,
    says="whether a query is compiled is decided by its estimated cost against jit_above_cost; "
    "for short queries compiling often costs more than it saves",
)
FOREIGN_KEY = Citation(
    url=f"{_MANUAL}ddl-constraints.html",
    checked=_READ,
    says="deleting a row of the referenced table scans the referencing table for matches, and a "
    "foreign key does not create an index on the referencing columns",
)
LOCKS = Citation(
    url=f"{_MANUAL}explicit-locking.html",
    checked=_READ,
    says="a transaction that locks or changes a row waits until the one that holds the row's lock "
    "ends",
)
PARTITIONS = Citation(
    url=f"{_MANUAL}ddl-partitioning.html",
    checked=_READ,
    says="partitions are pruned where the condition is on the partition key with constants or "
    "parameters",
)
PARALLEL = Citation(
    url=f"{_MANUAL}how-parallel-query-works.html",
    checked=_READ,
    says="a plan may run with fewer workers than planned, or none, where max_parallel_workers or "
    "max_worker_processes leaves none",
)
WITH = Citation(
    url=f"{_MANUAL}queries-with.html",
    checked=_READ,
    says="a WITH query that is used twice, or marked MATERIALIZED, is computed as a whole and "
    "conditions outside are not pushed into it; NOT MATERIALIZED merges it into the query",
)
LIMIT = Citation(
    url=f"{_MANUAL}queries-limit.html",
    checked=_READ,
    says="rows skipped by OFFSET still have to be computed inside the server",
)
COUNTING = Citation(
    url=f"{_MANUAL}catalog-pg-class.html",
    checked=_READ,
    says="reltuples holds an estimate of a table's live rows, kept by VACUUM and ANALYZE",
)
WRITES = Citation(
    url=f"{_MANUAL}populate.html",
    checked=_READ,
    says="each index of a table must be kept up for each row that is written",
)
VACUUM = Citation(
    url=f"{_MANUAL}routine-vacuuming.html",
    checked=_READ,
    says="dead rows take up room in table and indexes until VACUUM frees it",
)
