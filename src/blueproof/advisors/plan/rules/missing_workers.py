"""Leave workers for the query that was planned with them.

A parallel plan is chosen for the workers that it counts on. Where fewer are free when it runs, the
leader does their part, in a plan that would not have been chosen for one process.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import PARALLEL
from blueproof.advisors.plan.wording import of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-missing-workers"


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """More workers, where fewer were launched than planned."""
    for node in plan.root.walk():
        planned, launched = node.workers_planned, node.workers_launched
        fewer = planned and launched is not None and launched < planned and node.loops
        if fewer and matters(plan, all_ms(node)):
            yield _advise(plan, node, planned or 0, launched or 0)
            return


def _advise(plan: ReadPlan, node: Node, planned: int, launched: int) -> Remedy:
    whole = all_ms(node)
    return Remedy(
        rule=ID,
        slot="max_parallel_workers",
        choice="Raise max_parallel_workers (and max_worker_processes, with a restart), or run "
        "fewer parallel queries at once",
        because=(
            f"{where(node)} takes {of_total(plan, whole)}: {planned} workers were planned, "
            f"{launched} launched",
            "the others were busy: the same plan takes longer whenever that is so",
        ),
        trade_offs=("each worker is a process with its own work_mem, and needs a free core",),
        evidence=(PARALLEL,),
        milliseconds=whole * (1 - (launched + 1) / (planned + 1)),
        node=node.number,
        symptom=True,
        shown_by="Workers Launched equals Workers Planned",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Leave workers for the query that was planned with them",
    guide=__doc__ or "",
    evidence=(PARALLEL,),
    check=check,
    cases=(
        Case(
            name="none of two",
            given="""\
Gather  (cost=0..9 rows=5 width=4) (actual time=9..500 rows=5 loops=1)
  Workers Planned: 2
  Workers Launched: 0
  ->  Parallel Seq Scan on a  (cost=0..9 rows=2 width=4) (actual time=9..490 rows=5 loops=1)
""",
        ),
        Case(
            name="both",
            given="""\
Gather  (cost=0..9 rows=5 width=4) (actual time=9..500 rows=5 loops=1)
  Workers Planned: 2
  Workers Launched: 2
  ->  Parallel Seq Scan on a  (cost=0..9 rows=2 width=4) (actual time=9..490 rows=5 loops=3)
""",
            fires=False,
        ),
    ),
)
