"""Regular expressions, compiled when first asked: most requests need few of many hundred."""

import re
import sys
from collections.abc import Callable, Iterator
from functools import cached_property

Found = re.Match[str]


class LatePattern:
    """A regular expression as `re.compile` takes it; re.error at the first use where it is none."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern = pattern
        self._flags = flags

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, for what takes one of `re` itself."""
        return re.compile(self.pattern, self._flags)

    def search(self, text: str, start: int = 0, end: int = sys.maxsize) -> Found | None:
        """As of `re`."""
        return self.compiled.search(text, start, end)

    def match(self, text: str, start: int = 0, end: int = sys.maxsize) -> Found | None:
        """As of `re`."""
        return self.compiled.match(text, start, end)

    def fullmatch(self, text: str) -> Found | None:
        """As of `re`."""
        return self.compiled.fullmatch(text)

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Found]:
        """As of `re`."""
        return self.compiled.finditer(text, start, end)

    def findall(self, text: str) -> list[str]:
        """As of `re`, for expressions of one group at most."""
        return self.compiled.findall(text)

    def sub(self, put: str | Callable[[Found], str], text: str, count: int = 0) -> str:
        """As of `re`."""
        return self.compiled.sub(put, text, count)

    def split(self, text: str, most: int = 0) -> list[str]:
        """As of `re`, for expressions whose groups always stand."""
        return self.compiled.split(text, most)
