"""Plan once what takes longer to plan than to run.

Many partitions, many joins or many indexes make planning slow; a query of a millisecond that is
planned for thirty is sent as a prepared statement, so that it is planned once for all its
executions.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy
from blueproof.advisors.plan.sources import PLANNING
from blueproof.advisors.plan.wording import number, shown_ms
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import ReadPlan

ID = "plan-planning-time"
_LEAST_MS = 5.0  # of planning, which nobody notices below


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Prepared statements, where planning takes longer than running."""
    planning = plan.planning_ms or 0.0
    if planning < _LEAST_MS or planning <= plan.total_ms or not plan.timed:
        return
    tables = len({n.table for n in plan.root.walk() if n.relation})
    yield Remedy(
        rule=ID,
        slot="planning",
        choice="Send it as a prepared statement, through a pool that keeps them"
        + ("; and put a condition on the partition key" if tables > _MANY else ""),
        because=(
            f"planning takes {shown_ms(planning)}, running {shown_ms(plan.total_ms)}",
            f"the plan reads {number(tables)} tables or partitions, each with its indexes and "
            "statistics to look at"
            + (
                f" ({number(plan.planning_buffers.read)} pages of the catalog came from disk: the "
                "second time in one connection is faster)"
                if plan.planning_buffers.read
                else ""
            ),
        ),
        evidence=(PLANNING,),
        milliseconds=planning,
        shown_by="EXPLAIN ANALYZE EXECUTE shows a Planning Time under a millisecond",
    )


_MANY = 20  # tables from which on they are partitions

RULE = Rule(
    id=ID,
    stage="query",
    title="Plan once what takes longer to plan than to run",
    guide=__doc__ or "",
    evidence=(PLANNING,),
    check=check,
    cases=(
        Case(
            name="30 ms of planning for a lookup",
            given="""\
Index Scan using a_pkey on a  (cost=0..9 rows=1 width=4) (actual time=0.01..0.02 rows=1 loops=1)
  Index Cond: (id = 5)
Planning Time: 30.2 ms
Execution Time: 0.05 ms
""",
        ),
        Case(
            name="planned quickly",
            given="""\
Index Scan using a_pkey on a  (cost=0..9 rows=1 width=4) (actual time=0.01..0.02 rows=1 loops=1)
  Index Cond: (id = 5)
Planning Time: 0.2 ms
Execution Time: 0.05 ms
""",
            fires=False,
        ),
    ),
)
