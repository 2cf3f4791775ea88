"""Placeholders of any driver's style turned into PostgreSQL's own $1, $2.

A placeholder stands where a value may begin, so never behind an operand: there `?` (also `?|`,
`?&`, and `??` as JDBC writes it) is an operator of jsonb, and `%s` the modulo of a column s.
`@?` is an operator anywhere. `:name` is a placeholder unless a colon or an operand touches it on
the left, or it bounds an array slice. Styles read: `?`, `?1`, `%s`, `%(name)s`, `:name`,
`:'name'`, `@name`, `$1`, `${name}`, `#{name}`, `{{name}}`, `sqlc.arg(name)`. `IN ?` becomes
`IN ($1)`, since drivers put a list in its place.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from blueproof.core.errors import SqlError
from blueproof.sql.lexer import LETTER, LETTER_OR_DIGIT, Token, place, tokens

MOST_PARAMETERS = 65_535  # the protocol counts them in 16 bits

_BEFORE_VALUE = frozenset({
    *("select", "from", "where", "and", "or", "not", "in", "is", "like", "ilike", "similar", "to"),
    *("between", "on", "having", "limit", "offset", "values", "set", "returning", "when", "then"),
    *("else", "case", "by", "as", "any", "all", "some", "exists", "union", "intersect", "except"),
    *("using", "distinct", "fetch", "symmetric", "default", "collate", "array", "variadic"),
    *("for", "with", "into", "join", "group", "order", "asc", "desc", "cross", "window"),
})  # fmt: skip
_BEGIN_VALUE = frozenset({"not", "case", "any", "all", "some", "exists", "array"})
# Words before a value that are also good names of columns; they count as neither.
_EITHER = frozenset({
    *("interval", "date", "time", "timestamp", "timestamptz", "first", "next", "escape", "zone"),
    *("call", "execute", "return", "uuid", "json", "jsonb", "numeric", "text", "inet"),
})  # fmt: skip
_LITERALS = frozenset({"string", "dollar", "parameter"})
_OPERANDS = _LITERALS | {"number", "quoted_name"}
_OPENING = frozenset("(?:%@${#")
_BEFORE_AT = frozenset("<@^~|&?#!")  # with these, @ makes an operator: <@, ^@, ~@

_QUESTION = re.compile(r"(\?\??)([|&]?(?!\|))|\?")
_JPA = re.compile(r"\?([0-9]{1,5})(?![\w.$])")
_NAME = rf"{LETTER}{LETTER_OR_DIGIT}*"
_NO_MORE = r"(?![\w$]|[^\x00-\x7f])"  # so that no token is read in part
_PYFORMAT = re.compile(rf"%(?:\((\w+)\)s|[sbt]){_NO_MORE}")
_COLON = re.compile(rf":(?:({_NAME})(?!['\"$])|'(\w+)'(?!'))")
_AT = re.compile(rf"@({_NAME})(?!['\"$])")
_HOLE = re.compile(
    r"""[$#]\{\s*([^{}\n'"]*?\w[^{}\n'"]*?)\s*\}
      | \{\{\s*([\w.]+)\s*\}\}
      | sqlc\.n?arg\(\s*'?(\w+)'?\s*\)""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, kw_only=True)
class Numbered:
    """A statement whose placeholders are $1..$n, and the names they had, in order of number."""

    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Read:
    """What was read at a token: a placeholder and its name, or the text to write as it is."""

    end: int
    name: str = ""
    written: str = ""


def numbered(text: str) -> Numbered:
    """The statement with every placeholder turned into $n; the same name keeps its number.

    >>> numbered("SELECT * FROM t WHERE a = :a AND b = ?").text
    'SELECT * FROM t WHERE a = $1 AND b = $2'
    """
    writer = _Writer(text)
    while writer.at < len(writer.tokens):
        writer.step()
    return Numbered(text="".join(writer.out), names=tuple(writer.numbers))


