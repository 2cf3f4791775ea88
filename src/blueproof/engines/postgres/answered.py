"""What a planner has answered, kept as long as nothing changes that it answers by.

A twin is asked the same again and again: what a query costs before each of many changes, how large
an index is, each time on a transaction in which the changes are made anew. Its answers follow from
its schema and its statistics alone, so they hold until other statistics are stated.
"""

from dataclasses import dataclass, field

from blueproof.sql.plan import Plan

_MOST = 5_000  # answers; a plan of TPC-DS is some 50 kB

Changes = tuple[str, ...]


@dataclass(kw_only=True)
class Answered:
    """Plans by the query's text and the changes that were made, sizes by the DDL."""

    _plans: dict[tuple[str, Changes], Plan] = field(default_factory=dict)
    _bytes: dict[str, int] = field(default_factory=dict)

    def forget(self) -> None:
        """Hold nothing any longer: what the planner goes by has changed."""
        self._plans.clear()
        self._bytes.clear()

    def plan(self, query: str, changes: Changes) -> Plan | None:
        """The plan that was given; None if there was none."""
        return self._plans.get((query, changes))

    def keep_plan(self, query: str, changes: Changes, plan: Plan) -> None:
        """Keep a plan that may be trusted."""
        if len(self._plans) >= _MOST:
            self._plans.clear()
        self._plans[query, changes] = plan

    def bytes_of(self, change: str) -> int | None:
        """The size that was estimated; None if there was none."""
        return self._bytes.get(change)

    def keep_bytes(self, change: str, size: int) -> None:
        """Keep an estimated size."""
        self._bytes[change] = size
