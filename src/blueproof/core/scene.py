"""Where a claim is checked: texts and numbers from which an engine rebuilds the situation."""

from dataclasses import dataclass, field
from typing import Literal

Basis = Literal["real data", "given statistics", "assumed statistics", "simulated", "none"]


@dataclass(frozen=True, kw_only=True)
class Excerpt:
    """A text that an engine reads, and where it stands in the output folder.

    `statement` is its ordinal from 1 within the file, 0 for the whole file. A text without a path
    stands only in the ledger of proofs. `name` is what the person calls it, if they do.
    """

    text: str
    path: str = ""
    statement: int = 0
    name: str = ""

    def __str__(self) -> str:
        return f"{self.path}#{self.statement}" if self.statement else self.path or self.text


@dataclass(frozen=True, kw_only=True)
class File:
    """A whole file of the answer; it lies in the folder, so the JSON holds its path alone."""

    path: str
    text: str = field(default="", metadata={"json": False})


@dataclass(frozen=True, kw_only=True)
class DatabaseScene:
    """A PostgreSQL database without its rows: the schema's text and the statistics' text."""

    schema: Excerpt
    statistics: Excerpt
    basis: Basis = "assumed statistics"
    kind: Literal["database"] = field(default="database", init=False)
