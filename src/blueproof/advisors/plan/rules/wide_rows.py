"""Fetch wide columns last, where wide rows are sorted or hashed.

A sort or hash carries every column that the query returns. With long texts or JSON among them it
needs many times the memory; sorted by key and number alone first, the wide columns are fetched for
the rows that remain.
"""

from collections.abc import Iterator

from blueproof.advisors.plan.remedy import Remedy, matters, own_ms
from blueproof.advisors.plan.sources import MEMORY
from blueproof.advisors.plan.wording import kilobytes, number, of_total, where
from blueproof.core.rule import Case, Rule
from blueproof.sql.plans.node import Node, ReadPlan

ID = "plan-wide-rows"
_WIDE = 1000  # bytes
_MANY = 1000  # rows
_KINDS = {"Sort", "Hash", "Materialize", "Unique"}


def check(plan: ReadPlan) -> Iterator[Remedy]:
    """Fewer columns for the sort or hash that carries most bytes."""
    found = [
        n
        for n in plan.root.walk()
        if n.kind in _KINDS and (n.width or 0) >= _WIDE and (n.all_rows or 0) >= _MANY
    ]
    felt = [n for n in found if matters(plan, own_ms(n), n.all_rows or 0.0)]
    if felt:
        yield _advise(plan, max(felt, key=_bytes))


def _bytes(node: Node) -> float:
    return (node.width or 0) * (node.all_rows or 0.0)


def _advise(plan: ReadPlan, node: Node) -> Remedy:
    return Remedy(
        rule=ID,
        slot="columns carried along",
        choice="Name the columns that are needed in place of *; sort keys alone first and join the "
        "wide columns to the rows that remain",
        because=(
            f"{where(node)} takes {of_total(plan, own_ms(node))}: {number(node.all_rows or 0)} "
            f"rows of about {number(node.width or 0)} bytes, "
            f"{kilobytes(_bytes(node) / 1024)} in all",
            "all columns that the query returns go through it",
        ),
        evidence=(MEMORY,),
        milliseconds=own_ms(node),
        node=node.number,
        symptom=True,
        shown_by=f"a smaller width at {node.place}",
    )


_PLAN = """\
Sort  (cost=0..9 rows=9 width={}) (actual time=100..300 rows=100000 loops=1)
  Sort Key: created_at
  Sort Method: quicksort  Memory: 36864kB
  ->  Seq Scan on orders  (cost=0..9 rows=100000 width=9) (actual time=1..40 rows=100000 loops=1)
"""

RULE = Rule(
    id=ID,
    stage="query",
    title="Fetch wide columns last, where wide rows are sorted or hashed",
    guide=__doc__ or "",
    evidence=(MEMORY,),
    check=check,
    cases=(
        Case(name="3 kB a row", given=_PLAN.format(3000)),
        Case(name="40 bytes a row", given=_PLAN.format(40), fires=False),
    ),
)
