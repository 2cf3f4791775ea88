"""Run postgres-mcp's DTA as a library; a process of its own, JSON on stdout.

As shipped, or with two faults mended: an unqualified column is booked on whichever table comes
first, and one candidate on a column that does not exist aborts the whole analysis. Mended, a
column is looked up in the catalog.
"""

import asyncio
import json
import sys
import time
import types
import typing
from pathlib import Path
from typing import Any

import typing_extensions

_COLUMNS = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
AND NOT a.attisdropped
"""


def _reach(package: Path) -> None:
    """Have postgres_mcp importable without its server, which needs more than the tuning does."""
    if not hasattr(typing, "override"):  # Python 3.11; it asks for 3.12 for this name only
        typing.override = typing_extensions.override  # type: ignore[attr-defined]
    bare = types.ModuleType("postgres_mcp")
    bare.__path__ = [str(package / "postgres_mcp")]
    sys.modules["postgres_mcp"] = bare


def _mend(known: set[tuple[str, str]]) -> None:
    from postgres_mcp.index import dta_calc
    from postgres_mcp.sql import bind_params

    def exists(_self: Any, table: str, column: str) -> bool:
        return (table, column) in known

    bind_params.ColumnCollector._column_exists = exists  # noqa: SLF001 (the fault's own place)
    dta_calc.ConditionColumnCollector._column_exists = exists  # noqa: SLF001 (as above)
    advisor = dta_calc.DatabaseTuningAdvisor
    conditions = advisor._filter_candidates_by_query_conditions  # noqa: SLF001 (as above)

    def possible(self: Any, workload: Any, candidates: Any) -> Any:
        kept = conditions(self, workload, candidates)
        return [c for c in kept if all((c.table, column) in known for column in c.columns)]

    advisor._filter_candidates_by_query_conditions = possible  # noqa: SLF001 (as above)


async def _advise(task: dict[str, Any]) -> dict[str, Any]:
    from postgres_mcp.index.dta_calc import DatabaseTuningAdvisor
    from postgres_mcp.sql import DbConnPool, SqlDriver

    pool = DbConnPool(task["dsn"])
    calls = 0

    class Counting(SqlDriver):  # type: ignore[misc]
        async def execute_query(self, query: Any, *rest: Any, **named: Any) -> Any:
            nonlocal calls
            calls += "EXPLAIN" in str(query)
            return await super().execute_query(query, *rest, **named)

    driver = Counting(pool)
    if task["mended"]:
        rows = await driver.execute_query(_COLUMNS)
        _mend({(r.cells["relname"], r.cells["attname"]) for r in rows})
    advisor = DatabaseTuningAdvisor(driver, budget_mb=max(1, task["bytes"] // (1 << 20)))
    start = time.monotonic()
    result = await advisor.analyze_workload(
        query_list=list(task["queries"].values()), max_index_size_mb=task["bytes"] // (1 << 20)
    )
    seconds = time.monotonic() - start
    await pool.close()
    return {
        "seconds": seconds,
        "calls": calls,
        "parameters": {"budget_mb": task["bytes"] // (1 << 20)},
        "note": (result.error or "").splitlines()[0][:200] if result.error else "",
        "statements": sorted(r.definition for r in result.recommendations),
    }


def main() -> None:
    """Read the task as JSON from stdin, answer in JSON."""
    task = json.load(sys.stdin)
    _reach(Path(task["package"]))
    json.dump(asyncio.run(_advise(task)), sys.stdout)


if __name__ == "__main__":
    main()
