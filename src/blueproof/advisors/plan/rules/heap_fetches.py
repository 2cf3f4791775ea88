"""Vacuum a table whose index-only scans visit the table all the same.

An index-only scan may skip the table only for pages on which every row is known to be visible.
"Heap Fetches" counts the rows for which that was not known. VACUUM makes it known; on a table that
is written a lot, autovacuum must come more often.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms, table_of
from blueproof.advisors.plan.sources import VISIBILITY
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-heap-fetches"
_SHARE = 0.1  # of the rows that the scan returned
_LEAST = 100  # fetches


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """VACUUM for each table that index-only scans had to visit often."""
    seen: set[str] = set()
    for node in plan.root.walk():
        fetches = node.heap_fetches or 0
        rows = node.all_rows or 0.0
        many = fetches >= max(_LEAST, rows * _SHARE)
        if many and node.relation not in seen and matters(plan, own_ms(node), fetches):
            seen.add(node.relation)
            yield _advise(plan, node)


def _advise(plan: ReadPlan, node: Node) -> Remedy:
    table = table_of(node)
    return Remedy(
        rule=ID,
        slot=f"vacuum of {table}",
        choice=f"VACUUM (ANALYZE) {table};",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}: {number(node.heap_fetches or 0)} "
            f"heap fetches for {number(node.all_rows or 0)} rows, so it is index-only by name",
            f"the visibility map does not know {table}'s pages to be all-visible: it was not "
            "vacuumed since they changed",
        ),
        trade_offs=(
            f"where it comes back: ALTER TABLE {table} SET "
            "(autovacuum_vacuum_scale_factor = 0.02);",
        ),
        evidence=(VISIBILITY,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by="Heap Fetches near 0",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Vacuum a table whose index-only scans visit the table all the same",
    guide=__doc__ or "",
    evidence=(VISIBILITY,),
    check=check,
    cases=(
        Case(
            name="every row is fetched",
            given="""\
Index Only Scan using a_idx on a  (cost=0..9 rows=9 width=4) (actual time=1..90 rows=9000 loops=1)
  Index Cond: (x > 5)
  Heap Fetches: 9000
""",
        ),
        Case(
            name="vacuumed",
            given="""\
Index Only Scan using a_idx on a  (cost=0..9 rows=9 width=4) (actual time=1..90 rows=9000 loops=1)
  Index Cond: (x > 5)
  Heap Fetches: 12
""",
            fires=False,
        ),
    ),
)
