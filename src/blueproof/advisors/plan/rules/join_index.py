"""Index the join's column of a large table of which a join needs few rows.

Without an index on the joined column a hash join reads the whole table, though the other side has a
handful of rows. With one, each of those is looked up, and the rest of the table is never read.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms, table_of
from blueproof.advisors.plan.sources import EXPLAIN, MULTICOLUMN
from blueproof.advisors.plan.terms import Term, terms
from blueproof.advisors.plan.wording import number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-join-index"
_FEW = 0.1  # of the table's rows come out of the join
_SMALL = 0.02  # of the table's rows are on the other side
_LEAST = 1000  # rows of the table
_SIDES = 2


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """An index for each whole table that is hashed or read for the sake of few joined rows."""
    for join in plan.root.walk():
        if join.kind != "Hash Join" or len(join.inputs) != _SIDES:
            continue
        scans = [(_scan(side), other) for side, other in _sides(join)]
        for scan, other in scans:
            if scan is None or not _is_waste(join, scan, other):
                continue
            ms = own_ms(scan) + own_ms(join)
            columns = tuple(_columns(join, scan))
            if columns and matters(plan, ms, scan.all_rows or 0.0):
                yield _advise(plan, join, scan, other, columns)


def _sides(join: Node) -> tuple[tuple[Node, Node], tuple[Node, Node]]:
    left, right = join.inputs
    return (left, right), (right, left)


def _scan(side: Node) -> Node | None:
    """The scan of a whole table that a side is, perhaps below its Hash."""
    below = side.inputs[0] if side.kind == "Hash" and side.inputs else side
    return below if below.kind == "Seq Scan" and not below.filter else None


def _is_waste(join: Node, scan: Node, other: Node) -> bool:
    rows, out, few = scan.all_rows or 0.0, join.all_rows, other.all_rows
    known = out is not None and few is not None
    return (
        known and rows >= _LEAST and (out or 0.0) <= rows * _FEW and (few or 0.0) <= rows * _SMALL
    )


def _columns(join: Node, scan: Node) -> Iterator[str]:
    """The columns of the scanned table in the equalities of the join."""
    names = {scan.alias, scan.relation}
    for term in terms(join.join_condition):
        sides = ((term.table, term.column), *((t.table, t.column) for t in _right(term.value)))
        yield from dict.fromkeys(quote(column) for table, column in sides if table in names)


def _right(value: str) -> tuple[Term, ...]:
    return terms(f"({value} = 0)")


def _advise(
    plan: ReadPlan, join: Node, scan: Node, other: Node, columns: tuple[str, ...]
) -> Remedy:
    on = f"{table_of(scan)} ({', '.join(columns)})"
    ms = own_ms(scan) + own_ms(join)
    return Remedy(
        rule=ID,
        slot=f"index on {on}",
        choice=f"CREATE INDEX CONCURRENTLY ON {on};",
        because=(
            f"{where(scan)} and its join take {of_total(plan, ms)}: all "
            f"{number(scan.all_rows or 0)} rows of {scan.table} are read, and "
            f"{number(join.all_rows or 0)} come out of "
            f"{where(join)}",
            f"the other side has {number(other.all_rows or 0)} rows: that many lookups are enough",
        ),
        trade_offs=(f"every write to {scan.table} keeps one more index up to date",),
        evidence=(EXPLAIN, MULTICOLUMN),
        milliseconds=ms,
        node=scan.number,
        shown_by=f"a Nested Loop with an index scan on {scan.table} in place of the Hash Join",
    )


_PLAN = """\
Hash Join  (cost=0..9 rows=9 width=4) (actual time=1..300 rows={} loops=1)
  Hash Cond: (answer.question_id = question.id)
  ->  Seq Scan on answer  (cost=0..9 rows=9 width=4) (actual time=0..90 rows=147130 loops=1)
  ->  Hash  (cost=0..9 rows=9 width=4) (actual time=1..1 rows=63 loops=1)
        ->  Seq Scan on question  (cost=0..9 rows=9 width=4) (actual time=0..1 rows=63 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Index the join's column of a large table of which a join needs few rows",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MULTICOLUMN),
    check=check,
    cases=(
        Case(name="339 of 147,130 rows", given=_PLAN.format(339)),
        Case(name="most of the rows", given=_PLAN.format(120_000), fires=False),
    ),
)
