"""A plan as EXPLAIN (ANALYZE, FORMAT JSON) gives it: what was foretold of each node, and what came.

Rows are those of one loop, as PostgreSQL prints them; a node that never ran found none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_CONDITIONS = ("Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "Filter")
_KB = 1024


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One node of a plan that was run.

    `foretold` and `found` are rows of one loop, `spilled` the bytes that it alone wrote to
    temporary files, `conditions` what it compares, with the table's alias before each column.
    """

    node: str
    schema: str = ""
    relation: str = ""
    alias: str = ""
    index: str = ""
    conditions: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    foretold: float = 0.0
    found: float = 0.0
    loops: float = 0.0
    spilled: int = 0
    children: tuple["Ran", ...] = ()

    def walk(self) -> Iterator["Ran"]:
        """This node and all below it, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def indexes(self) -> frozenset[str]:
        """The names of all indexes that the plan reads, whether or not it came to that."""
        return frozenset(n.index for n in self.walk() if n.index)

    @property
    def error(self) -> float:
        """How many times too few (above 1) or too many (below 1) rows were foretold."""
        return max(self.found, 1.0) / max(self.foretold, 1.0)


def read_ran(raw: dict[str, Any]) -> Ran:
    """The tree from EXPLAIN's "Plan"; of a plan that was only foretold, `found` is 0 throughout."""
    children = tuple(read_ran(child) for child in raw.get("Plans", ()))
    below = sum(int(child.get("Temp Written Blocks", 0)) for child in raw.get("Plans", ()))
    written = max(int(raw.get("Temp Written Blocks", 0)) - below, 0) * 8 * _KB
    return Ran(
        node=raw["Node Type"],
        schema=raw.get("Schema", ""),
        relation=raw.get("Relation Name", ""),
        alias=raw.get("Alias", ""),
        index=raw.get("Index Name", ""),
        conditions=tuple(raw[k] for k in _CONDITIONS if isinstance(raw.get(k), str)),
        group=tuple(raw.get("Group Key", ())),
        foretold=float(raw.get("Plan Rows", 0)),
        found=float(raw.get("Actual Rows", 0)),
        loops=float(raw.get("Actual Loops", 0)),
        spilled=written,
        children=children,
    )


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a query ran: the shortest of `runs` in milliseconds, planning included, and its plan.

    `cut` is whether it was stopped at that time and would have taken longer; then no row counts
    are known. `used` are definitions of the tried indexes that its plan reads. `nearer` is whether
    it passed over fewer rows than it is told to, since only a part of all rows is there.
    """

    milliseconds: float
    used: frozenset[str]
    plan: Ran
    runs: int = 1
    cut: bool = False
    nearer: bool = False
