"""Whether a way to grant a write keeps a field from being set by the person who writes."""

import re

from blueproof.engines.firebase_rules.syntax import (
    Binary,
    Expression,
    ListLiteral,
    Literal,
    MethodCall,
    Unary,
)
from blueproof.engines.firebase_rules.ways import Way, chain, compares, sides

_NEW, _OLD = "request.resource.data", "resource.data"
_UID = "request.auth.uid"
_TOUCHED = frozenset({"affectedKeys", "changedKeys", "addedKeys"})


_NAMES_SOMEBODY = re.compile(r"request\.auth\.(?:uid(?! !=| is)|token\.)|\bin\b.*request\.auth")


def names_somebody(text: str) -> bool:
    """Whether a condition asks for a certain person, and not for any account."""
    return bool(_NAMES_SOMEBODY.search(text))


def protects(way: Way, name: str, method: str) -> bool:
    """Whether a create or update in this way cannot give the field a value of one's choice."""
    return any(_protects(condition, name, method) for condition in way.conditions) or (
        compares(way, _NEW, _OLD)
    )


def _protects(condition: Expression, name: str, method: str) -> bool:
    pair = sides(condition, "==")
    if pair:
        return _fixed(pair[0], pair[1], name) or _fixed(pair[1], pair[0], name)
    if isinstance(condition, Unary) and condition.sign == "!":
        return _absent(condition.of, name, method)
    if isinstance(condition, MethodCall) and condition.name == "hasOnly":
        return _only(condition, name, method)
    return False


def _fixed(side: Expression, other: Expression, name: str) -> bool:
    """`request.resource.data.name ==` a constant, the old value or the person's own id."""
    if chain(side) != f"{_NEW}.{name}" and not _get(side, name):
        return False
    return isinstance(other, Literal) or chain(other) in {_UID, f"{_OLD}.{name}"} or (
        _get(other, name)
    )  # fmt: skip


def _get(side: Expression, name: str) -> bool:
    """`data.get('name', default)`."""
    return (
        isinstance(side, MethodCall)
        and side.name == "get"
        and bool(side.arguments)
        and isinstance(side.arguments[0], Literal)
        and side.arguments[0].value == name
    )


def _absent(of: Expression, name: str, method: str) -> bool:
    """`!('name' in request.resource.data)`, or not in what an update touches."""
    if isinstance(of, Binary) and of.sign == "in":
        named = isinstance(of.left, Literal) and of.left.value == name
        whole = chain(of.right) == _NEW or _keys_of(of.right)
        return named and (whole or (method == "update" and _touched(of.right)))
    if isinstance(of, MethodCall) and of.name == "hasAny":
        return name in _listed(of) and (_keys_of(of.of) or (method == "update" and _touched(of.of)))
    return False


def _only(condition: MethodCall, name: str, method: str) -> bool:
    """`keys().hasOnly([...])` on a create, or affectedKeys() on an update, without the name."""
    of = condition.of
    fits = _keys_of(of) or (method == "update" and _touched(of))
    return fits and name not in _listed(condition)


def _keys_of(of: Expression) -> bool:
    """`request.resource.data.keys()`, as it is or as a set."""
    if isinstance(of, MethodCall) and of.name == "toSet":
        of = of.of
    return isinstance(of, MethodCall) and of.name == "keys" and chain(of.of) == _NEW


def _touched(of: Expression) -> bool:
    """`request.resource.data.diff(resource.data).affectedKeys()` or one of its parts."""
    if not isinstance(of, MethodCall) or of.name not in _TOUCHED:
        return False
    diff = of.of
    return (
        isinstance(diff, MethodCall)
        and diff.name == "diff"
        and chain(diff.of) == _NEW
        and [chain(argument) for argument in diff.arguments] == [_OLD]
    )


def _listed(condition: MethodCall) -> set[object]:
    """The constants of the list that a method is given."""
    given = condition.arguments[0] if condition.arguments else None
    if not isinstance(given, ListLiteral):
        return set()
    return {item.value for item in given.items if isinstance(item, Literal)}
