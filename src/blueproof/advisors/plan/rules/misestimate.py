"""Tell the planner how many rows there really are, where it was wrong by ten times or more.

Everything above a wrong estimate is planned for another number of rows: a nested loop for a handful
that are thousands, a sort in memory that spills. The place to mend is the lowest node that is
wrong, and the cause is mostly told by its condition: several columns that depend on one another
(CREATE STATISTICS), a function of a column (statistics on the expression), one plain column
(ANALYZE, or a larger statistics target), or a join whose keys are skewed.
"""

import re
from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, all_ms, matters, own_ms, table_of
from blueproof.advisors.plan.sources import EXPLAIN, STATISTICS
from blueproof.advisors.plan.stopping import may_stop
from blueproof.advisors.plan.terms import Term, terms
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-misestimate"
_WRONG = 10.0  # times
_LOOPS = 100  # of an inner side, for which a hash join is mostly better
_LONGEST = 63  # bytes of a name
_LEAST_ROWS = 100.0  # a wrong guess among fewer rows changes no plan
_UNTOLD = {"Hash", "BitmapAnd", "BitmapOr", "ModifyTable"}  # their rows are counted otherwise
_JOINS = {"Nested Loop", "Hash Join", "Merge Join"}


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """A remedy for each lowest node that found ten times more or fewer rows than foretold."""
    for node, above in _lowest(plan.root, ()):
        harm = max((_harm(n, node) for n in above), default=0.0)
        if matters(plan, harm or own_ms(node), node.all_rows or 0.0):
            yield _advise(plan, node, harm)


def _harm(above: Node, wrong: Node) -> float:
    """Milliseconds of a node above that was planned for other numbers: a loop, or a spill."""
    loops = above.kind == "Nested Loop" and len(above.inputs) > 1
    if loops and wrong in tuple(above.inputs[0].walk()):
        inner = above.inputs[1]
        return all_ms(inner) if (inner.loops or 0) >= _LOOPS else 0.0
    few = (wrong.found or 0.0) > (wrong.rows or 0.0)
    spilled = few and (
        above.sort_on_disk or above.disk_kb or above.batches > above.first_batches > 0
    )
    split = any(
        n.kind == "Hash" and n.batches > 1 and (n.found or 0.0) > (n.rows or 0.0) * _WRONG
        for n in above.inputs
    )
    return own_ms(above) if spilled or split else 0.0


def _lowest(node: Node, above: tuple[Node, ...]) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """The wrong nodes that have no wrong one below them, each with the nodes above it.

    Below a Limit a node may be stopped early, so that it found too few rows says nothing.
    """
    for apart in node.children:
        if apart not in node.inputs:  # a CTE, an InitPlan or a SubPlan: planned by itself
            yield from _lowest(apart, ())
    below = [found for child in node.inputs for found in _lowest(child, (*above, node))]
    yield from below
    if not below and _is_wrong(node, above):
        yield node, above


def _is_wrong(node: Node, above: tuple[Node, ...]) -> bool:
    if node.found is None or node.rows is None or not node.loops:
        return False
    if max(node.found, node.rows) < _LEAST_ROWS or node.kind in _UNTOLD:
        return False
    if node.found < node.rows and may_stop(above):
        return False
    return max(node.found, 1.0) / max(node.rows, 1.0) >= _WRONG or (
        max(node.rows, 1.0) / max(node.found, 1.0) >= _WRONG
    )


def _advise(plan: ReadPlan, node: Node, harm: float) -> Remedy:
    found, foretold = node.found or 0.0, node.rows or 0.0
    ratio = max(found, 1.0) / max(foretold, 1.0)
    times = number(ratio if ratio >= 1 else 1 / ratio)
    slot, choice, why = _cause(node)
    each = " in each loop" if (node.loops or 0) > 1 else ""
    return Remedy(
        rule=ID,
        slot=slot,
        choice=choice,
        because=(
            f"{where(node)}: {number(found)} rows came{each} where {number(foretold)} were "
            f"foretold, {times} times too {'few' if ratio >= 1 else 'many'}"
            + (f"; what was planned on it takes {of_total(plan, harm)}" if harm else ""),
            why,
        ),
        evidence=(EXPLAIN, STATISTICS),
        milliseconds=harm or own_ms(node),
        node=node.number,
        symptom=not harm,
        shown_by=f"the rows foretold for {where(node)} come near {number(found)}",
    )


