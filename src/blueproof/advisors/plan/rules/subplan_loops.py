"""Write a subquery that runs once for every row as a join.

A correlated subquery (SubPlan) is executed for each row of the query around it. As a join, or a
LEFT JOIN LATERAL over a grouped subquery, it is computed for all rows at once.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, table_of
from blueproof.advisors.plan.sources import EXPLAIN
from blueproof.advisors.plan.terms import index_for
from blueproof.advisors.plan.wording import number, of_total, shown_ms, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-subplan-loops"
_MANY = 100
_LARGE = 0.2  # of the time


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """A join, or an index, for each subquery that runs often and takes long."""
    for node in plan.root.walk():
        ms = all_ms(node)
        if node.relationship != "SubPlan" or (node.loops or 0) < _MANY:
            continue
        if (ms >= _LARGE * plan.total_ms or not plan.timed) and matters(
            plan, ms, node.loops or 0.0
        ):
            yield _advise(plan, node)


def _advise(plan: ReadPlan, node: Node) -> Remedy:
    scan = next((n for n in node.walk() if n.kind == "Seq Scan" and n.filter), None)
    index = index_for(scan, scan.filter) if scan else ""
    tables = ", ".join(dict.fromkeys(table_of(n) for n in node.walk() if n.relation))
    on = f" on {tables}" if tables else ""
    name = node.subplan or "the subquery"
    return Remedy(
        rule=ID,
        slot=f"{name}{on}",
        choice=(f"{index} and " if index else "")
        + f"join a subquery that is grouped once, in place of {name}{on}",
        because=(
            f"{name} ({where(node)}) takes {of_total(plan, all_ms(node))}: it runs "
            f"{number(node.loops or 0)} times, {shown_ms(node.ended_ms or 0.0)} each",
            "it refers to the row around it, so it is executed anew for every one",
        ),
        evidence=(EXPLAIN,),
        milliseconds=all_ms(node),
        node=node.number,
        shown_by=f"no {name} in the plan, or one loop of it",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Write a subquery that runs once for every row as a join",
    guide=__doc__ or "",
    evidence=(EXPLAIN,),
    check=check,
    cases=(
        Case(
            name="the latest order of each of 2,000 customers",
            given="""\
Seq Scan on customers c  (cost=0..9 rows=2000 width=9) (actual time=1..4100 rows=2000 loops=1)
  SubPlan 1
    ->  Aggregate  (cost=0..9 rows=1 width=8) (actual time=2..2 rows=1 loops=2000)
          ->  Seq Scan on orders o  (cost=0..9 rows=5 width=8) (actual time=0..2 rows=5 loops=2000)
                Filter: (customer_id = c.id)
                Rows Removed by Filter: 9000
""",
        ),
        Case(
            name="once",
            given="""\
Seq Scan on customers c  (cost=0..9 rows=2000 width=9) (actual time=1..4100 rows=2000 loops=1)
  Filter: (hashed SubPlan 1)
  SubPlan 1
    ->  Seq Scan on orders o  (cost=0..9 rows=5 width=8) (actual time=0..2000 rows=5 loops=1)
""",
            fires=False,
        ),
    ),
)
