"""Give a bitmap the memory to remember rows, not pages.

A bitmap that outgrows work_mem keeps whole pages instead of rows ("lossy"): every row on them is
checked again, and most are thrown away ("Rows Removed by Index Recheck").
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import MEMORY
from blueproof.advisors.plan.wording import megabytes, number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-lossy-bitmap"
_ENTRY_BYTES = 64  # a page's entry of the bitmap with its share of the hash table, rounded up


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """work_mem for the largest bitmap that became lossy."""
    found = [n for n in plan.root.walk() if n.lossy_blocks and matters(plan, own_ms(n))]
    if found:
        yield _advise(plan, max(found, key=lambda n: n.lossy_blocks))


def _advise(plan: ReadPlan, node: Node) -> Remedy:
    pages = node.exact_blocks + node.lossy_blocks
    wanted = megabytes(pages * _ENTRY_BYTES / 1024) * 2
    away = node.removed_by_recheck * (node.loops or 1)
    return Remedy(
        rule=ID,
        slot="work_mem for bitmaps",
        choice=f"SET work_mem = '{max(wanted, 8)}MB'; for this query",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}: {number(node.lossy_blocks)} of "
            f"{number(pages)} pages are lossy, and {number(away)} rows were read and thrown away "
            "on the recheck",
            "the bitmap outgrew work_mem, so it remembers pages instead of rows",
        ),
        trade_offs=("an index that fits the condition better makes the bitmap smaller",),
        evidence=(MEMORY,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by="Heap Blocks: exact only",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Give a bitmap the memory to remember rows, not pages",
    guide=__doc__ or "",
    evidence=(MEMORY,),
    check=check,
    cases=(
        Case(
            name="nearly all pages are lossy",
            given="""\
Bitmap Heap Scan on a  (cost=0..9 rows=9 width=4) (actual time=1..900 rows=9000 loops=1)
  Recheck Cond: (x > 5)
  Rows Removed by Index Recheck: 700000
  Heap Blocks: exact=600 lossy=90000
  ->  Bitmap Index Scan on a_x  (cost=0..9 rows=9 width=0) (actual time=1..9 rows=9000 loops=1)
""",
        ),
        Case(
            name="exact",
            given="""\
Bitmap Heap Scan on a  (cost=0..9 rows=9 width=4) (actual time=1..900 rows=9000 loops=1)
  Recheck Cond: (x > 5)
  Heap Blocks: exact=90600
  ->  Bitmap Index Scan on a_x  (cost=0..9 rows=9 width=0) (actual time=1..9 rows=9000 loops=1)
""",
            fires=False,
        ),
    ),
)
