"""Do not compile a query that compiling makes slower.

Just-in-time compilation pays for itself in queries of many seconds. Whether it is used hangs on the
estimated cost alone, so an estimate that is too high, or many partitions, compiles hundreds of
functions for a query of milliseconds.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters
from blueproof.advisors.plan.sources import JIT
from blueproof.advisors.plan.wording import number, of_total
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import ReadPlan

ID = "plan-jit"
_SHARE = 0.15  # of the execution


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Jit off, where compiling takes a good part of the time."""
    jit = plan.jit
    if jit is None or not matters(plan, jit.total_ms) or jit.total_ms < _SHARE * plan.total_ms:
        return
    cost = plan.root.cost or 0.0
    yield Remedy(
        rule=ID,
        slot="jit",
        choice="SET jit = off; for this query or its role (ALTER ROLE ... SET jit = off)",
        because=(
            f"compiling {number(jit.functions)} functions takes {of_total(plan, jit.total_ms)}",
            f"it is decided by the estimated cost, {number(cost)} here, against jit_above_cost "
            "(100,000 unless set): raise that to keep it for the longest queries",
        ),
        trade_offs=("queries that compute for many seconds may lose what compiling gave them",),
        evidence=(JIT,),
        milliseconds=jit.total_ms,
        shown_by="no JIT section, and a shorter Execution Time",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Do not compile a query that compiling makes slower",
    guide=__doc__ or "",
    evidence=(JIT,),
    check=check,
    cases=(
        Case(
            name="most of the time is compiling",
            given="""\
Aggregate  (cost=0..150000 rows=1 width=4) (actual time=700..700 rows=1 loops=1)
  ->  Seq Scan on a  (cost=0..90 rows=9 width=4) (actual time=600..690 rows=9000 loops=1)
JIT:
  Functions: 88
  Timing: Generation 9.0 ms, Optimization 300.0 ms, Emission 291.0 ms, Total 600.0 ms
Execution Time: 710.0 ms
""",
        ),
        Case(
            name="hardly any of it",
            given="""\
Aggregate  (cost=0..150000 rows=1 width=4) (actual time=7000..7000 rows=1 loops=1)
  ->  Seq Scan on a  (cost=0..90 rows=9 width=4) (actual time=6..6900 rows=9000 loops=1)
JIT:
  Functions: 3
  Timing: Generation 1.0 ms, Inlining 0.0 ms, Optimization 1.0 ms, Emission 1.0 ms, Total 3.0 ms
Execution Time: 7010.0 ms
""",
            fires=False,
        ),
    ),
)
