"""Look for a lock, where a node took long and did next to nothing.

A node that changes or locks a handful of rows, touches a handful of pages and still takes seconds
was not working but waiting: for another transaction that holds the rows, for a trigger, or for the
disk to take the write. Run again, it is often fast, which is the sign.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import LOCKS
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-waiting"
_KINDS = {"ModifyTable", "LockRows"}
_LEAST_MS = 50.0
_SLOW_ROW_MS, _SLOW_PAGE_MS = 10.0, 5.0  # no disk takes so long for one
_LOOK = (
    "SELECT pid, wait_event_type, wait_event, pg_blocking_pids(pid), query FROM pg_stat_activity "
    "WHERE cardinality(pg_blocking_pids(pid)) > 0;"
)


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """A look at locks for each changing node that took longer than its rows and pages explain."""
    for node in plan.root.walk():
        ms = own_ms(node)
        if node.kind not in _KINDS or ms < _LEAST_MS or not matters(plan, ms):
            continue
        rows = max(sum(c.all_rows or 0.0 for c in node.inputs), node.all_rows or 0.0, 1.0)
        pages = _pages(node)
        if ms / rows >= _SLOW_ROW_MS and (not pages or ms / pages >= _SLOW_PAGE_MS):
            yield _advise(plan, node, rows, pages)


def _pages(node: Node) -> int:
    below = sum(c.buffers.hit + c.buffers.read for c in node.children)
    return max(node.buffers.hit + node.buffers.read - below, 0)


def _advise(plan: ReadPlan, node: Node, rows: float, pages: int) -> Remedy:
    touched = f" and {number(pages)} pages" if pages else ""
    return Remedy(
        rule=ID,
        slot=f"lock on {node.table or 'the rows'}",
        choice=f"While it is slow, see who blocks it: {_LOOK}",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))} for {number(rows)} rows{touched}: "
            "that is waiting, not work",
            "most likely another transaction holds the rows, or a trigger waits for something",
        ),
        evidence=(LOCKS,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by="the same statement alone takes milliseconds; log_lock_waits = on names the "
        "blocker next time",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Look for a lock, where a node took long and did next to nothing",
    guide=__doc__ or "",
    evidence=(LOCKS,),
    check=check,
    cases=(
        Case(
            name="one row in five seconds",
            given="""\
Update on accounts  (cost=0..9 rows=0 width=0) (actual time=5000..5000 rows=0 loops=1)
  Buffers: shared hit=7
  ->  Index Scan using a_pk on accounts (cost=0..9 rows=1 width=4) (actual time=0..1 rows=1 loops=1)
        Index Cond: (id = 5)
        Buffers: shared hit=4
""",
        ),
        Case(
            name="many rows",
            given="""\
Update on accounts  (cost=0..9 rows=0 width=0) (actual time=5000..5000 rows=0 loops=1)
  Buffers: shared hit=700000
  ->  Seq Scan on accounts  (cost=0..9 rows=1 width=4) (actual time=0..100 rows=100000 loops=1)
        Buffers: shared hit=4000
""",
            fires=False,
        ),
    ),
)
