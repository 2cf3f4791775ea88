"""Splitting a file of SQL into its statements, as psql would."""

import bisect
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.core.errors import SqlError
from blueproof.sql.lexer import Token, tokens

_LINE_END = re.compile(r"\r\n|\r|\n")
_META = re.compile(r"\\[^\n\r]*")
_COPY_END = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE)
_COPY_DATA = re.compile(r"\bFROM\s+STDIN\b", re.IGNORECASE)
_MARKER = re.compile(r"^\s*(?:--|/\*+|\*+/|\*)?\s?|\s*\*+/\s*$")
_MOST_WORDS = 6


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

    def line(self, at: int) -> int:
        return bisect.bisect_right(self.lines, at)


def read_script(text: str, *, path: str) -> Script:
    """The statements of a file; SqlError for text that no server could split."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise SqlError("a NUL character: this is no SQL text", path=path, line=line, column=1)
    starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
    reader = _Reader(text=text, path=path, lines=starts)
    at = 0
    while at < len(text):
        at = _read_on(reader, at)
    _finish(reader)
    return Script(statements=tuple(reader.statements), skipped=tuple(reader.skipped))


def _read_on(reader: _Reader, at: int) -> int:
    """Take tokens until something needs the text after it re-read; returns where to go on."""
    for token in tokens(reader.text, path=reader.path, start=at):
        if token.text == "\\" and reader.depth == 0:
            return _meta(reader, token)
        _take(reader, token)
        if token.text == ";" and reader.depth == 0 and not reader.atomic:
            data = _finish(reader)
            if data:
                return _skip_copy(reader, token.start + 1)
    return len(reader.text)


def _take(reader: _Reader, token: Token) -> None:
    if not reader.pending and token.kind in {"space", "comment"}:
        _comment(reader, token)
        return
    reader.pending.append(token)
    if token.kind == "name":
        _word(reader, token.text.upper())
    elif token.text in {"(", "["}:
        reader.depth += 1
    elif token.text in {")", "]"}:
        reader.depth = max(0, reader.depth - 1)


def _comment(reader: _Reader, token: Token) -> None:
    if token.kind == "comment":
        reader.comments.append(token.text)
    elif len(_LINE_END.findall(token.text)) > 1:
        reader.comments.clear()  # an empty line parts a comment from what follows


def _word(reader: _Reader, word: str) -> None:
    """Keep the word; count the blocks of a BEGIN ATOMIC body, where ; ends no statement."""
    before = reader.words[-1] if reader.words else ""
    routine = reader.words[:1] == ["CREATE"]
    if (word == "ATOMIC" and before == "BEGIN" and routine) or (reader.atomic and word == "CASE"):
        reader.atomic += 1
    elif reader.atomic and word == "END":
        reader.atomic -= 1
    reader.words.append(word)


def _finish(reader: _Reader) -> bool:
    """Close the statement under way; True if COPY data follows it."""
    pending = reader.pending
    if pending and pending[-1].text == ";":
        pending = pending[:-1]
    text = "".join(t.text for t in pending).strip()
    is_copy = reader.words[:1] == ["COPY"] and bool(_COPY_DATA.search(text))
    if text and is_copy:
        reader.skipped.append(_skip(reader, pending[0].start, text[:60], "rows are not loaded"))
    elif text:
        reader.statements.append(_statement(reader, pending[0].start, text))
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
    """A psql command such as \\connect: ends the statement under way and is passed over."""
    _finish(reader)
    found = _META.match(reader.text, token.start)
    assert found is not None, "a backslash stands here"
    reader.skipped.append(_skip(reader, token.start, found[0].strip(), "a command of psql"))
    return found.end()


def _skip_copy(reader: _Reader, at: int) -> int:
    found = _COPY_END.search(reader.text, at)
    return found.end() if found else len(reader.text)


def _skip(reader: _Reader, at: int, what: str, why: str) -> Skipped:
    return Skipped(line=reader.line(at), what=" ".join(what.split()), why=why)
