"""Give a hash the memory to stay in one batch.

A hash table larger than work_mem (times hash_mem_multiplier) is divided into batches, all but one
of them written to temporary files. The memory that it would need is that of one batch times the
batches; of a HashAggregate, what it took plus what it wrote.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import MEMORY
from blueproof.advisors.plan.wording import kilobytes, megabytes, number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-hash-spill"
_MULTIPLIER = 2  # hash_mem_multiplier since 15: a hash may take so many times work_mem
_MOST_MB = 1024


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """work_mem for the hash that was divided most."""
    found = [(n, _ms(n, join)) for join in plan.root.walk() for n in _hashes(join)]
    felt = [(n, ms) for n, ms in found if matters(plan, ms, n.all_rows or 0.0)]
    if felt:
        node, ms = max(felt, key=lambda pair: _needed(pair[0]))
        yield _advise(plan, node, ms)


def _hashes(join: Node) -> Iterator[Node]:
    """The hash table of a join, or a grouping's own, where it was divided."""
    if join.kind == "Hash Join":
        yield from (n for n in join.inputs if n.kind == "Hash" and n.batches > 1)
    elif join.kind == "Aggregate" and (join.disk_kb or join.batches > 1):
        yield join


def _ms(node: Node, join: Node) -> float:
    """Both sides of the join go through the files."""
    return own_ms(node) + (own_ms(join) if join is not node else 0.0)


def _needed(node: Node) -> int:
    """Kilobytes that the whole table takes."""
    if node.kind == "Hash":
        return node.memory_kb * node.batches
    return node.memory_kb + node.disk_kb


def _advise(plan: ReadPlan, node: Node, ms: float) -> Remedy:
    wanted = megabytes(_needed(node) / _MULTIPLIER)
    grew = (
        f", foretold were {node.first_batches}: more rows came than were planned for"
        if node.batches > node.first_batches > 0
        else ""
    )
    size = kilobytes(_needed(node))
    return Remedy(
        rule=ID,
        slot="work_mem for hashes",
        choice=f"Hash fewer or narrower rows: all of them are {size}"
        if wanted > _MOST_MB
        else f"SET work_mem = '{wanted}MB'; for this query (or SET LOCAL in its transaction)",
        because=(
            f"{where(node)} spills: {number(max(node.batches, 1))} batches of "
            f"{kilobytes(node.memory_kb)}"
            + (f", {kilobytes(node.disk_kb)} on disk" if node.disk_kb else "")
            + f"{grew}; with its join it takes {of_total(plan, ms)}",
            f"in one batch it takes {size}: work_mem of {wanted} MB with hash_mem_multiplier = "
            f"{_MULTIPLIER} (the default since 15; before, twice as much)",
        ),
        trade_offs=(f"each hash of each connection may take twice {wanted} MB",),
        evidence=(MEMORY,),
        milliseconds=ms,
        node=node.number,
        shown_by="Batches: 1 at this Hash, whatever else spills",
    )


RULE = Rule(
    id=ID,
    stage="query",
    title="Give a hash the memory to stay in one batch",
    guide=__doc__ or "",
    evidence=(MEMORY,),
    check=check,
    cases=(
        Case(
            name="sixteen batches",
            given="""\
Hash Join  (cost=0..9 rows=100 width=9) (actual time=50..900 rows=100 loops=1)
  Hash Cond: (o.customer_id = c.id)
  ->  Seq Scan on orders o  (cost=0..9 rows=100 width=9) (actual time=1..90 rows=900 loops=1)
  ->  Hash  (cost=0..9 rows=100 width=9) (actual time=40..40 rows=990000 loops=1)
        Buckets: 65536  Batches: 16  Memory Usage: 4096kB
        ->  Seq Scan on customers c  (cost=0..9 rows=9 width=9) (actual time=1..9 rows=9 loops=1)
""",
        ),
        Case(
            name="one batch",
            given="""\
Hash Join  (cost=0..9 rows=100 width=9) (actual time=50..900 rows=100 loops=1)
  Hash Cond: (o.customer_id = c.id)
  ->  Seq Scan on orders o  (cost=0..9 rows=100 width=9) (actual time=1..90 rows=900 loops=1)
  ->  Hash  (cost=0..9 rows=100 width=9) (actual time=40..40 rows=990000 loops=1)
        Buckets: 65536  Batches: 1  Memory Usage: 4096kB
        ->  Seq Scan on customers c  (cost=0..9 rows=9 width=9) (actual time=1..9 rows=9 loops=1)
""",
            fires=False,
        ),
    ),
)
