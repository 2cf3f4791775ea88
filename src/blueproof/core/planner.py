"""The planner as an advisor sees it: questions about cost, no connection."""

from typing import Protocol


class Planner(Protocol):
    """Something that plans queries with or without changes to the schema; costs in planner units.

    A change is a script of DDL. Each method raises the planner's refusal if a change cannot be
    made.
    """

    def costs(self, queries: tuple[str, ...], changes: tuple[str, ...] = ()) -> tuple[float, ...]:
        """Total cost of each query once the changes are made; infinite if it cannot be planned."""

    def index_bytes(self, change: str) -> int:
        """Estimated size on disk, in bytes, of the indexes that this DDL would create."""
