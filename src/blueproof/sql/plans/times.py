"""Where the time goes: of each node the wall-clock milliseconds with and without what is below.

EXPLAIN gives the mean time of one loop. Loops are multiplied; below a Gather, where several
processes run the same node, the sum of their times is divided by their number. What an InitPlan or
a CTE takes is inside the time of the node that asks for it first, so it is taken off there, once.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.sql.plans.node import Node

_GATHERS = {"Gather", "Gather Merge"}
_RETURNS = re.compile(r"\$\d+")
_ORDINAL = re.compile(r"(?:InitPlan|SubPlan) \S+")


def timed(root: Node) -> Node:
    """The tree with numbers from 1 in the order of reading, and both times at every node."""
    whole = _inclusive(_numbered(root), 1.0)
    charged = _charged(whole)
    return _exclusive(whole, charged)


def _numbered(root: Node) -> Node:
    count = 0

    def number(node: Node) -> Node:
        nonlocal count
        count += 1
        mine = count
        return replace(node, number=mine, children=tuple(number(c) for c in node.children))

    return number(root)


def _inclusive(node: Node, processes: float) -> Node:
    below = _processes(node) if node.kind in _GATHERS else processes
    children = tuple(
        _inclusive(c, processes if c.relationship == "InitPlan" else below) for c in node.children
    )
    if node.loops is None or node.ended_ms is None:
        whole = 0.0 if node.never else None
    else:
        whole = node.ended_ms * node.loops / max(processes, 1.0)
    return replace(node, inclusive_ms=whole, children=children)


def _processes(gather: Node) -> float:
    """How many processes ran what is below a Gather: as often as it was begun for each of its own.

    That is the launched workers, and the leader where it took part.
    """
    below = gather.inputs[0] if gather.inputs else None
    if below is None or not below.loops or not gather.loops:
        return (gather.workers_launched or 0) + 1.0
    most = (gather.workers_launched or 0) + 1.0 if gather.workers_launched is not None else None
    ran = max(below.loops / gather.loops, 1.0)
    return min(ran, most) if most else ran


def _charged(root: Node) -> dict[int, float]:
    """By node number the milliseconds of InitPlans and CTEs that run inside it."""
    charged: dict[int, float] = {}
    everyone = tuple(root.walk())
    plans = [
        (holder, plan)
        for holder in everyone
        for plan in holder.children
        if plan.relationship == "InitPlan" and plan.inclusive_ms
    ]
    for holder, plan in plans:
        if not plan.subplan.startswith("CTE "):
            asker = _asker(plan, holder)
            charged[asker] = charged.get(asker, 0.0) + (plan.inclusive_ms or 0.0)
    for _, plan in plans:
        if plan.subplan.startswith("CTE "):
            for scan, share in _readers(plan, everyone, dict(charged)):
                charged[scan] = charged.get(scan, 0.0) + (plan.inclusive_ms or 0.0) * share
    return charged


def _readers(
    plan: Node, everyone: tuple[Node, ...], charged: dict[int, float]
) -> Iterator[tuple[int, float]]:
    """The readers of a CTE with their share of it, by the time that is theirs so far."""
    inside = {n.number for n in plan.walk()}
    name = plan.subplan.removeprefix("CTE ")
    scans = [n for n in everyone if n.cte == name and n.number not in inside]
    left = {n.number: max((n.inclusive_ms or 0.0) - charged.get(n.number, 0.0), 0.0) for n in scans}
    total = sum(left.values())
    if total:
        yield from ((number, own / total) for number, own in left.items())


def _asker(plan: Node, holder: Node) -> int:
    """The node that runs an InitPlan: the last that mentions it, else the one that holds it."""
    inside = {n.number for n in plan.walk()}
    names = (*_RETURNS.findall(plan.subplan), *_ORDINAL.findall(plan.subplan))
    users = (n for n in holder.walk() if n.number not in inside and _mentions(n, names))
    fitting = [n for n in users if (n.inclusive_ms or 0.0) >= (plan.inclusive_ms or 0.0)]
    return (fitting[-1] if fitting else holder).number


def _mentions(node: Node, names: tuple[str, ...]) -> bool:
    texts = (node.filter, node.index_condition, node.recheck, node.join_filter, node.one_time,
             node.join_condition, *node.output, *node.sort_key, *node.group_key)  # fmt: skip
    patterns = [re.compile(rf"{re.escape(name)}(?!\d)") for name in names]
    return any(pattern.search(text) for pattern in patterns for text in texts)


def _exclusive(node: Node, charged: dict[int, float]) -> Node:
    children = tuple(_exclusive(c, charged) for c in node.children)
    if node.inclusive_ms is None:
        return replace(node, children=children)
    below = sum(c.inclusive_ms or 0.0 for c in children if c.relationship != "InitPlan")
    own = node.inclusive_ms - below - charged.get(node.number, 0.0)
    return replace(node, exclusive_ms=max(own, 0.0), children=children)
