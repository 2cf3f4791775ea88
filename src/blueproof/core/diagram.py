"""Diagrams as data: what stands where is decided when they are drawn."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["table", "service", "store", "queue", "person", "file", "step"]
Emphasis = Literal["plain", "added", "changed", "removed", "hot"]


@dataclass(frozen=True, kw_only=True)
class Node:
    """One box of a diagram: a name, up to six short lines below it, and how it stands out."""

    id: str
    label: str
    kind: Kind = "service"
    lines: tuple[str, ...] = ()
    emphasis: Emphasis = "plain"


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One arrow from a node's id to another's, with an optional short label."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, kw_only=True)
class Diagram:
    """A picture of at most 40 nodes; every edge joins two of them."""

    id: str
    title: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()

    def __post_init__(self) -> None:
        known = {node.id for node in self.nodes}
        if len(known) != len(self.nodes):
            raise ValueError(f"diagram {self.id}: two nodes share an id")
        loose = [e for e in self.edges if e.source not in known or e.target not in known]
        if loose:
            raise ValueError(f"diagram {self.id}: edge without a node: {loose[0]}")
