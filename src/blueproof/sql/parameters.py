"""Placeholders of any driver's style turned into PostgreSQL's own $1, $2.

`?` is an operator of jsonb where an operand stands before it and a string, a parameter or ARRAY
follows; anywhere else it is a placeholder. `%s` is a placeholder where no space parts the two
characters and no operand stands right before. `:name` is one unless a colon or an operand (an
array slice) touches it on the left.
"""

import re
from dataclasses import dataclass

from blueproof.sql.lexer import Token, tokens

_KEYWORDS = frozenset(
    ["select", "from", "where", "and", "or", "not", "in", "is", "null", "like", "ilike", "between", "on", "having", "limit", "offset", "values", "set", "returning", "when", "then", "else", "case", "by", "as", "any", "all", "exists", "union", "using"]
)
_CLOSED = {")", "]"}
_NAMED = re.compile(r"[^\W\d]\w*")
_PYFORMAT = re.compile(r"%\((\w+)\)s|%s(?!\w)")
_HOLE = re.compile(r"\$\{\s*([\w.]+)\s*\}|\{\{\s*([\w.]+)\s*\}\}")


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A statement whose placeholders are $1..$n, and the names they had, in order of number."""

    text: str
    names: tuple[str, ...] = ()


def numbered(text: str) -> Numbered:
    """The statement with every placeholder turned into $n; the same name keeps its number.

    >>> numbered("SELECT * FROM t WHERE a = :a AND b = ?").text
    'SELECT * FROM t WHERE a = $1 AND b = $2'
    """
    writer = _Writer(text)
    while writer.at < len(writer.tokens):
        writer.step()
    return Numbered(text="".join(writer.out), names=tuple(writer.names))


class _Writer:
    """Walks the tokens once, copying them or writing a number in place of a placeholder."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        existing = [int(t.text[1:]) for t in self.tokens if t.kind == "parameter"]
        self.names = [f"${n}" for n in range(1, max(existing, default=0) + 1)]
        self.out: list[str] = []
        self.at = 0
        self.operand = False

    def step(self) -> None:
        token = self.tokens[self.at]
        for style in (_colon, _question, _percent, _hole):
            found = style(self, token)
            if found is not None:
                name, end = found
                self._placeholder(name, end)
                return
        self.out.append(token.text)
        self.at += 1
        if token.kind not in {"space", "comment"}:
            self.operand = _ends_operand(token)

    def next_token(self, ahead: int = 1) -> Token | None:
        return self.tokens[self.at + ahead] if self.at + ahead < len(self.tokens) else None

    def _placeholder(self, name: str, end: int) -> None:
        if not name or name not in self.names:
            self.names.append(name or f"${len(self.names) + 1}")
            number = len(self.names)
        else:
            number = self.names.index(name) + 1
        self.out.append(f"${number}")
        self.operand = True
        while self.at < len(self.tokens) and self.tokens[self.at].start < end:
            self.at += 1


def _ends_operand(token: Token) -> bool:
    if token.kind == "name":
        return token.text.lower() not in _KEYWORDS
    return token.kind in {"number", "string", "dollar", "quoted_name", "parameter"} or (
        token.text in _CLOSED
    )


def _colon(writer: _Writer, token: Token) -> tuple[str, int] | None:
    after = writer.next_token()
    if token.text != ":" or after is None or after.kind != "name" or writer.operand:
        return None
    return after.text, after.start + len(after.text)


def _question(writer: _Writer, token: Token) -> tuple[str, int] | None:
    if token.text != "?":
        return None
    after = writer.next_token()
    while after is not None and after.kind == "space":
        after = writer.next_token(2)
        break
    if after is not None and after.text in {"|", "&", "?"} and writer.operand:
        return None
    follows = after is not None and (after.kind == "string" or after.kind == "parameter")
    return None if writer.operand and follows else ("", token.start + 1)


def _percent(writer: _Writer, token: Token) -> tuple[str, int] | None:
    if token.text != "%":
        return None
    found = _PYFORMAT.match(writer.text, token.start)
    if not found or (writer.operand and not found[1]):
        return None
    return found[1] or "", found.end()


def _hole(writer: _Writer, token: Token) -> tuple[str, int] | None:
    if token.text not in {"$", "{"}:
        return None
    found = _HOLE.match(writer.text, token.start)
    return (found[1] or found[2], found.end()) if found else None
