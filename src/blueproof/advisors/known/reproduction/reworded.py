"""Queries that give the same rows in other words, as designs: each is held against the person's."""

from collections.abc import Callable, Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.known.reproduction.design import Design
from blueproof.advisors.known.reproduction.turning import (
    Turned,
    apart_by_table,
    least_by_order,
    newest_by_lookups,
)
from blueproof.core.evidence import Citation
from blueproof.sql.trees import write_tree

_DOCS = "https://www.postgresql.org/docs/current/"
_READ = date(2026, 11, 29)
LATERAL = Citation(
    url="https://wiki.postgresql.org/wiki/Loose_indexscan",
    checked=_READ,
    says="a recursive query that looks up the next value in an index each time stands in for a "
    "scan that skips",
)
ORDERED = Citation(
    url=f"{_DOCS}queries-limit.html",
    checked=_READ,
    says="the planner takes LIMIT into account, and very likely makes another plan with it",
)
BITMAPS = Citation(
    url=f"{_DOCS}indexes-bitmap-scans.html",
    checked=_READ,
    says="for an OR the indexes of one table can be combined, each scan giving its rows",
)
_Way = tuple[Callable[[exp.Expr], Turned | None], str, str, str, str, Citation]
_WAYS: tuple[_Way, ...] = (
    (newest_by_lookups, "look-ups",
     "Look up the newest row of each value apart, by a LATERAL join with LIMIT 1 that skips from "
     "value to value",
     "DISTINCT ON goes through every row to keep one of each value",
     "it pays where each value has many rows; with a few rows each, DISTINCT ON is the faster",
     LATERAL),
    (least_by_order, "first in order",
     "Ask for the first row in the order, ORDER BY ... LIMIT 1, not min or max over the join",
     "an aggregate over a join is reckoned from all of its rows; the first row ends the walk",
     "where no row matches, the whole order is walked",
     ORDERED),
    (apart_by_table, "union",
     "Split the OR over two tables into a UNION, so that each half is served by its own indexes",
     "an OR over two tables is tried on each pair of joined rows: no index can serve it",
     "rows that both halves find are told apart by comparing whole rows",
     BITMAPS),
)  # fmt: skip


REWORDED = frozenset(kind for _, kind, *_ in _WAYS)


def reworded(tree: exp.Expr, table: str) -> Iterator[Design]:
    """The other words for a query, with the indexes that they need."""
    for turn, kind, choice, why, but, source in _WAYS:
        turned = turn(tree)
        if turned is None:
            continue
        made = "".join(f"CREATE INDEX {definition};\n" for definition in turned.indexes)
        undone = "-- DROP INDEX CONCURRENTLY of each index that was made.\n" if made else ""
        yield Design(
            kind=kind,
            name="",
            choice=choice,
            because=(why,),
            trade_offs=(but,),
            source=source,
            query=write_tree(tree),
            read=turned.read,
            table=table,
            made=made,
            undo=undone,
            checked=turned.checked,
            compared=turned.compared,
        )
