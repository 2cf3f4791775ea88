"""The twin's side of fidelity.py: runs where blueproof is installed, JSON in and out."""

import json
import sys
import time
from typing import Any

from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Refused, Twin
from blueproof.sql.plan import Plan, read_plan

_SAME = 1e-6
_PERCENT = 0.01


def twin_of(server: Server, dsn: str) -> Twin:
    """A twin of the database that a connection string names: its DDL and its statistics."""
    try:
        from blueproof.engines.postgres.live import read_live
        from blueproof.sql.given import read_given
    except ImportError:
        raise SystemExit("this version of blueproof reads no live database yet") from None
    live = read_live(dsn)
    twin = Twin(server, live.schema)
    given = read_given(twin.schema, live.statistics, path="statistics.sql")
    twin.set_statistics(given.statistics)
    for item in (*twin.left_out, *given.left_out, *getattr(twin, "refused", ())):
        sys.stderr.write(f"left out: {item}\n")
    return twin


def shape(plan: Plan) -> list[Any]:
    """What a plan does, without figures: nodes, relations, indexes, conditions.

    In which order an Append reads its children follows from when they were made, not from cost.
    """
    below = [shape(child) for child in plan.children]
    return [
        *(plan.node, plan.relation, plan.index, list(plan.conditions), plan.filter),
        *(list(plan.sort), sorted(below, key=repr) if plan.node == "Append" else below),
    ]


def compare(name: str, real: Plan, sql: str, twin: Twin) -> dict[str, Any]:
    """One query on both servers."""
    try:
        plan = twin.plan(sql)
    except Refused as refused:
        return {"query": name, "shape": False, "factor": float("inf"), "why": refused.reason}
    factor = max(plan.cost, real.cost, 1e-9) / max(min(plan.cost, real.cost), 1e-9)
    return {
        "query": name,
        "shape": shape(plan) == shape(real),
        "factor": factor,
        "why": f"{real.headline} {real.cost:.2f} / {plan.headline} {plan.cost:.2f}",
    }


def main() -> None:
    """Read the task from stdin, compare, write the summary."""
    task = json.load(sys.stdin)
    with Server() as server:
        start = time.monotonic()
        with twin_of(server, task["dsn"]) as twin:
            made = time.monotonic() - start
            found = [
                compare(name, read_plan(task["plans"][name]), sql, twin)
                for name, sql in task["queries"].items()
            ]
    differing = [f for f in found if not f["shape"] or f["factor"] > 1 + _SAME]
    differing.sort(key=lambda f: (f["shape"], -f["factor"]))
    summary = {
        "queries": len(found),
        "same_shape": sum(f["shape"] for f in found),
        "same_cost": sum(f["factor"] <= 1 + _SAME for f in found),
        "within_percent": sum(f["factor"] <= 1 + _PERCENT for f in found),
        "worst": max(f["factor"] for f in found),
        "seconds": made,
        "different": [
            f"{f['query']}: {'' if f['shape'] else 'other shape, '}{f['factor']:.6g}; "
            f"{f['why'][:300]}"
            for f in differing
        ],
    }
    json.dump(summary, sys.stdout)


if __name__ == "__main__":
    main()
