"""Vacuum after a large load, where a query that only reads dirties pages.

The first reader of rows that were just written notes on them that their transaction ended, which
makes the page dirty, to be written again. After a bulk load VACUUM does that once, so that no
person's query pays for it.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, own_ms, table_of
from blueproof.advisors.plan.sources import VACUUM
from blueproof.advisors.plan.wording import PAGE_KB, kilobytes, number, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-dirtied"
_MANY = 1000  # pages, 8 MB


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """VACUUM for the table whose pages a reading query dirtied."""
    changes = any(n.kind in {"ModifyTable", "LockRows"} for n in plan.root.walk())
    if changes or plan.root.buffers.dirtied < _MANY:
        return
    scans = [n for n in plan.root.walk() if n.relation and n.buffers.dirtied]
    if scans:
        yield _advise(max(scans, key=lambda n: n.buffers.dirtied))


def _advise(node: Node) -> Remedy:
    pages = node.buffers.dirtied
    return Remedy(
        rule=ID,
        slot=f"vacuum of {table_of(node)}",
        choice=f"VACUUM (ANALYZE) {table_of(node)}; after each bulk load",
        because=(
            f"{where(node)} dirtied {number(pages)} pages ({kilobytes(pages * PAGE_KB)}) though "
            "the query only reads",
            "it is the first to read rows that were written lately: the next run is faster",
        ),
        evidence=(VACUUM,),
        milliseconds=own_ms(node) * min(pages / max(node.buffers.hit + node.buffers.read, 1), 1.0),
        node=node.number,
        shown_by="no dirtied in Buffers when it is run again",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Vacuum after a large load, where a query that only reads dirties pages",
    guide=__doc__ or "",
    evidence=(VACUUM,),
    check=check,
    cases=(
        Case(
            name="the first reader after a load",
            given="""\
Seq Scan on a  (cost=0..9 rows=9000 width=4) (actual time=1..1000 rows=9000 loops=1)
  Buffers: shared hit=10 read=9000 dirtied=8900
""",
        ),
        Case(
            name="an update",
            given="""\
Update on a  (cost=0..9 rows=0 width=0) (actual time=5000..5000 rows=0 loops=1)
  Buffers: shared hit=700000 dirtied=8900
  ->  Seq Scan on a  (cost=0..9 rows=1 width=4) (actual time=0..100 rows=100000 loops=1)
        Buffers: shared hit=4000 dirtied=20
""",
            fires=False,
        ),
    ),
)
