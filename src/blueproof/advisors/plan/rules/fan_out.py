"""Ask whether a row exists, where a join multiplies rows and DISTINCT takes them away again.

A join to a table with many matching rows makes many copies of each row; DISTINCT, or a grouping of
the same columns, then sorts or hashes all of them to find the few that were there before. EXISTS
stops at the first match and makes no copy.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import EXPLAIN
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-fan-out"
_TIMES = 5.0  # rows in for each row out
_LEAST = 1000  # rows in
_JOINS = {"Nested Loop", "Hash Join", "Merge Join"}
_BETWEEN = {"Sort", "Incremental Sort", "Gather", "Gather Merge", "Unique", "Aggregate"}


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """EXISTS for each Unique over a join that multiplied the rows."""
    for node in plan.root.walk():
        join = _join_below(node) if _is_distinct(node) else None
        if join is None or not node.all_rows or not join.all_rows:
            continue
        inputs = max((c.all_rows or 0.0 for c in join.inputs), default=0.0)
        grew = join.all_rows >= max(_LEAST, node.all_rows * _TIMES)
        if grew and inputs and matters(plan, all_ms(node), join.all_rows):
            yield _advise(plan, node, join)


def _is_distinct(node: Node) -> bool:
    """A Unique, or a grouping that computes nothing."""
    return node.kind == "Unique"


def _join_below(node: Node) -> Node | None:
    """The join that the rows come from, through sorts and the like."""
    below = node.inputs[0] if node.inputs else None
    while below is not None and below.kind in _BETWEEN and below.inputs:
        below = below.inputs[0]
    return below if below is not None and below.kind in _JOINS else None


def _advise(plan: ReadPlan, node: Node, join: Node) -> Remedy:
    tables = [n.table for n in join.walk() if n.relation]
    last = tables[-1] if tables else "the joined table"
    return Remedy(
        rule=ID,
        slot=f"DISTINCT over {where(join)}",
        choice=f"WHERE EXISTS (SELECT 1 FROM {last} ...) in place of the join and DISTINCT",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: the join gives "
            f"{number(join.all_rows or 0)} rows, {number(node.all_rows or 0)} of them distinct",
            "the join makes a copy of a row for each match, and DISTINCT removes them again",
        ),
        trade_offs=("right where no column of the joined table is returned",),
        evidence=(EXPLAIN,),
        milliseconds=all_ms(node),
        node=node.number,
        shown_by="a Semi Join and no Unique",
    )


_PLAN = """\
Unique  (cost=0..9 rows=9 width=4) (actual time=9..900 rows={} loops=1)
  ->  Sort  (cost=0..9 rows=9 width=4) (actual time=9..800 rows=900000 loops=1)
        Sort Key: c.id
        ->  Hash Join  (cost=0..9 rows=9 width=4) (actual time=9..300 rows=900000 loops=1)
              ->  Seq Scan on orders o  (cost=0..9 rows=9 width=4) (actual time=9..9 rows=9 loops=1)
              ->  Hash  (cost=0..9 rows=9 width=4) (actual time=9..9 rows=9 loops=1)
                    ->  Seq Scan on l (cost=0..9 rows=9 width=4) (actual time=9..9 rows=9 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Ask whether a row exists, where a join multiplies and DISTINCT takes away",
    guide=__doc__ or "",
    evidence=(EXPLAIN,),
    check=check,
    cases=(
        Case(name="900,000 rows for 2,000 distinct", given=_PLAN.format(2000)),
        Case(name="nearly all are distinct", given=_PLAN.format(800000), fires=False),
    ),
)
