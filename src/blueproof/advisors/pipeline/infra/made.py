"""What infrastructure code makes, whichever tool it is written for, with the lines it stands on.

Terraform's names are the common ones; what a template of CloudFormation or the Serverless
Framework says is told in them, so that one rule judges all three.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from blueproof.advisors.pipeline.fault import Edit, indent_of


class Reference(str):
    """An expression whose value is known only when it is carried out."""

    __slots__ = ()


Told = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Made:
    """One thing that is made: its kind in Terraform's words, its arguments, where it stands."""

    kind: str
    name: str
    path: str
    line: int
    told: Told
    lines: tuple[str, ...] = ()
    spelled: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """How the files call it."""
        return f"{self.kind}.{self.name}" if self.is_terraform else self.name

    @property
    def is_terraform(self) -> bool:
        """Whether it is written in Terraform's language."""
        return self.path.endswith(".tf")

    def get(self, key: str) -> Any:
        """An argument; None where it is not set."""
        return self.told.get(key)

    def number(self, key: str) -> float | None:
        """An argument as a number; None where it is none or not known."""
        return number(self.told.get(key))

    def text(self, key: str) -> str:
        """An argument as text; "" where it is not set or a block."""
        found = self.told.get(key)
        return str(found) if isinstance(found, str | int | float) else ""

    def is_on(self, key: str) -> bool | None:
        """Whether it is set to true; None where it is not set or not known."""
        return switch(self.told.get(key))

    def blocks(self, key: str) -> tuple[Told, ...]:
        """The nested blocks of a name, one or many."""
        return blocks(self.told, key)

    def at(self, key: str) -> int:
        """The line of an argument; that of the whole where it is not found."""
        said = self.spelled.get(key, key)
        pattern = re.compile(rf"^\s*-?\s*\"?{re.escape(said)}\"?\s*(?:[=:{{]|$)")
        for number_, line in enumerate(self.lines, start=self.line):
            if pattern.match(line):
                return number_
        return self.line

    def line_with(self, words: str) -> int:
        """The first line of it that holds the words."""
        return next((n for n, line in enumerate(self.lines, self.line) if words in line), self.line)

    @cached_property
    def whole(self) -> str:
        """Its lines as one text."""
        return "\n".join(self.lines)

    def setting(self, key: str, value: str) -> tuple[Edit, ...]:
        """The change that sets an argument on one line; none where that is not plainly done."""
        if not self.is_terraform or not self.lines or not self.lines[0].rstrip().endswith("{"):
            return ()
        at = self.at(key)
        if at == self.line:
            new = (f"{indent_of(self.lines[0])}  {key} = {value}",)
            return (Edit(first=at + 1, last=at, lines=new),)
        old = self.lines[at - self.line]
        if old.count("=") != 1 or old.rstrip().endswith(("{", "[", "(")):
            return ()
        return (Edit(first=at, last=at, lines=(f"{old[: old.index('=')]}= {value}",)),)

    def adding(self, *lines: str) -> tuple[Edit, ...]:
        """The change that puts a block before the closing brace; none where that is not plain."""
        if not self.is_terraform or not self.lines[1:] or self.lines[-1].strip() != "}":
            return ()
        last, inner = self.line + len(self.lines) - 1, indent_of(self.lines[0]) + "  "
        block = ("", *(f"{inner}{line}" for line in lines))
        return (Edit(first=last, last=last - 1, lines=block),)

    def refers_to(self, other: "Made") -> bool:
        """Whether it names the other."""
        if other.is_terraform:
            return f"{other.kind}.{other.name}." in f"{self.whole}."
        return bool(re.search(rf"\b{re.escape(other.name)}\b", "\n".join(self.lines[1:])))


@dataclass(frozen=True, kw_only=True)
class Infra:
    """All that the handed files make, and the blocks that say how."""

    made: tuple[Made, ...]
    settings: tuple[Made, ...] = ()
    unread: tuple[tuple[str, str], ...] = ()

    def of(self, *kinds: str) -> tuple[Made, ...]:
        """The things of some kinds, in order."""
        return tuple(m for m in self.made if m.kind in kinds)

    def named(self, kind: str, by: Made) -> tuple[Made, ...]:
        """The things of a kind that one refers to."""
        return tuple(m for m in self.of(kind) if by.refers_to(m))

    @property
    def is_terraform(self) -> bool:
        """Whether any of it is written in Terraform's language."""
        return any(m.is_terraform for m in (*self.made, *self.settings))


def number(value: Any) -> float | None:
    """A value as a number; None where it is none.

    >>> number("256"), number(True), number(Reference("var.cpu"))
    (256.0, None, None)
    """
    if isinstance(value, bool | Reference):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def switch(value: Any) -> bool | None:
    """A value as yes or no; None where it is neither.

    >>> switch("true"), switch(False), switch(None)
    (True, False, None)
    """
    if isinstance(value, Reference):
        return None
    return {"true": True, "false": False}.get(str(value).lower())


def blocks(told: Told, key: str) -> tuple[Told, ...]:
    """The nested blocks of a name."""
    found = told.get(key)
    several = found if isinstance(found, list) else [found]
    return tuple(each for each in several if isinstance(each, Mapping))


def texts(value: Any) -> tuple[str, ...]:
    """A value as a list of texts."""
    several = value if isinstance(value, list) else [value]
    return tuple(str(each) for each in several if isinstance(each, str | int | float))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value below one, with the name it stands under."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from leaves(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value
