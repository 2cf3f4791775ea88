"""From the properties of nodes, named as in EXPLAIN's JSON, to the tree."""

import re
from collections.abc import Iterator
from typing import Any

from blueproof.core.errors import SqlError
from blueproof.sql.plans.node import Buffers, Jit, Node, ReadPlan, Trigger, Wal, Worker
from blueproof.sql.plans.times import timed

Raw = dict[str, Any]
MOST_DEPTH = 250
_MOST = 1e18  # no count of rows, bytes or milliseconds is larger
# XML has one name for both kinds of groups.
_GROUPS = ("Full-sort Groups", "Pre-sorted Groups", "Incremental Sort Groups")
_NUMBER = re.compile(r"\s*(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)")


def build(raw: Raw, *, form: str, line: int, path: str, remarks: tuple[str, ...] = ()) -> ReadPlan:
    """The plan of what one format's reader found: "Plan" and what stands beside it."""
    if not isinstance(raw.get("Plan"), dict) or not raw["Plan"].get("Node Type"):
        raise SqlError("a plan without a node in it", path=path, line=line, column=1)
    if _depth(raw["Plan"]) > MOST_DEPTH:
        said = f"a plan nested deeper than {MOST_DEPTH} nodes"
        raise SqlError(said, path=path, line=line, column=1)
    serialized, memory = _record(raw, "Serialization"), _record(raw, "Planning")
    return ReadPlan(
        root=timed(_node(raw["Plan"], line)),
        form=form,
        line=line,
        planning_ms=_maybe(raw, "Planning Time"),
        execution_ms=_either(raw, "Execution Time", "Total Runtime"),
        planning_buffers=_buffers(memory),
        jit=_jit(_record(raw, "JIT")),
        triggers=tuple(_triggers(raw)),
        settings=tuple((str(k), str(v)) for k, v in _record(raw, "Settings").items()),
        query=str(raw.get("Query Text", "")),
        query_id=str(raw.get("Query Identifier", "")),
        serialization_ms=_maybe(serialized, "Time"),
        planning_memory_kb=_int(memory, "Memory Used"),
        remarks=remarks,
    )


def _depth(raw: Raw) -> int:
    """How many nodes lie on the longest way down, without going down by calls."""
    deepest, waiting = 0, [(raw, 1)]
    while waiting and deepest <= MOST_DEPTH:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting += [(child, depth + 1) for child in _children(node)]
    return deepest


def _children(raw: Raw) -> list[Raw]:
    plans = raw.get("Plans")
    found = plans if isinstance(plans, list) else [plans]
    return [p for p in found if isinstance(p, dict) and p.get("Node Type")]


def _node(raw: Raw, line: int) -> Node:
    here = _int(raw, "Line") or line
    children = tuple(_node(child, here) for child in _children(raw))
    return Node(
        **_named(raw), **_counted(raw), **_compared(raw), **_spilled(raw),
        line=here, children=children,
    )  # fmt: skip


def _named(raw: Raw) -> Raw:
    kind, operation = str(raw["Node Type"]), str(raw.get("Operation", raw.get("Command", "")))
    return {
        "kind": kind,
        "join": str(raw.get("Join Type", "")),
        "strategy": str(raw.get("Strategy", "")),
        "partial": str(raw.get("Partial Mode", "")),
        "operation": "" if operation == "Select" else operation,
        "backward": raw.get("Scan Direction") == "Backward",
        "parallel": _true(raw, "Parallel Aware"),
        "schema": str(raw.get("Schema", "")),
        "relation": str(raw.get("Relation Name", "")),
        "alias": str(raw.get("Alias", "")),
        "index": str(raw.get("Index Name", "")),
        "cte": str(raw.get("CTE Name", "")),
        "function": str(raw.get("Function Name", raw.get("Table Function Name", ""))),
        "provider": str(raw.get("Custom Plan Provider", "")),
        "subplan": str(raw.get("Subplan Name", "")),
        "relationship": _under(raw),
        "disabled": _true(raw, "Disabled"),
        "remote_sql": str(raw.get("Remote SQL", "")),
    }


