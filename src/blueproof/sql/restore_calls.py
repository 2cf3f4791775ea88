"""The calls that give PostgreSQL 18 its statistics back, read from text and never executed.

That text is what pg_dump --statistics-only and `blueproof pg collect` print: calls of
pg_restore_relation_stats and pg_restore_attribute_stats, whose arguments are names and values in
turn. Comments of ours (`-- setting: work_mem=64MB`) carry what those calls have no place for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from blueproof.core.errors import InputError, SqlError
from blueproof.sql.lexer import Token, place, tokens

RELATION, ATTRIBUTE = "pg_restore_relation_stats", "pg_restore_attribute_stats"
_BEGINS, _ENDS = "-- blueproof statistics ", "-- complete"
_FORMAT = "1"
_HOW = "write it with blueproof pg collect, or with pg_dump --statistics-only of version 18"
_REMARK = re.compile(r"-- ([a-z]+): (.*)")
_OPENING = re.compile(r"\s*\(")
_PLAIN = re.compile(r"\s*'([^']*+(?:''[^']*+)*)'(?:::\w+(?:\[\])?)?\s*([,)])")
_META = re.compile(r"\\[^\n]*")
_ESCAPE = re.compile(
    r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL
)
_SIGNS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: which function, its arguments by name as text, and where it begins."""

    function: str
    arguments: dict[str, str]
    start: int


@dataclass(frozen=True, kw_only=True)
class Remark:
    """A comment of ours: its key ("setting"), what it says, and where it begins."""

    key: str
    says: str
    start: int


@dataclass(frozen=True, kw_only=True)
class Calls:
    """What a text of statistics holds, in its order, and what it says of itself in comments."""

    text: str
    path: str
    calls: tuple[Call, ...] = ()
    remarks: tuple[Remark, ...] = ()

    def error(self, start: int, message: str) -> SqlError:
        """An error at a position of the text."""
        line, column = place(self.text, start)
        return SqlError(message, path=self.path, line=line, column=column)


@dataclass
class _Reading:
    """The state of one reading."""

    source: Calls
    found: list[Call] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def read_calls(text: str, *, path: str) -> Calls:
    """The calls and remarks of a text of statistics.

    Raises SqlError where a call is broken, InputError where the text holds no call or is cut short.
    """
    text = text.removeprefix("\ufeff")
    reading = _Reading(source=Calls(text=text, path=path))
    at = 0
    while at < len(text):
        at = _read_on(reading, at)
    if not reading.found:
        raise InputError(f"{path}: no statistics of PostgreSQL are in it: {_HOW}")
    _check_whole(text, path)
    return Calls(text=text, path=path, calls=tuple(reading.found), remarks=tuple(reading.remarks))


def _check_whole(text: str, path: str) -> None:
    """A text of ours says where it ends: a session that broke off says nothing."""
    begins = re.search(rf"^{_BEGINS}(\S*)", text, re.MULTILINE)
    if begins and begins[1] != _FORMAT:
        raise InputError(f"{path}: statistics of format {begins[1]}, and this version reads 1")
    if begins and not re.search(rf"^{_ENDS}\s*$", text, re.MULTILINE):
        raise InputError(f"{path}: it is cut short, {_ENDS!r} is missing: collect it again")


def _read_on(reading: _Reading, at: int) -> int:
    """Read to the end, or to a command of psql, which is no SQL; returns where to go on."""
    text = reading.source.text
    marks = (t for t in tokens(text, path=reading.source.path, start=at) if t.kind != "space")
    for token in marks:
        if token.kind == "comment":
            _remark(reading, token)
        elif token.text == "\\":
            end = _META.match(text, token.start)
            assert end is not None, "a backslash stands here"
            return end.end()
        elif token.text in {RELATION, ATTRIBUTE}:
            texts, after = _plain_arguments(text, token.start + len(token.text))
            if texts:
                reading.found.append(_as_call(reading, token, texts))
                return after
            reading.found.append(_call(reading, token, marks))
    return len(text)


def _plain_arguments(text: str, at: int) -> tuple[list[str], int]:
    """The strings between ( and ) where they are written as pg_dump does, and where they end.

    One look for each instead of the lexer's many; [] where anything is not as plain as that.
    """
    opening = _OPENING.match(text, at)
    texts: list[str] = []
    found = _PLAIN.match(text, opening.end()) if opening else None
    while found:
        texts.append(found[1].replace("''", "'"))
        if found[2] == ")":
            return texts, found.end()
        found = _PLAIN.match(text, found.end())
    return [], at


def _as_call(reading: _Reading, name: Token, texts: list[str]) -> Call:
    if len(texts) % 2:
        raise reading.source.error(name.start, f"{texts[-1][:20]!r} has no value")
    arguments = dict(zip(texts[::2], texts[1::2], strict=True))
    return Call(function=name.text, arguments=arguments, start=name.start)


def _remark(reading: _Reading, token: Token) -> None:
    found = _REMARK.fullmatch(token.text.rstrip())
    if found:
        reading.remarks.append(Remark(key=found[1], says=found[2], start=token.start))


def _call(reading: _Reading, name: Token, marks: Iterator[Token]) -> Call:
    """The call whose function was just read; its arguments are 'name', 'value'::type in turn."""
    opening = _next(reading, name, marks)
    if opening.text != "(":
        raise reading.source.error(opening.start, f"( should follow {name.text}")
    texts: list[str] = []
    token = opening
    while token.text != ")":
        token = _next(reading, name, marks)
        if token.kind != "string":
            message = f"{token.text[:20]!r} should be in quotes: arguments are 'name', 'value'"
            raise reading.source.error(token.start, message)
        texts.append(plain_string(token.text))
        token = _past_cast(reading, name, marks)
    return _as_call(reading, name, texts)


def _past_cast(reading: _Reading, name: Token, marks: Iterator[Token]) -> Token:
    """The comma or ) after a value and its ::type."""
    while (token := _next(reading, name, marks)).text not in {",", ")"}:
        if not (token.kind == "name" or token.text in {"::", "[", "]"}):
            message = f"{token.text[:20]!r} has no place after a value: write , or )"
            raise reading.source.error(token.start, message)
    return token


def _next(reading: _Reading, name: Token, marks: Iterator[Token]) -> Token:
    token = next((t for t in marks if t.kind != "comment"), None)
    if token is None:
        raise reading.source.error(name.start, f"this {name.text} has no end: ) is missing")
    return token


def plain_string(text: str) -> str:
    r"""The characters that a string constant writes: '..' or E'..'.

    >>> plain_string("'it''s'"), plain_string(r"E'a\\b\n'")
    ("it's", 'a\\b\n')
    """
    if text[0] in "eE":
        return _ESCAPE.sub(_escaped, text[2:-1].replace("''", "'"))
    return text[text.index("'") + 1 : -1].replace("''", "'")


def _escaped(found: re.Match[str]) -> str:
    octal, hexadecimal, short, long, sign = found.groups()
    if sign is not None:
        return _SIGNS.get(sign, sign)
    return chr(int(octal, 8) if octal else int(hexadecimal or short or long, 16))
