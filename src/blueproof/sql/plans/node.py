"""A plan that was read: its nodes with what was foretold, what came, and where the time went.

Names follow EXPLAIN's own JSON. A figure that the plan does not give is None, so that nothing is
made of what nobody measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass

_JOINS = {"Nested Loop", "Hash Join", "Merge Join"}
_AGGREGATES = {"Sorted": "GroupAggregate", "Hashed": "HashAggregate", "Mixed": "MixedAggregate"}
_UNDER = ("InitPlan", "SubPlan")


@dataclass(frozen=True, kw_only=True)
class Buffers:
    """Pages of 8 kB that a node and all below it touched, and the milliseconds of that."""

    hit: int = 0
    read: int = 0
    dirtied: int = 0
    written: int = 0
    local_hit: int = 0
    local_read: int = 0
    local_dirtied: int = 0
    local_written: int = 0
    temp_read: int = 0
    temp_written: int = 0
    read_ms: float = 0.0
    write_ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Wal:
    """What a node and all below it wrote to the write-ahead log."""

    records: int = 0
    full_images: int = 0
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Worker:
    """One parallel worker's part of a node; times in ms of one loop."""

    number: int
    ended_ms: float | None = None
    found: float | None = None
    loops: float | None = None


@dataclass(frozen=True, kw_only=True)
class Node:
    """One node. Costs are planner units; rows and ms are those of one loop unless they say so.

    `inclusive_ms` and `exclusive_ms` are wall-clock milliseconds of all loops, with and without
    what is below; of a node that several processes ran at once, their mean. `removed` are rows of
    one loop that the filter, the join filter and the recheck threw away.
    """

    kind: str
    number: int = 0
    line: int = 0
    join: str = ""
    strategy: str = ""
    partial: str = ""
    operation: str = ""
    backward: bool = False
    parallel: bool = False
    schema: str = ""
    relation: str = ""
    alias: str = ""
    index: str = ""
    cte: str = ""
    function: str = ""
    provider: str = ""
    subplan: str = ""
    relationship: str = ""
    startup_cost: float | None = None
    cost: float | None = None
    rows: float | None = None
    width: int | None = None
    started_ms: float | None = None
    ended_ms: float | None = None
    found: float | None = None
    loops: float | None = None
    filter: str = ""
    index_condition: str = ""
    recheck: str = ""
    join_condition: str = ""
    join_filter: str = ""
    one_time: str = ""
    removed: float = 0.0
    removed_by_join: float = 0.0
    removed_by_recheck: float = 0.0
    sort_key: tuple[str, ...] = ()
    presorted: tuple[str, ...] = ()
    group_key: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    sort_method: str = ""
    sort_kb: int = 0
    sort_on_disk: bool = False
    batches: int = 0
    first_batches: int = 0
    memory_kb: int = 0
    disk_kb: int = 0
    heap_fetches: int | None = None
    exact_blocks: int = 0
    lossy_blocks: int = 0
    workers_planned: int | None = None
    workers_launched: int | None = None
    workers: tuple[Worker, ...] = ()
    cache_hits: int = 0
    cache_misses: int = 0
    cache_evictions: int = 0
    subplans_removed: int = 0
    disabled: bool = False
    remote_sql: str = ""
    buffers: Buffers = Buffers()
    wal: Wal = Wal()
    inclusive_ms: float | None = None
    exclusive_ms: float | None = None
    children: tuple["Node", ...] = ()

    def walk(self) -> Iterator["Node"]:
        """This node and all below it, from the top."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def inputs(self) -> tuple["Node", ...]:
        """The children that rows come from: neither InitPlans, CTEs nor SubPlans."""
        return tuple(c for c in self.children if c.relationship not in _UNDER)

    @property
    def never(self) -> bool:
        """Whether the plan was run and this node was not."""
        return self.loops == 0

    @property
    def table(self) -> str:
        """The relation with its schema, unless that is public."""
        return self.relation if self.schema in {"", "public"} else f"{self.schema}.{self.relation}"

    @property
    def all_rows(self) -> float | None:
        """Rows of all loops together."""
        return None if self.found is None or self.loops is None else self.found * self.loops

    @property
    def label(self) -> str:
        """What EXPLAIN's text calls the node, without relation and index."""
        lead = "Parallel " if self.parallel else ""
        part = f"{self.partial} " if self.partial in {"Partial", "Finalize"} else ""
        if self.kind == "Aggregate":
            return lead + part + _AGGREGATES.get(self.strategy, "Aggregate")
        if self.kind in _JOINS and self.join not in {"", "Inner"}:
            base = self.kind.removesuffix(" Join")
            return f"{lead}{base} {self.join} Join"
        if self.kind == "ModifyTable":
            return lead + (self.operation or self.kind)
        if self.kind == "SetOp":
            return f"{lead}{'Hash' if self.strategy == 'Hashed' else ''}SetOp {self.operation}"
        if self.kind == "Custom Scan" and self.provider:
            return f"{lead}Custom Scan ({self.provider})"
        return lead + self.kind + (" Backward" if self.backward else "")

    @property
    def place(self) -> str:
        """The node as a person finds it: its name, its index and its table."""
        using = f" using {self.index}" if self.index else ""
        target = self.table or self.cte or self.function or ""
        known = target or (self.alias if self.kind.endswith("Scan") else "")
        return f"{self.label}{using}" + (f" on {known}" if known else "")


@dataclass(frozen=True, kw_only=True)
class Jit:
    """Compiling expressions: how many functions, and the milliseconds of it in all."""

    functions: int = 0
    total_ms: float = 0.0
    inlining: bool = False
    optimization: bool = False


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A trigger with its calls and milliseconds; `constraint` where it serves one."""

    name: str
    constraint: str = ""
    relation: str = ""
    calls: int = 0
    ms: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ReadPlan:
    """One plan: its tree, and what stands below it; `line` is where it begins, counted from 1.

    `total_ms` is what shares are taken of: the execution time that EXPLAIN gives, else the top
    node's. `remarks` say what was damaged and how it was read.
    """

    root: Node
    form: str
    line: int = 1
    planning_ms: float | None = None
    execution_ms: float | None = None
    planning_buffers: Buffers = Buffers()
    jit: Jit | None = None
    triggers: tuple[Trigger, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    query: str = ""
    query_id: str = ""
    serialization_ms: float | None = None
    planning_memory_kb: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def analyzed(self) -> bool:
        """Whether the query was run, so that rows were counted."""
        return any(n.loops is not None for n in self.root.walk())

    @property
    def timed(self) -> bool:
        """Whether the nodes were timed."""
        return any(n.ended_ms is not None for n in self.root.walk())

    @property
    def total_ms(self) -> float:
        """Milliseconds of the whole execution; 0 where nothing was timed."""
        return max(self.execution_ms or 0.0, self.root.inclusive_ms or 0.0)

    @property
    def hot(self) -> tuple[Node, ...]:
        """The way from the top down to where most time goes: at each node the dearest child.

        From the reader of a CTE it goes on to what computes the CTE.
        """
        made = {
            n.subplan.removeprefix("CTE "): n
            for n in self.root.walk()
            if n.subplan.startswith("CTE ")
        }
        path = [self.root]
        while self.timed:
            here = path[-1]
            below = [c for c in here.children if c.relationship != "InitPlan"]
            if here.cte in made and made[here.cte] not in path:
                below.append(made[here.cte])
            node = max(below, key=lambda child: child.inclusive_ms or 0.0, default=None)
            if node is None or not node.inclusive_ms:
                break
            path.append(node)
        return tuple(path)
