"""Put the columns that are compared with = before the one that a range is asked of.

A B-tree is walked from one end of a range to the other. A column behind the range's only filters
the entries that are passed; before it, the entries that are wanted lie side by side.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, own_ms, table_of
from blueproof.advisors.plan.sources import MULTICOLUMN
from blueproof.advisors.plan.terms import Term, key, terms
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-range-first"
_KINDS = {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
_LEAST_MS = 1.0
_LEAST_SHARE = 0.05  # of what all nodes take: what passed outside of them, no index saves
_LEAST_COST = 100.0  # where nothing was timed


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An index with its columns in another order, for each scan that has an = behind a range."""
    for node in plan.root.walk():
        if node.kind not in _KINDS or not _is_felt(plan, node):
            continue
        found = terms(node.index_condition or node.recheck)
        behind = _behind(found)
        if behind and node.relation:
            yield _advise(plan, node, found, behind)


def _is_felt(plan: ReadPlan, node: Node) -> bool:
    if not plan.timed:
        return (node.cost or 0.0) >= _LEAST_COST
    inside = plan.root.inclusive_ms or plan.total_ms
    return own_ms(node) >= max(_LEAST_MS, _LEAST_SHARE * inside)


def _behind(found: tuple[Term, ...]) -> tuple[Term, ...]:
    """The terms of an = that stand behind a range on another column, as the index has them."""
    ranged = next((place for place, term in enumerate(found) if term.is_range), len(found))
    before = {term.column for term in found[: ranged + 1]}
    later = found[ranged + 1 :]
    plain = not any(term.call for term in found)
    return tuple(t for t in later if t.is_equal and t.column not in before) if plain else ()


def _advise(
    plan: ReadPlan, node: Node, found: tuple[Term, ...], behind: tuple[Term, ...]
) -> Remedy:
    columns = ", ".join(key(found))
    on = f"{table_of(node)} ({columns})"
    ranged = next(term for term in found if term.is_range)
    index = node.index or next((n.index for n in node.walk() if n.index), "the index")
    rows = f" for {number(node.all_rows)} rows" if node.all_rows is not None else ""
    named = " and ".join(dict.fromkeys(quote(term.column) for term in behind))
    return Remedy(
        rule=ID,
        slot=f"index on {on}",
        choice=f"CREATE INDEX CONCURRENTLY ON {on};",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}{rows}: in {index} "
            f"{quote(ranged.column)}, of which a range is asked, stands before {named}",
            f"so every entry of the range is passed, and {named} only filters them; behind the "
            "columns that are compared with =, the range is one stretch of the index",
        ),
        trade_offs=(f"{index} can go where nothing else needs its order",),
        evidence=(MULTICOLUMN,),
        milliseconds=own_ms(node),
        node=node.number,
        shown_by=f"the Index Cond of {node.table} has {quote(ranged.column)} last, and fewer "
        "buffers are read",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Put the columns that are compared with = before the one that a range is asked of",
    guide=__doc__ or "",
    evidence=(MULTICOLUMN,),
    check=check,
    cases=(
        Case(
            name="the state stands behind the time",
            given="""\
Index Scan using by_time on o (cost=0..900 rows=5 width=9) (actual time=4.0..90.0 rows=90 loops=1)
  Index Cond: ((shop_id = 7) AND (at >= '2025-01-01'::date) AND (state = 'open'::text))
Execution Time: 91.0 ms
""",
        ),
        Case(
            name="the range is last",
            given="""\
Index Scan using by_state on o (cost=0..9 rows=5 width=9) (actual time=4.0..90.0 rows=90 loops=1)
  Index Cond: ((shop_id = 7) AND (state = 'open'::text) AND (at >= '2025-01-01'::date))
Execution Time: 91.0 ms
""",
            fires=False,
        ),
        Case(
            name="both bounds are of one column",
            given="""\
Index Scan using by_time on o (cost=0..9 rows=5 width=9) (actual time=4.0..90.0 rows=90 loops=1)
  Index Cond: ((shop_id = 7) AND (at >= '2025-01-01'::date) AND (at < '2025-02-01'::date))
Execution Time: 91.0 ms
""",
            fires=False,
        ),
        Case(
            name="it takes a hundredth of the time",
            given="""\
Nested Loop (cost=0..9 rows=5 width=9) (actual time=4.0..900.0 rows=90 loops=1)
  ->  Index Scan using by_time on o (cost=0..9 rows=5 width=9) (actual time=4..9 rows=90 loops=1)
        Index Cond: ((shop_id = 7) AND (at >= '2025-01-01'::date) AND (state = 'open'::text))
  ->  Seq Scan on p (cost=0..9 rows=5 width=9) (actual time=4.0..9.8 rows=90 loops=90)
Execution Time: 910.0 ms
""",
            fires=False,
        ),
    ),
)
