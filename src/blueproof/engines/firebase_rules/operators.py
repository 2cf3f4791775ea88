"""The operators on values: arithmetic, order, membership, fields, indexes and ranges."""

import math
import operator
from collections.abc import Callable
from typing import Any

from blueproof.engines.firebase_rules.errors import FaultError, UndecidedError
from blueproof.engines.firebase_rules.functions import fits, is_number, wrapped
from blueproof.engines.firebase_rules.methods import units
from blueproof.engines.firebase_rules.values import (
    Duration,
    Path,
    RulesSet,
    Timestamp,
    contains,
    duration,
    equal,
    key,
    timestamp,
    type_name,
)

Binary = Callable[[Any, Any], Any]


def _unfit(sign: str, left: object, right: object) -> FaultError:
    return FaultError(f"{type_name(left)} {sign} {type_name(right)} is not possible")


def add(left: Any, right: Any) -> Any:
    """`+`: numbers, strings, a timestamp or duration and a duration."""
    kinds = (type(left), type(right))
    if kinds == (str, str):
        return left + right
    if is_number(left) and is_number(right):
        return fits(left + right) if kinds == (int, int) else float(left + right)
    if kinds == (Duration, Duration):
        return duration(left.nanoseconds + right.nanoseconds)
    if kinds in {(Timestamp, Duration), (Duration, Timestamp)}:
        return timestamp(left.nanoseconds + right.nanoseconds)
    raise _unfit("+", left, right)


def subtract(left: Any, right: Any) -> Any:
    """`-`: numbers, a timestamp or duration less a duration, two timestamps."""
    kinds = (type(left), type(right))
    if is_number(left) and is_number(right):
        return fits(left - right) if kinds == (int, int) else float(left - right)
    if kinds in {(Timestamp, Timestamp), (Duration, Duration)}:
        return duration(left.nanoseconds - right.nanoseconds)
    if kinds == (Timestamp, Duration):
        return timestamp(left.nanoseconds - right.nanoseconds)
    raise _unfit("-", left, right)


def multiply(left: Any, right: Any) -> int | float:
    """`*` on numbers."""
    if not (is_number(left) and is_number(right)):
        raise _unfit("*", left, right)
    return fits(left * right) if type(left) is type(right) is int else float(left * right)


def divide(left: Any, right: Any) -> int | float:
    """`/` on numbers; whole numbers give a whole one, cut towards zero."""
    _check_divisor("/", left, right)
    if type(left) is type(right) is int:
        return wrapped(abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1))
    if right == 0:
        sign = math.copysign(1, left) * math.copysign(1, right)
        return math.nan if left == 0 or math.isnan(left) else sign * math.inf
    return float(left / right)


def remainder(left: Any, right: Any) -> int | float:
    """`%` on numbers, with the sign of the left one."""
    _check_divisor("%", left, right)
    if type(left) is type(right) is int:
        return abs(left) % abs(right) * (-1 if left < 0 else 1)
    return math.nan if right == 0 or math.isinf(left) else math.fmod(left, right)


def _check_divisor(sign: str, left: Any, right: Any) -> None:
    if not (is_number(left) and is_number(right)):
        raise _unfit(sign, left, right)
    if right == 0 and type(left) is type(right) is int:
        raise FaultError("division by zero")


_ORDERED = (bytes, Timestamp, Duration)


def _order(sign: str, compare: Binary) -> Binary:
    def ordered(left: Any, right: Any) -> bool:
        if is_number(left) and is_number(right):
            return bool(compare(left, right))
        if type(left) is type(right):
            if type(left) is str:
                return bool(compare(_comparable(left), _comparable(right)))
            if type(left) in _ORDERED:
                return bool(compare(left, right))
        raise _unfit(sign, left, right)

    return ordered


def _comparable(text: str) -> str:
    """The text, if the order of its signs is the same in every encoding."""
    if not text.isascii() and any(ord(sign) >= _BEYOND for sign in text):
        raise UndecidedError("the order of signs beyond the basic plane is not documented")
    return text


_BEYOND = 0xE000  # from here UTF-16 and code points order differently


def within(item: Any, of: Any) -> bool:
    """`in`: a list, a set, the keys of a map."""
    if type(of) is dict:
        if type(item) is not str:
            raise FaultError(f"the keys of a map are strings, not {type_name(item)}s")
        return item in of
    if type(of) is list:
        return contains(of, item)
    if type(of) is RulesSet:
        return key(item) in of.by_key
    raise _unfit("in", item, of)


def member(of: Any, name: str) -> Any:
    """`of.name`."""
    if type(of) is dict:
        try:
            return of[name]
        except KeyError:
            raise FaultError(f"property {name} is undefined on object") from None
    if of is None:
        raise FaultError("null value error")
    raise FaultError(f"{type_name(of)} has no property {name}")


def index(of: Any, at: Any) -> Any:
    """`of[at]`."""
    if type(of) is dict and type(at) is str:
        return member(of, at)
    if of is None:
        raise FaultError("null value error")
    if type(of) is Path and type(at) is str:
        raise FaultError("a path has places, not names")
    if type(of) not in {list, str, Path} or type(at) is not int:
        raise FaultError(f"{type_name(of)}[{type_name(at)}] is not possible")
    items = of.segments if type(of) is Path else _countable(of)
    if not 0 <= at < len(items):
        raise FaultError(f"index {at} is out of bounds, there are {len(items)}")
    return items[at]


def part(of: Any, start: Any, end: Any) -> Any:
    """`of[start:end]`; the start must be a place that there is, the end beyond 0.

    A start or end that is null, or left out, is that of the list or text.
    """
    if of is None:
        raise FaultError("null value error")
    start = 0 if start is None else start
    if end is None and type(of) in {list, str}:
        end = len(of)
    if type(of) not in {list, str} or type(start) is not int or type(end) is not int:
        raise FaultError(f"{type_name(of)}[{type_name(start)}:{type_name(end)}] is not possible")
    items = _countable(of)
    if not (0 <= start < len(items) and start <= end <= len(items) and end):
        raise FaultError(f"range [{start}:{end}] is out of bounds, there are {len(items)}")
    return items[start:end]


def _countable(of: Any) -> Any:
    """A list or text whose places are the vendor's too, which counts UTF-16 units."""
    if type(of) is str and units(of) != len(of):
        raise UndecidedError("a place inside a text with such signs is not evaluated here")
    return of


def negative(value: Any) -> int | float | Duration:
    """`-value`."""
    if type(value) is Duration:
        return Duration(-value.nanoseconds)
    if not is_number(value):
        raise FaultError(f"-{type_name(value)} is not possible")
    return fits(-value) if type(value) is int else float(-value)


def differs(left: Any, right: Any) -> bool:
    """`!=`."""
    return not equal(left, right)


OPERATORS: dict[str, Binary] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "%": remainder,
    "==": equal, "!=": differs, "in": within,
    "<": _order("<", operator.lt), "<=": _order("<=", operator.le),
    ">": _order(">", operator.gt), ">=": _order(">=", operator.ge),
}  # fmt: skip
