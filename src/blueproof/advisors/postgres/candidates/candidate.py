"""An index that might help, before anybody has tried it."""

from dataclasses import dataclass

from blueproof.sql.names import quote
from blueproof.sql.schema import Index


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An index that might help: its table, key parts as SQL, and the rows it is for, if some.

    `include` are columns that it holds without ordering by them.
    """

    table: str
    keys: tuple[str, ...]
    where: str = ""
    include: tuple[str, ...] = ()
    method: str = "btree"

    def order(self) -> tuple[int, tuple[str, ...], tuple[str, ...], str, str]:
        """What to sort by: the narrow before the wide, and the same every time."""
        width = len(self.keys) + len(self.include)
        return width, self.keys, self.include, self.where, self.method


def leading(index: Index) -> tuple[str, ...]:
    """An index's key parts as SQL, as a candidate writes them."""
    down = (*index.descending, *(False for _ in index.keys))
    return tuple(
        f"{quote(key)}{' DESC' if desc else ''}" if key.isidentifier() else key
        for key, desc in zip(index.keys, down, strict=False)
    )