def _under(raw: Raw) -> str:
    """Whether the node is an InitPlan or a SubPlan; the text says no more of its part."""
    said = str(raw.get("Parent Relationship", ""))
    return said if said in {"InitPlan", "SubPlan"} else ""


def _grouped(raw: Raw) -> Iterator[str]:
    """The columns of all grouping sets, each once."""
    found = list(_texts(raw, "Group Key"))
    for each in _list(raw, "Grouping Sets"):
        for keys in (*each.get("Group Keys", ()), *each.get("Hash Keys", ())):
            found += [str(k) for k in (keys if isinstance(keys, list) else [keys])]
    yield from dict.fromkeys(key for key in found if key not in {"", "()"})


def _counted(raw: Raw) -> Raw:
    width = _maybe(raw, "Plan Width")
    return {
        "startup_cost": _maybe(raw, "Startup Cost"),
        "cost": _maybe(raw, "Total Cost"),
        "rows": _maybe(raw, "Plan Rows"),
        "width": None if width is None else int(width),
        "started_ms": _maybe(raw, "Actual Startup Time"),
        "ended_ms": _maybe(raw, "Actual Total Time"),
        "found": _maybe(raw, "Actual Rows"),
        "loops": _maybe(raw, "Actual Loops"),
        "removed": _float(raw, "Rows Removed by Filter"),
        "removed_by_join": _float(raw, "Rows Removed by Join Filter"),
        "removed_by_recheck": _float(raw, "Rows Removed by Index Recheck"),
        "heap_fetches": _int(raw, "Heap Fetches") if "Heap Fetches" in raw else None,
        "exact_blocks": _int(raw, "Exact Heap Blocks"),
        "lossy_blocks": _int(raw, "Lossy Heap Blocks"),
        "workers_planned": _maybe_int(raw, "Workers Planned"),
        "workers_launched": _maybe_int(raw, "Workers Launched"),
        "workers": tuple(_workers(raw)),
        "cache_hits": _int(raw, "Cache Hits"),
        "cache_misses": _int(raw, "Cache Misses"),
        "cache_evictions": _int(raw, "Cache Evictions"),
        "subplans_removed": _int(raw, "Subplans Removed"),
        "buffers": _buffers(raw),
        "wal": Wal(records=_int(raw, "WAL Records"), full_images=_int(raw, "WAL FPI"),
                   bytes=_int(raw, "WAL Bytes")),
    }  # fmt: skip


def _compared(raw: Raw) -> Raw:
    index = raw.get("Index Cond", raw.get("TID Cond", ""))
    return {
        "filter": str(raw.get("Filter", "")),
        "index_condition": str(index),
        "recheck": str(raw.get("Recheck Cond", "")),
        "join_condition": str(raw.get("Hash Cond", raw.get("Merge Cond", ""))),
        "join_filter": str(raw.get("Join Filter", "")),
        "one_time": str(raw.get("One-Time Filter", "")),
        "sort_key": () if raw["Node Type"] == "Aggregate" else _texts(raw, "Sort Key"),
        "presorted": _texts(raw, "Presorted Key"),
        "group_key": tuple(_grouped(raw)),
        "output": _texts(raw, "Output"),
    }


def _spilled(raw: Raw) -> Raw:
    """Sorts and hashes: method and space; of an incremental sort, those of its groups."""
    groups = [g for k in _GROUPS if (g := _record(raw, k))]
    used = [str(m) for g in groups for m in _texts(g, "Sort Methods Used")]
    spaces = [
        _int(_record(group, kind), "Peak Sort Space Used")
        for group in groups
        for kind in ("Sort Space Memory", "Sort Space Disk", "Sort Space")
    ]
    method = str(raw.get("Sort Method", "")) or ", ".join(dict.fromkeys(used))
    return {
        "sort_method": method,
        "sort_kb": max((_int(raw, "Sort Space Used"), *spaces)),
        "sort_on_disk": raw.get("Sort Space Type") == "Disk" or method.startswith("external"),
        "batches": _int(raw, "Hash Batches") or _int(raw, "HashAgg Batches"),
        "first_batches": _int(raw, "Original Hash Batches") or _int(raw, "Hash Batches"),
        "memory_kb": _int(raw, "Peak Memory Usage"),
        "disk_kb": _int(raw, "Disk Usage"),
    }