def _cause(node: Node) -> tuple[str, str, str]:
    """The slot, what to do, and the probable cause."""
    scan = node if node.relation else None
    if scan is None:
        return _of_rest(node)
    found = terms(node.filter) + terms(node.index_condition or node.recheck)
    columns = tuple(dict.fromkeys(t.column for t in found if t.column and not t.call))
    calls = [t for t in found if t.call]
    table = table_of(scan)
    slot = f"statistics of {table}"
    if calls:
        return slot, _of_call(table, calls[0], tuple(c for c in columns if c != calls[0].column)), (
            f"probably because {calls[0].call} is a function of a column, for which there are no "
            "statistics"
        )  # fmt: skip
    if len(columns) > 1:
        listed = ", ".join(quote(c) for c in columns)
        make = f"CREATE STATISTICS {_named(table, columns)} ON {listed} FROM {table}; "
        make += f"ANALYZE {table};"
        return slot, make, (
            f"probably because {' and '.join(columns)} depend on one another: the planner "
            "multiplies their shares as if they did not"
        )  # fmt: skip
    if columns and "$" in f"{node.filter}{node.index_condition}":
        return slot, f"ANALYZE {table};", _GENERIC
    if _beyond(node):
        return slot, f"ANALYZE {table};", _NEWER.format(table=table)
    why = "probably because the statistics are old, or a value is far more frequent than most"
    if not columns:
        why = "probably because the statistics are old, or the table grew since"
    return slot, f"ANALYZE {table};", why


_NEWER = (
    "probably because these values are newer than the last ANALYZE of {table}: its histogram ends "
    "before them, and beyond its end the planner takes hardly any row to lie. By default ANALYZE "
    "comes only once 10 % of the rows have changed: ALTER TABLE {table} SET "
    "(autovacuum_analyze_scale_factor = 0.01), or ANALYZE {table}; after each load"
)
_AT_LEAST = re.compile(
    r"\w (?:>=|>) \(*(?:'\d{4}-\d\d-\d\d|now\(\)|CURRENT_|\d|LOCALTIME)", re.IGNORECASE
)


def _beyond(node: Node) -> bool:
    """Whether a scan wants what is newer than something, and far more came than foretold."""
    asked = f"{node.filter} {node.index_condition} {node.recheck}"
    few = (node.found or 0.0) > (node.rows or 0.0) * _WRONG
    return few and bool(_AT_LEAST.search(asked)) and " < " not in asked and " <= " not in asked


_GENERIC = (
    "probably because the plan was made without the value of the parameter, or the statistics are "
    "old"
)


def _of_call(table: str, term: Term, others: tuple[str, ...]) -> str:
    """Statistics on the expression, and on what it may depend on where that is asked for, too."""
    on = ", ".join((f"({term.call})", *(quote(c) for c in others)))
    name = _named(table, (term.column or "expression", *others))
    return f"CREATE STATISTICS {name} ON {on} FROM {table}; ANALYZE {table};"


def _named(table: str, columns: tuple[str, ...]) -> str:
    """A name for the statistics, which PostgreSQL before 16 does not make up."""
    bare = table.rpartition(".")[2].strip('"')
    return quote("_".join((bare, *columns, "stats"))[-_LONGEST:])


def _of_rest(node: Node) -> tuple[str, str, str]:
    """Joins, groups and functions, which have no statistics of their own."""
    tables = tuple(dict.fromkeys(table_of(n) for n in node.walk() if n.relation))
    if node.kind == "Function Scan":
        name = node.function or node.alias
        return (f"rows of {name}", f"ALTER FUNCTION {name} ROWS n; with n near what it returns",
                "the planner knows of a function only the ROWS it was declared with")  # fmt: skip
    if node.kind == "CTE Scan":
        return (f"rows of {node.cte}",
                f"Put {node.cte} into a temporary table, and ANALYZE it before the query",
                "the planner has no statistics of what a WITH query returns")  # fmt: skip
    listed = ", ".join(tables)
    if node.kind in _JOINS:
        condition = node.join_condition or node.join_filter or "the join"
        return (f"statistics of {listed}", f"ANALYZE {listed};" if listed else "ANALYZE;",
                f"probably because the keys of {condition} are skewed, or filters on "
                "both sides depend on each other: statistics know one table at a time")  # fmt: skip
    return (f"statistics of {listed or where(node)}", f"ANALYZE {listed};",
            "probably because the number of groups is not known: CREATE STATISTICS (ndistinct) "
            "on the grouped columns tells it")  # fmt: skip


RULE = Rule(
    id=ID,
    stage="query",
    title="Tell the planner how many rows there really are",
    guide=__doc__ or "",
    evidence=(EXPLAIN, STATISTICS),
    check=check,
    cases=(
        Case(
            name="two columns that depend on one another",
            given="""\
Seq Scan on addresses  (cost=0..9 rows=100 width=9) (actual time=1..80 rows=10000 loops=1)
  Filter: ((city = 'Washington'::text) AND (state = 'DC'::text))
  Rows Removed by Filter: 20000
""",
        ),
        Case(
            name="stopped early by a LIMIT",
            given="""\
Limit  (cost=0..9 rows=10 width=9) (actual time=1..80 rows=10 loops=1)
  ->  Seq Scan on addresses  (cost=0..9 rows=10000 width=9) (actual time=1..80 rows=10 loops=1)
""",
            fires=False,
        ),
    ),
)
