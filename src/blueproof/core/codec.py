"""One codec for all dataclasses: to JSON values, back again, and the JSON Schema of both.

Driven by type hints: tuples are arrays, dates ISO texts, decimals numbers, and a union of
dataclasses carries the class name as "kind". Fields marked `json: False` are left out.
"""

from dataclasses import Field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Json = Any
T = TypeVar("T")


class CodecError(ValueError):
    """A JSON value that does not have the shape of the dataclass; says where."""


def _shown(cls: type) -> list[Field[Any]]:
    return [f for f in fields(cls) if f.metadata.get("json", True)]


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _is_union(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType)


def _classes(hint: Any) -> dict[str, type]:
    """The dataclasses of a union, by name; a union of several is told apart by "kind"."""
    return {c.__name__: c for c in get_args(hint) if isinstance(c, type) and is_dataclass(c)}


def encode(value: Any, hint: Any = None) -> Json:
    """The JSON value of a dataclass, tuple, date, decimal or plain value."""
    if is_dataclass(value) and not isinstance(value, type):
        return _encode_record(value, hint)
    if isinstance(value, tuple):
        return _encode_items(value, hint)
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _encode_record(value: Any, hint: Any) -> Json:
    cls: Any = type(value)
    record = {f.name: encode(getattr(value, f.name), _hints(cls)[f.name]) for f in _shown(cls)}
    tagged = _is_union(hint) and len(_classes(hint)) > 1
    return {"kind": cls.__name__, **record} if tagged else record


def _encode_items(value: tuple[Any, ...], hint: Any) -> Json:
    inner = get_args(hint)
    return [encode(item, inner[0] if inner else None) for item in value]


def decode(hint: Any, value: Json, *, at: str = "$") -> Any:
    """The value of the hinted type from JSON; CodecError names the place that does not fit."""
    if _is_union(hint):
        return _decode_union(hint, value, at)
    if is_dataclass(hint):
        return _decode_record(hint, value, at)
    if get_origin(hint) is tuple:
        return _decode_items(hint, value, at)
    if get_origin(hint) is Literal:
        return _expect(value in get_args(hint), value, at, f"one of {get_args(hint)}")
    return _decode_plain(hint, value, at)


def _expect(fits: bool, value: T, at: str, wanted: str) -> T:  # noqa: FBT001 (one private guard)
    if not fits:
        raise CodecError(f"{at}: expected {wanted}, found {value!r:.60}")
    return value


def _decode_union(hint: Any, value: Json, at: str) -> Any:
    if value is None:
        return _expect(type(None) in get_args(hint), None, at, "a value")
    classes = _classes(hint)
    if len(classes) > 1:
        kind = value.get("kind") if isinstance(value, dict) else None
        _expect(isinstance(kind, str) and kind in classes, value, at, "a known kind")
        rest = {k: v for k, v in value.items() if k != "kind"}
        return _decode_record(classes[value["kind"]], rest, at)
    choices = [h for h in get_args(hint) if h is not type(None)]
    if len(choices) == 1:
        return decode(choices[0], value, at=at)
    fits = any(_is_plain(value, choice) for choice in choices)
    return _expect(fits, value, at, " or ".join(c.__name__ for c in choices))


def _decode_record(cls: Any, value: Json, at: str) -> Any:
    _expect(isinstance(value, dict), value, at, cls.__name__)
    shown = {f.name: f for f in _shown(cls)}
    unknown = set(value) - set(shown)
    _expect(not unknown, sorted(unknown), at, f"only fields of {cls.__name__}")
    decoded = {n: decode(_hints(cls)[n], v, at=f"{at}.{n}") for n, v in value.items()}
    fixed = {n for n, f in shown.items() if not f.init}
    try:
        return cls(**{n: v for n, v in decoded.items() if n not in fixed})
    except (TypeError, ValueError) as error:
        raise CodecError(f"{at}: {error}") from error


def _decode_items(hint: Any, value: Json, at: str) -> tuple[Any, ...]:
    _expect(isinstance(value, list), value, at, "a list")
    inner = get_args(hint)
    hints = [inner[0]] * len(value) if inner[-1] is Ellipsis else list(inner)
    _expect(len(hints) == len(value), value, at, f"{len(hints)} items")
    return tuple(
        decode(h, v, at=f"{at}[{i}]") for i, (h, v) in enumerate(zip(hints, value, strict=True))
    )


def _decode_plain(hint: Any, value: Json, at: str) -> Any:
    if hint is date:
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise CodecError(f"{at}: expected a date, found {value!r:.60}") from None
    _expect(_is_plain(value, hint), value, at, hint.__name__)
    return Decimal(str(value)) if hint is Decimal else value


def _is_plain(value: Json, hint: Any) -> bool:
    """Whether JSON's value is of this plain type; true and false are no numbers there."""
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, int | float if hint in (float, Decimal) else hint)


def json_schema(cls: type) -> Json:
    """The JSON Schema (2020-12) of a dataclass as `encode` writes it."""
    definitions: dict[str, Json] = {}
    root = _schema(cls, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": cls.__name__,
        **root,
        "$defs": dict(sorted(definitions.items())),
    }


def _schema(hint: Any, definitions: dict[str, Json]) -> Json:
    if _is_union(hint):
        return _schema_union(hint, definitions)
    if is_dataclass(hint):
        return _schema_record(hint, definitions)
    if get_origin(hint) is tuple:
        return _schema_items(hint, definitions)
    if get_origin(hint) is Literal:
        return {"enum": list(get_args(hint))}
    return dict(_PLAIN[hint])


_PLAIN: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    Decimal: {"type": "number"},
    date: {"type": "string", "format": "date"},
    type(None): {"type": "null"},
}


def _schema_union(hint: Any, definitions: dict[str, Json]) -> Json:
    classes = _classes(hint)
    if len(classes) <= 1:  # a union of two is the first that needs a tag
        return {"anyOf": [_schema(h, definitions) for h in get_args(hint)]}
    for name, cls in classes.items():
        _schema_record(cls, definitions)
        definitions[name]["properties"] = {
            "kind": {"const": name},
            **definitions[name]["properties"],
        }
        definitions[name]["required"] = sorted({"kind", *definitions[name]["required"]})
    rest = [_schema(h, definitions) for h in get_args(hint) if h not in classes.values()]
    return {"anyOf": [*({"$ref": f"#/$defs/{name}"} for name in classes), *rest]}


def _schema_record(cls: Any, definitions: dict[str, Json]) -> Json:
    if cls.__name__ not in definitions:
        definitions[cls.__name__] = {}
        shown = _shown(cls)
        definitions[cls.__name__] = {
            "description": (cls.__doc__ or "").split("\n")[0],
            "type": "object",
            "properties": {f.name: _schema(_hints(cls)[f.name], definitions) for f in shown},
            "required": [f.name for f in shown],
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{cls.__name__}"}


def _schema_items(hint: Any, definitions: dict[str, Json]) -> Json:
    inner = get_args(hint)
    if inner[-1] is Ellipsis:
        return {"type": "array", "items": _schema(inner[0], definitions)}
    prefix = [_schema(h, definitions) for h in inner]
    return {"type": "array", "prefixItems": prefix, "minItems": len(prefix), "items": False}
