"""Let conditions reach into a WITH query that is computed whole and then filtered.

A WITH query that is used more than once, or written AS MATERIALIZED, is computed in full; a
condition outside is checked on its result, row by row and without an index.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters
from blueproof.advisors.plan.sources import WITH
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-materialized-cte"
_FEW = 0.2  # of the rows that it returns


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """NOT MATERIALIZED for each WITH query of whose rows few are used."""
    made = {
        n.subplan.removeprefix("CTE "): n for n in plan.root.walk() if n.subplan.startswith("CTE ")
    }
    seen: set[str] = set()
    for scan in plan.root.walk():
        query = made.get(scan.cte)
        if scan.kind != "CTE Scan" or query is None or not scan.filter or scan.cte in seen:
            continue
        kept, away = scan.all_rows or 0.0, scan.removed * (scan.loops or 0.0)
        if kept <= _FEW * (kept + away) and matters(plan, all_ms(query), away) and away:
            seen.add(scan.cte)
            yield _advise(plan, scan, query, away)


def _advise(plan: ReadPlan, scan: Node, query: Node, away: float) -> Remedy:
    name = scan.cte
    return Remedy(
        rule=ID,
        slot=f"WITH {name}",
        choice=f"WITH {name} AS NOT MATERIALIZED (...), or put {scan.filter} inside it",
        because=(
            f"computing {name} takes {of_total(plan, all_ms(query))} and gives "
            f"{number(query.all_rows or 0)} rows; {where(scan)} throws {number(away)} of them away",
            f"{scan.filter} is checked after {name} was computed, not inside it",
        ),
        trade_offs=(f"where {name} is used several times it is then computed each time",),
        evidence=(WITH,),
        milliseconds=all_ms(query),
        node=scan.number,
        shown_by=f"no CTE Scan on {name}, its condition at the table's scan",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Let conditions reach into a WITH query that is computed whole",
    guide=__doc__ or "",
    evidence=(WITH,),
    check=check,
    cases=(
        Case(
            name="a million rows computed, ten used",
            given="""\
CTE Scan on recent  (cost=0..9 rows=5 width=4) (actual time=9..900 rows=10 loops=1)
  Filter: (customer_id = 42)
  Rows Removed by Filter: 999990
  CTE recent
    ->  Seq Scan on orders  (cost=0..9 rows=2 width=4) (actual time=1..500 rows=1000000 loops=1)
""",
        ),
        Case(
            name="all of it is used",
            given="""\
CTE Scan on recent  (cost=0..9 rows=5 width=4) (actual time=9..900 rows=1000000 loops=1)
  CTE recent
    ->  Seq Scan on orders  (cost=0..9 rows=2 width=4) (actual time=1..500 rows=1000000 loops=1)
""",
            fires=False,
        ),
    ),
)
