"""What a reader finds in one file: facts, names to be counted, and parts that run."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from blueproof.core.errors import InputError


class DamagedError(InputError):
    """A file that is not what its name says; the message is the reason alone, in a few words."""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A file's path below the root (with /), and its text."""

    path: str
    text: str

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The folder it lies in; "" for the root."""
        return self.path.rpartition("/")[0]

    @cached_property
    def _ends(self) -> list[int]:
        """Where each line ends: many places are asked for in long files."""
        return [found.start() for found in re.finditer("\n", self.text)]

    def line(self, offset: int) -> int:
        """The line of a place in the text, from 1."""
        return bisect_left(self._ends, max(offset, 0)) + 1

    def line_with(self, words: str, start: int = 0) -> int:
        """The first line with these words; 1 if there is none."""
        return self.line(self.text.find(words, start))


@dataclass(frozen=True, kw_only=True)
class Found:
    """One fact as it stands in a file, with its line."""

    key: str
    value: float | str
    line: int
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One of the things that are counted (`metric`: tables, routes), told apart by its name."""

    metric: str
    name: str
    line: int
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Part:
    """A service of a compose file: what it runs, and which of the others it needs.

    `technology` is that of a known image; a service without one runs the project's own code.
    """

    name: str
    technology: str
    line: int
    uses: tuple[str, ...] = ()
    is_public: bool = False


Finding = Found | Counted | Part
Read = Callable[[Text], Iterator[Finding]]


def technology(name: str, line: int) -> Found:
    """A technology in use."""
    return Found(key="technology", value=name, line=line)


def feature(name: str, line: int) -> Found:
    """A feature that the file proves."""
    return Found(key="feature", value=name, line=line)
