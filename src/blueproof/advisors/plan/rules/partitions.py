"""Put the partition key into the condition, where nearly all partitions are read for nothing.

Partitions are left out only where the condition compares the partition key itself with a value.
A function of the key, a join, or no condition on it at all reads every partition.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters
from blueproof.advisors.plan.sources import PARTITIONS
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-partitions"
_MANY = 4
_EMPTY = 0.7  # of the partitions give no row


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """The partition key in the condition, for each Append over many partitions without rows."""
    for node in plan.root.walk():
        parts = [c for c in node.inputs if _scan(c) and c.loops]
        if node.kind not in {"Append", "Merge Append"} or len(parts) < _MANY:
            continue
        filtered = [c for c in parts if _condition(c)]
        empty = [c for c in filtered if not c.found]
        ms = sum(c.inclusive_ms or 0.0 for c in empty)
        if len(empty) >= _EMPTY * len(parts) and matters(plan, ms):
            yield _advise(plan, node, empty, len(parts), ms)


def _scan(node: Node) -> Node | None:
    return next((n for n in node.walk() if n.relation), None)


def _condition(node: Node) -> str:
    return next((n.filter or n.index_condition for n in node.walk()
                 if n.filter or n.index_condition), "")  # fmt: skip


def _advise(plan: ReadPlan, node: Node, empty: list[Node], parts: int, ms: float) -> Remedy:
    first = _scan(empty[0])
    name = first.table if first else "the table"
    return Remedy(
        rule=ID,
        slot=f"partitions of {where(node)}",
        choice="Compare the partition key itself with a value in WHERE (no function around it)",
        because=(
            f"{where(node)} reads {parts} partitions, and {number(len(empty))} of them ({name} "
            f"first) give no row: {of_total(plan, ms)} for nothing",
            f"{_condition(empty[0])} does not tell the planner which partitions can hold rows",
        ),
        evidence=(PARTITIONS,),
        milliseconds=ms,
        node=node.number,
        shown_by="fewer partitions below the Append, or Subplans Removed",
    )


_PART = """\
  ->  Seq Scan on p{0}  (cost=0..9 rows=1 width=4) (actual time=9..9 rows={1} loops=1)
        Filter: (date_trunc('day'::text, at) = '2026-01-01'::date)
        Rows Removed by Filter: 90000
"""
_TOP = "Append  (cost=0..9 rows=5 width=4) (actual time=9..50 rows=5 loops=1)\n"


RULE = Rule(
    id=ID,
    stage="query",
    title="Put the partition key into the condition",
    guide=__doc__ or "",
    evidence=(PARTITIONS,),
    check=check,
    cases=(
        Case(
            name="four of five partitions hold nothing",
            given=_TOP + "".join(_PART.format(n, 5 if n == 1 else 0) for n in range(1, 6)),
        ),
        Case(
            name="each has rows",
            given=_TOP + "".join(_PART.format(n, 5) for n in range(1, 6)),
            fires=False,
        ),
    ),
)
