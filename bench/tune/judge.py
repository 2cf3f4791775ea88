"""One judge for all tools: what an index set costs, saves and does, by the same server.

What-if asks HypoPG, as the peers do. Built makes the indexes inside a transaction that is rolled
back, so that the database stays as it is for everybody else. The clock runs the queries.
"""

import contextlib
import math
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg

_RUNS = 5
_TIMEOUT_SECONDS = 60
# A query counts as slower from here on: below, runs of the very same plan differ as much.
_SLOWER = 1.2
_SLOWER_SECONDS = 0.005
_LEAST_SECONDS = 0.001
_DEARER = 1.0001  # less is rounding
_INDEX = re.compile(r"^\s*create\s+(unique\s+)?index\b", re.IGNORECASE)
_DROP = re.compile(r"^\s*drop\s+index\s+(?:if\s+exists\s+)?([^\s;,]+)\s*;?\s*$", re.IGNORECASE)
_NAMED = re.compile(
    r"^(\s*create\s+(?:unique\s+)?index)\s+(?:if\s+not\s+exists\s+)?(?:(?!on\b)[^\s(]+\s+)?on\b",
    re.IGNORECASE,
)
_CONCURRENTLY = re.compile(r"\bconcurrently\b", re.IGNORECASE)

Queries = dict[str, str]
Costs = dict[str, float]


@dataclass(kw_only=True)
class Measured:
    """Costs of all queries beside those without the set, and the set's size."""

    costs: Costs
    base: Costs
    bytes: int
    refused: list[str] = field(default_factory=list)
    unused: int = 0

    def summary(self) -> dict[str, Any]:
        """The figures that go into the results."""
        ratios = {name: self.costs[name] / self.base[name] for name in self.base}
        return {
            "cost_before": round(sum(self.base.values())),
            "cost_after": round(sum(self.costs.values())),
            "sum_ratio": round(sum(self.costs.values()) / sum(self.base.values()), 4),
            "geo_ratio": round(geometric(ratios.values()), 4),
            "mb": round(self.bytes / 1e6, 1),
            "dearer": {name: round(r, 3) for name, r in ratios.items() if r > _DEARER},
            "unused": self.unused,
            "refused": self.refused,
            "costs": {name: round(cost) for name, cost in self.costs.items()},
        }


def geometric(ratios: Any) -> float:
    """The geometric mean: no single query dominates it."""
    values = list(ratios)
    return math.exp(sum(math.log(max(r, 1e-12)) for r in values) / len(values)) if values else 1.0


def connect(dsn: str) -> psycopg.Connection:
    """A session for judging: every statement on its own, no server-side caching of plans."""
    return psycopg.connect(dsn, autocommit=True, prepare_threshold=None)


def is_index(statement: str) -> bool:
    """Whether the statement makes an index."""
    return bool(_INDEX.match(statement))


def plans(connection: psycopg.Connection, queries: Queries) -> dict[str, dict[str, Any]]:
    """The planner's choice for every query, as EXPLAIN's JSON has it."""
    found = {}
    for name, sql in queries.items():
        row = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}").fetchone()
        assert row is not None
        found[name] = row[0][0]["Plan"]
    return found


def total_costs(found: dict[str, dict[str, Any]]) -> Costs:
    """The total cost of each plan; reading an empty partition costs nothing: no divisor."""
    return {name: max(float(plan["Total Cost"]), 0.01) for name, plan in found.items()}


def used_indexes(found: dict[str, dict[str, Any]]) -> set[str]:
    """The names of all indexes in the plans."""
    return {name for plan in found.values() for name in _indexes_of(plan)}


def _indexes_of(plan: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in plan:
        yield str(plan["Index Name"])
    for child in plan.get("Plans", ()):
        yield from _indexes_of(child)


def what_if(dsn: str, queries: Queries, statements: list[str]) -> Measured:
    """The set as HypoPG sees it; what HypoPG cannot imagine is listed as refused."""
    with contextlib.closing(connect(dsn)) as connection:
        base = total_costs(plans(connection, queries))
        refused = [s for s in statements if not _imagined(connection, s)]
        row = connection.execute(
            "SELECT coalesce(sum(hypopg_relation_size(indexrelid)), 0) FROM hypopg_list_indexes"
        ).fetchone()
        assert row is not None
        found = plans(connection, queries)
        names = {n for (n,) in connection.execute("SELECT index_name FROM hypopg_list_indexes")}
    return Measured(
        costs=total_costs(found),
        base=base,
        bytes=int(row[0]),
        refused=refused,
        unused=len(names - used_indexes(found)),
    )


def _imagined(connection: psycopg.Connection, statement: str) -> bool:
    """Whether HypoPG takes the statement: it makes and hides indexes, of some methods."""
    plain = _CONCURRENTLY.sub("", statement)
    dropped = _DROP.match(plain)
    try:
        if dropped:
            connection.execute("SELECT hypopg_hide_index(%s::regclass)", (dropped[1],))
        elif is_index(plain):
            connection.execute("SELECT * FROM hypopg_create_index(%s)", (plain,))
        else:
            return False
    except psycopg.Error:
        return False
    return True


@dataclass(kw_only=True)
class Built:
    """A session in which a set is really there: its new indexes' bytes, and what failed."""

    session: psycopg.Connection
    sizes: dict[str, int] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)


