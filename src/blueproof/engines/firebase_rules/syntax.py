"""Rules as data: one frozen class for each construct of the language, with its place.

Places (line and column, from 1) do not take part in comparisons: what is printed and read again
is equal to what it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields

READ = ("get", "list")
WRITE = ("create", "update", "delete")
METHODS = (*READ, *WRITE)
COVERS = {"read": READ, "write": WRITE, **{method: (method,) for method in METHODS}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that stands in a rules file."""

    line: int = field(default=0, compare=False, repr=False)
    column: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal(Node):
    """A value written down; `kind` is null, bool, int, float, string or bytes."""

    kind: str
    value: bool | int | float | str | bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLiteral(Node):
    """`[a, b]`."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLiteral(Node):
    """`{'a': 1}`, as pairs of key and value."""

    entries: "tuple[tuple[Expression, Expression], ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathLiteral(Node):
    """`/users/$(uid)`: a text or an expression for each segment."""

    segments: "tuple[str | Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Name(Node):
    """A variable: a global, a wildcard of a match, a parameter or a let."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Node):
    """`of.name`."""

    of: "Expression"
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Index(Node):
    """`of[at]`."""

    of: "Expression"
    at: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice(Node):
    """`of[start:end]`; one of the two may be None, if it is left out."""

    of: "Expression"
    start: "Expression | None"
    end: "Expression | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Node):
    """`name(arguments)`: a function of the file, or one that the language has."""

    name: str
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodCall(Node):
    """`of.name(arguments)`, of a value or of a namespace such as math."""

    of: "Expression"
    name: str
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unary(Node):
    """`!of` or `-of`."""

    sign: str
    of: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class Binary(Node):
    """Two operands with `&& || == != < <= > >= + - * / %` or `in` between them."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True, kw_only=True)
class IsType(Node):
    """`of is string`."""

    of: "Expression"
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ternary(Node):
    """`test ? yes : no`."""

    test: "Expression"
    yes: "Expression"
    no: "Expression"


Expression = (
    Literal | ListLiteral | MapLiteral | PathLiteral | Name | Member | Index | Slice | Call
    | MethodCall | Unary | Binary | IsType | Ternary
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Let(Node):
    """`let name = value;`."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Node):
    """`function name(parameters) { let ...; return body; }`."""

    name: str
    parameters: tuple[str, ...]
    lets: tuple[Let, ...]
    body: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment(Node):
    """One step of a match's path: a text, `{name}` or, if `deep`, `{name=**}`."""

    text: str = ""
    name: str = ""
    deep: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allow(Node):
    """`allow methods: if condition;`; without a condition it always grants."""

    methods: tuple[str, ...]
    condition: Expression | None

    @property
    def covers(self) -> tuple[str, ...]:
        """The methods with read and write spelled out, in the order of METHODS."""
        covered = {each for method in self.methods for each in COVERS[method]}
        return tuple(method for method in METHODS if method in covered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match(Node):
    """`match path { ... }`."""

    path: tuple[Segment, ...]
    functions: tuple[Function, ...]
    allows: tuple[Allow, ...]
    matches: "tuple[Match, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Node):
    """A rules file: its version, its service and what stands in it."""

    version: str
    service: str
    functions: tuple[Function, ...]
    service_functions: tuple[Function, ...]
    matches: tuple[Match, ...]


def inside(node: Node) -> Iterator[Node]:
    """The nodes directly inside a node, in the order they stand in the text."""
    for each in fields(node):
        yield from _nodes(getattr(node, each.name))


def _nodes(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes(item)


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is inside it, in the order of the text."""
    left = [node]
    while left:
        each = left.pop()
        yield each
        left.extend(reversed([*inside(each)]))


def depth(node: Node) -> int:
    """How many nodes lie inside one another at most."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [each for outer in level for each in inside(outer)]
    return deepest