class _Writer:
    """Walks the tokens once, copying them or writing a number in place of a placeholder.

    `before` is the last token that is no space or comment, `left` the position where it ended.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokens(text))
        self.own = _highest(text, self.tokens)
        self.numbers = {f"${n}": n for n in range(1, self.own + 1)}
        self.out: list[str] = []
        self.at = 0
        self.before = Token("punctuation", ";", 0)
        self.left = 0
        self.brackets: list[bool] = []  # of each open [: whether it subscripts an operand

    def step(self) -> None:
        token = self.tokens[self.at]
        style = _STYLES.get(token.text.lower())
        found = style(self, token) if style else None
        if found is None:
            self._copy(token)
        elif found.written:
            self._write(found.written, Token("operator", found.written, token.start), found.end)
        else:
            written = self._parameter(found.name)
            self._write(written, Token("parameter", written, token.start), found.end)

    def _copy(self, token: Token) -> None:
        self.out.append(token.text)
        self.at += 1
        if token.kind in {"space", "comment"}:
            return
        if token.text == "[":
            self.brackets.append(_is_operand(self.before))
        elif token.text == "]" and self.brackets:
            self.brackets.pop()
        self.before, self.left = token, token.start + len(token.text)

    def _write(self, written: str, stands_for: Token, end: int) -> None:
        parted = stands_for.kind == "parameter" and self.text[end : end + 1]
        self.out.append(f"{written} " if parted and _goes_on(parted) else written)
        self.before, self.left = stands_for, end
        while self.at < len(self.tokens) and self.tokens[self.at].start < end:
            self.at += 1

    def _parameter(self, name: str) -> str:
        """The $n to write, kept apart from a word that touches it: LIMIT? is LIMIT $1."""
        number = self.numbers.setdefault(name or f"${len(self.numbers) + 1}", len(self.numbers) + 1)
        if self.before.text.lower() == "in":
            return f"(${number})"
        touching = self.out and _goes_on(self.out[-1][-1])
        return f" ${number}" if touching else f"${number}"

    def solid_from(self, start: int) -> Iterator[Token]:
        """The tokens at or after a position that are no space or comment."""
        for at in range(self.at, len(self.tokens)):
            token = self.tokens[at]
            if token.start >= start and token.kind not in {"space", "comment"}:
                yield token


def _goes_on(character: str) -> bool:
    """Whether a word or number that ends in, or begins with, this would run into its neighbour."""
    return character in "_$" or character.isalnum() or not character.isascii()


def _highest(text: str, read: list[Token]) -> int:
    """The highest number among the $1, $2 that the text has already."""
    highest = 0
    for token in (t for t in read if t.kind == "parameter"):
        digits = token.text[1:].lstrip("0") or "0"
        if len(digits) > len(str(MOST_PARAMETERS)) or int(digits) > MOST_PARAMETERS:
            line, column = place(text, token.start)
            message = f"a statement has at most {MOST_PARAMETERS:,} parameters: number them from $1"
            raise SqlError(message, path="sql", line=line, column=column)
        highest = max(highest, int(digits))
    return highest


def _is_operand(token: Token) -> bool:
    if token.kind == "name":
        return token.text.lower() not in _BEFORE_VALUE
    return token.kind in _OPERANDS or token.text in {")", "]"}


def _is_surely_operand(token: Token) -> bool:
    return _is_operand(token) and token.text.lower() not in _EITHER


def _begins_value(token: Token) -> bool:
    if token.kind == "name":
        return token.text.lower() in _BEGIN_VALUE or _is_operand(token)
    return token.kind in _OPERANDS or token.text in _OPENING


def _colon(writer: _Writer, token: Token) -> _Read | None:
    found = _COLON.match(writer.text, token.start)
    operand = _is_operand(writer.before)
    touching = writer.left == token.start and (operand or writer.before.text in {":", "::"})
    slicing = writer.brackets and (operand or _omits_lower_bound(writer))
    if not found or touching or slicing:
        return None
    return _Read(found.end(), found[1] or found[2])


def _omits_lower_bound(writer: _Writer) -> bool:
    """Whether a[:n] is a slice: drivers with :name would fill it in, those with $1 would not."""
    return writer.before.text == "[" and writer.brackets[-1] and writer.own > 0


def _question(writer: _Writer, token: Token) -> _Read | None:
    if writer.before.text == "@" and writer.left == token.start:
        escaped = writer.text.startswith("??", token.start)
        return _Read(token.start + 1 + escaped, written="?")
    found = _QUESTION.match(writer.text, token.start)
    assert found is not None, "a question mark stands here"
    if found[1] and _is_jsonb(writer, found):
        return _Read(found.end(), written=f"?{found[2]}")
    jpa = _JPA.match(writer.text, token.start)
    return _Read(jpa.end(), jpa[0]) if jpa else _Read(token.start + 1)


def _is_jsonb(writer: _Writer, found: re.Match[str]) -> bool:
    """Whether ?, ?| or ?& stands between two operands."""
    if not _is_operand(writer.before):
        return False
    after = next(writer.solid_from(found.end()), None)
    if after is None:
        return False
    if _is_surely_operand(writer.before) or found[2]:
        return _begins_value(after)
    return after.kind in _LITERALS or after.text.lower() == "array"


def _percent(writer: _Writer, token: Token) -> _Read | None:
    if writer.text.startswith("%%", token.start):
        return _Read(token.start + 2, written="%")
    found = _PYFORMAT.match(writer.text, token.start)
    if not found or (_is_surely_operand(writer.before) and not found[1]):
        return None
    return _Read(found.end(), found[1] or "")


def _at(writer: _Writer, token: Token) -> _Read | None:
    found = _AT.match(writer.text, token.start)
    joined = writer.left == token.start and writer.before.text in _BEFORE_AT
    if not found or joined or _is_surely_operand(writer.before):
        return None
    return _Read(found.end(), found[1])


def _hole(writer: _Writer, token: Token) -> _Read | None:
    found = _HOLE.match(writer.text, token.start)
    return _Read(found.end(), found[1] or found[2] or found[3]) if found else None


_STYLES: dict[str, Callable[[_Writer, Token], _Read | None]] = {
    ":": _colon,
    "?": _question,
    "%": _percent,
    "@": _at,
    "$": _hole,
    "#": _hole,
    "{": _hole,
    "sqlc": _hole,
}
