"""What is asked of the rules, and what is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from blueproof.engines.firebase_rules.runs import FALSE, NO_VALUE, TRUE, Data
from blueproof.engines.firebase_rules.values import Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A list request's query; `where` holds (field, operator, value), `order_by` (field, way).

    Each of `any_of` is an OR: at least one of its (field, operator, value) holds.
    """

    where: tuple[tuple[str, str, Any], ...] = ()
    any_of: tuple[tuple[tuple[str, str, Any], ...], ...] = ()
    order_by: tuple[tuple[str, str], ...] = ()
    limit: int | None = None
    offset: int | None = None
    collection_group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of one person.

    `path` is relative: a document (users/alice), for list a collection (users), for Storage an
    object. `uid` None is nobody. `data` is the document as it will be after a create or update,
    for Storage the new object's metadata. `after` holds other documents of the same batch as they
    will be, None for one that is deleted.
    """

    method: str
    path: str
    now: Timestamp
    uid: str | None = None
    token: dict[str, Any] = field(default_factory=dict)
    data: Data | None = None
    query: Query = Query()
    after: Mapping[str, Data | None] = field(default_factory=dict)
    bucket: str = "example.appspot.com"


@dataclass(frozen=True, slots=True)
class Reason:
    """What one allow came to: granted, false, error or undecided, and the condition that did it."""

    line: int
    outcome: str
    says: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What is answered: allowed or not, or None where that is not decided here.

    `why` has the allow that granted, or a reason for each that could have; `look_ups` the documents
    that were looked up. `marks` says of each of Rules.conditions what it came to.
    """

    allowed: bool | None
    why: tuple[Reason, ...]
    look_ups: tuple[str, ...] = ()
    marks: bytes = b""
    expressions: int = 0

    @property
    def true(self) -> frozenset[int]:
        """Places in Rules.conditions of those that were true."""
        return self._marked(TRUE)

    @property
    def false(self) -> frozenset[int]:
        """Places in Rules.conditions of those that were false."""
        return self._marked(FALSE)

    @property
    def no_value(self) -> frozenset[int]:
        """Places in Rules.conditions of those that were errors."""
        return self._marked(NO_VALUE)

    def _marked(self, bit: int) -> frozenset[int]:
        return frozenset(place for place, mark in enumerate(self.marks) if mark & bit)
