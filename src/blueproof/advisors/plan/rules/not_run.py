"""Run the query with ANALYZE: a plan that was not run tells what was foretold, not what happened.

Costs compare plans for one query with one another; they are no milliseconds. Whether the estimates
hold, where the time goes, what is read from disk or spilled: none of it stands in a plan without
ANALYZE. EXPLAIN ANALYZE executes the statement, so a write is wrapped in BEGIN and ROLLBACK.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.sources import EXPLAIN_OPTIONS
from blueproof.advisors.plan.wording import number, where
from blueproof.core.advice import Finding
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-not-run"


def check(plan: ReadPlan) -> Iterator[Finding]:
    """What a plan without ANALYZE does not tell, and the node that is dearest by estimate."""
    if plan.analyzed:
        return
    dearest = max(plan.root.walk(), key=own_cost)
    whole = plan.root.cost or 0.0
    costs = (
        f"; dearest by estimate is {where(dearest)}, {own_cost(dearest) / whole:.0%} of the cost "
        f"{number(whole)}"
        if whole
        else ""
    )
    yield Finding(
        rule=ID,
        where=where(dearest),
        says=f"this plan was not run: it holds estimates, no times and no rows that came{costs}",
        severity="note",
        evidence=(EXPLAIN_OPTIONS,),
    )


def own_cost(node: Node) -> float:
    """The planner cost of the node without what is below it; 0 where a Limit makes it less."""
    return max((node.cost or 0.0) - sum(c.cost or 0.0 for c in node.children), 0.0)


RULE = Rule(
    id=ID,
    stage="query",
    title="Run the query with ANALYZE",
    guide=__doc__ or "",
    evidence=(EXPLAIN_OPTIONS,),
    check=check,
    cases=(
        Case(name="only estimates", given="Seq Scan on a  (cost=0..9 rows=9 width=9)\n"),
        Case(
            name="it was run",
            given="Seq Scan on a  (cost=0..9 rows=9 width=9) (actual time=1..2 rows=9 loops=1)\n",
            fires=False,
        ),
    ),
)
