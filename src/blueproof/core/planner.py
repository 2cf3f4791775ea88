"""The planner as an advisor sees it: a question about cost, no connection."""

from typing import Protocol


class Planner(Protocol):
    """Something that plans a query with or without extra indexes; costs in planner units."""

    def cost(self, query: str, changes: tuple[str, ...] = ()) -> float | None:
        """Total cost of the query once the changes (DDL) are made; None if it cannot be planned."""

    def index_bytes(self, change: str) -> int:
        """Estimated size on disk, in bytes, of the index that this DDL would create."""