def _buffers(raw: Raw) -> Buffers:
    def both(what: str) -> float:
        kinds = ("I/O", "Shared I/O", "Local I/O", "Temp I/O")
        return sum(_float(raw, f"{kind} {what} Time") for kind in kinds)

    return Buffers(
        hit=_int(raw, "Shared Hit Blocks"),
        read=_int(raw, "Shared Read Blocks"),
        dirtied=_int(raw, "Shared Dirtied Blocks"),
        written=_int(raw, "Shared Written Blocks"),
        local_hit=_int(raw, "Local Hit Blocks"),
        local_read=_int(raw, "Local Read Blocks"),
        local_dirtied=_int(raw, "Local Dirtied Blocks"),
        local_written=_int(raw, "Local Written Blocks"),
        temp_read=_int(raw, "Temp Read Blocks"),
        temp_written=_int(raw, "Temp Written Blocks"),
        read_ms=both("Read"),
        write_ms=both("Write"),
    )


def _workers(raw: Raw) -> Iterator[Worker]:
    for worker in _list(raw, "Workers"):
        yield Worker(
            number=_int(worker, "Worker Number"),
            ended_ms=_maybe(worker, "Actual Total Time"),
            found=_maybe(worker, "Actual Rows"),
            loops=_maybe(worker, "Actual Loops"),
        )


def _jit(raw: Raw) -> Jit | None:
    timing, options = _record(raw, "Timing"), _record(raw, "Options")
    if not raw:
        return None
    return Jit(
        functions=_int(raw, "Functions"),
        total_ms=_float(timing, "Total"),
        inlining=_true(options, "Inlining"),
        optimization=_true(options, "Optimization"),
    )


def _triggers(raw: Raw) -> Iterator[Trigger]:
    for trigger in _list(raw, "Triggers"):
        yield Trigger(
            name=str(trigger.get("Trigger Name", "")),
            constraint=str(trigger.get("Constraint Name", "")),
            relation=str(trigger.get("Relation", "")),
            calls=_int(trigger, "Calls"),
            ms=_float(trigger, "Time"),
        )


def _record(raw: Raw, key: str) -> Raw:
    found = raw.get(key)
    return found if isinstance(found, dict) else {}


def _list(raw: Raw, key: str) -> Iterator[Raw]:
    found = raw.get(key)
    yield from (item for item in (found if isinstance(found, list) else ()) if item
                and isinstance(item, dict))  # fmt: skip


def _texts(raw: Raw, key: str) -> tuple[str, ...]:
    found = raw.get(key, ())
    return tuple(map(str, found)) if isinstance(found, list | tuple) else (str(found),)


def _true(raw: Raw, key: str) -> bool:
    return raw.get(key) in {True, "true"}


def _maybe(raw: Raw, key: str) -> float | None:
    """The number, also where it is written as a text with a unit behind it."""
    value = raw.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _finite(value)
    found = _NUMBER.match(value) if isinstance(value, str) else None
    return _finite(found[1]) if found else None


def _finite(value: float | str) -> float | None:
    """The number, unless it is none that a plan can hold."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < _MOST else None


def _either(raw: Raw, *keys: str) -> float | None:
    return next((v for key in keys if (v := _maybe(raw, key)) is not None), None)


def _float(raw: Raw, key: str) -> float:
    return _maybe(raw, key) or 0.0


def _int(raw: Raw, key: str) -> int:
    return int(_float(raw, key))


def _maybe_int(raw: Raw, key: str) -> int | None:
    value = _maybe(raw, key)
    return None if value is None else int(value)
