"""A tuned workload: what becomes of each query, and what each change is good for."""

from dataclasses import dataclass
from typing import Literal

from blueproof.core.evidence import Measurement


@dataclass(frozen=True, kw_only=True)
class TunedQuery:
    """One query: planner cost before and after, its new text, the indexes that it then uses."""

    id: str
    sql: str
    weight: float
    verdict: Literal["improved", "already-good", "cannot-help"]
    why: str
    cost_before: float | None = None
    cost_after: float | None = None
    rewritten: str | None = None
    uses: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change: its statements, bytes on disk, what it costs writes, whom it helps."""

    id: str
    kind: Literal["index", "drop", "rewrite", "statistics", "setting", "schema"]
    ddl: tuple[str, ...] = ()
    size_bytes: int = 0
    write_cost: tuple[Measurement, ...] = ()
    helps: tuple[str, ...] = ()
