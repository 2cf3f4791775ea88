"""PostgreSQL's lexical structure: text in, tokens out, nothing lost.

Source: "Lexical Structure" of the PostgreSQL manual and src/backend/parser/scan.l.
"""

import contextlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from blueproof.core.errors import SqlError

# What follows an opening quote. Nothing can be given back, since no quote follows the last one: a
# string without an end is one at its beginning. Only single characters are repeated possessively:
# Python before 3.11.5 goes wrong on groups that are.
_DOUBLED = r"[^']*+(?:''[^']*+)*'(?!')"
_BACKSLASHED = r"[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*'(?!')"

# The characters of names: letters and _, with digits, with $ too, and all beyond ASCII. Written as
# what they are not: a range up to the last character takes milliseconds to compile each time.
LETTER = r"[^\x00-@\[-^`{-\x7f]"
LETTER_OR_DIGIT = r"[^\x00-/:-@\[-^`{-\x7f]"
IN_NAME = r"[^\x00-#%-/:-@\[-^`{-\x7f]"


def _compiled(plain: str) -> re.Pattern[str]:
    # An E string goes on, backslashes and all, in a quote that stands on a later line.
    return re.compile(
        rf"""
        (?P<space>[ \t\n\r\f\v]+)
      | (?P<comment>--[^\n\r]*)
      | (?P<block>/\*)
      | (?P<string>[eE]'{_BACKSLASHED}(?:[ \t\f\v]*[\n\r][ \t\n\r\f\v]*'{_BACKSLASHED})*
                 | (?:[uU]&|[bBxXnN])?'{plain})
      | (?P<quoted_name>(?:[uU]&)?"[^"]*+(?:""[^"]*+)*"(?!"))
      | (?P<unended>(?:[uU]&|[eEbBxXnN])?'|(?:[uU]&)?")
      | (?P<dollar>\$(?:{LETTER}{LETTER_OR_DIGIT}*)?\$)
      | (?P<parameter>\$[0-9]+)
      | (?P<number>0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
                 | (?:[0-9][0-9_]*\.?[0-9_]*|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)
      | (?P<name>{LETTER}{IN_NAME}*)
      | (?P<punctuation>::|:=|[()\[\],;.:])
      | (?P<operator>.)
        """,
        re.VERBOSE | re.DOTALL,
    )


_TOKEN = _compiled(_DOUBLED)
_TOKEN_WITH_BACKSLASHES = _compiled(_BACKSLASHED)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_SHORT = 2_000  # characters of a text whose tokens are kept: conditions are read again and again
_LINE_END = re.compile(r"\r\n|\r|\n")
_UNENDED = {"'": "string", '"': "quoted name"}


class Token(NamedTuple):
    """A piece of SQL text: its kind, its text, and where it begins (from 0).

    A tuple, since a large schema has half a million and a frozen dataclass takes twice the time.
    """

    kind: str
    text: str
    start: int


def line_starts(text: str) -> list[int]:
    r"""The position of each line's first character; \r\n, \n and \r end lines."""
    return [0, *(found.end() for found in _LINE_END.finditer(text))]


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position."""
    starts = line_starts(text[:at])
    return len(starts), at - starts[-1] + 1


def tokens(
    text: str, *, path: str = "sql", start: int = 0, backslashes: bool = False
) -> Iterator[Token]:
    """The tokens of the text from `start` on; joined they give the text back.

    `backslashes` is for text under standard_conforming_strings = off, where a backslash is an
    escape in every string, not only in E''.
    """
    if not start and not backslashes and len(text) <= _SHORT:
        with contextlib.suppress(SqlError):  # it is raised where it is met
            return iter(_kept(text))
    return _read(text, path, start, backslashes=backslashes)


@lru_cache(maxsize=512)
def _kept(text: str) -> tuple[Token, ...]:
    return tuple(_read(text, "sql", 0, backslashes=False))


def _read(text: str, path: str, start: int, *, backslashes: bool) -> Iterator[Token]:
    match = (_TOKEN_WITH_BACKSLASHES if backslashes else _TOKEN).match
    at, length = start, len(text)
    while at < length:
        found = match(text, at)
        assert found is not None, "the pattern ends in 'any character'"
        kind = found.lastgroup or "operator"
        end = found.end()
        if kind == "block":
            kind, end = "comment", _block_end(text, at, path)
        elif kind == "dollar":
            end = _dollar_end(text, found, path)
        elif kind == "unended":
            raise _unended(text, at, path, _UNENDED[found[0][-1]])
        yield Token(kind, text[at:end], at)
        at = end


def _block_end(text: str, at: int, path: str) -> int:
    depth, end = 1, at + 2
    while depth:
        edge = _BLOCK_EDGE.search(text, end)
        if edge is None:
            raise _unended(text, at, path, "comment")
        depth += 1 if edge[0] == "/*" else -1
        end = edge.end()
    return end


def _dollar_end(text: str, opening: re.Match[str], path: str) -> int:
    quote = opening["dollar"]
    close = text.find(quote, opening.end())
    if close < 0:
        raise _unended(text, opening.start(), path, f"{quote} string")
    return close + len(quote)


def _unended(text: str, at: int, path: str, what: str) -> SqlError:
    line, column = place(text, at)
    return SqlError(f"this {what} has no end", path=path, line=line, column=column)
