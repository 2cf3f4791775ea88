"""The calls of a program, each as the chain that it is written as: supabase.from(..).eq(..)."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.syntax.node import Node

_CALLS = frozenset({"call_expression", "call"})
_MEMBERS = frozenset({"member_expression", "attribute"})
_AROUND = frozenset({
    *("await_expression", "await", "parenthesized_expression", "non_null_expression"),
    *("as_expression", "satisfies_expression", "type_assertion"),
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Link:
    """One name of a chain with what it is called with; `args` is None where it is not called."""

    name: str
    args: tuple[Node, ...] | None = None
    node: Node


@dataclass(frozen=True, kw_only=True)
class Call:
    """A chain that ends in a call."""

    node: Node
    links: tuple[Link, ...]

    @property
    def name(self) -> str:
        """The names of the chain, joined by points."""
        return ".".join(link.name for link in self.links)

    @property
    def last(self) -> str:
        """The name that is called last."""
        return self.links[-1].name

    @property
    def root(self) -> str:
        """The name that the chain begins with, past this and self."""
        own = len(self.links) > 1 and self.links[0].name in {"this", "self"}
        return self.links[own].name

    @property
    def args(self) -> tuple[Node, ...]:
        """What the last name is called with."""
        return self.links[-1].args or ()

    @property
    def line(self) -> int:
        """The line on which the chain begins."""
        return self.node.line

    def link(self, *names: str) -> Link | None:
        """The first link of one of these names that is called."""
        return next((k for k in self.links if k.name in names and k.args is not None), None)


def calls(tree: Node) -> tuple[Call, ...]:
    """Every call of a tree that is no beginning of a longer chain, in the order of the text."""
    return tuple(_calls(tree))


def _calls(tree: Node) -> Iterator[Call]:
    for node in tree.walk():
        new = node.kind == "new_expression"
        if (node.kind in _CALLS or new) and not _is_begun(node):
            yield Call(node=node, links=tuple(links(node)))


def _is_begun(node: Node) -> bool:
    """Whether a longer chain goes on from the call, and is called."""
    above = node
    while above.parent is not None and above.parent.kind in _AROUND | _MEMBERS | _CALLS:
        parent = above.parent
        if parent.kind in _CALLS:
            if parent.child("function") is not above:
                return False
            return above.kind in _MEMBERS
        if parent.kind in _MEMBERS and parent.child("object") is not above:
            return False
        above = parent
    return False


def links(node: Node) -> list[Link]:
    """The chain of an expression."""
    if node.kind in _AROUND:
        return links(node.parts[0]) if node.parts else [Link(name="?", node=node)]
    if node.kind == "new_expression":
        made = node.child("constructor")
        name = f"new {made.text if made else '?'}"
        return [Link(name=name, args=arguments(node), node=node)]
    if node.kind in _CALLS:
        function = node.child("function")
        before = links(function) if function else [Link(name="?", node=node)]
        last = before[-1]
        if last.args is not None:
            return [*before, Link(name="()", args=arguments(node), node=node)]
        return [*before[:-1], Link(name=last.name, args=arguments(node), node=node)]
    if node.kind in _MEMBERS:
        holder = node.child("object")
        member = node.child("property") or node.child("attribute")
        before = links(holder) if holder else []
        return [*before, Link(name=member.text if member else "?", node=node)]
    named = node.kind in {"identifier", "this", "super", "import"}
    return [Link(name=node.text if named else "?", node=node)]


def arguments(node: Node) -> tuple[Node, ...]:
    """What a call is called with; a tagged template is one argument."""
    held = node.child("arguments")
    if held is None:
        return ()
    return (held,) if held.kind == "template_string" else tuple(held.parts)


def is_awaited(node: Node) -> bool:
    """Whether what a call returns is waited for, or handed on to somebody who may."""
    parent = node.parent
    while parent is not None and parent.kind in {"parenthesized_expression", "non_null_expression"}:
        parent = parent.parent
    return parent is not None and parent.kind in {"await_expression", "await"}
