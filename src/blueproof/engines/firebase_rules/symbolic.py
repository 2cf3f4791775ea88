"""Conditions evaluated for every document that a query could return, all at once.

What is known of all of them is a value; what is not is Unknown, which may also be a fault. A
condition that comes out true holds for each document, so "allowed" is never a guess.
"""

from dataclasses import dataclass
from typing import Any

from blueproof.engines.firebase_rules import methods
from blueproof.engines.firebase_rules.errors import ExceededError, FaultError, UndecidedError
from blueproof.engines.firebase_rules.functions import CONVERSIONS, NAMESPACES, is_number
from blueproof.engines.firebase_rules.operators import (
    OPERATORS,
    index,
    member,
)
from blueproof.engines.firebase_rules.queries import NAME, RANGES, Facts, compared
from blueproof.engines.firebase_rules.runs import FALSE, TRUE, Run
from blueproof.engines.firebase_rules.scopes import LOOK_UPS, Scope, fillable
from blueproof.engines.firebase_rules.shapes import shape
from blueproof.engines.firebase_rules.syntax import (
    Binary,
    Call,
    Expression,
    Function,
    Index,
    IsType,
    Literal,
    Member,
    MethodCall,
    Name,
    Node,
    Ternary,
    Unary,
)
from blueproof.engines.firebase_rules.values import contains, is_type, type_name


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """A value that differs between the documents, or that we cannot tell.

    `path` is the place in the document's data if it is a field; `exists` says that every document
    has it, so that to read it is no fault; `because` is what cannot be told.
    """

    because: Node
    path: tuple[str, ...] | None = None
    exists: bool = False


class Document:
    """The document itself, as `resource`."""


Names = dict[str, Any]
_SERVICE = "cloud.firestore"  # only its lists have queries


