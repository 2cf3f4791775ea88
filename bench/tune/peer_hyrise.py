"""Run one algorithm of hyrise/index_selection_evaluation; a process of its own, JSON on stdout.

Its harness drops every index, primary keys too, and takes any column whose name occurs in the text.
Here the primary keys stay, and a column counts where its table occurs in the text as well: without
that, every table's "id" would be a candidate for every query.
"""

import json
import re
import sys
import time
from typing import Any

_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_WIDTH = 2
_ANYTIME_MINUTES = 1
_MAX_INDEXES = 8


def _columns(connector: Any, text: str) -> list[Any]:
    """All columns of the database, hung below their tables as the harness wants them."""
    from selection.workload import Column, Table

    rows = connector.exec_fetch(text, one=False)
    tables: dict[str, Any] = {}
    found = []
    for table, column in rows:
        owner = tables.setdefault(table, Table(table))
        made = Column(column)
        owner.add_column(made)
        found.append(made)
    return found


_ALL = """
SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
JOIN pg_type t ON t.oid = a.atttypid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0
AND NOT a.attisdropped AND t.typcategory IN ('N', 'S', 'D', 'B', 'U', 'E')
AND t.typname NOT IN ('json', 'jsonb', 'tsvector', 'vector', 'point')
ORDER BY c.relname, a.attnum
"""


def _workload(queries: dict[str, str], columns: list[Any]) -> Any:
    from selection.workload import Query, Workload

    made = []
    for name, sql in queries.items():
        words = set(_WORD.findall(sql.lower()))
        known = [c for c in columns if c.name in words and c.table.name in words]
        made.append(Query(name, sql, known))
    return Workload(made)


def _algorithm(name: str, megabytes: float) -> tuple[Any, dict[str, Any]]:
    from selection.algorithms.anytime_algorithm import AnytimeAlgorithm
    from selection.algorithms.auto_admin_algorithm import AutoAdminAlgorithm
    from selection.algorithms.db2advis_algorithm import DB2AdvisAlgorithm
    from selection.algorithms.extend_algorithm import ExtendAlgorithm
    from selection.algorithms.relaxation_algorithm import RelaxationAlgorithm

    size = {"budget_MB": megabytes, "max_index_width": _WIDTH}
    return {
        "extend": (ExtendAlgorithm, size),
        "db2advis": (DB2AdvisAlgorithm, {**size, "try_variations_seconds": 10}),
        "anytime": (AnytimeAlgorithm, {**size, "max_runtime_minutes": _ANYTIME_MINUTES}),
        "relaxation": (RelaxationAlgorithm, size),
        "autoadmin": (
            AutoAdminAlgorithm,
            {"max_indexes": _MAX_INDEXES, "max_index_width": _WIDTH},
        ),
    }[name]


def main() -> None:
    """Read the task as JSON from stdin, answer in JSON."""
    task = json.load(sys.stdin)
    sys.path.insert(0, task["checkout"])
    from selection.dbms.postgres_dbms import PostgresDatabaseConnector

    class KeepsIndexes(PostgresDatabaseConnector):  # type: ignore[misc]
        def drop_indexes(self) -> None:
            """Leave the primary keys where they are."""

    connector = KeepsIndexes(task["database"])
    workload = _workload(task["queries"], _columns(connector, _ALL))
    algorithm, parameters = _algorithm(task["algorithm"], task["bytes"] / 1e6)
    start = time.monotonic()
    chosen = algorithm(connector, dict(parameters)).calculate_best_indexes(workload)
    answer = {
        "seconds": time.monotonic() - start,
        "calls": connector.cost_estimations,
        "parameters": parameters,
        "statements": sorted(
            f"CREATE INDEX ON {i.table()} ({i.joined_column_names()})" for i in chosen
        ),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
