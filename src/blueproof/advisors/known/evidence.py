"""For each problem the one piece of evidence that decides, and the command that gives it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Bring:
    """Evidence to bring: what to ask for, why it decides, and how to get it."""

    sentence: str
    ask: str
    why: str
    command: str


_PG = "blueproof pg --schema schema.sql --queries queries.sql"

BRINGS: Mapping[str, Bring] = {
    "db-performance": Bring(
        sentence="With your schema and the slow queries I can prove which index or rewrite helps: "
        f"{_PG}.",
        ask="What do the schema and the slow queries look like?",
        why="the plan decides, and it can be worked out from DDL and row counts alone",
        command='pg_dump --schema-only "$DATABASE_URL" > schema.sql',
    ),
    "data-model": Bring(
        sentence=f"With the tables as DDL I can check keys, indexes and access rules: {_PG}.",
        ask="What tables are there now, as DDL?",
        why="what is missing shows in keys and types, not in a description",
        command='pg_dump --schema-only "$DATABASE_URL" > schema.sql',
    ),
    "connections": Bring(
        sentence="What decides is who holds the connections, and whether they work or wait.",
        ask="Who holds the connections, in which state, and for how long?",
        why="idle ones are cured by a pooler, busy ones by faster queries, "
        "idle in transaction by code",
        command="SELECT usename, application_name, state, count(*), max(now() - state_change) "
        "FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC;",
    ),
    "schema-migration": Bring(
        sentence=f"With the schema and the statement I can prove what it does and undoes: {_PG}.",
        ask="Which statement is to run, and how many rows has the table?",
        why="the lock it takes and the rows it rewrites decide whether writes wait",
        command="SELECT relname, reltuples::bigint, pg_size_pretty(pg_total_relation_size(oid)) "
        "FROM pg_class WHERE relkind = 'r' ORDER BY reltuples DESC LIMIT 20;",
    ),
    "cost": Bring(
        sentence="What decides is which line of the bill grew, and with which quantity.",
        ask="Which three lines of the last bill are the largest?",
        why="each line has another remedy, and the largest three are nearly always most of it",
        command="aws ce get-cost-and-usage --time-period Start=2026-10-01,End=2026-11-01 "
        "--granularity MONTHLY --metrics UnblendedCost --group-by Type=DIMENSION,Key=USAGE_TYPE",
    ),
    "troubleshoot": Bring(
        sentence="The exact error with ten lines around it, and what changed before, decide this.",
        ask="What is the exact error text, and what changed shortly before?",
        why="the same symptom has several causes, which the text tells apart",
        command="",
    ),
    "scale": Bring(
        sentence="What decides is the resource that saturates first at your busiest minute.",
        ask="At the busiest minute: requests a second, 95th percentile, CPU, connections in use?",
        why="the one that is full is the bottleneck; the others only look busy",
        command="",
    ),
}