class Prover:
    """Evaluates conditions for all documents of one alternative of a query."""

    def __init__(self, run: Run, facts: Facts, places: dict[int, int]) -> None:
        self.run, self.facts = run, facts
        self._places = places  # of conditions, by the identity of their nodes, for coverage
        self.unknown: Expression | None = (
            None  # the condition that could not be told, for the reason
        )

    def condition(self, node: Expression, scope: Scope, names: Names) -> bool | None:
        """True or false for every document; None if it cannot be told. Faults are definite."""
        if isinstance(node, Binary) and node.sign in {"&&", "||"}:
            return self._joined(node, scope, names, absorbing=node.sign == "||")
        value = self.value(node, scope, names)
        if isinstance(value, Unknown):
            self.unknown = node if self.unknown is None else self.unknown
            return None
        if not isinstance(value, bool):
            raise FaultError(f"{type_name(value)} stands where true or false must", node.line)
        self._mark(node, value)
        return value

    def _mark(self, node: Expression, value: object) -> None:
        if id(node) in self._places:
            self.run.marks[self._places[id(node)]] |= TRUE if value is True else FALSE

    def _joined(self, node: Binary, scope: Scope, names: Names, *, absorbing: bool) -> bool | None:
        """`&&` is decided by a false on either side, `||` by a true, whatever the other is."""
        fault: FaultError | None = None
        results = list[bool | None]()
        for side in (node.left, node.right):
            try:
                result = self.condition(side, scope, names)
            except ExceededError:
                raise
            except FaultError as caught:
                fault = fault if isinstance(fault, UndecidedError) else caught
                continue
            if result is absorbing:
                return absorbing
            results.append(result)
        if fault and (not results or results[0] is not None or isinstance(fault, UndecidedError)):
            raise fault
        return None if fault or None in results else not absorbing

    def value(self, node: Expression, scope: Scope, names: Names) -> Any:
        """A value for every document, or Unknown."""
        match node:
            case Literal():
                return node.value
            case Name():
                return self._name(node, scope, names)
            case Binary(sign="&&" | "||") | Unary(sign="!") | Ternary():
                return self._truth(node, scope, names)
            case Member():
                return self._member(node, self.value(node.of, scope, names), node.name)
            case _:
                return self._built(node, scope, names)

    def _built(self, node: Expression, scope: Scope, names: Names) -> Any:
        """What is called, or made of operands."""
        if isinstance(node, Call):
            return self._call(node, scope, names)
        if isinstance(node, MethodCall):
            return self._method(node, scope, names)
        return self._operation(node, scope, names)

    def _truth(self, node: Expression, scope: Scope, names: Names) -> Any:
        if isinstance(node, Ternary):
            test = self.condition(node.test, scope, names)
            if test is None:
                return Unknown(node)
            return self.value(node.yes if test else node.no, scope, names)
        if isinstance(node, Unary):
            truth = self.condition(node.of, scope, names)
            return Unknown(node) if truth is None else not truth
        truth = self.condition(node, scope, names)
        return Unknown(node) if truth is None else truth

    def _name(self, node: Name, scope: Scope, names: Names) -> Any:
        if node.name in names:
            if isinstance(names[node.name], FaultError):
                raise names[node.name]
            return names[node.name]
        slot = scope.wildcard(node.name)
        if slot is not None:
            value = self.run.wild[slot]
            return Unknown(node, exists=True) if value is None else value
        return self.run.request if node.name == "request" else Document()

    def _member(self, node: Node, of: Any, name: str) -> Any:
        if isinstance(of, Document):
            return self._of_document(node, name)
        if isinstance(of, Unknown):
            return Unknown(node) if of.path is None else self._field(node, (*of.path, name))
        if of is self.run.request and name == "path":
            raise UndecidedError("request.path of a list is not documented", node.line)
        if of is self.run.request.get("query") and name == "orderBy":
            raise UndecidedError("what request.query.orderBy holds is not documented", node.line)
        return _placed(node, member, of, name)

    def _of_document(self, node: Node, name: str) -> Any:
        if name == "data":
            return Unknown(node, path=(), exists=True)
        if name == "id":
            return Unknown(node, exists=True)  # the emulator knows an id by its wildcard only
        return Unknown(node, exists=name == NAME)

    def _field(self, node: Node, path: tuple[str, ...]) -> Any:
        """A field of the document; its value if the query fixes it and numbers play no part."""
        facts = self.facts.of(path)
        one_type = len({type(value) for _, value in facts}) == 1
        for sign, value in facts:
            if sign == "==" and one_type and not _has_number(value):
                return value
        return Unknown(node, path=path, exists=self.facts.exists(path))

    def _index(self, node: Index, of: Any, at: Any) -> Any:
        if isinstance(of, Unknown | Document) and isinstance(at, str):
            return self._member(node, of, at)
        if isinstance(of, Unknown | Document) or isinstance(at, Unknown):
            return Unknown(node)
        return self._member(node, of, at) if isinstance(at, str) else _placed(node, index, of, at)

    def _operation(self, node: Expression, scope: Scope, names: Names) -> Any:
        """What has operands that are all evaluated, as in the compiler."""
        if isinstance(node, Index):
            of = self.value(node.of, scope, names)
            return self._index(node, of, self.value(node.at, scope, names))
        if isinstance(node, Binary):
            left = self.value(node.left, scope, names)
            right = self.value(node.right, scope, names)
            if isinstance(left, Unknown | Document) or isinstance(right, Unknown | Document):
                return self._compared(node, left, right)
            return _placed(node, OPERATORS[node.sign], left, right)
        if isinstance(node, IsType):
            return self._is_type(node, self.value(node.of, scope, names))
        function, operands = shape(node)
        values = [self.value(operand, scope, names) for operand in operands]
        return _placed(node, function, *values)

    def _compared(self, node: Binary, left: Any, right: Any) -> Any:
        """A comparison in which one side is the document's."""
        if node.sign == "in":
            return self._within(node, left, right)
        if isinstance(left, Document) or isinstance(right, Document):
            absent = node.sign in {"==", "!="} and (left is None or right is None)
            return (node.sign == "!=") if absent else Unknown(node)
        flipped = isinstance(right, Unknown)
        of, other = (right, left) if flipped else (left, right)
        sign = _FLIPPED.get(node.sign, node.sign) if flipped else node.sign
        if isinstance(other, Unknown) or of.path is None or sign not in _COMPARISONS:
            return Unknown(node)
        truth = compared(self.facts.of(of.path), sign, other)
        return Unknown(node) if truth is None else truth

    def _within(self, node: Binary, item: Any, of: Any) -> Any:
        if isinstance(item, Unknown) or not isinstance(of, Unknown) or of.path is None:
            return Unknown(node)
        if isinstance(item, str) and self.facts.compares((*of.path, item)):
            return True
        held = [value for sign, value in self.facts.of(of.path) if sign == "array-contains"]
        return True if contains(held, item) else Unknown(node)

    def _is_type(self, node: IsType, of: Any) -> Any:
        if not isinstance(of, Unknown | Document):
            return is_type(of, node.type)
        if isinstance(of, Document) or of.path is None:
            return Unknown(node)
        if of.path == ():
            return node.type == "map"
        types = {_type_of(sign, value) for sign, value in self.facts.of(of.path)} - {""}
        known = next(iter(types), "")
        if not known or (known == "number" and node.type in {"int", "float"}):
            return Unknown(node)
        return known == node.type

    def _call(self, node: Call, scope: Scope, names: Names) -> Any:
        found = scope.function(node.name)
        if found:
            kept = [self._kept(argument, scope, names) for argument in node.arguments]
            return self._called(*found, kept)
        values = [self.value(argument, scope, names) for argument in node.arguments]
        if node.name in LOOK_UPS:
            return self._look_up(node, node.name, values[0])
        return _placed(node, CONVERSIONS[node.name][0], *values)

    def _called(self, function: Function, defined: Scope, values: list[Any]) -> Any:
        names = dict(zip(function.parameters, values, strict=True))
        for let in function.lets:
            names[let.name] = self._kept(let.value, defined, names)
        result = self.value(function.body, defined, names)
        if isinstance(result, bool):
            self._mark(function.body, result)
        return result

    def _kept(self, node: Expression, scope: Scope, names: Names) -> Any:
        """The value of an argument or let, or its fault: it is one only where the name is used."""
        try:
            return self.value(node, scope, names)
        except ExceededError:
            raise
        except FaultError as fault:
            return fault

    def _look_up(self, node: Node, name: str, path: Any) -> Any:
        if isinstance(path, Unknown):
            return Unknown(node)
        after = name.endswith("After")
        if name.startswith("exists"):
            return _placed(node, lambda at: self.run.find(at, after=after) is not None, path)
        return _placed(node, lambda at: self.run.get(at, after=after), path)

    def _method(self, node: MethodCall, scope: Scope, names: Names) -> Any:
        values = [self.value(argument, scope, names) for argument in node.arguments]
        if isinstance(node.of, Name) and node.of.name in NAMESPACES and not (
            node.of.name in names or scope.wildcard(node.of.name) is not None
        ):  # fmt: skip
            return _placed(node, NAMESPACES[node.of.name][node.name][0], *values)
        filled = fillable(node.of, scope, names, _SERVICE) if node.name == "bind" else node.of
        of = self.value(filled, scope, names)
        if isinstance(of, Unknown) and of.path is not None and not _unknown(values):
            return self._of_field(node, of.path, values)
        return _placed(
            node, lambda base, *rest: methods.call(base, node.name, [*rest]), of, *values
        )

    def _of_field(self, node: MethodCall, path: tuple[str, ...], values: list[Any]) -> Any:
        """A method of the document's data, or of a list in it, that the query answers."""
        held = [value for sign, value in self.facts.of(path) if sign == "array-contains"]
        if node.name == "get" and len(values) == len(("key", "default")):
            names = values[0] if isinstance(values[0], list) else [values[0]]
            if all(isinstance(name, str) for name in names) and self.facts.compares(
                (*path, *names)
            ):
                return self._field(node, (*path, *names))
        listed = node.name == "hasAny" and len(values) == 1 and isinstance(values[0], list)
        if listed and any(contains(held, item) for item in values[0]):
            return True
        return Unknown(node)


_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARISONS = frozenset({"==", "!=", *RANGES})


def _type_of(sign: str, value: Any) -> str:
    """The type that a constraint leaves to a field; empty if it may be any.

    Ranges and array-contains imply one too, but Google's emulator denies what needs that.
    """
    if sign != "==":
        return ""
    return "number" if is_number(value) else type_name(value)


def _unknown(values: list[Any]) -> bool:
    return any(isinstance(value, Unknown | Document) for value in values)


def _has_number(value: Any) -> bool:
    """Whether a query for this value also finds one that only equals it: 1 and 1.0."""
    if isinstance(value, list):
        return any(_has_number(item) for item in value)
    if isinstance(value, dict):
        return any(_has_number(item) for item in value.values())
    return is_number(value)


def _placed(node: Node, function: Any, *values: Any) -> Any:
    """What a function gives, Unknown if any value is; a fault gets the node's place."""
    if _unknown([*values]):
        return Unknown(node)
    try:
        return function(*values)
    except FaultError as fault:
        raise fault.at(node.line, node.column) from None
