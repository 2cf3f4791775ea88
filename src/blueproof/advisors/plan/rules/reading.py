"""See what is read from disk, where reading takes the time.

"read" are pages that were not in PostgreSQL's own cache; with track_io_timing the plan says how
long they took. A first run on a cold cache is slower than the next; where it stays so, the pages
read do not fit in memory, or the query reads far more than it returns.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters
from blueproof.advisors.plan.sources import EXPLAIN, MEMORY
from blueproof.advisors.plan.wording import PAGE_KB, kilobytes, number, of_total, shown_ms, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-reading"
_LARGE = 0.5  # of the time is reading, or of the pages is read
_MANY_PAGES = 5000  # 40 MB


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """What reads most, where most of the time, or most of many pages, is reading."""
    whole = plan.root.buffers
    pages = whole.hit + whole.read
    slow = whole.read_ms >= _LARGE * plan.total_ms and matters(plan, whole.read_ms, whole.read)
    cold = whole.read >= max(_MANY_PAGES, _LARGE * pages) and not whole.read_ms
    if not whole.read or not (slow or cold) or not plan.timed:
        return
    counted = max(plan.root.walk(), key=_own_read)
    node = counted if _is_shown(counted) else max(counted.walk(), key=_leaf_rows)
    ms = min(whole.read_ms, plan.total_ms) or sum(
        n.exclusive_ms or 0.0 for n in plan.root.walk() if _own_read(n)
    ) * (whole.read / pages)
    yield _advise(plan, node, ms)


def _is_shown(node: Node) -> bool:
    """Whether the pages are the node's own, and not of nodes whose Buffers the plan lacks."""
    below = [n for n in node.walk() if n is not node]
    return not below or any(n.buffers.hit + n.buffers.read for n in below)


def _leaf_rows(node: Node) -> float:
    return 0.0 if node.children else float(node.all_rows or 0.0)


def _own_read(node: Node) -> int:
    return node.buffers.read - sum(c.buffers.read for c in node.children)


def _advise(plan: ReadPlan, node: Node, ms: float) -> Remedy:
    whole = plan.root.buffers
    took = (
        f"reading takes {of_total(plan, ms)}, {shown_ms(whole.read_ms / whole.read)} a page"
        if whole.read_ms
        else f"{whole.read / (whole.hit + whole.read):.0%} of the pages came from outside "
        "PostgreSQL's cache"
    )
    mine = max(_own_read(node), 0)
    whose = (
        f"{number(mine)} of them by {where(node)}"
        if mine
        else f"most of them surely by {where(node)}, which reads {number(node.all_rows or 0.0)} "
        "rows: below, the plan shows no Buffers"
    )
    return Remedy(
        rule=ID,
        slot="pages read",
        choice="Run it twice: where the second run is fast, the cache was cold; else read fewer "
        f"pages of {node.table or node.place}",
        because=(
            f"{took}: {number(whole.read)} pages ({kilobytes(whole.read * PAGE_KB)}), {whose}",
            "what is read from disk each time does not fit in memory beside the rest",
        ),
        evidence=(EXPLAIN, MEMORY),
        milliseconds=ms,
        node=node.number,
        symptom=True,
        shown_by="Buffers: hit in place of read, with SET track_io_timing = on the time of it",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="See what is read from disk, where reading takes the time",
    guide=__doc__ or "",
    evidence=(EXPLAIN, MEMORY),
    check=check,
    cases=(
        Case(
            name="four fifths of the time is reading",
            given="""\
Seq Scan on a  (cost=0..9 rows=9000 width=4) (actual time=1..1000 rows=9000 loops=1)
  Buffers: shared hit=10 read=90000
  I/O Timings: shared read=800.0
""",
        ),
        Case(
            name="Buffers at the top alone: the leaf that reads most is named",
            given="""\
Sort  (cost=0..9 rows=9 width=4) (actual time=900..1000 rows=9 loops=1)
  Sort Key: a.id
  Buffers: shared hit=10 read=90000
  ->  Seq Scan on a  (cost=0..9 rows=9 width=4) (actual time=1..890 rows=9000000 loops=1)
""",
        ),
        Case(
            name="all in memory",
            given="""\
Seq Scan on a  (cost=0..9 rows=9000 width=4) (actual time=1..1000 rows=9000 loops=1)
  Buffers: shared hit=90000 read=10
""",
            fires=False,
        ),
    ),
)
