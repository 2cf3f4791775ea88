"""What run.py does once it runs in the cache's Python: ask every tool, judge, write down."""

import argparse
import json
import os
import platform
import re
from pathlib import Path
from statistics import median
from typing import Any

import cluster
import judge
import ours
import peers
import workloads
from places import Places, say

OURS = {"ours": ours.advise, "ours-measured": ours.advise_measured}
_UNITS = {"KB": 1e3, "MB": 1e6, "GB": 1e9}
_LIMIT = re.compile(r"(\d+(?:\.\d+)?)\s*(%|KB|MB|GB)", re.IGNORECASE)


def main(where: Places, chosen: argparse.Namespace) -> None:
    """Serve, stop or compare."""
    if chosen.stop:
        cluster.stop(where)
        return
    started = not cluster.running(where)
    cluster.start(where)
    try:
        for name in chosen.workload.split(","):
            _one(where, name, chosen)
    finally:
        if started and not chosen.serve:
            cluster.stop(where)


def _one(where: Places, name: str, chosen: argparse.Namespace) -> None:
    queries = workloads.prepare(where, name)
    dsn = cluster.dsn(where, name)
    with judge.connect(dsn) as connection:
        size = workloads.data_bytes(connection)
    say(f"{name}: {len(queries)} queries, {size / 1e6:,.0f} MB, {dsn}")
    if chosen.serve:
        return
    queries = _chosen_queries(queries, chosen)
    rows = _compare(where, name, queries, size, chosen)
    say(table(rows))
    if chosen.out:
        _keep(Path(chosen.out), rows)


def _chosen_queries(queries: dict[str, str], chosen: argparse.Namespace) -> dict[str, str]:
    only = set(chosen.queries.split(",")) if chosen.queries else set(queries)
    only -= set(chosen.without.split(",")) if chosen.without else set()
    return {name: sql for name, sql in queries.items() if name in only}


def limit_bytes(text: str, size: int) -> int:
    """A limit such as 500MB, or 25% of the data."""
    found = _LIMIT.fullmatch(text.strip())
    if not found:
        raise SystemExit(f"not a limit: {text} (500MB, 25%)")
    number, unit = float(found[1]), found[2].upper()
    return int(size * number / 100 if unit == "%" else number * _UNITS[unit])


def _compare(
    where: Places, name: str, queries: dict[str, str], size: int, chosen: argparse.Namespace
) -> list[dict[str, Any]]:
    tools = chosen.tools.split(",")
    file = where.queries / f"{name}-asked.sql"
    workloads.write_queries(file, queries)
    rows = []
    for limit in chosen.limit.split(","):
        task = peers.Task(
            where=where,
            database=name,
            queries=queries,
            file=file,
            bytes=limit_bytes(limit, size),
            seconds=chosen.seconds,
            python=chosen.python,
        )
        for tool in tools:
            if tool in peers.LIMITED or tool in OURS:
                rows.append(_judged(task, tool, size, limit, chosen))
            elif limit == chosen.limit.split(",")[0]:
                rows.append(_judged(task, tool, size, "", chosen))
            if chosen.out:  # at once: a run may take an hour, and be ended
                _keep(Path(chosen.out), rows[-1:])
    if chosen.clock:
        _clock(cluster.dsn(where, name), queries, rows)
    return rows


def _judged(
    task: peers.Task, tool: str, size: int, limit: str, chosen: argparse.Namespace
) -> dict[str, Any]:
    say(f"{task.database} {limit} {tool} ...")
    known = {**peers.LIMITED, **peers.UNLIMITED, **OURS}
    if tool not in known:
        raise SystemExit(f"no tool {tool}: {', '.join(known)}")
    advice = known[tool](task)
    load = os.getloadavg()[0]
    row = {
        "workload": task.database,
        "queries": len(task.queries),
        "data_mb": round(size / 1e6),
        "limit": limit,
        "limit_mb": round(task.bytes / 1e6) if limit else None,
        "tool": tool,
        "parameters": advice.parameters,
        "seconds": round(advice.seconds, 2),
        "load": round(load, 1),  # what else ran: more than the cores, and seconds say little
        "calls": advice.calls,
        "note": advice.note,
        "skipped": advice.skipped,
        "statements": advice.statements,
        "machine": machine(),
    }
    if not advice.skipped:
        _judge(task, advice, row, build=not chosen.no_build)
    return row


