"""Expressions to Python closures, once for each rules file.

A closure takes a frame (a list: the Run first, then the values of parameters and lets) and gives
a value or raises FaultError. What an expression costs is known beforehand but for what && || and
?: leave out, so only their operands and the bodies of functions count as they run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from blueproof.engines.firebase_rules import methods
from blueproof.engines.firebase_rules.conditions import Condition, both, either, noted
from blueproof.engines.firebase_rules.errors import ExceededError, FaultError
from blueproof.engines.firebase_rules.functions import CONVERSIONS, NAMESPACES, Native
from blueproof.engines.firebase_rules.limits import CALL_DEPTH
from blueproof.engines.firebase_rules.operators import OPERATORS, index, member
from blueproof.engines.firebase_rules.runs import Run
from blueproof.engines.firebase_rules.scopes import (
    FIELDS,
    LOOK_UPS,
    Scope,
    fillable,
    is_builtin,
    is_namespace,
    refused,
)
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

Frame = list[Any]
Closure = Callable[[Frame], Any]
Locals = dict[str, int]
_TRUTHS = frozenset({"&&", "||", "==", "!=", "<", "<=", ">", ">=", "in"})


@dataclass(frozen=True, slots=True)
class Compiled:
    """A closure and how many expressions it always evaluates."""

    run: Closure
    cost: int


@dataclass(frozen=True, slots=True)
class _Body:
    """A function, compiled: its body, its lets and how deep its calls go."""

    body: Closure
    lets: tuple[tuple[str, Compiled], ...]
    depth: int


class Compiler:
    """Compiles the expressions of one file; functions once for each scope they are seen from."""

    def __init__(self, service: str) -> None:
        self.service = service
        self.conditions: list[Condition] = []
        self._bodies: dict[int, _Body] = {}
        self._open: list[Function] = []
        self._deepest = 0

    def condition(self, node: Expression, scope: Scope, names: Locals) -> Closure:
        """A closure that gives true or false, and notes which of its conditions were which."""
        if isinstance(node, Binary) and node.sign in {"&&", "||"}:
            join = both if node.sign == "&&" else either
            return join(
                self.condition(node.left, scope, names), self.condition(node.right, scope, names)
            )
        if isinstance(node, Ternary):
            return self._choice(node, scope, names, self.condition)
        compiled = self.value(node, scope, names)
        place = len(self.conditions)
        self.conditions.append(Condition(node))
        return noted(compiled.run, compiled.cost, place, node)

    def _choice(
        self, node: Ternary, scope: Scope, names: Locals,
        compile_branch: Callable[[Expression, Scope, Locals], Closure],
    ) -> Closure:  # fmt: skip
        test = self.condition(node.test, scope, names)
        yes = compile_branch(node.yes, scope, names)
        no = compile_branch(node.no, scope, names)
        return lambda frame: yes(frame) if test(frame) else no(frame)

    def _counted(self, node: Expression, scope: Scope, names: Locals) -> Closure:
        """A closure for a value that counts its own cost."""
        compiled = self.value(node, scope, names)
        run, cost = compiled.run, compiled.cost

        def counted(frame: Frame) -> Any:
            frame[0].spend(cost)
            return run(frame)

        return counted

    def value(self, node: Expression, scope: Scope, names: Locals) -> Compiled:
        """A closure that gives any value."""
        if isinstance(node, Call):
            return self._call(node, scope, names)
        if isinstance(node, MethodCall):
            return self._method(node, scope, names)
        if isinstance(node, Member):
            self._check_field(node, node.name, scope, names)
            return _field(node, self.value(node.of, scope, names))
        run = self._alone(node, scope, names)
        if run:
            return Compiled(run, 1)
        function, operands = self._operation(node, scope, names)
        return self._applied(node, function, operands, scope, names)

    def _alone(self, node: Expression, scope: Scope, names: Locals) -> Closure | None:
        """A closure for what has no operands, or only such as count their own cost."""
        match node:
            case Literal():
                value = node.value
                return lambda _frame: value
            case Name():
                return self._name(node, scope, names)
            case Ternary():
                return self._choice(node, scope, names, self._counted)
            case Binary(sign="&&" | "||"):
                return self.condition(node, scope, names)
            case Unary(sign="!"):
                inner = self.condition(node.of, scope, names)
                return lambda frame: not inner(frame)
            case _:
                return None

    def _operation(
        self, node: Expression, scope: Scope, names: Locals
    ) -> tuple[Callable[..., Any], tuple[Expression, ...]]:
        """What is done with the values of which operands."""
        match node:
            case Index():
                if isinstance(node.at, Literal) and isinstance(node.at.value, str):
                    self._check_field(node, node.at.value, scope, names)
                return index, (node.of, node.at)
            case Binary():
                return OPERATORS[node.sign], (node.left, node.right)
            case IsType(type="null") if self.service == "cloud.firestore":
                raise refused(node, "`is null` is there in Storage: write == null", "is null")
            case _:
                return shape(node)

    def _applied(
        self, node: Node, function: Callable[..., Any], operands: tuple[Expression, ...],
        scope: Scope, names: Locals,
    ) -> Compiled:  # fmt: skip
        compiled = [self.value(operand, scope, names) for operand in operands]
        runs = tuple(each.run for each in compiled)
        cost = 1 + sum(each.cost for each in compiled)
        return Compiled(_application(function, runs, node.line, node.column), cost)

    def _name(self, node: Name, scope: Scope, names: Locals) -> Closure:
        if node.name in names:
            return _local(names[node.name])
        slot = scope.wildcard(node.name)
        if slot is not None:
            return lambda frame: frame[0].wild[slot]
        if node.name == "request":
            return lambda frame: frame[0].request
        if node.name == "resource":
            return lambda frame: frame[0].resource
        kind = "a namespace, not a value" if is_namespace(node.name, self.service) else "not known"
        raise refused(node, f"the name {node.name} is {kind}", node.name)

    def _check_field(self, node: Member | Index, name: str, scope: Scope, names: Locals) -> None:
        """Refuse a field that request or resource does not have."""
        owner = self._global(node.of, scope, names)
        known = FIELDS[self.service].get(owner)
        if known is not None and name not in known:
            raise refused(node, f"{owner} has no field {name}", f"{owner}.{name}")

    def _global(self, node: Expression, scope: Scope, names: Locals) -> str:
        """`request.resource` for the expression that is just that; nothing otherwise."""
        if isinstance(node, Member):
            owner = self._global(node.of, scope, names)
            return f"{owner}.{node.name}" if owner else ""
        shadowed = isinstance(node, Name) and (
            node.name in names or scope.wildcard(node.name) is not None
        )
        return node.name if isinstance(node, Name) and not shadowed else ""

    def _call(self, node: Call, scope: Scope, names: Locals) -> Compiled:
        found = scope.function(node.name)
        if found:
            return self._called(node, *found, scope, names)
        if not is_builtin(node.name, self.service):
            raise refused(node, f"the function {node.name}() is not known", node.name)
        if node.name in LOOK_UPS:
            return self._look_up(node, node.name, scope, names)
        return self._native(node, CONVERSIONS[node.name], f"{node.name}()", scope, names)

    def _native(
        self, node: Call | MethodCall, native: Native, name: str, scope: Scope, names: Locals
    ) -> Compiled:
        function, takes = native
        _check_arguments(node, name, takes)
        return self._applied(node, function, node.arguments, scope, names)

    def _look_up(self, node: Call | MethodCall, name: str, scope: Scope, names: Locals) -> Compiled:
        _check_arguments(node, f"{name}()", 1)
        path = self.value(node.arguments[0], scope, names)
        run, after, line, column = path.run, name.endswith("After"), node.line, node.column
        only_asks = name.startswith("exists")

        def looked_up(frame: Frame) -> Any:
            at = run(frame)
            request: Run = frame[0]
            try:
                if only_asks:
                    return request.find(at, after=after) is not None
                return request.get(at, after=after)
            except FaultError as fault:
                raise fault.at(line, column) from None

        return Compiled(looked_up, path.cost + 1)

    def _method(self, node: MethodCall, scope: Scope, names: Locals) -> Compiled:
        if isinstance(node.of, Name) and self._is_namespace(node.of, scope, names):
            space = node.of.name
            if space == "firestore":
                if node.name not in {"get", "exists"}:
                    raise refused(node, f"firestore.{node.name}() is not known", node.name)
                return self._look_up(node, node.name, scope, names)
            native = NAMESPACES[space].get(node.name)
            if not native:
                raise refused(node, f"{space}.{node.name}() is not known", f"{space}.{node.name}")
            return self._native(node, native, f"{space}.{node.name}()", scope, names)
        if node.name not in methods.KNOWN:
            raise refused(node, f"the method {node.name}() is not known", node.name)
        name = node.name
        of = fillable(node.of, scope, names, self.service) if name == "bind" else node.of
        return self._applied(
            node, lambda value, *arguments: methods.call(value, name, [*arguments]),
            (of, *node.arguments), scope, names,
        )  # fmt: skip

    def _is_namespace(self, node: Name, scope: Scope, names: Locals) -> bool:
        local = node.name in names or scope.wildcard(node.name) is not None
        return is_namespace(node.name, self.service) and not local

    def _called(
        self, node: Call, function: Function, defined: Scope, scope: Scope, names: Locals
    ) -> Compiled:
        _check_arguments(node, f"{function.name}()", len(function.parameters))
        compiled = [self.value(argument, scope, names) for argument in node.arguments]
        arguments = tuple(each.run for each in compiled)
        body = self.body(function, defined)
        run, lets = body.body, tuple(let.run for _, let in body.lets)
        let_cost = sum(let.cost for _, let in body.lets)

        def called(frame: Frame) -> Any:
            inner = [frame[0], *[_kept(argument, frame) for argument in arguments]]
            if lets:
                frame[0].spend(let_cost)
                for let in lets:
                    inner.append(_kept(let, inner))
            return run(inner)

        return Compiled(called, 1 + sum(each.cost for each in compiled))

    def body(self, function: Function, defined: Scope) -> _Body:
        """The function compiled, once. Raises RulesError if it calls itself, or too deep."""
        if any(function is each for each in self._open):
            raise refused(function, f"function {function.name} calls itself", function.name)
        if id(function) not in self._bodies:
            self._open.append(function)
            self._bodies[id(function)] = self._compiled(function, defined)
            self._open.pop()
        body = self._bodies[id(function)]
        self._deepest = max(self._deepest, body.depth)
        return body

    def _compiled(self, function: Function, defined: Scope) -> _Body:
        above, self._deepest = self._deepest, 0
        names = {name: place for place, name in enumerate(function.parameters, 1)}
        lets = list[tuple[str, Compiled]]()
        for let in function.lets:
            lets.append((let.name, self.value(let.value, defined, names)))
            names = {**names, let.name: len(function.parameters) + len(lets)}
        gives_truth = _gives_truth(function.body)
        compile_body = self.condition if gives_truth else self._counted
        body = compile_body(function.body, defined, names)
        depth, self._deepest = self._deepest + 1, above
        if depth > CALL_DEPTH:
            raise refused(function, f"calls go more than {CALL_DEPTH} deep", function.name)
        return _Body(body, tuple(lets), depth)


def _kept(run: Closure, frame: Frame) -> Any:
    """The value of an argument or let, or its fault: it is one only where the name is used."""
    try:
        return run(frame)
    except ExceededError:
        raise
    except FaultError as fault:
        return fault


def _local(place: int) -> Closure:
    def local(frame: Frame) -> Any:
        value = frame[place]
        if isinstance(value, FaultError):
            raise value
        return value

    return local


def _field(node: Member, owner: Compiled) -> Compiled:
    """A closure for `of.name`, which is most of what rules do."""
    of, name, line, column = owner.run, node.name, node.line, node.column

    def field(frame: Frame) -> Any:
        value = of(frame)
        if type(value) is dict and name in value:
            return value[name]
        try:
            return member(value, name)
        except FaultError as fault:
            raise fault.at(line, column) from None

    return Compiled(field, owner.cost + 1)


def _gives_truth(node: Expression) -> bool:
    """Whether what a function returns can only be true or false."""
    if isinstance(node, Binary):
        return node.sign in _TRUTHS
    return isinstance(node, IsType) or (isinstance(node, Unary) and node.sign == "!")


def _check_arguments(node: Call | MethodCall, name: str, takes: int) -> None:
    if len(node.arguments) != takes:
        raise refused(node, f"{name} takes {takes} arguments, not {len(node.arguments)}", name)


def _application(
    function: Callable[..., Any], runs: tuple[Closure, ...], line: int, column: int
) -> Closure:
    """A closure that hands what others give to a function; a fault gets the place."""

    def one(frame: Frame) -> Any:
        value = first(frame)
        try:
            return function(value)
        except FaultError as fault:
            raise fault.at(line, column) from None

    def many(frame: Frame) -> Any:
        values = [run(frame) for run in runs]
        try:
            return function(*values)
        except FaultError as fault:
            raise fault.at(line, column) from None

    if len(runs) == 1:
        first = runs[0]
        return one
    return many
