"""In how many ways an allow can be granted: its condition as alternatives of conditions.

Functions are written out in place first, so that what is left speaks of request, resource and
wildcards only. Lints read this; decisions do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from blueproof.engines.firebase_rules.printer import expressed
from blueproof.engines.firebase_rules.rules import Block, Grant, Rules
from blueproof.engines.firebase_rules.scopes import Scope
from blueproof.engines.firebase_rules.syntax import (
    Binary,
    Call,
    Expression,
    Literal,
    Member,
    Name,
    Node,
    Unary,
    walk,
)

_MOST_WAYS = 64
_MOST_NODES = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """Conditions that together grant an allow."""

    conditions: tuple[Expression, ...]

    @property
    def texts(self) -> frozenset[str]:
        """The conditions as they would be written."""
        return frozenset(map(expressed, self.conditions))

    def nodes(self) -> Iterator[Node]:
        """All that its conditions are made of."""
        for condition in self.conditions:
            yield from walk(condition)

    def mentions(self, text: str) -> bool:
        """Whether a field such as request.query.limit is read in it."""
        return any(isinstance(node, Member) and chain(node) == text for node in self.nodes())


@dataclass(frozen=True, slots=True)
class Rule:
    """An allow in its match, with the ways to grant it; none if they are too many."""

    block: Block
    grant: Grant
    ways: tuple[Way, ...]

    @property
    def line(self) -> int:
        """Where the allow stands."""
        return self.grant.allow.line


def rules_of(rules: Rules) -> tuple[Rule, ...]:
    """Every allow of a file, with its ways."""
    return tuple(
        Rule(block, grant, ways(grant)) for block in rules.blocks for grant in block.grants
    )


def ways(grant: Grant) -> tuple[Way, ...]:
    """The ways of one allow."""
    if grant.allow.condition is None:
        return (Way(()),)
    written = _Inliner().expression(grant.allow.condition, grant.scope, {})
    if written is None:
        return ()
    found = _alternatives(written)
    return tuple(map(Way, found)) if len(found) <= _MOST_WAYS else ()


class _Inliner:
    """Writes functions out in place, up to a size."""

    def __init__(self) -> None:
        self.left = _MOST_NODES

    def expression(
        self, node: Expression, scope: Scope, names: dict[str, Expression]
    ) -> Expression | None:
        """The expression with every call of a function written out; None if it grows too large."""
        written = self._node(node, scope, names)
        return written if self.left > 0 else None

    def _node(self, node: Any, scope: Scope, names: dict[str, Expression]) -> Any:
        if isinstance(node, tuple):
            return tuple(self._node(each, scope, names) for each in node)
        if not isinstance(node, Node) or self.left <= 0:
            return node
        self.left -= 1
        if isinstance(node, Name) and node.name in names:
            return names[node.name]
        inner = {
            each.name: self._node(getattr(node, each.name), scope, names) for each in fields(node)
        }
        found = scope.function(node.name) if isinstance(node, Call) else None
        if not found:
            return replace(node, **inner)
        function, defined = found
        arguments = dict(zip(function.parameters, inner["arguments"], strict=True))
        for let in function.lets:
            arguments[let.name] = self._node(let.value, defined, arguments)
        return self._node(function.body, defined, arguments)


def _alternatives(node: Expression, *, holds: bool = True) -> list[tuple[Expression, ...]]:
    """The condition, or its opposite, as alternatives; at most a few more than are of use."""
    if isinstance(node, Unary) and node.sign == "!":
        return _alternatives(node.of, holds=not holds)
    if isinstance(node, Literal) and isinstance(node.value, bool):
        return [()] if node.value is holds else []
    if isinstance(node, Binary) and node.sign in {"&&", "||"}:
        left = _alternatives(node.left, holds=holds)
        right = _alternatives(node.right, holds=holds)
        if (node.sign == "||") is holds:
            return [*left, *right][: _MOST_WAYS + 1]
        return [(*one, *other) for one in left for other in right][: _MOST_WAYS + 1]
    return [(node if holds else _opposite(node),)]


_OPPOSITES = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def _opposite(node: Expression) -> Expression:
    if isinstance(node, Binary) and node.sign in _OPPOSITES:
        return replace(node, sign=_OPPOSITES[node.sign])
    return Unary(sign="!", of=node, line=node.line, column=node.column)


def chain(node: Node) -> str:
    """`request.auth.uid` for the expression that reads just that; nothing otherwise."""
    if isinstance(node, Member):
        owner = chain(node.of)
        return f"{owner}.{node.name}" if owner else ""
    return node.name if isinstance(node, Name) else ""


def sides(node: Node, sign: str) -> tuple[Expression, Expression] | None:
    """The two sides of a condition with this sign."""
    return (node.left, node.right) if isinstance(node, Binary) and node.sign == sign else None


def compares(way: Way, one: str, other: str) -> bool:
    """Whether a way demands that two fields are equal."""
    for condition in way.conditions:
        pair = sides(condition, "==")
        if pair and {chain(pair[0]), chain(pair[1])} == {one, other}:
            return True
    return False
