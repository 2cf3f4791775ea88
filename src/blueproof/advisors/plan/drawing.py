"""The picture of a plan: the tree, what each node took and found, the way that is hot."""

from collections.abc import Iterator

from blueproof.advisors.plan.stopping import may_stop
from blueproof.advisors.plan.wording import number, shown_ms
from blueproof.core.diagram import Diagram, Edge
from blueproof.core.diagram import Node as Box
from blueproof.sql.plans.node import Node, ReadPlan

_MOST = 34  # boxes, beside those that stand for what is left out
_ROOM = 6  # for those
_MOST_HOT = 18  # of the hot way: beside each may stand a box for what is left out
_MOST_LINES = 6
_WRONG = 10.0  # times, from which on rows are marked


def draw(plan: ReadPlan, name: str = "plan", title: str = "") -> Diagram:
    """The plan as a diagram; of a large one the nodes that take most, the rest folded."""
    kept = _kept(plan)
    parents = {c.number: n for n in plan.root.walk() for c in n.children}
    boxes: list[Box] = []
    edges: list[Edge] = []
    for node in plan.root.walk():
        if node.number not in kept:
            continue
        above = tuple(reversed(tuple(_above(node, parents))))
        boxes.append(_box(plan, node, above))
        left = [c for c in node.children if c.number not in kept]
        edges += [
            Edge(source=_id(node), target=_id(c), label=c.subplan)
            for c in node.children
            if c.number in kept
        ]
        if left:
            boxes.append(_folded(node, left))
            edges.append(Edge(source=_id(node), target=f"{_id(node)}-more"))
    whole = f"The plan, {shown_ms(plan.total_ms)} in all" if plan.timed else "The plan"
    return Diagram(id=name, title=title or whole, nodes=tuple(boxes), edges=tuple(edges))


def _id(node: Node) -> str:
    return f"n{node.number}"


def _kept(plan: ReadPlan) -> set[int]:
    """The nodes that are drawn: all, or the hot way and those that take most, with all above."""
    parents = {c.number: n for n in plan.root.walk() for c in n.children}
    everyone = sorted(plan.root.walk(), key=lambda n: (-_weight(plan, n), n.number))
    hot = {n.number for n in plan.hot[:_MOST_HOT]} | {plan.root.number}
    kept = set(hot)
    for node in everyone:
        line = [node, *_above(node, parents)]
        new = {n.number for n in line} - kept
        if len(kept) + len(new) <= _MOST:
            kept |= new
    while len(kept) + len(_folding(plan, kept)) > _MOST + _ROOM:
        leaves = [n for n in everyone if n.number in kept - hot and not _has(n, kept)]
        kept.discard(leaves[-1].number)
    return kept


def _folding(plan: ReadPlan, kept: set[int]) -> list[Node]:
    """The nodes below which something is left out."""
    return [
        n
        for n in plan.root.walk()
        if n.number in kept and any(c.number not in kept for c in n.children)
    ]


def _has(node: Node, kept: set[int]) -> bool:
    return any(c.number in kept for c in node.children)


def _above(node: Node, parents: dict[int, Node]) -> Iterator[Node]:
    while node.number in parents:
        node = parents[node.number]
        yield node


def _weight(plan: ReadPlan, node: Node) -> float:
    return (node.exclusive_ms or 0.0) if plan.timed else (node.cost or 0.0)


def _folded(node: Node, left: list[Node]) -> Box:
    count = sum(len(tuple(c.walk())) for c in left)
    ms = sum(c.inclusive_ms or 0.0 for c in left)
    lines = (f"{shown_ms(ms)} together",) if ms else ()
    return Box(id=f"{_id(node)}-more", label=f"{count} more nodes", kind="step", lines=lines)


def _box(plan: ReadPlan, node: Node, above: tuple[Node, ...]) -> Box:
    hot = plan.timed and node in plan.hot
    return Box(
        id=_id(node),
        label=f"{node.number} {node.label}",
        kind="table" if node.relation or node.index or node.cte else "step",
        lines=tuple(_lines(plan, node, above))[:_MOST_LINES],
        emphasis="hot" if hot else "plain",
    )


def _lines(plan: ReadPlan, node: Node, above: tuple[Node, ...]) -> Iterator[str]:
    """Up to six lines: what it reads, its own time and share, loops, rows that came, the rest."""
    on = node.table or node.cte or node.function
    if on:
        yield f"on {on}" + (f" ({node.alias})" if node.alias not in {"", node.relation, on} else "")
    if node.index:
        yield f"by {node.index}"
    if node.never:
        yield "never executed"
        return
    if node.exclusive_ms is not None and plan.total_ms:
        share = min(node.exclusive_ms / plan.total_ms, 1.0)
        loops = f", {number(node.loops or 0)} loops" if (node.loops or 0) > 1 else ""
        yield f"{shown_ms(node.exclusive_ms)} itself ({share:.0%}){loops}"
    yield from _rows(node, above)
    if node.removed:
        yield f"{number(node.removed * (node.loops or 1))} rows filtered out"
    if node.sort_on_disk or node.disk_kb or (node.kind == "Hash" and node.batches > 1):
        yield "spills to disk"


def _rows(node: Node, above: tuple[Node, ...]) -> Iterator[str]:
    if node.found is None or node.rows is None:
        if node.rows is not None:
            yield f"{number(node.rows)} rows foretold"
        return
    ratio = max(node.found, 1.0) / max(node.rows, 1.0)
    few = ratio < 1 and may_stop(above)
    wrong = max(ratio, 1 / ratio) >= _WRONG and not few
    yield f"rows {number(node.found)}, foretold {number(node.rows)}" + (" (!)" if wrong else "")
