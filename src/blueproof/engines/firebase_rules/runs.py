"""One request under evaluation: its values, what was looked up, what was met on the way."""

from collections.abc import Mapping
from typing import Any

from blueproof.engines.firebase_rules.errors import ExceededError, FaultError, UndecidedError
from blueproof.engines.firebase_rules.limits import (
    EXPRESSIONS,
    SINGLE_LOOK_UPS,
    STORAGE_LOOK_UPS,
)
from blueproof.engines.firebase_rules.values import Path, type_name

Data = dict[str, Any]  # a plain dict, as are the maps inside it
Documents = Mapping[str, Data]
DATABASE = "(default)"
TRUE, FALSE, NO_VALUE = 1, 2, 4  # what a condition came to, as bits of Run.marks


def resource_of(path: tuple[str, ...], data: Data) -> dict[str, Any]:
    """A Firestore document as rules see it: data, id and __name__."""
    return {"data": data, "id": path[-1], "__name__": Path(path)}


class Run:
    """What closures share while one request is decided."""

    __slots__ = (
        "after", "blame", "documents", "looked_up", "marks", "request", "resource", "spent",
        "storage", "wild",
    )  # fmt: skip

    def __init__(self, conditions: int, wildcards: int) -> None:
        self.marks = bytearray(conditions)  # what each condition came to
        self.wild: list[Any] = [None] * wildcards
        self.blame, self.spent = -1, 0
        self.looked_up: dict[tuple[str, bool], None] = {}
        self.request: Any = None
        self.resource: Any = None
        self.documents: Documents = {}
        self.after: Mapping[str, Data | None] = {}
        self.storage = False

    def spend(self, cost: int) -> None:
        """Count expressions. Raises ExceededError beyond the limit of a request."""
        self.spent += cost
        if self.spent > EXPRESSIONS:
            raise ExceededError(
                f"more than {EXPRESSIONS:,} expressions are evaluated, each operator, call, field "
                "and literal counted as one"
            )

    def find(self, path: Any, *, after: bool) -> dict[str, Any] | None:
        """The document at a path, before the request or after it; None if there is none."""
        name, segments = self._named(path)
        key = (name, after)
        if key not in self.looked_up:
            most = STORAGE_LOOK_UPS if self.storage else SINGLE_LOOK_UPS
            if len(self.looked_up) >= most:
                raise ExceededError(f"more than {most} documents are looked up")
            self.looked_up[key] = None
        if any("/" in segment for segment in segments):
            return None  # one segment, which no document's name has
        data = self.after[name] if after and name in self.after else self.documents.get(name)
        return None if data is None else resource_of(segments, data)

    def get(self, path: Any, *, after: bool) -> dict[str, Any]:
        """As find, but a document that is not there is a fault, as in production."""
        found = self.find(path, after=after)
        if found is None:
            raise FaultError(f"there is no document at {path}")
        return found

    def _named(self, path: Any) -> tuple[str, tuple[str, ...]]:
        """The path below the database's documents, and all its segments."""
        if type(path) is not Path:
            raise FaultError(f"a document is looked up by a path, not by a {type_name(path)}")
        segments = path.segments
        if segments[:1] != ("databases",) or segments[2:3] != ("documents",):
            raise FaultError(f"{path} is no path of a document")
        if "" in segments:
            raise FaultError(f"a segment of {path} is empty")
        if len(segments) % 2 == 0:
            raise FaultError(f"{path} is a collection, not a document")
        if segments[1] != DATABASE:
            raise UndecidedError(f"documents of the database {segments[1]} are not known here")
        return "/".join(segments[3:]), segments
