"""What a name means where it stands: functions, wildcards, globals; unknown names are refused."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.functions import CONVERSIONS, NAMESPACES
from blueproof.engines.firebase_rules.syntax import Expression, Function, Name, Node, PathLiteral

LOOK_UPS = ("get", "exists", "getAfter", "existsAfter")
_STORED = frozenset(
    "name bucket generation metageneration size timeCreated updated md5Hash crc32c etag "
    "contentDisposition contentEncoding contentLanguage contentType metadata".split()
)
_SENT = _STORED - {"generation", "metageneration", "etag", "timeCreated", "updated"}
_DOCUMENT = frozenset({"data", "id", "__name__"})
_REQUEST = frozenset({"auth", "method", "path", "resource", "time"})
# The fields that the reference lists, by service and by the object they belong to.
FIELDS: dict[str, dict[str, frozenset[str]]] = {
    "cloud.firestore": {
        "request": _REQUEST | {"query"}, "resource": _DOCUMENT, "request.resource": _DOCUMENT,
        "request.auth": frozenset({"uid", "token"}),
        "request.query": frozenset({"limit", "offset", "orderBy"}),
    },
    "firebase.storage": {
        "request": _REQUEST, "resource": _STORED, "request.resource": _SENT,
        "request.auth": frozenset({"uid", "token"}),
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """What can be seen inside a block: its own functions and wildcards, then its parent's."""

    parent: "Scope | None" = None
    functions: dict[str, Function] = field(default_factory=dict)
    wildcards: dict[str, int] = field(default_factory=dict)

    def function(self, name: str) -> "tuple[Function, Scope] | None":
        """The innermost function of a name, and the scope that it is defined in."""
        if name in self.functions:
            return self.functions[name], self
        return self.parent.function(name) if self.parent else None

    def wildcard(self, name: str) -> int | None:
        """The place of the innermost wildcard of a name."""
        if name in self.wildcards:
            return self.wildcards[name]
        return self.parent.wildcard(name) if self.parent else None


def fillable(of: Expression, scope: Scope, names: Collection[str], service: str) -> Expression:
    """What bind() is called on: in a path, names that mean nothing here become places for it."""
    if not isinstance(of, PathLiteral):
        return of
    known = {*names, "request", "resource"}
    segments = tuple(
        f"{{{part.name}}}"
        if isinstance(part, Name) and part.name not in known
        and scope.wildcard(part.name) is None and not is_namespace(part.name, service)
        else part for part in of.segments
    )  # fmt: skip
    return replace(of, segments=segments)


def refused(node: Node, message: str, construct: str) -> RulesError:
    """An error at a node's place."""
    return RulesError(message, line=node.line, column=node.column, construct=construct)


def named(functions: tuple[Function, ...]) -> dict[str, Function]:
    """The functions by name. Raises RulesError if two of one block share a name."""
    found: dict[str, Function] = {}
    for function in functions:
        if function.name in found:
            raise refused(function, f"there are two functions {function.name}", function.name)
        found[function.name] = function
    return found


def is_builtin(name: str, service: str) -> bool:
    """Whether the language has a function of this name in this service."""
    return name in CONVERSIONS or (service == "cloud.firestore" and name in LOOK_UPS)


def is_namespace(name: str, service: str) -> bool:
    """Whether a name stands before a dot and a function: math, duration, ..."""
    return name in NAMESPACES or (service == "firebase.storage" and name == "firestore")
