"""Change nothing, where the plan reads about as many rows as the query asks for.

A plan is good when little of what it reads is thrown away. Then time goes to what was asked for: it
gets faster by asking for less, by asking less often, or by a faster machine.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.sources import EXPLAIN
from blueproof.advisors.plan.wording import number, shown_ms, where
from blueproof.core.advice import Finding
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import ReadPlan

ID = "plan-as-asked"
_KEPT = 0.5  # of the rows that scans read
_FAST_MS = 5.0


def check(plan: ReadPlan) -> Iterator[Finding]:
    """That nothing is wasted, where hardly a row is read for nothing."""
    if not plan.analyzed:
        return
    scans = [n for n in plan.root.walk() if (n.relation or n.index) and n.loops and not n.inputs]
    kept = sum(n.all_rows or 0.0 for n in scans)
    away = sum((n.removed + n.removed_by_recheck) * (n.loops or 0.0) for n in scans)
    fast = plan.timed and plan.total_ms < _FAST_MS
    if not scans or not (fast or kept >= _KEPT * (kept + away)) or _spilled(plan):
        return
    returned = plan.root.all_rows or 0.0
    most = max(scans, key=lambda n: n.all_rows or 0.0)
    took = f" in {shown_ms(plan.total_ms)}" if plan.timed else ""
    yield Finding(
        rule=ID,
        where=where(most),
        says=f"{number(kept)} rows are used of {number(kept + away)} that are read{took}, and "
        f"{number(returned)} returned: it reads them because the query asks for them",
        severity="note",
        evidence=(EXPLAIN,),
    )


def _spilled(plan: ReadPlan) -> bool:
    return any(n.sort_on_disk or n.disk_kb or n.lossy_blocks for n in plan.root.walk())


RULE = Rule(
    id=ID,
    stage="query",
    title="Change nothing, where the plan reads what the query asks for",
    guide=__doc__ or "",
    evidence=(EXPLAIN,),
    check=check,
    cases=(
        Case(
            name="every row that is read is returned",
            given="Seq Scan on a  (cost=0..9 rows=9 width=9) (actual time=1..90 rows=9 loops=1)\n",
        ),
        Case(
            name="nearly all are thrown away",
            given="""\
Seq Scan on a  (cost=0..9 rows=9 width=9) (actual time=1..90 rows=9 loops=1)
  Filter: (x = 5)
  Rows Removed by Filter: 90000
""",
            fires=False,
        ),
    ),
)
