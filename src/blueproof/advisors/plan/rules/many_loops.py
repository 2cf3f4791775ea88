"""Look at the inner side of a nested loop that is run very often.

EXPLAIN prints the mean of one loop, so a lookup of 0.02 ms seems free; fifty thousand of them are a
second. If the inner side reads a whole table each time, it needs an index on the join's column. If
it is an index lookup already and far more rows came from the outer side than were foretold, the
planner would have chosen a hash join had it known. If the estimate was right, fewer outer rows are
the only way.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, table_of
from blueproof.advisors.plan.sources import EXPLAIN, MULTICOLUMN, STATISTICS
from blueproof.advisors.plan.terms import key, terms
from blueproof.advisors.plan.wording import number, of_total, shown_ms, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-many-loops"
_SIDES = 2
_MANY = 100  # loops
_LARGE = 0.2  # of the whole time
_WRONG = 10  # times more rows than foretold


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Advice for each nested loop whose inner side takes a good part of the time."""
    for node in plan.root.walk():
        if node.kind != "Nested Loop" or len(node.inputs) < _SIDES:
            continue
        outer, inner = node.inputs[0], node.inputs[1]
        loops = inner.loops or 0.0
        large = not plan.timed or all_ms(inner) >= _LARGE * plan.total_ms
        if loops >= _MANY and large and matters(plan, all_ms(inner), loops):
            yield _advise(plan, node, outer, inner)


def _advise(plan: ReadPlan, join: Node, outer: Node, inner: Node) -> Remedy:
    slot, choice, why, shown = _what(join, outer, inner)
    each = shown_ms(inner.ended_ms) if inner.ended_ms is not None else "its time"
    return Remedy(
        rule=ID,
        slot=slot,
        choice=choice,
        because=(
            f"{where(inner)} takes {of_total(plan, all_ms(inner))}: {number(inner.loops or 0)} "
            f"loops of {each} each",
            why,
        ),
        evidence=(EXPLAIN, MULTICOLUMN, STATISTICS),
        milliseconds=all_ms(inner),
        node=inner.number,
        shown_by=shown,
    )


def _what(join: Node, outer: Node, inner: Node) -> tuple[str, str, str, str]:
    """The slot, what to do, why, and what would show it."""
    scan = next((n for n in inner.walk() if n.kind == "Seq Scan" and n.relation), None)
    if scan is not None:
        own = (scan.alias, scan.relation)
        found = [t for t in _sides(join, scan) if t[0] in own or not t[0]]
        columns = tuple(dict.fromkeys(quote(column) for _, column in found)) or key(
            terms(scan.filter)
        )
        if columns:
            on = f"{table_of(scan)} ({', '.join(columns)})"
            return (f"index on {on}", f"CREATE INDEX CONCURRENTLY ON {on};",
                    f"no index on the join's column of {scan.table}, so each loop reads all of it",
                    f"an index scan on {scan.table} in the loop, or a hash join")  # fmt: skip
    wrong = (outer.all_rows or 0.0) / max(outer.rows or 1.0, 1.0)
    if wrong >= _WRONG:
        query = next((n.cte for n in outer.walk() if n.cte), "")
        return (f"rows of {query or where(outer)}", _estimate(outer, query),
                f"{number(outer.all_rows or 0)} rows came from {where(outer)} where "
                f"{number(outer.rows or 0)} were foretold: for so many, a hash join reads "
                "the inner side once",
                "a Hash Join in place of the Nested Loop")  # fmt: skip
    return (f"rows of {where(outer)}",
            f"Filter before the join: {where(outer)} hands over "
            f"{number(outer.all_rows or 0)} rows, and each costs one lookup",
            "the estimate was right: the loop is what the query asks for",
            "fewer loops of the inner side")  # fmt: skip


def _sides(join: Node, scan: Node) -> Iterator[tuple[str, str]]:
    """Table and column on each side of the join's comparisons, and of the scan's own filter."""
    for term in (*terms(join.join_filter), *terms(scan.filter)):
        if term.is_equal and not term.call:
            yield term.table, term.column
            right = terms(f"({term.value} = 0)")
            yield from ((t.table, t.column) for t in right if t.column and t.table)


def _estimate(outer: Node, query: str) -> str:
    """How the planner is told of the rows: by statistics, which a WITH query has not."""
    if query:
        return f"Put {query} into a temporary table, and ANALYZE it before the query that joins it"
    tables = [table_of(n) for n in outer.walk() if n.relation]
    return f"ANALYZE {', '.join(dict.fromkeys(tables))};" if tables else "ANALYZE the tables read;"


RULE = Rule(
    id=ID,
    stage="query",
    title="Look at the inner side of a nested loop that is run very often",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MULTICOLUMN, STATISTICS),
    check=check,
    cases=(
        Case(
            name="a table read through 2,000 times",
            given="""\
Nested Loop  (cost=0..9 rows=15 width=13) (actual time=1..4000 rows=15 loops=1)
  Join Filter: (c.id = o.customer_id)
  ->  Seq Scan on customers c  (cost=0..9 rows=2000 width=9) (actual time=1..2 rows=2000 loops=1)
  ->  Seq Scan on orders o  (cost=0..9 rows=15 width=17) (actual time=1..2 rows=15 loops=2000)
""",
        ),
        Case(
            name="one loop",
            given="""\
Nested Loop  (cost=0..9 rows=15 width=13) (actual time=1..400 rows=15 loops=1)
  ->  Seq Scan on customers c  (cost=0..9 rows=1 width=9) (actual time=1..2 rows=1 loops=1)
  ->  Seq Scan on orders o  (cost=0..9 rows=15 width=17) (actual time=1..398 rows=15 loops=1)
""",
            fires=False,
        ),
    ),
)
