"""Give a sort the memory that it spills for, or the order that makes it unnecessary.

A sort that needs more than work_mem is written to temporary files and merged ("external merge
Disk"). On disk rows are packed tighter than in memory, so the memory that it needs is two to three
times the size on disk. It is set for one query or one role, not for all: each sort of each
connection may take it.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import MEMORY
from blueproof.advisors.plan.wording import kilobytes, megabytes, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-sort-spill"
_ROOM = 3  # in memory a sorted row takes up to so many times what it takes on disk
_MOST_MB = 1024  # of work_mem: beyond, fewer rows or an index are the way


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """work_mem for the sort that spills most."""
    spilled = [n for n in plan.root.walk() if n.sort_on_disk and n.sort_kb]
    felt = [n for n in spilled if matters(plan, own_ms(n), n.all_rows or 0.0)]
    if felt:
        yield _advise(plan, max(felt, key=lambda n: n.sort_kb), sum(own_ms(n) for n in felt))


def _advise(plan: ReadPlan, node: Node, ms: float) -> Remedy:
    wanted = megabytes(node.sort_kb * _ROOM)
    keys = ", ".join(node.sort_key) or "its keys"
    now = dict(plan.settings).get("work_mem", "")
    large = wanted > _MOST_MB
    return Remedy(
        rule=ID,
        slot="work_mem",
        choice=f"Sort fewer or narrower rows: {kilobytes(node.sort_kb)} on disk would need "
        f"work_mem near {wanted} MB; or an index on ({keys})"
        if large
        else f"SET work_mem = '{wanted}MB'; for this query (or SET LOCAL in its transaction)",
        because=(
            f"{where(node)} takes {of_total(plan, ms)}: it sorts on disk ({node.sort_method}, "
            f"{kilobytes(node.sort_kb)})" + (f" with work_mem = {now}" if now else ""),
            f"in memory it needs up to {_ROOM} times that, so {wanted} MB",
        ),
        trade_offs=(
            f"each sort and hash of each connection may take {wanted} MB: never for all at once",
            f"an index on ({keys}) would give the order without a sort, where the rows come from "
            "one table",
        ),
        evidence=(MEMORY,),
        milliseconds=ms,
        node=node.number,
        shown_by="Sort Method: quicksort  Memory in place of external merge  Disk",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Give a sort the memory that it spills for",
    guide=__doc__ or "",
    evidence=(MEMORY,),
    check=check,
    cases=(
        Case(
            name="36 MB on disk",
            given="""\
Sort  (cost=0..9 rows=100000 width=90) (actual time=100..300 rows=100000 loops=1)
  Sort Key: created_at
  Sort Method: external merge  Disk: 36864kB
  ->  Seq Scan on orders  (cost=0..9 rows=100000 width=9) (actual time=1..40 rows=100000 loops=1)
""",
        ),
        Case(
            name="sorted in memory",
            given="""\
Sort  (cost=0..9 rows=100000 width=90) (actual time=100..300 rows=100000 loops=1)
  Sort Key: created_at
  Sort Method: quicksort  Memory: 36864kB
  ->  Seq Scan on orders  (cost=0..9 rows=100000 width=9) (actual time=1..40 rows=100000 loops=1)
""",
            fires=False,
        ),
    ),
)
