"""Text to tokens, one at a time: only the parser knows whether `/` divides or begins a path."""

import re
from dataclasses import dataclass

from blueproof.engines.firebase_rules.errors import RulesError

_BLANK = re.compile(r"(?:[ \t\r\n\f]+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_TOKEN = re.compile(
    r"""(?P<float>(?:0|[1-9]\d*)\.\d*|\.\d+)
    |(?P<int>0|[1-9]\d*)
    |(?P<bytes>b(?:'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*"))
    |(?P<string>'(?:[^'\\\n\r]|\\.)*'|"(?:[^"\\\n\r]|\\.)*")
    |(?P<word>[A-Za-z_]\w*)
    |(?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:;,.(){}\[\]=$])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[0-3][0-7]{2}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "\\": "\\", "'": "'", '"': '"'}
_SEGMENT = re.compile(r"\([\w-]+\)|[\w.~%@+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text; `kind` is float, int, bytes, string, word, sign or end."""

    kind: str
    text: str
    start: int
    line: int
    column: int


class Lexer:
    """The text of a rules file, and how far it has been read."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self._line, self._line_start, self._counted = 1, 0, 0

    def place(self, at: int) -> tuple[int, int]:
        """Line and column, from 1, of a place in the text; asked for in rising order mostly."""
        if at < self._counted:
            self._line, self._line_start, self._counted = 1, 0, 0
        self._line += self.text.count("\n", self._counted, at)
        newline = self.text.rfind("\n", self._counted, at)
        if newline >= 0:
            self._line_start = newline + 1
        self._counted = at
        return self._line, at - self._line_start + 1

    def refuse(self, message: str, at: int, construct: str) -> RulesError:
        """An error at a place of the text."""
        line, column = self.place(at)
        return RulesError(message, line=line, column=column, construct=construct)

    def next(self) -> Token:
        """The next token; a token of kind end when there is none."""
        blank = _BLANK.match(self.text, self.at)
        if blank:
            self.at = blank.end()
        start = self.at
        line, column = self.place(start)
        if start == len(self.text):
            return Token("end", "", start, line, column)
        found = _TOKEN.match(self.text, start)
        if not found or self.text.startswith("/*", start):
            raise self._unreadable(start)
        self.at = found.end()
        return Token(found.lastgroup or "", found.group(), start, line, column)

    def _unreadable(self, start: int) -> RulesError:
        if self.text.startswith("/*", start):
            return self.refuse("this comment has no end", start, "comment")
        sign = self.text[start]
        if sign in "'\"":
            return self.refuse("this string has no end on its line", start, "string")
        return self.refuse(f"{sign!r} is no part of the language", start, sign)

    def sees_segment(self, at: int) -> bool:
        """Whether a slash at this place is followed at once by what may be a path's segment."""
        return self.text.startswith("$(", at + 1) or bool(_SEGMENT.match(self.text, at + 1))

    def segment(self) -> str:
        """The plain text of a path's segment right here, or nothing."""
        found = _SEGMENT.match(self.text, self.at)
        if not found:
            return ""
        self.at = found.end()
        return found.group()


def unquoted(lexer: Lexer, token: Token) -> str | bytes:
    """The value of a string token, or of a bytes token."""
    try:
        if token.kind == "bytes":
            return _bytes(lexer, token)
        text = _ESCAPE.sub(lambda found: _unescaped(lexer, token, found.group(1)), token.text[1:-1])
        return text.encode("utf-16", "surrogatepass").decode("utf-16")  # joins \\u pairs
    except UnicodeError:
        raise lexer.refuse("half a sign stands in this string", token.start, "escape") from None


def _bytes(lexer: Lexer, token: Token) -> bytes:
    """The value of a bytes token: a character stands for its UTF-8, an escape for one byte."""
    plain, *rest = _ESCAPE.split(token.text[2:-1])
    value = plain.encode()
    for code, after in zip(rest[::2], rest[1::2], strict=True):
        value += _unescaped(lexer, token, code).encode("latin-1") + after.encode()
    return value


def _unescaped(lexer: Lexer, token: Token, code: str) -> str:
    if code in _PLAIN:
        return _PLAIN[code]
    if len(code) > 1 and not (code[0] == "u" and token.kind == "bytes"):
        return chr(int(code[1:], 16)) if code[0] in "xu" else chr(int(code, 8))
    raise lexer.refuse(f"the escape \\{code[0]} is not known", token.start, "escape")
