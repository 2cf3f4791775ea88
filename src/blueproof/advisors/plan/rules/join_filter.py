"""Join on an equality, where a join compares every pair of rows.

"Rows Removed by Join Filter" are pairs that were made and thrown away. A hash or merge join needs
an equality of a column on each side; with an inequality, a function or an OR between the sides only
a nested loop remains, which looks at all pairs.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import EXPLAIN
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-join-filter"
_MANY = 100_000  # pairs
_WASTE = 10  # of them for each that is kept


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An equality for each join that throws most of its pairs away."""
    for node in plan.root.walk():
        away = node.removed_by_join * (node.loops or 0.0)
        kept = max(node.all_rows or 0.0, 1.0)
        if away >= max(_MANY, _WASTE * kept) and matters(plan, all_ms(node), away):
            yield _advise(plan, node, away)


def _advise(plan: ReadPlan, node: Node, away: float) -> Remedy:
    return Remedy(
        rule=ID,
        slot=f"join at {where(node)}",
        choice=f"Join on an equality of columns: {node.join_filter} compares every pair (an OR "
        "becomes two joins with UNION, a function a stored or indexed column)",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: {number(away)} pairs of rows "
            f"were made and thrown away for {number(node.all_rows or 0)} that are kept",
            f"{node.join_filter} cannot be hashed, merged or looked up, or was not worth it for "
            "the rows foretold",
        ),
        evidence=(EXPLAIN,),
        milliseconds=max(all_ms(node) - sum(all_ms(c) for c in node.inputs[:1]), 0.0),
        node=node.number,
        shown_by="a Hash Cond or Index Cond in place of the Join Filter",
    )


_PLAN = """\
Nested Loop  (cost=0..9 rows=9 width=4) (actual time=9..900 rows=900 loops=1)
  Join Filter: ((a.x = b.x) OR (a.y = b.y))
  Rows Removed by Join Filter: {}
  ->  Seq Scan on a  (cost=0..9 rows=9 width=4) (actual time=9..9 rows=2000 loops=1)
  ->  Materialize  (cost=0..9 rows=9 width=4) (actual time=0..0 rows=2000 loops=2000)
        ->  Seq Scan on b  (cost=0..9 rows=9 width=4) (actual time=9..9 rows=2000 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Join on an equality, where a join compares every pair of rows",
    guide=__doc__ or "",
    evidence=(EXPLAIN,),
    check=check,
    cases=(
        Case(name="four million pairs", given=_PLAN.format(3_999_100)),
        Case(name="few pairs", given=_PLAN.format(900), fires=False),
    ),
)
