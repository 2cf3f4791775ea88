"""What a statement writes, read off its text: the table, and the columns that an UPDATE sets."""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.sql.conditions import plain
from blueproof.sql.editing import significant
from blueproof.sql.lexer import Token

_ENDS = frozenset({"WHERE", "FROM", "RETURNING", "WHEN", ";"})
_STEP = {"(": 1, "[": 1, "CASE": 1, ")": -1, "]": -1, "END": -1}


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a statement does to one table; `columns` are those that an update sets, by name.

    The table is as the statement writes it, without quotes ("billing.Order").
    """

    table: str
    inserts: bool = False
    updates: bool = False
    columns: frozenset[str] = frozenset()


def read_written(text: str) -> tuple[Written, ...]:
    """What the statement writes, the parts of WITH among it; nothing for a mere reader.

    >>> [(w.table, sorted(w.columns)) for w in read_written("UPDATE t SET a = b, (c, d) = (1, 2)")]
    [('t', ['a', 'c', 'd'])]
    >>> read_written("SELECT a FROM t FOR UPDATE")
    ()
    """
    return tuple(_read(significant(text)))


def _read(marks: list[Token]) -> Iterator[Written]:
    words = [t.text.upper() if t.kind == "name" else t.text for t in marks]
    target = ""
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        if word == "INTO" and before in {"INSERT", "MERGE"}:
            target, _ = _name(marks, at + 1)
            if before == "INSERT":
                yield Written(table=target, inserts=True)
        elif word == "INSERT" and before == "THEN":
            yield Written(table=target, inserts=True)
        elif word == "UPDATE" and before in {"THEN", "DO"}:
            yield _update(target, marks, at + 1)
        elif word == "UPDATE" and before in {"", "(", ")", ";"}:  # not FOR UPDATE, no column's name
            name, after = _name(marks, at + (2 if words[at + 1 : at + 2] == ["ONLY"] else 1))
            if name:
                yield _update(name, marks, after)


def _name(marks: list[Token], at: int) -> tuple[str, int]:
    """The table's name that stands there, "" if none does, and the place behind it."""
    parts: list[str] = []
    while at < len(marks) and (part := _column(marks[at])):
        parts.append(part)
        at += 1
        if at >= len(marks) or marks[at].text != ".":
            break
        at += 1
    return ".".join(parts), at


def _column(token: Token) -> str:
    return plain(token) if token.kind == "quoted_name" else plain(token).lower()


def _update(table: str, marks: list[Token], at: int) -> Written:
    """The update whose SET is the next."""
    rest = iter(marks[at:])
    for token in rest:
        if token.text.upper() == "SET" and token.kind == "name":
            break
    return Written(table=table, updates=True, columns=frozenset(_set(rest)))


def _set(marks: Iterator[Token]) -> Iterator[str]:
    """The columns that an assignment list sets: one before each =, or several in parentheses."""
    depth, listed, before = 0, False, Token("punctuation", ",", 0)
    for token in marks:
        word = "" if token.kind == "quoted_name" else token.text.upper()
        if depth == 0 and word in _ENDS and before.text.upper() != "DISTINCT":
            return
        if depth == 0 and before.text == ",":
            listed = token.text == "("
            yield from filter(None, [_column(token)])
        elif listed and depth == 1:
            yield from filter(None, [_column(token)])
        depth += _STEP.get(word, 0)
        if depth < 0:
            return
        listed = listed and depth > 0
        before = token
