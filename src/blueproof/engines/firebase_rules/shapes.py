"""What the plain expressions do with the values of their operands."""

from collections.abc import Callable
from functools import partial
from typing import Any

from blueproof.engines.firebase_rules.errors import FaultError
from blueproof.engines.firebase_rules.functions import segments_of
from blueproof.engines.firebase_rules.operators import negative, part
from blueproof.engines.firebase_rules.syntax import (
    Expression,
    IsType,
    ListLiteral,
    Literal,
    MapLiteral,
    PathLiteral,
    Slice,
    Unary,
)
from blueproof.engines.firebase_rules.values import Path, is_type

Shape = tuple[Callable[..., Any], tuple[Expression, ...]]


def shape(node: Expression) -> Shape:
    """A function and the operands whose values it takes, for an expression that needs no scope."""
    match node:
        case Slice():
            return _sliced(node)
        case Unary():
            return negative, (node.of,)
        case IsType():
            return partial(_is_type, node.type), (node.of,)
        case ListLiteral():
            return _list, node.items
        case MapLiteral():
            return _map, tuple(side for entry in node.entries for side in entry)
        case PathLiteral():
            parts = tuple(part for part in node.segments if not isinstance(part, str))
            return partial(path_of, node.segments), parts
        case _:
            raise AssertionError(node)


def _sliced(node: Slice) -> Shape:
    left_out = Literal(kind="null", value=None, line=node.line, column=node.column)
    return part, (node.of, node.start or left_out, node.end or left_out)


def path_of(template: tuple[str | Expression, ...], *values: Any) -> Path:
    """The path of a literal, its expressions replaced by their values in order."""
    segments, rest = list[str](), iter(values)
    for text in template:
        segments.extend((text,) if isinstance(text, str) else segments_of(next(rest)))
    return Path(tuple(segments))


def _is_type(kind: str, value: Any) -> bool:
    return is_type(value, kind)


def _list(*items: Any) -> list[Any]:
    return [*items]


def _map(*sides: Any) -> dict[str, Any]:
    keys = sides[::2]
    if any(type(key) is not str for key in keys):
        raise FaultError("the keys of a map are strings")
    return dict(zip(keys, sides[1::2], strict=True))
