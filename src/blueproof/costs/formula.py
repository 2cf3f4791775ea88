"""Sums that data files write down, worked out in decimals: "messages * ceil(bytes / 5120)"."""

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_CEILING, Decimal
from functools import cache

_BETWEEN: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _ceil(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


_FUNCTIONS: dict[str, Callable[..., Decimal]] = {"ceil": _ceil, "max": max, "min": min}


def names_in(formula: str) -> frozenset[str]:
    """The quantities that a formula needs; ValueError where it is none.

    >>> sorted(names_in("messages * ceil(bytes / 5120)"))
    ['bytes', 'messages']
    """
    tree = _parsed(formula)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    return frozenset(
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called
    )


def worked_out(formula: str, known: Mapping[str, Decimal]) -> Decimal:
    """The value of a formula; KeyError for an unknown quantity, ValueError for no formula.

    >>> worked_out("2 * ceil(bytes / 5120)", {"bytes": Decimal(6000)})
    Decimal('4')
    """
    return _value(_parsed(formula).body, known)


@cache
def _parsed(formula: str) -> ast.Expression:
    try:
        return ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{formula!r} is no formula") from error


def _value(node: ast.expr, known: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Decimal(str(number))
        case ast.Name(id=name):
            return known[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BETWEEN:
            return _BETWEEN[type(op)](_value(left, known), _value(right, known))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](*(_value(each, known) for each in args))
    raise ValueError(f"{ast.unparse(node)!r} is no part of a formula")
