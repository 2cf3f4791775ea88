"""What we know of the case, and how we know it."""

from dataclasses import dataclass
from typing import Literal

from blueproof.core.diagram import Diagram

Source = Literal["stated", "file", "inferred", "assumed"]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing known of the case, and how: stated, read from a file, inferred or assumed.

    Keys are technology, feature, problem, scale.<metric>, budget, deadline, constraint. An
    inferred fact quotes the words it rests on; one read from a file says where ("app.json:12").
    """

    key: str
    value: float | str
    unit: str = ""
    role: str = ""
    source: Source = "stated"
    quote: str = ""
    span: tuple[int, int] | None = None
    where: str = ""

    def __post_init__(self) -> None:
        if self.source == "inferred" and not self.quote:
            raise ValueError(f"{self.key}: an inferred fact must quote the words it rests on")


@dataclass(frozen=True, kw_only=True)
class Document:
    """What the person handed over for one part of the case, as one text.

    `parts` are the files it was put together from, each with its first line in the text.
    """

    role: Literal["schema", "queries", "plan", "rules", "delivery", "code"]
    text: str
    parts: tuple[tuple[str, int], ...] = ()

    def place(self, line: int) -> tuple[str, int]:
        """The file and line in it that a line of the text comes from; all lines count from 1."""
        before = [(path, first) for path, first in self.parts if first <= line]
        path, first = before[-1] if before else (self.role, 1)
        return path, line - first + 1


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What we take for true until told otherwise, and why."""

    key: str
    value: float | str
    why: str


@dataclass(frozen=True, kw_only=True)
class Brief:
    """All that is known before any advice: facts, the person's files, what was not understood."""

    request: str
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    diagrams: tuple[Diagram, ...] = ()
    not_understood: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for fact in self.facts:
            found = self.request[slice(*fact.span)] if fact.span else self.request
            fits = fact.quote == found or (not fact.span and fact.quote in found)
            if not fits and (fact.span or fact.source == "inferred"):
                raise ValueError(f"{fact.key}: the quote {fact.quote!r} is not in the request")

    def document(self, role: str) -> Document | None:
        """The first document that plays this part, if one was handed over."""
        return next((d for d in self.documents if d.role == role), None)
