"""A page as data: what stands on it, before any format prints it.

Texts are plain words in which only `backticks` mean something: code. Every format escapes the rest.
"""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["plain", "good", "bad", "muted"]


@dataclass(frozen=True, kw_only=True)
class Paragraph:
    """A few sentences, with a tone where it matters."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True)
class Bullets:
    """A list, numbered where the order counts."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table; `numeric` names the columns (from 0) that hold figures, set flush right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Code:
    """Text to be read, or copied, character by character."""

    text: str
    language: str = "text"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A drawing: SVG for pages that can hold it, a path for those that link to it."""

    svg: str
    path: str
    caption: str


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Detail that stays closed until it is asked for."""

    summary: str
    blocks: tuple["Block", ...]


Block = Paragraph | Bullets | Grid | Code | Picture | Fold


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed part of a page; its id is the anchor."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A whole page: title, the answer as its lead, and sections in reading order."""

    title: str
    lead: str
    sections: tuple[Section, ...]