@contextlib.contextmanager
def really(dsn: str, statements: list[str]) -> Iterator[Built]:
    """Have the set built, for one session only; all is rolled back at the end."""
    analysed: list[str] = []
    with contextlib.closing(connect(dsn)) as connection:
        connection.execute("BEGIN")
        done = Built(session=connection)
        before = _sizes(connection)
        try:
            named = [(s, _own_name(connection, s, i)) for i, s in enumerate(statements)]
            done.failed = [s for s, own in named if not _made(connection, own)]
            after = _sizes(connection)
            done.sizes = {n: size for n, size in after.items() if n not in before}
            analysed = _analysed(connection, list(done.sizes))
            yield done
        finally:
            connection.execute("ROLLBACK")
            for table in analysed:  # the row count that ANALYZE left, see workloads._measure
                connection.execute(f"VACUUM (DISABLE_PAGE_SKIPPING) {table}")


def _own_name(connection: psycopg.Connection, statement: str, position: int) -> str:
    """The statement with a name for its index that no other session takes meanwhile.

    Two open transactions that make an index of the same name wait for each other.
    """
    plain = _CONCURRENTLY.sub("", statement)
    return _NAMED.sub(rf"\1 judged_{connection.info.backend_pid}_{position} ON", plain, count=1)


def _made(connection: psycopg.Connection, statement: str) -> bool:
    """Run a statement of the set; an index to be dropped is only hidden from our planner.

    A real DROP would lock its table against every other session until the transaction ends.
    """
    dropped = _DROP.match(statement)
    try:
        with connection.transaction():
            if dropped:
                hidden = connection.execute(
                    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
                    (dropped[1],),
                )
                return hidden.rowcount == 1
            connection.execute(statement)
    except psycopg.Error:
        return False
    return True


def _analysed(connection: psycopg.Connection, indexes: list[str]) -> list[str]:
    """Give new indexes on expressions their statistics, as anybody would; the tables concerned."""
    rows = connection.execute(
        "SELECT DISTINCT i.indrelid::regclass::text FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indexprs IS NOT NULL AND c.relname = ANY(%s)",
        (indexes,),
    ).fetchall()
    tables = [table for (table,) in rows]
    for table in tables:
        connection.execute(f"ANALYZE {table}")
    return tables


def _sizes(connection: psycopg.Connection) -> dict[str, int]:
    rows = connection.execute(
        "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class c "
        "WHERE c.relkind = 'i' AND c.relnamespace = 'public'::regnamespace"
    )
    return dict(rows.fetchall())


def built(
    dsn: str, queries: Queries, statements: list[str], rewritten: Queries
) -> tuple[Measured, float]:
    """The set really built: size and cost, and the seconds the building took.

    Rewritten queries take their originals' place afterwards, not before.
    """
    with contextlib.closing(connect(dsn)) as connection:
        base = total_costs(plans(connection, queries))
    start = time.monotonic()
    with really(dsn, statements) as done:
        seconds = time.monotonic() - start
        found = plans(done.session, {**queries, **rewritten})
    measured = Measured(
        costs=total_costs(found),
        base=base,
        bytes=sum(done.sizes.values()),
        refused=done.failed,
        unused=len(set(done.sizes) - used_indexes(found)),
    )
    return measured, seconds


def clock(dsn: str, queries: Queries, sets: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Median seconds of every query without and with each set, by turns.

    One set after the other: an open transaction's new indexes keep ANALYZE from their tables, so
    two sets at a time can wait for each other.
    """
    return {name: _clock_one(dsn, queries, statements) for name, statements in sets.items()}


def _clock_one(dsn: str, queries: Queries, statements: list[str]) -> dict[str, Any]:
    taken: list[dict[str, list[float]]] = [{q: [] for q in queries} for _ in range(2)]
    with really(dsn, []) as plain, really(dsn, statements) as done:
        sides = [(plain.session, taken[0]), (done.session, taken[1])]
        for turn in range(_RUNS + 1):
            # Who comes first finds colder caches: each does in turn, and the first run is for
            # warming up only.
            for query, sql in queries.items():
                for session, found in sides if turn % 2 else sides[::-1]:
                    _run(session, sql, [] if turn == 0 else found[query])
    return _clocked(_medians(taken[0]), _medians(taken[1]))


def _run(session: psycopg.Connection, sql: str, taken: list[float]) -> None:
    if _TIMEOUT_SECONDS in taken:  # once is enough: it would only wait again
        return
    start = time.monotonic()
    try:
        with session.transaction():
            session.execute(f"SET LOCAL statement_timeout = '{_TIMEOUT_SECONDS}s'")
            session.execute(sql).fetchall()
    except psycopg.errors.QueryCanceled:
        taken.append(_TIMEOUT_SECONDS)
    else:
        taken.append(time.monotonic() - start)


def _medians(taken: dict[str, list[float]]) -> Costs:
    return {
        q: float(_TIMEOUT_SECONDS) if _TIMEOUT_SECONDS in runs else statistics.median(runs)
        for q, runs in taken.items()
    }


def _floored(seconds: float) -> float:
    """Below a millisecond the clock tells of the machine, not of the plan."""
    return max(seconds, _LEAST_SECONDS)


def _clocked(base: Costs, seconds: Costs) -> dict[str, Any]:
    slower = {
        q: round(seconds[q] / base[q], 2)
        for q in base
        if seconds[q] > _SLOWER * base[q] and seconds[q] - base[q] > _SLOWER_SECONDS
    }
    return {
        "runs": _RUNS,
        "timeout_seconds": _TIMEOUT_SECONDS,
        "sum_before": round(sum(base.values()), 3),
        "sum_after": round(sum(seconds.values()), 3),
        "geo_ratio": round(geometric(_floored(seconds[q]) / _floored(base[q]) for q in base), 4),
        "slower": slower,
        "before": {q: round(s, 4) for q, s in base.items()},
        "after": {q: round(s, 4) for q, s in seconds.items()},
    }
