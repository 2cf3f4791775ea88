"""The expressions of the language, by recursive descent; precedence as the vendor's table has it.

https://firebase.google.com/docs/rules/rules-language#building_conditions
"""

import math
from collections.abc import Callable
from typing import TypeVar

from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.lexer import Lexer, Token, unquoted
from blueproof.engines.firebase_rules.syntax import (
    Binary,
    Call,
    Expression,
    Index,
    IsType,
    ListLiteral,
    Literal,
    MapLiteral,
    Member,
    MethodCall,
    Name,
    PathLiteral,
    Slice,
    Ternary,
    Unary,
)

_T = TypeVar("_T")
_DEEPEST = 60  # expressions inside one another; Python's stack bears many times that
_LARGEST = 2**63 - 1
TYPES = frozenset(
    "bool bytes constraint duration float int latlng list map map_diff null number path set "
    "string timestamp".split()
)
RESERVED = frozenset(
    "allow else false function if import in is let match null return service true".split()
)
_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("in", "is"),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/", "%"),
)


class ExpressionParser:
    """Reads expressions from a lexer, one token ahead."""

    def __init__(self, text: str) -> None:
        self.lexer = Lexer(text)
        self.token = self.lexer.next()
        self._depth = 0

    def refuse(self, message: str, token: Token | None = None) -> RulesError:
        """An error at a token, by default the one that comes next."""
        token = token or self.token
        return RulesError(
            message, line=token.line, column=token.column, construct=token.text or "end of text"
        )

    def take(self) -> Token:
        """The next token, which is then behind us."""
        taken, self.token = self.token, self.lexer.next()
        return taken

    def sees(self, *texts: str) -> bool:
        """Whether one of these words or signs comes next."""
        return self.token.kind in {"word", "sign"} and self.token.text in texts

    def expect(self, text: str, after: str) -> Token:
        """The word or sign that must come next."""
        if not self.sees(text):
            found = repr(self.token.text) if self.token.text else "the end"
            raise self.refuse(f"expected {text!r} {after}, found {found}")
        return self.take()

    def name(self, of: str) -> Token:
        """The next token, which must be a name that is not reserved."""
        if self.token.kind != "word" or self.token.text in RESERVED:
            found = repr(self.token.text) if self.token.text else "the end"
            raise self.refuse(f"expected a name for {of}, found {found}")
        return self.take()

    def expression(self) -> Expression:
        """A whole expression: a ternary or anything that binds tighter."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise self.refuse(f"more than {_DEEPEST} expressions stand inside one another")
        test = self._binary(0)
        if self.sees("?"):
            sign = self.take()
            yes = self.expression()
            self.expect(":", "between the two values of ?")
            test = Ternary(
                test=test, yes=yes, no=self.expression(), line=sign.line, column=sign.column
            )
        self._depth -= 1
        return test

    def _binary(self, level: int) -> Expression:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self.sees(*_LEVELS[level]):
            sign = self.take()
            if sign.text == "/" and self.lexer.sees_segment(sign.start):
                raise self.refuse(
                    "put a blank after the / that divides: this is read as a path", sign
                )
            if sign.text == "is":
                left = self._is(left, sign)
                continue
            right = self._binary(level + 1)
            left = Binary(
                sign=sign.text, left=left, right=right, line=sign.line, column=sign.column
            )
        return left

    def _is(self, left: Expression, sign: Token) -> Expression:
        if self.token.text not in TYPES:
            raise self.refuse(f"{self.token.text!r} is no type that `is` knows")
        return IsType(of=left, type=self.take().text, line=sign.line, column=sign.column)

    def _unary(self) -> Expression:
        signs = []
        while self.sees("!", "-"):
            signs.append(self.take())
            if signs[-1].text == "-" and self.sees("-"):
                raise self.refuse("two minus signs in a row are not possible")
        if signs and signs[-1].text == "-" and self.token.kind == "int":
            of = self._postfix(negative=signs.pop())
        else:
            of = self._postfix()
        for sign in reversed(signs):
            of = Unary(sign=sign.text, of=of, line=sign.line, column=sign.column)
        return of

    def _postfix(self, negative: Token | None = None) -> Expression:
        of = self._number(negative) if negative else self._primary()
        while self.sees(".", "["):
            sign = self.take()
            of = self._member(of) if sign.text == "." else self._index(of, sign)
        return of

    def _member(self, of: Expression) -> Expression:
        if self.token.kind != "word":
            raise self.refuse("expected the name of a field or method after '.'")
        name = self.take()
        if self.sees("("):
            arguments = self._arguments()
            return MethodCall(
                of=of, name=name.text, arguments=arguments, line=name.line, column=name.column
            )
        return Member(of=of, name=name.text, line=name.line, column=name.column)

    def _index(self, of: Expression, sign: Token) -> Expression:
        start = None if self.sees(":") else self.expression()
        if self.sees(":"):
            return self._range(of, start, sign)
        assert start
        self.expect("]", "after an index")
        return Index(of=of, at=start, line=sign.line, column=sign.column)

    def _range(self, of: Expression, start: Expression | None, sign: Token) -> Expression:
        self.take()
        end = None if self.sees("]") else self.expression()
        if start is None and end is None:
            raise self.refuse("a range has a start or an end", sign)
        self.expect("]", "after a range")
        return Slice(of=of, start=start, end=end, line=sign.line, column=sign.column)

    def _arguments(self) -> tuple[Expression, ...]:
        self.expect("(", "before arguments")
        return self._listed(")", self.expression)

    def _listed(self, closing: str, read: Callable[[], _T]) -> tuple[_T, ...]:
        """What is read between commas up to the closing sign."""
        items: list[_T] = []
        while not self.sees(closing):
            items.append(read())
            if not self.sees(closing):
                self.expect(",", f"or {closing!r}")
        self.take()
        return tuple(items)

    def _primary(self) -> Expression:
        kind = self.token.kind
        if kind in {"int", "float"}:
            return self._number()
        if kind in {"string", "bytes"}:
            token = self.take()
            return Literal(
                kind=kind, value=unquoted(self.lexer, token), line=token.line, column=token.column
            )
        if kind == "word":
            return self._word()
        return self._sign()

    def _number(self, negative: Token | None = None) -> Expression:
        token = self.take()
        first = negative or token
        if token.kind == "float":
            return self._float(token)
        value = -int(token.text) if negative else int(token.text)
        if not -_LARGEST - 1 <= value <= _LARGEST:
            raise self.refuse("this number does not fit into 64 bits", token)
        return Literal(kind="int", value=value, line=first.line, column=first.column)

    def _float(self, token: Token) -> Expression:
        value = float(token.text)
        if math.isinf(value):
            raise self.refuse("this number does not fit into 64 bits", token)
        return Literal(kind="float", value=value, line=token.line, column=token.column)

    def _word(self) -> Expression:
        if self.sees("true", "false"):
            token = self.take()
            value = token.text == "true"
            return Literal(kind="bool", value=value, line=token.line, column=token.column)
        if self.sees("null"):
            token = self.take()
            return Literal(kind="null", value=None, line=token.line, column=token.column)
        token = self.name("a value")
        if self.sees("("):
            return Call(
                name=token.text, arguments=self._arguments(), line=token.line, column=token.column
            )
        return Name(name=token.text, line=token.line, column=token.column)

    def _sign(self) -> Expression:
        if self.sees("/"):
            return self._path()
        token = self.token
        if self.sees("("):
            self.take()
            inner = self.expression()
            self.expect(")", "after an expression in parentheses")
            return inner
        if self.sees("["):
            self.take()
            items = self._listed("]", self.expression)
            return ListLiteral(items=items, line=token.line, column=token.column)
        if self.sees("{"):
            self.take()
            entries = self._listed("}", self._entry)
            return MapLiteral(entries=entries, line=token.line, column=token.column)
        found = repr(token.text) if token.text else "the end"
        raise self.refuse(f"expected a value, found {found}")

    def _entry(self) -> tuple[Expression, Expression]:
        key = self.expression()
        self.expect(":", "between a key and its value")
        return key, self.expression()

    def _path(self) -> Expression:
        """A path literal; the lexer goes back to its slash and reads segments, not tokens."""
        first, segments = self.token, list[str | Expression]()
        self.lexer.at = first.start
        while self.lexer.text.startswith("/", self.lexer.at):
            self.lexer.at += 1
            segments.append(self._segment())
        self.token = self.lexer.next()
        return PathLiteral(segments=tuple(segments), line=first.line, column=first.column)

    def _segment(self) -> str | Expression:
        if not self.lexer.text.startswith("$(", self.lexer.at):
            text = self.lexer.segment()
            if not text:
                raise self.lexer.refuse("a segment of this path is empty", self.lexer.at, "path")
            return text
        self.lexer.at += 2
        self.token = self.lexer.next()
        inner = self.expression()
        if not self.sees(")"):
            raise self.refuse("expected ')' after the value in a path")
        self.lexer.at = self.token.start + 1
        return inner
