"""Do not count all rows for a number that need not be exact.

COUNT over a whole table reads all of it, each time: PostgreSQL keeps no exact count. A page's
"about 1.2 million" comes from the table's statistics in no time; an exact one is kept by a trigger
or a summary table.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, table_of
from blueproof.advisors.plan.sources import COUNTING
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-count-all"
_MANY = 100_000  # rows
_SCANS = {"Seq Scan", "Index Only Scan"}
_THROUGH = {"Gather", "Aggregate"}


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """The estimate in place of a count, where one row comes of a whole table without a filter."""
    top = plan.root
    if (
        top.kind != "Aggregate"
        or top.group_key
        or (top.found or 0) > 1
        or top.width not in {8, None}
    ):
        return
    node = top
    while node.inputs and node.kind in _THROUGH:
        node = node.inputs[0]
    whole = not (node.filter or node.index_condition)
    rows = node.all_rows or 0.0
    if node.kind in _SCANS and whole and rows >= _MANY and matters(plan, all_ms(top), rows):
        yield _advise(plan, node, rows)


def _advise(plan: ReadPlan, node: Node, rows: float) -> Remedy:
    return Remedy(
        rule=ID,
        slot=f"count of {node.table}",
        choice=f"SELECT reltuples::bigint FROM pg_class WHERE oid = '{table_of(node)}'::regclass; "
        "where an estimate will do",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(plan.root))}: it reads {number(rows)} "
            "rows to return one number",
            "nothing but reading all rows gives an exact count",
        ),
        trade_offs=("an estimate, as of the last VACUUM or ANALYZE",),
        evidence=(COUNTING,),
        milliseconds=all_ms(plan.root),
        node=node.number,
        shown_by="an answer in under a millisecond, within a few per cent",
    )


_PLAN = """\
Aggregate  (cost=0..9 rows=1 width=8) (actual time=300..300 rows=1 loops=1)
  ->  Seq Scan on orders  (cost=0..9 rows=9 width=0) (actual time=1..40 rows=1000000 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Do not count all rows for a number that need not be exact",
    guide=__doc__ or "",
    evidence=(COUNTING,),
    check=check,
    cases=(
        Case(name="a million rows counted", given=_PLAN),
        Case(
            name="a count with a condition",
            given=f"{_PLAN}        Filter: (status = 'open'::text)\n",
            fires=False,
        ),
    ),
)
