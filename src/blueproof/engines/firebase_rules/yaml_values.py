"""Documents in YAML: plain values, and tags for the types that YAML has not.

!timestamp 2026-01-01T00:00:00Z, !duration 3s, !latlng [1, 2], !bytes aGk=, !path users/alice,
and !server_time for the moment of the request.
"""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import yaml

from blueproof.core.errors import InputError
from blueproof.engines.firebase_rules.errors import FaultError
from blueproof.engines.firebase_rules.functions import NAMESPACES, fits
from blueproof.engines.firebase_rules.runs import DATABASE
from blueproof.engines.firebase_rules.values import NAMES, Duration, LatLng, Path, Timestamp

_DURATION = re.compile(r"(-?\d+)(w|d|h|m|s|ms|ns)")
_MOMENT = re.compile(r"(?P<second>.+?:\d\d:\d\d)(?:\.(?P<part>\d{1,9}))?(?P<zone>Z|[+-]\d\d:\d\d)?")


class ServerTime:
    """Stands for the moment of the request."""


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with our tags, and without keys that stand twice."""


def _map(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
    for name in names:
        if names.count(name) > 1:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {name!r} stands twice", node.start_mark
            )
    return loader.construct_mapping(node, deep=True)


def read_yaml(text: str, name: str) -> Any:
    """What a YAML text holds. Raises InputError with the line."""
    try:
        return _Loader(text).get_single_data()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise InputError(f"{name}:{line}: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError(f"{name}: {' '.join(str(error).split())[:200]}") from None


def as_timestamp(text: str) -> Timestamp:
    """The moment that a text such as 2026-01-01T00:00:00.5Z names; to the nanosecond."""
    found = _MOMENT.fullmatch(text.strip().replace(" ", "T"))
    second = f"{found['second']}{found['zone'] or ''}" if found else text.strip()
    whole = Timestamp.of(datetime.fromisoformat(second))
    part = (found["part"] or "") if found else ""
    return Timestamp(whole.nanoseconds + int(part.ljust(9, "0") or "0"))


def _duration(text: str) -> Duration:
    found = _DURATION.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is no duration such as 3s, 5m or 1500ms")
    made = NAMESPACES["duration"]["value"][0](int(found[1]), found[2])
    assert isinstance(made, Duration)
    return made


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError(f"{text!r} is no base64") from None


def _path(text: str) -> Path:
    parts = Path.of(text).segments
    if parts[:1] == ("databases",):
        return Path(parts)
    return Path(("databases", DATABASE, "documents", *parts))


_SCALARS: dict[str, Callable[[str], object]] = {
    "!timestamp": as_timestamp, "!duration": _duration, "!bytes": _bytes, "!path": _path,
    "!server_time": lambda _text: ServerTime(),
}  # fmt: skip


def _scalar(loader: _Loader, node: yaml.Node) -> object:
    """The value of a tagged scalar."""
    if not isinstance(node, yaml.ScalarNode):
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.tag} stands before one value", node.start_mark
        )
    try:
        return _SCALARS[node.tag](str(loader.construct_scalar(node)))
    except (ValueError, OverflowError) as error:
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.tag}: {error}", node.start_mark
        ) from None


def _latlng(loader: _Loader, node: yaml.Node) -> LatLng:
    values = loader.construct_sequence(node, deep=True) if isinstance(
        node, yaml.SequenceNode) else []  # fmt: skip
    try:
        latitude, longitude = map(float, values)
        return LatLng(latitude, longitude)
    except (ValueError, TypeError, FaultError):
        raise yaml.constructor.ConstructorError(
            None, None, "!latlng stands before [latitude, longitude]", node.start_mark
        ) from None


for _tag in _SCALARS:
    _Loader.add_constructor(_tag, _scalar)
_Loader.add_constructor("!latlng", _latlng)
_Loader.add_constructor("tag:yaml.org,2002:map", _map)


def as_value(given: Any, now: Timestamp) -> Any:
    """A YAML value as one of the language. Raises InputError for what documents cannot hold."""
    if isinstance(given, dict):
        return {_key(name): as_value(value, now) for name, value in given.items()}
    if isinstance(given, list):
        return [as_value(item, now) for item in given]
    if isinstance(given, ServerTime):
        return now
    if isinstance(given, datetime):
        return Timestamp.of(given)
    if isinstance(given, date):
        return Timestamp.of(datetime(given.year, given.month, given.day, tzinfo=UTC))
    return _plain(given)


def _plain(given: Any) -> Any:
    if given is not None and type(given) not in NAMES:
        raise InputError(f"a {type(given).__name__} is no value of a document")
    if type(given) is int:
        try:
            fits(given)
        except FaultError:
            raise InputError(f"{given} does not fit into 64 bits") from None
    return given


def _key(name: Any) -> str:
    if not isinstance(name, str):
        raise InputError(f"the field {name!r} is no string: put it in quotes")
    return name
