"""The statements of a rules file: service, match, allow, function."""

from blueproof.engines.firebase_rules.errors import RulesError
from blueproof.engines.firebase_rules.expressions import ExpressionParser
from blueproof.engines.firebase_rules.limits import ARGUMENTS, LETS, MATCH_DEPTH, SOURCE_BYTES
from blueproof.engines.firebase_rules.syntax import (
    COVERS,
    Allow,
    Expression,
    File,
    Function,
    Let,
    Match,
    Segment,
)

SERVICES = ("cloud.firestore", "firebase.storage")


def parse(text: str) -> File:
    """A rules file as data. Raises RulesError where it is not rules."""
    size = len(text.encode("utf-8", "replace"))
    if size > SOURCE_BYTES:
        raise RulesError(
            f"the rules are {size:,} bytes, and {SOURCE_BYTES:,} are allowed",
            line=1, column=1, construct="file",
        )  # fmt: skip
    return _Parser(text).file()


class _Parser(ExpressionParser):
    def file(self) -> File:
        version = self._version()
        functions = self._functions()
        first = self.expect("service", "of the rules")
        service = self._service()
        self.expect("{", "after the service")
        inner = self._functions()
        matches = list[Match]()
        while not self.sees("}"):
            if self.sees("function"):
                inner += (self._function(),)
            else:
                matches.append(self._match(1))
        self.take()
        functions += self._functions()
        if self.token.kind != "end":
            raise self.refuse(f"{self.token.text!r} stands after the service")
        return File(
            version=version, service=service, functions=functions, service_functions=inner,
            matches=tuple(matches), line=first.line, column=first.column,
        )  # fmt: skip

    def _version(self) -> str:
        if not self.sees("rules_version"):
            return "1"
        self.take()
        self.expect("=", "after rules_version")
        token = self.take()
        if token.kind != "string" or token.text[1:-1] not in {"1", "2"}:
            raise self.refuse(f"rules_version {token.text} is not known: '1' or '2'", token)
        self._semicolon()
        return token.text[1:-1]

    def _semicolon(self) -> None:
        if self.sees(";"):
            self.take()

    def _service(self) -> str:
        token = self.name("the service")
        self.expect(".", "in the service's name")
        service = f"{token.text}.{self.name('the service').text}"
        if service not in SERVICES:
            raise self.refuse(f"service {service} is not known: {' or '.join(SERVICES)}", token)
        return service

    def _functions(self) -> tuple[Function, ...]:
        found = list[Function]()
        while self.sees("function"):
            found.append(self._function())
        return tuple(found)

    def _match(self, depth: int) -> Match:
        first = self.expect("match", "or a function or '}'")
        if depth > MATCH_DEPTH:
            raise self.refuse(f"more than {MATCH_DEPTH} matches stand inside one another", first)
        path = self._match_path()
        self.expect("{", "after the path of a match")
        functions, allows, matches = list[Function](), list[Allow](), list[Match]()
        while not self.sees("}"):
            if self.sees("function"):
                functions.append(self._function())
            elif self.sees("allow"):
                allows.append(self._allow())
            else:
                matches.append(self._match(depth + 1))
        self.take()
        return Match(
            path=path, functions=tuple(functions), allows=tuple(allows), matches=tuple(matches),
            line=first.line, column=first.column,
        )  # fmt: skip

    def _match_path(self) -> tuple[Segment, ...]:
        if not self.sees("/"):
            raise self.refuse("expected a path that begins with '/' after match")
        self.lexer.at = self.token.start
        segments = list[Segment]()
        while self.lexer.text.startswith("/", self.lexer.at):
            self.lexer.at += 1
            segments.append(self._match_segment())
        self.token = self.lexer.next()
        return tuple(segments)

    def _match_segment(self) -> Segment:
        line, column = self.lexer.place(self.lexer.at)
        text = self.lexer.segment()
        if text:
            return Segment(text=text, line=line, column=column)
        self.token = self.lexer.next()
        self.expect("{", "or a name after '/' in the path of a match")
        name = self.name("a wildcard").text
        deep = self.sees("=")
        if deep:
            self.take()
            self.expect("*", "after '=' in a wildcard")
            self.expect("*", "after '=*' in a wildcard")
        if not self.sees("}"):
            raise self.refuse("expected '}' after a wildcard")
        self.lexer.at = self.token.start + 1
        return Segment(name=name, deep=deep, line=line, column=column)

    def _allow(self) -> Allow:
        first = self.take()
        methods = [self._method()]
        while self.sees(","):
            self.take()
            methods.append(self._method())
        condition: Expression | None = None
        if self.sees(":"):
            self.take()
            self.expect("if", "after ':' of an allow")
            condition = self.expression()
        self._semicolon()
        return Allow(
            methods=tuple(methods), condition=condition, line=first.line, column=first.column
        )

    def _method(self) -> str:
        if self.token.text not in COVERS:
            known = ", ".join(COVERS)
            raise self.refuse(f"{self.token.text!r} is no method to allow: {known}")
        return self.take().text

    def _function(self) -> Function:
        first = self.take()
        name = self.name("a function")
        parameters = self._parameters()
        self.expect("{", "after the parameters of a function")
        lets = list[Let]()
        while self.sees("let"):
            lets.append(self._let())
        if len(lets) > LETS:
            raise self.refuse(f"function {name.text} has more than {LETS} lets", first)
        self.expect("return", "or let in a function")
        body = self.expression()
        self._semicolon()
        self.expect("}", "after return")
        return Function(
            name=name.text, parameters=parameters, lets=tuple(lets), body=body,
            line=first.line, column=first.column,
        )  # fmt: skip

    def _parameters(self) -> tuple[str, ...]:
        opening = self.expect("(", "after the name of a function")
        names = self._listed(")", lambda: self.name("a parameter").text)
        if len(names) > ARGUMENTS:
            raise self.refuse(f"a function takes at most {ARGUMENTS} arguments", opening)
        if len({*names}) < len(names):
            raise self.refuse("two parameters have one name", opening)
        return names

    def _let(self) -> Let:
        first = self.take()
        name = self.name("a let").text
        self.expect("=", "after the name of a let")
        value = self.expression()
        self.expect(";", "after a let")
        return Let(name=name, value=value, line=first.line, column=first.column)
