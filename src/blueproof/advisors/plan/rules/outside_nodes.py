"""Say where the time went that no node of the plan took.

The nodes of a plan do not add up to its execution time where it passes before the first row is
asked for, or after the last one: in starting up and shutting down, in compiling, in triggers. What
no line of the plan explains, no index and no rewrite cures.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy
from blueproof.advisors.plan.sources import EXPLAIN_OPTIONS
from blueproof.advisors.plan.wording import of_total, shown_ms
from blueproof.core.advice import Finding
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import ReadPlan

ID = "plan-outside"
_MOST = 0.5  # of the whole, from which it is what the answer is about
_WORTH = 0.1
_LEAST_MS = 1.0


def check(plan: ReadPlan) -> Iterator[Remedy | Finding]:
    """What passed outside the nodes, and what neither triggers nor compiling explain."""
    rest = outside_ms(plan)
    if not plan.timed or not plan.execution_ms or rest <= max(_LEAST_MS, plan.total_ms * _WORTH):
        return
    told = of_total(plan, rest)
    if rest < plan.total_ms * _MOST:
        yield Finding(
            rule=ID,
            where="the whole statement",
            says=f"{told} passed outside the nodes: starting up and shutting down, or sending rows",
        )
        return
    inside = shown_ms(plan.root.inclusive_ms or 0.0)
    yield Remedy(
        rule=ID,
        slot="time outside the nodes",
        choice=f"Find out first where the time goes that no node took: {told}. Take the "
        "plan three times in one session: if only the first is slow, it was the "
        "start (catalogs and pages not yet in memory, a busy or throttled CPU); if all are, look "
        "at triggers, at JIT and at how many partitions are opened, which old versions do not "
        "print; and compare with what the client measures, which adds waiting for a connection "
        "or a lock, sending the rows and reading them",
        because=(
            f"the nodes took {inside} together",
            f"so no index and no rewrite saves more than {inside}",
        ),
        evidence=(EXPLAIN_OPTIONS,),
        milliseconds=rest,
        shown_by="the nodes and the Execution Time differ by less than a tenth",
    )


def outside_ms(plan: ReadPlan) -> float:
    """The milliseconds that neither a node, a trigger nor compiling explains."""
    known = (plan.jit.total_ms if plan.jit else 0.0) + sum(t.ms for t in plan.triggers)
    return plan.total_ms - (plan.root.inclusive_ms or 0.0) - known


RULE = Rule(
    id=ID,
    stage="query",
    title="Say where the time went that no node of the plan took",
    guide=__doc__ or "",
    evidence=(EXPLAIN_OPTIONS,),
    check=check,
    cases=(
        Case(
            name="the nodes take 20 of 480 ms",
            given="""\
Index Scan using by_at on o (cost=0..9 rows=5 width=9) (actual time=4.0..20.0 rows=90 loops=1)
  Index Cond: (customer_id = 42)
Planning Time: 1.0 ms
Execution Time: 480.0 ms
""",
        ),
        Case(
            name="compiling explains the rest",
            given="""\
Index Scan using by_at on o (cost=0..9 rows=5 width=9) (actual time=4.0..20.0 rows=90 loops=1)
  Index Cond: (customer_id = 42)
JIT:
  Functions: 40
  Timing: Generation 9.0 ms, Optimization 200.0 ms, Emission 241.0 ms, Total 450.0 ms
Execution Time: 480.0 ms
""",
            fires=False,
        ),
        Case(
            name="a trigger explains the rest",
            given="""\
Delete on o (cost=0..9 rows=5 width=9) (actual time=4.0..20.0 rows=0 loops=1)
  ->  Index Scan using o_pkey on o (cost=0..9 rows=5 width=9) (actual time=1.0..9.0 rows=1 loops=1)
        Index Cond: (id = 42)
Trigger for constraint lines_o_fkey: time=455.0 calls=1
Execution Time: 480.0 ms
""",
            fires=False,
        ),
        Case(
            name="the nodes take nearly all",
            given="""\
Index Scan using by_at on o (cost=0..9 rows=5 width=9) (actual time=4.0..470.0 rows=9 loops=1)
  Index Cond: (customer_id = 42)
Execution Time: 480.0 ms
""",
            fires=False,
        ),
    ),
)
