"""Splitting a file of SQL into its statements, as psql would."""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from blueproof.core.errors import SqlError
from blueproof.sql.lexer import Token, line_starts, place, tokens
from blueproof.sql.secrets import masked

_EMPTY_LINE = re.compile(r"(?:\r\n|\r(?!\n)|\n)[^\n\r]*[\n\r]")
_META = re.compile(r"\\(?:;|[^\n\r]*)")
_SENDS = re.compile(r"\\(?:;|g|crosstabview|watch)")  # the commands of psql that end a statement
_META_COPY = re.compile(r"\\copy\b.*\bfrom\s+p?stdin\b", re.IGNORECASE)
_COPY_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_STRINGS_OFF = re.compile(r"(?:=|\bTO\b)\s*'?(?:off|false|no|0)\b", re.IGNORECASE)
_MARKER = re.compile(r"^\s*(?:--|/\*+|\*+/|\*)?\s?|\s*\*+/\s*$")
_MOST_WORDS = 6
_MOST_SHOWN = 60
# Characters of a script that is kept as read: a query for every plan, a schema for each twin.
_SHORT, _LONG = 20_000, 4_000_000


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One SQL statement as the person wrote it, and where it stands.

    `ordinal`, `line` and `column` count from 1; `comment` is the comment right before it; `words`
    are its first bare words in capitals.
    """

    text: str
    path: str
    ordinal: int
    line: int
    column: int
    comment: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A part of the file that is not SQL for a server, and why it was passed over."""

    line: int
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Script:
    """A file of SQL: its statements, and what in it was passed over."""

    statements: tuple[Statement, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass
class _Reader:
    """The state of one reading: what has been collected, and the statement under way."""

    text: str
    path: str
    lines: list[int]
    statements: list[Statement] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    pending: list[Token] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    depth: int = 0
    atomic: int = 0
    ended: int = 0
    backslashes: bool = False

    def line(self, at: int) -> int:
        return bisect.bisect_right(self.lines, at)


def read_script(text: str, *, path: str) -> Script:
    """The statements of a file; SqlError for text that no server could split.

    A comment between a statement's last word and its ; is no part of it, so that a text can be
    followed by anything.
    """
    if len(text) <= _SHORT:
        return _kept(text, path)
    return (_kept_long if len(text) <= _LONG else _read)(text, path)


def _read(text: str, path: str) -> Script:
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line, column = place(text, text.index("\0"))
        message = "a NUL character: this is no SQL text"
        raise SqlError(message, path=path, line=line, column=column)
    reader = _Reader(text=text, path=path, lines=line_starts(text))
    at = 0
    while at < len(text):
        at = _read_on(reader, at)
    _finish(reader)
    return Script(statements=tuple(reader.statements), skipped=tuple(reader.skipped))


_kept, _kept_long = lru_cache(maxsize=256)(_read), lru_cache(maxsize=2)(_read)


def _read_on(reader: _Reader, at: int) -> int:
    """Take tokens until something needs the text after it re-read; returns where to go on."""
    backslashes = reader.backslashes
    for token in tokens(reader.text, path=reader.path, start=at, backslashes=backslashes):
        if token.text == "\\":
            return _meta(reader, token)
        if token.text == ";" and reader.depth == 0 and not reader.atomic:
            after = reader.ended = token.start + 1
            if _finish(reader):
                return _skip_copy(reader, after)
            if reader.backslashes != backslashes:
                return after
        else:
            _take(reader, token)
    return len(reader.text)


def _take(reader: _Reader, token: Token) -> None:
    if not reader.pending and token.kind in {"space", "comment"}:
        _comment(reader, token)
        return
    reader.pending.append(token)
    if token.kind == "name":
        _word(reader, token.text.upper())
    elif token.text == "(":
        reader.depth += 1
    elif token.text == ")":
        reader.depth = max(0, reader.depth - 1)


def _comment(reader: _Reader, token: Token) -> None:
    if token.kind == "space":
        if _EMPTY_LINE.search(token.text):
            reader.comments.clear()
    elif not _beside_the_last(reader, token):
        reader.comments.append(token.text)


def _beside_the_last(reader: _Reader, token: Token) -> bool:
    """Whether a -- comment stands on the line of the last statement's ; and so belongs to it."""
    beside = reader.ended and reader.line(token.start) == reader.line(reader.ended)
    return bool(beside) and token.text.startswith("--")


def _word(reader: _Reader, word: str) -> None:
    """Keep the word; count the blocks of a BEGIN ATOMIC body, where ; ends no statement."""
    if word == "ATOMIC" and reader.words[-1:] == ["BEGIN"] and _is_routine(reader.words):
        reader.atomic += 1
    elif reader.atomic and word in {"CASE", "END"}:
        reader.atomic += 1 if word == "CASE" else -1
    reader.words.append(word)


def _is_routine(words: list[str]) -> bool:
    kind = words[3:4] if words[1:3] == ["OR", "REPLACE"] else words[1:2]
    return words[0] == "CREATE" and kind in (["FUNCTION"], ["PROCEDURE"])


def _finish(reader: _Reader) -> bool:
    """Close the statement under way; True if COPY data follows it."""
    pending, words = reader.pending, reader.words
    while pending and pending[-1].kind in {"space", "comment"}:
        pending.pop()
    text = "".join(t.text for t in pending)
    is_copy = words[:1] == ["COPY"] and ("FROM", "STDIN") in pairwise(words)
    if is_copy:
        reader.skipped.append(_skip(reader, pending[0].start, text, "rows are not loaded"))
    elif text:
        reader.statements.append(_statement(reader, pending[0].start, text))
    if words[:1] == ["SET"] and "STANDARD_CONFORMING_STRINGS" in words[1:3]:
        reader.backslashes = bool(_STRINGS_OFF.search(text))
    reader.pending, reader.comments, reader.words = [], [], []
    reader.depth = reader.atomic = 0
    return is_copy


def _statement(reader: _Reader, at: int, text: str) -> Statement:
    line = reader.line(at)
    return Statement(
        text=text,
        path=reader.path,
        ordinal=len(reader.statements) + 1,
        line=line,
        column=at - reader.lines[line - 1] + 1,
        comment="\n".join(_lines_of(reader.comments)),
        words=tuple(reader.words[:_MOST_WORDS]),
    )


def _lines_of(comments: list[str]) -> Iterator[str]:
    for comment in comments:
        for line in comment.splitlines():
            bare = _MARKER.sub("", _MARKER.sub("", line, count=1)).strip()
            if bare:
                yield bare


def _meta(reader: _Reader, token: Token) -> int:
    r"""Pass over a command of psql; one such as \g or \; also ends the statement under way."""
    found = _META.match(reader.text, token.start)
    assert found is not None, "a backslash stands here"
    command = found[0]
    if _SENDS.match(command):
        _finish(reader)
        reader.ended = found.end()
    if command != r"\;":
        reader.skipped.append(_skip(reader, token.start, command, "a command of psql"))
    return _skip_copy(reader, found.end()) if _META_COPY.match(command) else found.end()


def _skip_copy(reader: _Reader, at: int) -> int:
    found = _COPY_END.search(reader.text, at)
    if found:
        return found.end()
    why = r"taken for the rows of a COPY that no line with \. ends"
    if reader.text[at:].strip():
        reader.skipped.append(_skip(reader, at, "the rest of the file", why))
    return len(reader.text)


def _skip(reader: _Reader, at: int, what: str, why: str) -> Skipped:
    short = " ".join(masked(what).split())[:_MOST_SHOWN]
    return Skipped(line=reader.line(at), what=short, why=why)
