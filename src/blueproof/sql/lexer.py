"""PostgreSQL's lexical structure: text in, tokens out, nothing lost.

Source: "Lexical Structure" of the PostgreSQL manual and src/backend/parser/scan.l.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.errors import SqlError

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--[^\n\r]*)
  | (?P<block>/\*)
  | (?P<string>[eE]'(?:[^'\\]|''|\\.)*' | (?:[uU]&|[bBxXnN])?'(?:[^']|'')*')
  | (?P<quoted_name>(?:[uU]&)?"(?:[^"]|"")*")
  | (?P<dollar>\$(?P<tag>[^\W\d]\w*)?\$)
  | (?P<parameter>\$\d+)
  | (?P<number>(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+
                |(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?))
  | (?P<name>[^\W\d][\w$]*)
  | (?P<unended>['"])
  | (?P<punctuation>::|:=|[()\[\],;.:])
  | (?P<operator>[-+*/<>=~!@\#%^&|`?]|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_BLOCK_EDGE = re.compile(r"/\*|\*/")
_UNENDED = {"'": "string", '"': "quoted name"}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of SQL text: its kind, its text, and where it begins (from 0)."""

    kind: str
    text: str
    start: int


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, both from 1, of a position; \\r\\n, \\n and \\r end lines."""
    before = text[:at].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, at - max(text.rfind("\n", 0, at), text.rfind("\r", 0, at))


def tokens(text: str, *, path: str = "sql", start: int = 0) -> Iterator[Token]:
    """The tokens of the text from `start` on; joined they give the text back."""
    at = start
    while at < len(text):
        found = _TOKEN.match(text, at)
        assert found is not None, "the pattern ends in 'any character'"
        kind = found.lastgroup or "operator"
        end = found.end()
        if kind == "block":
            kind, end = "comment", _block_end(text, at, path)
        elif kind in {"dollar", "tag"}:
            kind, end = "dollar", _dollar_end(text, found, path)
        elif kind == "unended":
            raise _unended(text, at, path, _UNENDED[found[0]])
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
