"""Queries that ask for more than is used: rows that nobody reads, an order that nobody needs.

What asks for less gives other rows, so it is advice only where the words say that less will do.
"""

from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.core.evidence import Citation
from blueproof.sql.trees import brief, write_tree

ASKED_LESS = frozenset({"limit", "no order"})
_LIMITS = Citation(
    url="https://www.postgresql.org/docs/current/queries-limit.html",
    checked=date(2026, 12, 1),
    says="the query planner takes LIMIT into account when generating query plans, so very likely "
    "different plans come with different LIMITs",
)


def asked_less(tree: exp.Expr, table: str, sketch: Sketch) -> Iterator[Design]:
    """The query with the LIMIT that its reader has in mind, or without an order nobody needs."""
    if not isinstance(tree, exp.Select) or not (order := tree.args.get("order")):
        return
    limit = tree.args.get("limit")
    if sketch.first and not limit and not tree.find(exp.AggFunc, exp.Distinct):
        yield Design(
            kind="limit",
            name="",
            choice=f"Say LIMIT {sketch.first} in the query itself, as no more rows are read",
            because=("without it the planner plans for all rows that match, and reads and sorts "
                     "them; with it, an index in the order ends after so many",),
            trade_offs=("a limit of the driver (setMaxRows, a fetch size) is not known to the "
                        "planner and changes no plan",),
            source=_LIMITS,
            query=write_tree(tree),
            read=write_tree(tree.limit(sketch.first)),
            table=table,
        )  # fmt: skip
    elif sketch.unordered and limit and not tree.args.get("offset"):
        bare = tree.copy()
        bare.set("order", None)
        yield Design(
            kind="no order",
            name="",
            choice=f"Leave out {brief(order).strip()}, as any order will do",
            because=("with the order and a LIMIT the planner walks an index in that order and "
                     "filters row by row, however few match",),
            trade_offs=("other rows may come first; right where every row is taken in the end",),
            source=_LIMITS,
            query=write_tree(tree),
            read=write_tree(bare),
            table=table,
        )  # fmt: skip