def _judge(task: peers.Task, advice: peers.Advice, row: dict[str, Any], *, build: bool) -> None:
    row["what_if"] = judge.what_if(task.dsn, task.queries, advice.statements).summary()
    if build:
        measured, seconds = judge.built(task.dsn, task.queries, advice.statements, {})
        row["built"] = {**measured.summary(), "build_seconds": round(seconds, 1)}
        row["claims"] = _claims(advice.claimed, measured.costs)
    known = {name: sql for name, sql in advice.rewritten.items() if name in task.queries}
    row["rewritten"] = len(known)
    if build and known:
        measured, _ = judge.built(task.dsn, task.queries, advice.statements, known)
        row["built_and_rewritten"] = measured.summary()


def _claims(claimed: dict[str, float | None], costs: dict[str, float]) -> dict[str, Any]:
    """How far the costs that a tool foretold lie from those with its indexes built."""
    off = {q: abs(c / costs[q] - 1) for q, c in claimed.items() if c is not None and q in costs}
    if not off:
        return {}
    worst = max(off, key=lambda q: off[q])
    return {
        "median_off": round(median(off.values()), 4),
        "worst_off": round(off[worst], 4),
        "worst": f"{worst}: {claimed[worst]:.0f} foretold, {costs[worst]:.0f} built",
    }


def _clock(dsn: str, queries: dict[str, str], rows: list[dict[str, Any]]) -> None:
    """Run the queries without and with each set, all by turns, so that a busy hour hits all."""
    sets = {f"{r['tool']} {r['limit']}": r for r in rows if not r["skipped"]}
    say(f"clock: {len(sets)} sets by turns")
    taken = judge.clock(dsn, queries, {key: r["statements"] for key, r in sets.items()})
    for key, row in sets.items():
        row["clock"] = taken[key]


def machine() -> str:
    """The machine in a few words, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}"


def _keep(file: Path, rows: list[dict[str, Any]]) -> None:
    """Put the rows into the file; a new measurement takes the old one's place."""
    old = json.loads(file.read_text(encoding="utf-8")) if file.exists() else []
    new = {_key(row) for row in rows}
    kept = [row for row in old if _key(row) not in new] + rows
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(json.dumps(row) for row in kept)  # one line a row: a change is readable
    file.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[k] for k in ("workload", "queries", "limit", "tool"))


def table(rows: list[dict[str, Any]]) -> str:
    """The rows in Markdown."""
    lines = [
        "| workload | limit | tool | s | planner calls | indexes | what-if MB | what-if sum "
        "| what-if geo | built MB | built sum | built geo | note |",
        "| --- | --- | --- " + "| ---: " * 9 + "| --- |",
    ]
    return "\n".join([*lines, *map(_line, rows)])


def _line(row: dict[str, Any]) -> str:
    what_if, built = row.get("what_if", {}), row.get("built", {})
    clock = row.get("clock")
    notes = [row["note"]] if row["note"] else []
    if "built_and_rewritten" in row:
        more = row["built_and_rewritten"]
        notes.append(f"{row['rewritten']} rewritten: {more['sum_ratio']}, {more['geo_ratio']}")
    if clock:
        notes.append(
            f"clock {clock['sum_before']:.1f} -> {clock['sum_after']:.1f} s, "
            f"geo {clock['geo_ratio']:.2f}, slower {len(clock['slower'])}"
        )
    cells = [
        row["workload"],
        row["limit"] or "none",
        row["tool"],
        *("" if row["skipped"] else f"{row['seconds']:.1f}", row["calls"] or ""),
        "" if row["skipped"] else len(row["statements"]),
        *(what_if.get("mb", ""), what_if.get("sum_ratio", ""), what_if.get("geo_ratio", "")),
        *(built.get("mb", ""), built.get("sum_ratio", ""), built.get("geo_ratio", "")),
        "; ".join(notes).replace("|", "/"),
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"
