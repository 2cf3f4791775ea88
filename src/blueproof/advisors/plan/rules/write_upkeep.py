"""See what a write keeps up: indexes, full page images, triggers.

The time of Insert, Update or Delete itself, without what it reads, goes to the table's rows and all
of its indexes, and to the write-ahead log. Right after a checkpoint the first change of each page
logs the whole page (fpi).
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms, table_of
from blueproof.advisors.plan.sources import WRITES
from blueproof.advisors.plan.wording import number, of_total, shown_ms, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-write-upkeep"
_LARGE = 0.3
_MANY = 1000  # rows written


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Indexes and log, where writing many rows takes most of the time."""
    for node in plan.root.walk():
        rows = sum(c.all_rows or 0.0 for c in node.inputs)
        ms = own_ms(node)
        slow = ms >= _LARGE * plan.total_ms and matters(plan, ms, rows)
        if node.kind == "ModifyTable" and rows >= _MANY and slow:
            yield _advise(plan, node, rows)


def _advise(plan: ReadPlan, node: Node, rows: float) -> Remedy:
    table = table_of(node) if node.relation else "the table"
    images = (
        f"; {number(node.wal.full_images)} whole pages were logged, as after a checkpoint"
        if node.wal.full_images
        else ""
    )
    return Remedy(
        rule=ID,
        slot=f"indexes of {table}",
        choice=f"SELECT indexrelname, idx_scan FROM pg_stat_user_indexes WHERE relname = "
        f"'{node.relation}'; drop those that nothing reads, and write in batches",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}: {number(rows)} rows, "
            f"{shown_ms(own_ms(node) / rows)} each{images}",
            "what it reads is not in that time: it is rows, every index of the table, and the log",
        ),
        evidence=(WRITES,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by=f"a shorter time of {node.place} itself",
    )


_PLAN = """\
Delete on orders  (cost=0..9 rows=0 width=0) (actual time={0}..{0} rows=0 loops=1)
  ->  Seq Scan on orders  (cost=0..9 rows=9 width=6) (actual time=1..673 rows=500000 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="See what a write keeps up: indexes, full page images, triggers",
    guide=__doc__ or "",
    evidence=(WRITES,),
    check=check,
    cases=(
        Case(name="half a million rows deleted", given=_PLAN.format(4024)),
        Case(name="the time is in the reading", given=_PLAN.format(690), fires=False),
    ),
)
