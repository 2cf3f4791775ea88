"""How many inputs each kind of node has, and the tree that this leaves of shuffled lines."""

from blueproof.sql.plans.build import Raw

_NONE = {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan", "Tid Scan",
         "Tid Range Scan", "Sample Scan", "Function Scan", "Table Function Scan", "Values Scan",
         "CTE Scan", "Named Tuplestore Scan", "WorkTable Scan"}  # fmt: skip
_ONE = {"Bitmap Heap Scan", "Subquery Scan", "Hash", "Sort", "Incremental Sort", "Aggregate",
        "Group", "WindowAgg", "Unique", "Limit", "LockRows", "Materialize", "Memoize",
        "ProjectSet", "Gather", "Gather Merge"}  # fmt: skip
_TWO = {"Nested Loop", "Hash Join", "Merge Join", "Recursive Union"}
_ANY = (0, 1_000_000)
_SPARE = {"Result": (0, 1), "SetOp": (1, 2), "BitmapAnd": (2, _ANY[1]), "BitmapOr": (2, _ANY[1])}
_BITMAPS = {"Bitmap Index Scan", "BitmapAnd", "BitmapOr"}
_NEAR = 1.001  # costs are printed with two digits


def arity(kind: str) -> tuple[int, int]:
    """The fewest and the most inputs of a node of this kind."""
    if kind in _NONE:
        return 0, 0
    if kind in _ONE:
        return 1, 1
    return (2, 2) if kind in _TWO else _SPARE.get(kind, _ANY)


def lacks(raw: Raw) -> bool:
    """Whether the node has fewer inputs than it must have: the text ended before them."""
    inputs = [c for c in raw.get("Plans", ()) if "Subplan Name" not in c]
    return len(inputs) < arity(raw["Node Type"])[0]


def fits(raw: Raw) -> bool:
    """Whether the node has as many inputs as it can have; a plan cut short may have fewer."""
    inputs = [c for c in raw.get("Plans", ()) if "Subplan Name" not in c]
    return len(inputs) <= arity(raw["Node Type"])[1]


def rebuilt(nodes: list[Raw]) -> Raw | None:
    """The top of the tree of nodes in the order of reading; None where they make no tree.

    Each takes as many inputs as its kind needs; where that is open, as long as their costs fit.
    """
    for node in nodes:
        if "Plans" in node:
            node["Kept"] = node.pop("Plans")
    waiting: list[Raw] = []
    for node in nodes:
        while waiting and _is_full(waiting[-1], node):
            waiting.pop()
        if waiting:
            waiting[-1].setdefault("Plans", []).append(node)
        elif node is not nodes[0]:
            return None
        waiting.append(node)
    return nodes[0]


def _is_full(parent: Raw, child: Raw) -> bool:
    """Whether the parent has no room for the child."""
    if "Subplan Name" in child:
        return False
    inputs = [c for c in parent.get("Plans", ()) if "Subplan Name" not in c]
    least, most = arity(parent["Node Type"])
    if len(inputs) < least:
        return False
    if len(inputs) >= most:
        return True
    if parent["Node Type"] in {"BitmapAnd", "BitmapOr"}:
        return child["Node Type"] not in _BITMAPS
    together = sum(_cost(c) for c in (*inputs, child))
    return together > _cost(parent) * _NEAR


def _cost(raw: Raw) -> float:
    return float(raw.get("Total Cost", 0.0))
