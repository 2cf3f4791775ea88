"""Let the index answer what is now filtered row by row.

An index scan that throws away most of the rows that it fetched has visited the table for each of
them. With the filter's columns in the same index, after those that it already searches by, only
rows that are wanted are fetched.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, own_ms, table_of
from blueproof.advisors.plan.sources import EXPLAIN, MULTICOLUMN
from blueproof.advisors.plan.terms import key, own, predicate, terms
from blueproof.advisors.plan.wording import number, of_total, one_in, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-index-filter"
_FEW = 0.2  # of the rows that are fetched
_LEAST = 500  # rows thrown away in all loops
_KINDS = {"Index Scan", "Bitmap Heap Scan"}


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """A wider index for each scan whose index finds many rows and whose filter leaves few."""
    for node in plan.root.walk():
        searched = node.index_condition or node.recheck
        if node.kind not in _KINDS or not node.filter or node.found is None or not node.loops:
            continue
        away = node.removed * node.loops
        kept = node.found * node.loops
        if away < _LEAST or kept > (kept + away) * _FEW or not matters(plan, own_ms(node), away):
            continue
        filtered = own(node, node.filter)
        searches = key(terms(searched))
        # A flag as a predicate keeps the rows that are thrown away out of the index.
        columns = key((*terms(searched), *(t for t in filtered if not t.is_flag)))
        only = predicate(filtered)
        if searched and (only or len(columns) > len(searches)):
            on = f"{table_of(node)} ({', '.join(columns)}){f' WHERE {only}' if only else ''}"
            yield _advise(plan, node, on, (kept, kept + away))


def _advise(plan: ReadPlan, node: Node, on: str, rows: tuple[float, float]) -> Remedy:
    kept, fetched = rows
    index = node.index or next((n.index for n in node.walk() if n.index), "")
    return Remedy(
        rule=ID,
        slot=f"index on {on}",
        choice=f"CREATE INDEX CONCURRENTLY ON {on};",
        because=(
            f"{where(node)} takes {of_total(plan, all_ms(node))}: index {index} finds "
            f"{number(fetched)} rows, and {node.filter} keeps {number(kept)} of them "
            f"({one_in(kept, fetched)})",
            "what the index does not hold is looked up in the table, row by row",
        ),
        trade_offs=(f"a wider index; {index} may become unnecessary where it begins alike",),
        evidence=(EXPLAIN, MULTICOLUMN),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by=f"EXPLAIN (ANALYZE, BUFFERS) shows all columns in Index Cond of {node.table} and "
        "fewer buffers",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Let the index answer what is now filtered row by row",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MULTICOLUMN),
    check=check,
    cases=(
        Case(
            name="the index finds 50,000 rows, the filter keeps 3",
            given="""\
Index Scan using by_customer on o (cost=0..9 rows=5 width=9) (actual time=1..80 rows=3 loops=1)
  Index Cond: (customer_id = 42)
  Filter: (status = 'open'::text)
  Rows Removed by Filter: 49997
""",
        ),
        Case(
            name="a flag is no column of the index but its condition",
            given="""\
Index Scan using by_customer on o (cost=0..9 rows=5 width=9) (actual time=1..80 rows=3 loops=1)
  Index Cond: (customer_id = 42)
  Filter: ((NOT voided) AND (deleted_at IS NULL))
  Rows Removed by Filter: 49997
""",
        ),
        Case(
            name="the filter keeps most",
            given="""\
Index Scan using by_customer on o (cost=0..9 rows=5 width=9) (actual time=1..80 rows=900 loops=1)
  Index Cond: (customer_id = 42)
  Filter: (status = 'open'::text)
  Rows Removed by Filter: 100
""",
            fires=False,
        ),
    ),
)
