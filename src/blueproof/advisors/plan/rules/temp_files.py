"""Keep results of a step in memory, where they go through temporary files.

WITH queries, Materialize and window functions keep their rows for a second reading; beyond work_mem
they write them to temporary files.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import MEMORY
from blueproof.advisors.plan.wording import PAGE_KB, kilobytes, megabytes, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-temp-files"
_KEEPING = {"Materialize", "CTE Scan", "WindowAgg", "Function Scan", "Recursive Union",
            "WorkTable Scan"}  # fmt: skip
_ROOM = 2  # in memory a row takes up to so many times what it takes in a file


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """work_mem for the step that writes most to temporary files."""
    found = [n for n in plan.root.walk() if n.kind in _KEEPING and _own(n) > 0]
    felt = [n for n in found if matters(plan, own_ms(n), n.all_rows or 0.0)]
    if felt:
        yield _advise(plan, max(felt, key=_own))


def _own(node: Node) -> int:
    """Pages that the node itself wrote to temporary files."""
    return node.buffers.temp_written - sum(c.buffers.temp_written for c in node.children)


def _advise(plan: ReadPlan, node: Node) -> Remedy:
    kb = _own(node) * PAGE_KB
    wanted = megabytes(kb * _ROOM)
    return Remedy(
        rule=ID,
        slot="work_mem for kept rows",
        choice=f"Keep fewer rows or columns in it, or SET work_mem = '{wanted}MB'; for this query",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}: it keeps its rows in temporary "
            f"files, {kilobytes(kb)}",
            "beyond work_mem rows that are read again are written to files",
        ),
        evidence=(MEMORY,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by="no temp in Buffers",
    )


_PLAN = """\
Materialize  (cost=0..9 rows=9 width=9) (actual time=1..400 rows=900000 loops=1)
  Buffers: shared hit=900{}
  ->  Seq Scan on a  (cost=0..9 rows=9 width=9) (actual time=1..100 rows=900000 loops=1)
        Buffers: shared hit=900
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Keep results of a step in memory, where they go through temporary files",
    guide=__doc__ or "",
    evidence=(MEMORY,),
    check=check,
    cases=(
        Case(name="40 MB in files", given=_PLAN.format(", temp read=5000 written=5000")),
        Case(name="in memory", given=_PLAN.format(""), fires=False),
    ),
)
