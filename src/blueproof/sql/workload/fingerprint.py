"""When two texts are one query: equal but for literals, spaces, comments, case, length of lists.

Parameters count as literals, so what pg_stat_statements says and what a log says come together;
so do true, false and NULL where a value stands (not behind IS or NOT). Rows of VALUES, elements of
IN lists and of ARRAY[...] count once where they are alike.
"""

import re
from collections.abc import Iterable

from blueproof.sql.editing import significant
from blueproof.sql.lexer import IN_NAME, LETTER, LETTER_OR_DIGIT, Token

_VALUES = frozenset({"string", "dollar", "number", "parameter"})
_WORDS = frozenset({"true", "false", "null"})
_BEFORE_SIGN = frozenset(  # words behind which + or - is a sign, not a sum
    "select where and or not in between like ilike limit offset values when then else by as on"
    " having returning case".split()
)
_LISTS = frozenset({"in", "array"})

# The parts of a text that may vary, for a first look that is cheaper than the lexer. A name's own
# digits and E'..' prefixes are kept apart by looking behind, as the lexer does. Only single
# characters are repeated possessively: Python before 3.11.5 goes wrong on groups that are.
_VARIES = re.compile(
    rf"""(?P<kept>"[^"]*+(?:""[^"]*+)*"(?!"))
      | (?P<space>[ \t\n\r\f\v]{{2,}}+|[\t\n\r\f\v]|--[^\n\r]*
                 |/\*[^*/]*+(?:\*(?!/)[^*/]*+|/(?!\*)[^*/]*+)*\*/)
      | (?<!{IN_NAME})(?:[eE]'[^'\\]*+(?:(?:''|\\.)[^'\\]*+)*'(?!')|[0-9][0-9_]*+(?:\.[0-9_]++)?)
      | '[^']*+(?:''[^']*+)*'(?!')
      | (?P<hard>\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$|/\*)""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = re.compile(rf"{_VARIES.pattern}|(?P<end>;)", re.VERBOSE | re.DOTALL)
_LIST = re.compile(rf"(?<!{IN_NAME})in ?\( ?\?(?: ?, ?\?)+ ?\)", re.IGNORECASE)


def fingerprint(text: str) -> str:
    r"""The form that all texts of one query share; SqlError for text that has no end.

    >>> fingerprint("select * FROM t WHERE a IN (1, 2) -- now") == fingerprint(
    ...     'SELECT *\nFROM T WHERE a in ($1)'
    ... )
    True
    """
    return " ".join(normal_tokens(significant(text)))


def normal_tokens(marks: Iterable[Token]) -> list[str]:
    """The tokens of the fingerprint, of a text's significant ones: ? for each value."""
    writer = _Writer()
    for token in marks:
        writer.take(token)
    return writer.finished()


def rough_form(text: str) -> str:
    """A form in which equal texts have equal fingerprints, found without the lexer.

    One query may have several of these; two queries never share one. A text that the first look
    cannot judge (dollar quotes, comments within comments) is its own form.
    """
    hard = False

    def form(found: re.Match[str]) -> str:
        nonlocal hard
        kind = found.lastgroup
        hard = hard or kind == "hard"
        return found[0] if kind == "kept" else " " if kind == "space" else "?"

    rough = _VARIES.sub(form, text)
    return text if hard else _LIST.sub("in (?)", rough)


def split(text: str) -> list[str]:
    """The statements of a text as a server was sent it, without their ;, found without the lexer.

    No pieces for a text that the first look cannot judge: see `rough_form`.
    """
    pieces, start = [], 0
    for found in _ENDS.finditer(text):
        if found.lastgroup == "hard":
            return []
        if found.lastgroup == "end":
            pieces.append(text[start : found.start()])
            start = found.end()
    return [piece for piece in (*pieces, text[start:]) if piece.strip()]


class _Writer:
    """Collects the normal tokens, dropping from a list what is like the element before.

    `open` holds, for each bracket open, where its current element begins in `out` and whether it
    is a list; a VALUES clause is a list that ends with the first token that continues no row.
    """

    def __init__(self) -> None:
        self.out: list[str] = []
        self.open: list[tuple[str, int, bool]] = []
        self.before: dict[int, list[str]] = {}

    def take(self, token: Token) -> None:
        text = self._normal(token)
        self._end_values(text)
        if text in {"(", "["}:
            is_list = bool(self.out) and self.out[-1] in _LISTS
            self.out.append(text)
            self._begin(text, is_list=is_list)
        elif text in {")", "]"}:
            self._close(text)
        elif text == "," and self.open and self.open[-1][2]:
            self._element_ends()
            self.out.append(",")
            self._next_element()
        else:
            self._write(text, token)

    def finished(self) -> list[str]:
        """The tokens of the whole text; a ; at its end is no part of it."""
        self._end_values("")
        while self.out[-1:] == [";"]:
            self.out.pop()
        return self.out

    def _normal(self, token: Token) -> str:
        if token.kind in _VALUES:
            return "?"
        if token.kind != "name":
            return token.text
        text = token.text.lower()
        is_value = text in _WORDS and self.out[-1:] not in (["is"], ["not"], ["."])
        return "?" if is_value else text

    def _write(self, text: str, token: Token) -> None:
        if text == "?" and self.out[-1:] in (["-"], ["+"]) and self._is_sign():
            self.out.pop()
        if text == "?" and token.kind == "string" and self.out[-1:] == ["?"]:
            return  # 'a' 'b' on two lines is one literal
        if text in {"select", "with"} and self.out[-1:] == ["("] and self.open:
            self.open[-1] = (*self.open[-1][:2], False)  # IN (SELECT ...) is no list
        self.out.append(text)
        if text == "values":
            self._begin("values", is_list=True)

    def _is_sign(self) -> bool:
        before = self.out[-2] if len(self.out) > 1 else "select"
        return before in _BEFORE_SIGN or before in {"(", "[", ",", "=", "<", ">", "+", "*", "/"}

    def _begin(self, kind: str, *, is_list: bool) -> None:
        self.open.append((kind, len(self.out), is_list))
        self.before.pop(len(self.open), None)

    def _next_element(self) -> None:
        kind, _, is_list = self.open[-1]
        self.open[-1] = (kind, len(self.out), is_list)

    def _element_ends(self) -> None:
        """Drop the element that ends here, and the comma before it, if it is like the last."""
        start = self.open[-1][1]
        element, level = self.out[start:], len(self.open)
        if self.before.get(level) == element:
            del self.out[start - 1 :]
        else:
            self.before[level] = element

    def _close(self, text: str) -> None:
        if self.open:
            if self.open[-1][2]:
                self._element_ends()
            self.open.pop()
        self.out.append(text)

    def _end_values(self, text: str) -> None:
        """End a VALUES clause before a token that continues no row and begins none."""
        if not self.open or self.open[-1][0] != "values":
            return
        if text != ("," if self.out[-1] == ")" else "("):
            self._element_ends()
            self.open.pop()
