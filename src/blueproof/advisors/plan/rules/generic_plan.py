"""Let a query be planned for its values, where the plan was made without them.

After five executions a prepared statement may be planned once for all values ("generic plan"): its
conditions show $1 in place of a value. Where one value is rare and another is half of the table,
that plan is wrong for one of them.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import PLANNING
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-generic"
_PARAMETER = re.compile(r"\$(\d+)")
_WRONG = 5.0  # times


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """A plan for the values, where a parameter's condition was misjudged."""
    inner = {p for n in plan.root.walk() for p in _PARAMETER.findall(n.subplan)}
    for node in plan.root.walk():
        used = set(_PARAMETER.findall(_conditions(node))) - inner
        if not used or not node.relation or node.found is None or not node.loops:
            continue
        ratio = max(node.found, 1.0) / max(node.rows or 1.0, 1.0)
        if max(ratio, 1 / ratio) >= _WRONG and matters(plan, all_ms(node), node.all_rows or 0.0):
            yield _advise(plan, node, min(used))
            return


def _conditions(node: Node) -> str:
    return f"{node.filter} {node.index_condition} {node.recheck}"


def _advise(plan: ReadPlan, node: Node, parameter: str) -> Remedy:
    return Remedy(
        rule=ID,
        slot="plan_cache_mode",
        choice="SET plan_cache_mode = force_custom_plan; for this query or its role",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: its condition holds "
            f"${parameter}, so it was planned without the value; "
            f"{number(node.rows or 0)} rows were foretold and "
            f"{number(node.found or 0)} came",
            "with the value the planner can tell a rare one from a frequent one",
        ),
        trade_offs=("it is planned anew for every execution",),
        evidence=(PLANNING,),
        milliseconds=all_ms(node),
        node=node.number,
        shown_by=f"the value in place of ${parameter} in the plan, and rows near those that come",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Let a query be planned for its values",
    guide=__doc__ or "",
    evidence=(PLANNING,),
    check=check,
    cases=(
        Case(
            name="a frequent value behind $1",
            given="""\
Bitmap Heap Scan on a  (cost=0..9 rows=90 width=4) (actual time=1..900 rows=90000 loops=1)
  Recheck Cond: (kind = $1)
  ->  Bitmap Index Scan on a_kind  (cost=0..9 rows=90 width=0) (actual time=1..9 rows=90000 loops=1)
        Index Cond: (kind = $1)
""",
        ),
        Case(
            name="as many rows as foretold",
            given="""\
Index Scan using a_kind on a  (cost=0..9 rows=90 width=4) (actual time=1..900 rows=80 loops=1)
  Index Cond: (kind = $1)
""",
            fires=False,
        ),
    ),
)
