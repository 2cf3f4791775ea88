"""What a rule says of a plan: a remedy with the milliseconds that it is about, or a note."""

from dataclasses import dataclass

from blueproof.core.advice import Recommendation
from blueproof.sql.names import quote
from blueproof.sql.plans.node import Node, ReadPlan

_LEAST_MS, _LEAST_SHARE = 1.0, 0.05  # what is less, nobody feels
_MANY_ROWS = 10_000  # where nothing was timed, from so many rows on


@dataclass(frozen=True, kw_only=True)
class Remedy(Recommendation):
    """Advice on one node: the milliseconds that it explains, and what would show that it helped.

    `node` is the node's number in the plan, 0 where the advice is about all of it. A `symptom`
    counts less than advice on what may be its cause; `undo` takes it back.
    """

    milliseconds: float
    shown_by: str
    node: int = 0
    symptom: bool = False
    undo: str = ""


def matters(plan: ReadPlan, milliseconds: float, rows: float = 0.0) -> bool:
    """Whether so many milliseconds of the plan are worth a word; untimed, so many rows."""
    if not plan.timed:
        return rows >= _MANY_ROWS
    return milliseconds >= _LEAST_MS and milliseconds >= _LEAST_SHARE * plan.total_ms


def own_ms(node: Node) -> float:
    """Milliseconds of the node without what is below it."""
    return node.exclusive_ms or 0.0


def all_ms(node: Node) -> float:
    """Milliseconds of the node with what is below it."""
    return node.inclusive_ms or 0.0


def table_of(node: Node) -> str:
    """The node's table as SQL takes it, with its schema unless that is public."""
    lead = f"{quote(node.schema)}." if node.schema not in {"", "public"} else ""
    return f"{lead}{quote(node.relation)}"
