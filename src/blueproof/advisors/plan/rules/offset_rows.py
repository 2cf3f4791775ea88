"""Ask for the page after a key, not for an offset, where LIMIT throws rows away.

OFFSET computes every row that it skips. Deep pages get slower with each page. With the last row's
sort key in the condition (WHERE (created_at, id) < (last row's) ORDER BY ... LIMIT n) an index
begins at the page.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import LIMIT
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-offset"
_MANY = 500  # rows skipped
_DEEP = 5  # times the rows that are returned


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Paging by key for each limit that skips many more rows than it returns."""
    for node in plan.root.walk():
        below = node.inputs[0] if node.kind == "Limit" and node.inputs else None
        if below is None or below.found is None or node.found is None:
            continue
        skipped = below.found - node.found
        if skipped >= max(_MANY, _DEEP * node.found) and matters(plan, all_ms(below), skipped):
            yield _advise(plan, node, below, skipped)


def _advise(plan: ReadPlan, node: Node, below: Node, skipped: float) -> Remedy:
    keys = next((n.sort_key for n in below.walk() if n.sort_key), ())
    order = ", ".join(keys) or "its sort key"
    share = skipped / max(below.found or 1.0, 1.0)
    return Remedy(
        rule=ID,
        slot="paging",
        choice=f"Page by key: WHERE ({order}) after the last row's, in place of OFFSET",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(below))}: {number(below.found or 0)} rows "
            f"are computed, {number(skipped)} skipped and {number(node.found or 0)} returned",
            "rows that OFFSET skips are computed all the same",
        ),
        trade_offs=("no jump to page 500: only on to the next one",),
        evidence=(LIMIT,),
        milliseconds=all_ms(below) * share,
        node=node.number,
        shown_by="the node below the Limit returns as many rows as the Limit",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Ask for the page after a key, not for an offset",
    guide=__doc__ or "",
    evidence=(LIMIT,),
    check=check,
    cases=(
        Case(
            name="page 5,000",
            given="""\
Limit  (cost=0..9 rows=20 width=4) (actual time=90..91 rows=20 loops=1)
  ->  Index Scan using a_at on a  (cost=0..9 rows=9 width=4) (actual time=0..90 rows=100020 loops=1)
""",
        ),
        Case(
            name="page 1",
            given="""\
Limit  (cost=0..9 rows=20 width=4) (actual time=90..91 rows=20 loops=1)
  ->  Index Scan using a_at on a  (cost=0..9 rows=9 width=4) (actual time=0..90 rows=20 loops=1)
""",
            fires=False,
        ),
    ),
)
