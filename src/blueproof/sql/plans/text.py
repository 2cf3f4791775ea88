"""EXPLAIN's text as properties of nodes: the tree by where the arrows stand, or by what fits."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from blueproof.sql.plans import fields
from blueproof.sql.plans.arity import fits, lacks, rebuilt
from blueproof.sql.plans.build import Raw
from blueproof.sql.plans.lines import (
    ARROW,
    KNOWN_NODE,
    LABEL,
    OTHER_PROPERTY,
    PROPERTY,
    Line,
    logical,
)

_TIMES = {"Planning Time": "Planning Time", "Planning time": "Planning Time",
          "Execution Time": "Execution Time", "Execution time": "Execution Time",
          "Total runtime": "Execution Time"}  # fmt: skip
_NAME = re.compile(r"^(?:Worker \d+|[^:]*)")
_END = re.compile(r"^\(\d+ rows?\)$|^Time: [\d.]+ ms")
_JIT = {"Functions", "Options", "Timing"}
_LOGGED = re.compile(r"duration: ([\d.]+) ms\s+plan:\s*(.*)$")
_SERIALIZED = re.compile(r"time=([\d.]+) ms")
CUT = "the text ends before the plan does: what is missing was not judged"
_SHUFFLED = "the indentation was lost: the tree was put together by what each node needs"


@dataclass
class _Open:
    """A plan that is being read."""

    line: int
    stack: list[tuple[int, Raw]] = field(default_factory=list)
    nodes: list[Raw] = field(default_factory=list)
    top: Raw = field(default_factory=dict)
    label: str = ""
    about: str = ""  # "JIT" or "Planning" while their lines are read
    worker: tuple[int, Raw] | None = None  # the column of a worker's line, and its properties
    ended: bool = False


def read_text(physical: list[str]) -> Iterator[tuple[Raw, int, tuple[str, ...]]]:
    """Every plan in mended lines: its properties, its first line, and remarks."""
    lines = list(logical(physical))
    plain = not any(line.figures for line in lines) and _is_without_costs(lines)
    plan: _Open | None = None
    query: list[str] = []
    logged = ""
    last = 0
    for line in lines:
        if (found := _LOGGED.search(line.text)) is not None:
            logged = found[1]
            query = [found[2]] if found[2].startswith("Query Text:") else []
        elif _is_root(line, plan, plain=plain):
            if plan:
                yield _closed(plan)
            plan = _Open(line=line.number)
            plan.top |= {"Query Text": _query(query)} if query else {}
            plan.top |= {"Execution Time": float(logged)} if logged else {}
            _add(plan, line, -1)
            query, logged = [], ""
        elif line.text.startswith("Query Text:") or query:
            query.append(line.text)
        elif plan:
            _read(plan, line, gap=line.number > last + 1)
        last = line.number
    if plan:
        yield _closed(plan)


def _is_without_costs(lines: list[Line]) -> bool:
    """Whether nodes without figures are a plan: there are arrows, or a property after a node."""
    nodes = [at for at, line in enumerate(lines) if KNOWN_NODE.match(line.text)]
    if any(ARROW.match(line.text) and KNOWN_NODE.match(line.name) for line in lines):
        return bool(nodes)
    following = (lines[at + 1].text for at in nodes if at + 1 < len(lines))
    return any(PROPERTY.match(text) for text in following)


def _is_root(line: Line, plan: _Open | None, *, plain: bool) -> bool:
    if line.arrow:
        return plan is None and bool(KNOWN_NODE.match(line.name))
    if plain:
        bare = KNOWN_NODE.match(line.text) and not PROPERTY.match(line.text)
        return bool(bare) and (plan is None or plan.ended)
    below = plan is not None and not plan.ended and _is_below(plan, line)
    return line.is_node and not below


def _is_below(plan: _Open, line: Line) -> bool:
    """Whether a node without an arrow stands deeper than the top: its arrow was lost."""
    return line.indent > plan.top.get("Column", 0) + 1 and not plan.top.get("Planning Time")


def _query(lines: list[str]) -> str:
    return "\n".join(lines).removeprefix("Query Text:").strip()


def _add(plan: _Open, line: Line, column: int) -> None:
    raw = fields.node(line.name) | fields.figures(line.figures) | {"Line": line.number}
    while plan.stack and plan.stack[-1][0] >= column:
        plan.stack.pop()
    above = plan.stack[-1][1] if plan.stack else {}
    label = plan.label or above.get("Labelled", {}).get(column, "")
    plan.label = ""
    if label:
        # Up to PostgreSQL 8.4 one label stood above all subplans of a node.
        above.setdefault("Labelled", {})[column] = label
        raw["Subplan Name"] = label
        once = label.startswith(("InitPlan", "CTE "))
        raw["Parent Relationship"] = "InitPlan" if once else "SubPlan"
    if plan.stack:
        plan.stack[-1][1].setdefault("Plans", []).append(raw)
    else:
        plan.top.setdefault("Plan", raw)
        plan.top["Column"] = line.indent
    plan.nodes.append(raw)
    plan.stack.append((column, raw))
    plan.worker = None


def _read(plan: _Open, line: Line, *, gap: bool) -> None:
    """One line after the top node's."""
    text = line.text
    if _END.match(text):
        plan.ended = True
    elif plan.ended:
        return
    elif line.is_node:
        _add(plan, line, line.indent if line.arrow else max(line.indent, 0))
    elif LABEL.match(text):
        plan.label = re.sub(r" \(returns.*\)$", "", text) if text.startswith("Sub") else text
        # It stands where the arrows of its node's inputs do: those are not what is above it.
        while len(plan.stack) > 1 and plan.stack[-1][0] >= line.indent:
            plan.stack.pop()
    elif not (PROPERTY.match(text) or OTHER_PROPERTY.match(text)):
        plan.ended = plan.ended or (gap and not plan.top.keys() & {"Planning Time", "JIT"})
    else:
        _property(plan, line, gap=gap)


