"""A plan as EXPLAIN (FORMAT JSON, VERBOSE) gives it, as a tree of nodes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


class Refused(Exception):  # noqa: N818 (an answer, not an error of ours)
    """The planner's answer to a query it cannot plan, in its own words."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ExtensionMissing(Refused):
    """A refusal because an extension is not there: with it, the answer might be another."""

    def __init__(self, *, extension: str, get: str) -> None:
        super().__init__(reason=f"extension {extension} is not here; to get it: {get}")
        self.extension = extension


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan node: what it does, on what, its total cost in planner units and its rows.

    `relation` is qualified unless it lies in `public`; `conditions` are those of indexes and
    joins, `filter` the one checked row by row, `sort` the keys of a sort, `group` those of a
    grouping, `output` what the node hands up, `subplan` the name of the subquery whose top it is.
    """

    node: str
    cost: float
    rows: float
    relation: str = ""
    alias: str = ""
    index: str = ""
    conditions: tuple[str, ...] = ()
    filter: str = ""
    sort: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    subplan: str = ""
    children: tuple["Plan", ...] = ()

    def walk(self) -> Iterator["Plan"]:
        """This node and all below it, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def indexes(self) -> tuple[str, ...]:
        """The names of all indexes that the plan reads."""
        return tuple(sorted({n.index for n in self.walk() if n.index}))

    @property
    def headline(self) -> str:
        """The plan in a few words: the way each relation is read, outermost first."""
        reads = [n for n in self.walk() if n.relation or (n.index and not n.children)]
        return "; ".join(dict.fromkeys(_read(n) for n in reads)) or self.node


def _read(node: Plan) -> str:
    name = node.node.removeprefix("Parallel ")
    target = f" on {node.relation}" if node.relation else ""
    return f"{name}{target}" + (f" using {node.index}" if node.index else "")


_CONDITIONS = ("Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter")


def read_plan(explained: Any) -> Plan:
    """The plan from EXPLAIN's JSON (the list it prints, or its one item)."""
    item = explained[0] if isinstance(explained, list) else explained
    return _node(item["Plan"])


def read_brief(explained: Any) -> tuple[float, frozenset[str]]:
    """Of a plan its total cost and the indexes that it reads, from EXPLAIN's JSON."""
    item = explained[0] if isinstance(explained, list) else explained
    found: set[str] = set()
    waiting = [item["Plan"]]
    while waiting:
        node = waiting.pop()
        if "Index Name" in node:
            found.add(node["Index Name"])
        waiting += node.get("Plans", ())
    return item["Plan"]["Total Cost"], frozenset(found)


def _node(raw: dict[str, Any]) -> Plan:
    schema, name = raw.get("Schema", "public"), raw.get("Relation Name", "")
    return Plan(
        node=("Parallel " if raw.get("Parallel Aware") else "") + raw["Node Type"],
        cost=raw["Total Cost"],
        rows=raw["Plan Rows"],
        relation=name if schema == "public" else f"{schema}.{name}",
        alias=raw.get("Alias", ""),
        index=raw.get("Index Name", ""),
        conditions=tuple(raw[k] for k in _CONDITIONS if k in raw),
        filter=raw.get("Filter", ""),
        sort=tuple(raw.get("Sort Key", ())),
        group=tuple(raw.get("Group Key", ())),
        output=tuple(raw.get("Output", ())),
        subplan=raw.get("Subplan Name", ""),
        children=tuple(_node(child) for child in raw.get("Plans", ())),
    )


def outline(plan: Plan, depth: int = 0) -> str:
    """The plan as indented text, one node a line, with cost and rows."""
    where = f" on {plan.relation}" if plan.relation else ""
    using = f" using {plan.index}" if plan.index else ""
    figures = f"(cost {plan.cost:,.2f}, rows {plan.rows:,.0f})"
    line = f"{'  ' * depth}{plan.node}{where}{using}  {figures}"
    return "\n".join([line, *(outline(child, depth + 1) for child in plan.children)])
