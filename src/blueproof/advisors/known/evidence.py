"""For each problem the one piece of evidence that decides, and the command that gives it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from blueproof.advisors.known.slow.signs import DATA
from blueproof.core.brief import Brief
from blueproof.facts.kin import broad, kin


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
    "slow-requests": Bring(
        sentence="What decides is where the time of one slow request goes: the way there, your "
        "code, another service, or the database.",
        ask="Which requests are slow: all, one address, or one in a hundred? Since when?",
        why="all at once is the machine or the network, one address is its query or a call of "
        "another service, one in a hundred a cold start, a full pool or a lock; a late first byte "
        "is the server, a late end the size",
        command="curl -o /dev/null -sS -w 'connected %{time_connect} s, first byte "
        "%{time_starttransfer} s, all %{time_total} s, %{size_download} bytes\\n' "
        "https://api.example.com/slow",
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

_BILLED = re.compile(
    r"\bbills?\b|\bbilled\b|\b(?:largest|biggest) line|\bline item"
    r"|\b(?:costs?|spend\w*|invoice)\b[^.?!]{0,30}\b(?:went|jumped|rose|doubled|more|high|too)\b",
    re.IGNORECASE,
)
_OF_TABLES = frozenset({"db-performance", "data-model", "schema-migration"})
_AWS = ("aws", "amazon", "nat-", "application-load")


def subject(brief: Brief) -> str:
    """The main problem; a budget is no bill, and slow without a word of a database not its."""
    problems = [str(f.value) for f in brief.facts if f.key == "problem"]
    planned = any(f.key == "budget" for f in brief.facts) and not _is_paid(brief)
    if problems[:1] == ["cost"] and planned:
        return next(iter(problems[1:]), "")
    slow = problems[:1] == ["db-performance"] and not _is_of_tables(brief, elsewhere=True)
    return "slow-requests" if slow else next(iter(problems), "")


def _is_paid(brief: Brief) -> bool:
    """Whether money is told of that is paid already."""
    return any(f.key == "scale.money" for f in brief.facts) or bool(_BILLED.search(brief.request))


def bring(brief: Brief, problem: str) -> Bring | None:
    """The evidence that decides; for a failure only where the words tell of one."""
    told = any(f.key == "problem" and f.value == problem and f.quote for f in brief.facts)
    if (problem == "troubleshoot" and not told) or (problem == "cost" and not _is_paid(brief)):
        return None
    if problem in _OF_TABLES and not _is_of_tables(brief):
        return None
    wanted = BRINGS.get(problem)
    on_aws = any(f.key == "technology" and str(f.value).startswith(_AWS) for f in brief.facts)
    return replace(wanted, command="") if wanted and problem == "cost" and not on_aws else wanted


def _is_of_tables(brief: Brief, *, elsewhere: bool = False) -> bool:
    """Whether it can be about tables in PostgreSQL: slow is also a build or an invalidation.

    With `elsewhere` it is asked whether anything says so, also of another database.
    """
    named = {str(f.value) for f in brief.facts if f.key == "technology"} - broad()
    near = named | kin(named)
    said = bool(DATA.search(brief.request))
    return said or "postgresql" in near or (bool(named) if elsewhere else not named)
