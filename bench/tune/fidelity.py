"""Whether the planner twin plans as the full database does: same shape, same cost.

    python bench/tune/fidelity.py --python PATH --workload tpch,tpcds,web,skew,parts

Shape: the same nodes on the same relations through the same indexes under the same conditions.
Everything runs on the benchmark's server; PATH is the Python that has blueproof.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

from places import Places, arguments, in_our_python, places, say

_HERE = Path(__file__).parent
_EXPLAIN = "EXPLAIN (FORMAT JSON, COSTS, VERBOSE, GENERIC_PLAN)"
_SHOWN = 12


def main() -> None:
    """Go over to the cache's Python, ask both servers, print a table."""
    chosen = arguments(__doc__, workload="tpch,tpcds,web,skew,parts")
    where = places(chosen.cache, chosen.peers)
    in_our_python(where)
    import cluster

    started = not cluster.running(where)
    cluster.start(where)
    try:
        rows = [_one(where, name, chosen.python) for name in chosen.workload.split(",")]
    finally:
        if started:
            cluster.stop(where)
    say(table(rows))
    if chosen.out:
        lines = ",\n".join(json.dumps(row) for row in rows)
        Path(chosen.out).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _one(where: Places, name: str, python: str) -> dict[str, Any]:
    import cluster
    import judge
    import workloads

    queries = workloads.prepare(where, name)
    dsn = cluster.dsn(where, name)
    with judge.connect(dsn) as connection:
        real = {q: _explained(connection, sql) for q, sql in queries.items()}
    asked = {"dsn": dsn, "queries": queries, "plans": real}
    done = subprocess.run(  # noqa: S603 (our own script)
        [python, str(_HERE / "fidelity_twin.py")],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return {"workload": name, "note": (done.stderr.strip() or "?").splitlines()[-1][:300]}
    return {"workload": name, **json.loads(done.stdout)}


def _explained(connection: Any, sql: str) -> Any:
    return connection.execute(f"{_EXPLAIN} {sql}").fetchone()[0]


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown, and below them the queries that differ."""
    lines = [
        "| workload | queries | same shape | same cost (1e-6) | within 1 % | worst | seconds |",
        "| --- " + "| ---: " * 6 + "|",
    ]
    differ = []
    for row in rows:
        if "note" in row:
            lines.append(f"| {row['workload']} | {row['note']} |")
            continue
        lines.append(
            f"| {row['workload']} | {row['queries']} | {row['same_shape']} | {row['same_cost']} "
            f"| {row['within_percent']} | {row['worst']:.4g} | {row['seconds']:.1f} |"
        )
        differ += [f"{row['workload']} {d}" for d in row["different"][:_SHOWN]]
    return "\n".join([*lines, *differ])


if __name__ == "__main__":
    main()
