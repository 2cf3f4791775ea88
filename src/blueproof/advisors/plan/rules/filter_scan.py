"""Index the columns of a filter that throws away nearly all that a scan reads.

A sequential scan reads every row of the table; "Rows Removed by Filter" says how many of them it
read for nothing. Where few are left, an index on the filter's columns reads those alone: columns
compared for equality first, then one that is compared for an interval.

Where most rows are kept, no index helps: reading the table in order is the fastest way to them.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, own_ms
from blueproof.advisors.plan.sources import EXPLAIN, EXPRESSIONS, MULTICOLUMN
from blueproof.advisors.plan.terms import index_for, terms
from blueproof.advisors.plan.wording import number, of_total, one_in, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-filter-scan"
_FEW = 0.1  # of the rows that are read: where more are kept, an index gains little
_LEAST_READ = 1000  # rows of all loops


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An index for each table that is read through for the sake of few rows."""
    for node in plan.root.walk():
        if node.kind != "Seq Scan" or not node.filter or node.found is None or not node.loops:
            continue
        read = (node.found + node.removed) * node.loops
        kept = node.found * node.loops
        if read < _LEAST_READ or kept > read * _FEW or not matters(plan, own_ms(node), read):
            continue
        statement = index_for(node, node.filter)
        if statement:
            yield _advise(plan, node, statement, (kept, read))


def _advise(plan: ReadPlan, node: Node, statement: str, rows: tuple[float, float]) -> Remedy:
    kept, read = rows
    calls = any(term.call for term in terms(node.filter))
    loops = f" in {number(node.loops or 0)} loops" if (node.loops or 0) > 1 else ""
    return Remedy(
        rule=ID,
        slot=f"index on {statement.rpartition(' ON ')[2].rstrip(';')}",
        choice=statement,
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: it reads {number(read)} rows"
            f"{loops} and keeps {number(kept)} ({one_in(kept, read)})",
            f"no index that it could use serves {node.filter}",
        ),
        trade_offs=(
            f"every write to {node.table} keeps one more index up to date",
            *(
                (
                    "the function must be IMMUTABLE: if it is not (as on timestamptz), compare the "
                    "bare column with an interval",
                )
                if calls
                else ()
            ),
        ),
        evidence=(EXPLAIN, EXPRESSIONS if calls else MULTICOLUMN),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by=f"EXPLAIN (ANALYZE, BUFFERS) shows an index scan on {node.table} and hardly any "
        "Rows Removed by Filter",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Index the columns of a filter that throws away nearly all that a scan reads",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MULTICOLUMN, EXPRESSIONS),
    check=check,
    cases=(
        Case(
            name="12 rows of a million",
            given="""\
Seq Scan on orders  (cost=0..20834 rows=10 width=97) (actual time=3..98 rows=12 loops=1)
  Filter: ((status = 'open'::text) AND (total > '90'::numeric))
  Rows Removed by Filter: 999988
Execution Time: 98.2 ms
""",
        ),
        Case(
            name="half of the rows are wanted",
            given="""\
Seq Scan on orders  (cost=0..2083 rows=50000 width=9) (actual time=3..98 rows=49900 loops=1)
  Filter: (status = 'open'::text)
  Rows Removed by Filter: 50100
Execution Time: 120.2 ms
""",
            fires=False,
        ),
    ),
)
