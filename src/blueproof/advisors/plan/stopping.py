"""Which nodes may have been stopped early, so that few rows of theirs tell nothing."""

from blueproof.sql.plans.node import Node

_WHOLE = {"Sort", "Incremental Sort", "Hash", "Aggregate", "ModifyTable", "WindowAgg"}
_FIRST = {"Semi", "Anti", "Right Semi", "Right Anti"}


def may_stop(above: tuple[Node, ...]) -> bool:
    """Whether a node with these above it, the top first, may stop before its last row.

    A Limit, or a join that wants one match, stops what is below it, but for what a sort, a hash or
    a grouping reads whole. Below a merge join either side may stop at the other's end.
    """
    for node in reversed(above):
        if node.kind in _WHOLE:
            return False
        if node.kind in {"Limit", "Merge Join"} or node.join in _FIRST:
            return True
    return False
