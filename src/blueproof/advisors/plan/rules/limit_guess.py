"""Give the filter and the order one index, where LIMIT made the planner hope to stop early.

To find the first rows of an order the planner may walk an index in that order and throw away what
the filter does not want, hoping to meet enough rows soon. Where the wanted rows lie late, or are
few, it walks nearly all of the table. An index on the filter's columns, then the order's, has the
wanted rows side by side and in order.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, table_of
from blueproof.advisors.plan.sources import EXPLAIN, MULTICOLUMN
from blueproof.advisors.plan.terms import key, own
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-limit-guess"
_MANY = 1000  # rows thrown away before the limit was reached
_WASTE = 20  # of them for each row that was wanted


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An index that holds filter and order, for each limited walk along an index in vain."""
    for limit in plan.root.walk():
        if limit.kind != "Limit":
            continue
        for node in _straight(limit):
            away = node.removed * (node.loops or 0)
            wanted = max(limit.found or 0.0, 1.0)
            ordered = node.kind in {"Index Scan", "Index Only Scan"} and node.filter
            found = key(tuple(t for t in own(node, node.filter) if t.is_equal))
            wasted = away >= max(_MANY, wanted * _WASTE) and matters(plan, all_ms(node), away)
            if ordered and found and wasted:
                yield _advise(plan, limit, node, found)


def _straight(limit: Node) -> Iterator[Node]:
    """What is below the limit up to the first node that reads all of its input."""
    for child in limit.inputs:
        if child.kind not in {"Sort", "Aggregate", "Hash", "Materialize", "Limit"}:
            yield child
            yield from _straight(child)


def _advise(plan: ReadPlan, limit: Node, node: Node, columns: tuple[str, ...]) -> Remedy:
    order = _order(node)
    on = f"{table_of(node)} ({', '.join((*columns, order))})"
    away = node.removed * (node.loops or 0)
    return Remedy(
        rule=ID,
        slot=f"index on {on}",
        choice=f"CREATE INDEX CONCURRENTLY ON {on};",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: to find "
            f"{number(limit.found or 0)} rows for LIMIT it walks along {node.index} "
            f"and throws {number(away)} away",
            f"the planner hoped to meet rows with {node.filter} soon; an index that begins with "
            "them has them side by side, in order",
        ),
        trade_offs=(
            f"every write to {node.table} keeps one more index up to date",
            f"what it orders by is read off the name of {node.index}: see that it is right",
        ),
        evidence=(EXPLAIN, MULTICOLUMN),
        milliseconds=all_ms(node),
        node=node.number,
        shown_by="no Rows Removed by Filter below the Limit, and still no Sort",
    )


def _order(node: Node) -> str:
    """The column that the walked index orders by, as far as its name tells."""
    named = re.sub(rf"^{re.escape(node.relation)}_|_(?:idx|index|pkey|key)\d*$", "", node.index)
    if node.index.endswith("pkey"):
        return f"the primary key of {node.table}"
    return named if named != node.index else f"the columns of {node.index}"


RULE = Rule(
    id=ID,
    stage="query",
    title="Give the filter and the order one index, where LIMIT hoped to stop early",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MULTICOLUMN),
    check=check,
    cases=(
        Case(
            name="ten rows found after a million were thrown away",
            given="""\
Limit  (cost=0..9 rows=10 width=9) (actual time=1..900 rows=10 loops=1)
  ->  Index Scan using e_at_idx on e (cost=0..9 rows=8 width=9) (actual time=1..900 rows=10 loops=1)
        Filter: (kind = 'refund'::text)
        Rows Removed by Filter: 1000000
""",
        ),
        Case(
            name="the first rows are wanted ones",
            given="""\
Limit  (cost=0..9 rows=10 width=9) (actual time=1..900 rows=10 loops=1)
  ->  Index Scan using e_at_idx on e (cost=0..9 rows=8 width=9) (actual time=1..9 rows=10 loops=1)
        Filter: (kind = 'refund'::text)
        Rows Removed by Filter: 7
""",
            fires=False,
        ),
    ),
)