def _property(plan: _Open, line: Line, *, gap: bool) -> None:
    text = line.text
    name = _NAME.findall(text)[0].strip()
    if gap and not PROPERTY.match(text):
        plan.ended = True
    elif name in _TIMES:
        found = re.search(r"[\d.]+", text.partition(":")[2])
        if found:
            plan.top[_TIMES[name]] = _number(found[0])
        plan.about = ""
        plan.ended = _TIMES[name] == "Execution Time"
    elif text.startswith("Trigger "):
        plan.top.setdefault("Triggers", []).append(fields.trigger(text))
    elif not _beside(plan, name, text):
        _of_node(plan, line, name)


def _number(text: str) -> float:
    try:
        return float(text.strip("."))
    except ValueError:
        return 0.0


def _beside(plan: _Open, name: str, text: str) -> bool:
    """Whether the line stands below the tree: what it says goes to the plan."""
    value = text.partition(":")[2].strip()
    if name in {"JIT", "Planning"} and not value:
        plan.about = name
        plan.top.setdefault(name, {})
    elif plan.about == "JIT" and name in _JIT:
        plan.top["JIT"] |= fields.jit(text)
    elif plan.about == "Planning" and name in {"Buffers", "I/O Timings", "Memory"}:
        plan.top["Planning"] |= fields.property_of(text)
    elif name == "Settings":
        plan.top["Settings"] = fields.settings(text)
    elif name == "Query Identifier":
        plan.top["Query Identifier"] = value
    elif name == "Serialization":
        found = _SERIALIZED.search(value)
        plan.top["Serialization"] = {"Time": _number(found[1])} if found else {}
        plan.about = name
    else:
        return plan.about == "Serialization" and name == "Buffers"
    return True


def _of_node(plan: _Open, line: Line, name: str) -> None:
    """A property of the last node, or of one of its workers."""
    if not plan.nodes:
        return
    node: dict[str, Any] = plan.nodes[-1]
    if name.startswith("Worker ") and name.removeprefix("Worker ").isdigit():
        number, raw = fields.worker(line.text)
        workers = node.setdefault("Workers", [])
        known = next((w for w in workers if w["Worker Number"] == number), None)
        if known is None:
            workers.append(known := raw)
        known |= raw
        plan.worker = (line.indent, known)
        return
    if plan.worker and line.indent > plan.worker[0]:
        plan.worker[1].update(fields.property_of(line.text))
        return
    plan.worker = None
    found = fields.property_of(line.text)
    keys = (*node.get("Group Key", ()), *found.pop("Hash Key", ()), *found.pop("Group Key", ()))
    node |= found | ({"Group Key": keys} if keys else {})


def _closed(plan: _Open) -> tuple[Raw, int, tuple[str, ...]]:
    """The plan; where nodes have more or fewer below them than they can, put together anew."""
    tree = plan.top["Plan"]
    remarks = (CUT,) if any(lacks(node) for node in plan.nodes) else ()
    if len(plan.nodes) > 1 and not all(fits(node) for node in plan.nodes):
        again = rebuilt(plan.nodes)
        if again is not None and all(fits(node) for node in plan.nodes):
            cut = (CUT,) if any(lacks(node) for node in plan.nodes) else ()
            return plan.top | {"Plan": again}, plan.line, (_SHUFFLED, *cut)
        tree = _as_read(plan)
    return plan.top | {"Plan": tree}, plan.line, remarks


def _as_read(plan: _Open) -> Raw:
    """The tree by its arrows after all, where nothing fits better."""
    for node in plan.nodes:
        if "Kept" in node:
            node["Plans"] = node.pop("Kept")
    top: Raw = plan.top["Plan"]
    return top
