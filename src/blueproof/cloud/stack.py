"""Resources as data: what HCL, the diagram, the bill and the alarms are made from.

Values are plain Python where HCL's are plain; a reference or any other expression is an `Expr`.
A string may hold `${...}` templates, as in HCL.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Union

_REFERENCE = re.compile(r"\b(data\.)?(aws_[a-z0-9_]+)\.([a-z][a-z0-9_-]*)")
_TEMPLATE = re.compile(r"\$\{([^}]*)\}")
_INPUT = re.compile(r"\bvar\.([a-z][a-z0-9_]*)")

Value = Union[None, bool, int, float, str, "Expr", "Call", "Body", "Table", tuple["Value", ...]]
Mode = Literal["resource", "data"]


@dataclass(frozen=True)
class Expr:
    """An expression of HCL that is no plain value: a reference, a call, a condition."""

    text: str


@dataclass(frozen=True)
class Call:
    """A function of HCL on one value: `jsonencode([...])`."""

    function: str
    value: "Value"


@dataclass(frozen=True)
class Table:
    """A map value: `{ name = value }`."""

    entries: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str) -> Value:
        """The value under a name; None if it is not there."""
        return dict(self.entries).get(name)


@dataclass(frozen=True)
class Body:
    """What stands between the braces of a block; a tuple of bodies is the block repeated."""

    entries: tuple[tuple[str, Value], ...] = ()

    def get(self, name: str) -> Value:
        """The argument of that name; None if it is not set."""
        return dict(self.entries).get(name)

    def blocks(self, name: str) -> tuple["Body", ...]:
        """The nested blocks of that name."""
        found = self.get(name)
        several = found if isinstance(found, tuple) else (found,)
        return tuple(each for each in several if isinstance(each, Body))

    def block(self, name: str) -> "Body":
        """The first nested block of that name; an empty one if there is none."""
        return next(iter(self.blocks(name)), Body())

    def texts(self, name: str) -> tuple[str, ...]:
        """An argument as a list of texts: of strings as they are, of expressions their text."""
        found = self.get(name)
        several = found if isinstance(found, tuple) else (found,)
        return tuple(words for each in several if (words := as_text(each)))

    def text(self, name: str) -> str:
        """An argument as one text; "" if it is not set."""
        return next(iter(self.texts(name)), "")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource or data source: its kind and name, arguments, file, and what it is for."""

    kind: str
    name: str
    body: Body
    file: str
    says: str = ""
    mode: Mode = "resource"

    @property
    def address(self) -> str:
        """How others refer to it: "aws_vpc.main", "data.aws_region.here"."""
        return f"{'data.' if self.mode == 'data' else ''}{self.kind}.{self.name}"

    @cached_property
    def references(self) -> frozenset[str]:
        """The addresses that its arguments refer to."""
        return frozenset(
            f"{found[1] or ''}{found[2]}.{found[3]}"
            for words in expressions(self.body)
            for found in _REFERENCE.finditer(words)
        )


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An input of the stack; without a default the person must set it.

    An ephemeral one is in no state file: it may only go where a provider writes and never reads.
    """

    name: str
    type: str
    says: str
    default: Value = None
    checks: tuple[tuple[str, str], ...] = ()
    secret: bool = False
    ephemeral: bool = False

    @property
    def must_be_set(self) -> bool:
        """Whether nothing is taken where the person sets nothing."""
        return self.default is None


@dataclass(frozen=True, kw_only=True)
class Output:
    """A value that the stack tells whoever applied it."""

    name: str
    value: Value
    says: str


@dataclass(frozen=True, kw_only=True)
class Stack:
    """What one `terraform apply` makes: a folder of files with resources, inputs and outputs.

    `settings` are the blocks that are neither (terraform, provider), by file.
    """

    folder: str
    resources: tuple[Resource, ...]
    variables: tuple[Variable, ...] = ()
    outputs: tuple[Output, ...] = ()
    settings: tuple[tuple[str, str, Body], ...] = ()

    @cached_property
    def by_address(self) -> Mapping[str, Resource]:
        """The resources and data sources by address."""
        return {resource.address: resource for resource in self.resources}

    @property
    def made(self) -> tuple[Resource, ...]:
        """What is made, data sources aside."""
        return tuple(r for r in self.resources if r.mode == "resource")

    def of(self, *kinds: str) -> tuple[Resource, ...]:
        """The resources of some kinds, in order."""
        return tuple(r for r in self.resources if r.kind in kinds and r.mode == "resource")

    def data(self, kind: str) -> tuple[Resource, ...]:
        """The data sources of a kind, in order."""
        return tuple(r for r in self.resources if r.kind == kind and r.mode == "data")

    def named(self, address: str) -> Resource | None:
        """The resource with this address, if there is one."""
        return self.by_address.get(address)

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The names of the variables that anything refers to."""
        bodies = (*(r.body for r in self.resources), *(body for _, _, body in self.settings))
        words = [text for body in bodies for text in expressions(body)]
        words += [text for output in self.outputs for text in expressions(output.value)]
        return frozenset(name for text in words for name in _INPUT.findall(text))


def expressions(value: Value) -> Iterator[str]:
    """The texts of all expressions in a value, templates in strings included."""
    if isinstance(value, Expr):
        yield value.text
    elif isinstance(value, str):
        yield from _TEMPLATE.findall(value)
    elif isinstance(value, Body | Table):
        for _, inner in value.entries:
            yield from expressions(inner)
    elif isinstance(value, Call):
        yield from expressions(value.value)
    elif isinstance(value, tuple):
        for inner in value:
            yield from expressions(inner)


def as_text(value: Value) -> str:
    """A plain value or an expression as text; "" for what is neither."""
    if isinstance(value, Expr):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else ""


def body(**arguments: Value) -> Body:
    """The body of a block, from its arguments in order; those that are None are left out."""
    return Body(tuple((name, value) for name, value in arguments.items() if value is not None))


def table(**entries: Value) -> Table:
    """A map value."""
    return Table(tuple((name, value) for name, value in entries.items() if value is not None))


def ref(text: str) -> Expr:
    """A reference such as "aws_vpc.main.id", or any other expression."""
    return Expr(text)
