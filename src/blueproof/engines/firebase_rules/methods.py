"""The methods of each type, as the vendor's reference lists them.

https://firebase.google.com/docs/reference/rules/rules.String and its neighbours.
"""

import base64
import math
from collections.abc import Callable
from typing import Any

from blueproof.engines.firebase_rules import patterns
from blueproof.engines.firebase_rules.errors import FaultError, UndecidedError
from blueproof.engines.firebase_rules.functions import (
    CONTROLS,
    Native,
    segments_of,
    to_string,
    wrong,
)
from blueproof.engines.firebase_rules.values import (
    SECOND,
    Duration,
    LatLng,
    MapDiff,
    Path,
    RulesSet,
    Timestamp,
    contains,
    difference,
    key,
)

_EARTH = 6_371_010.0  # metres, the mean radius


def units(text: str) -> int:
    """The length of a text as the vendor counts it, in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _text(name: str, apply: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a text whose arguments are texts."""

    def method(text: str, *arguments: Any) -> Any:
        if any(type(argument) is not str for argument in arguments):
            raise wrong(f"{name}()", *arguments)
        return apply(text, *arguments)

    return method


def _trim(text: str) -> str:
    return text.strip(CONTROLS)


def _case(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change of case that leaves all letters beyond ASCII as they are."""
    return lambda text: (
        change(text) if text.isascii()
        else "".join(change(sign) if sign.isascii() else sign for sign in text)
    )  # fmt: skip


def _concat(items: list[Any], more: Any) -> list[Any]:
    if type(more) is not list:
        raise wrong("concat()", more)
    return [*items, *more]


def _listed(name: str, argument: Any) -> list[Any]:
    """The items of a list handed to a method of a list, which takes no set."""
    if type(argument) is list:
        return argument
    raise wrong(f"{name}()", argument)


def _has_all(items: list[Any], wanted: Any) -> bool:
    return all(contains(items, item) for item in _listed("hasAll", wanted))


def _has_any(items: list[Any], wanted: Any) -> bool:
    return any(contains(items, item) for item in _listed("hasAny", wanted))


def _has_only(items: list[Any], wanted: Any) -> bool:
    allowed = _listed("hasOnly", wanted)
    return all(contains(allowed, item) for item in items)


def _remove_all(items: list[Any], unwanted: Any) -> list[Any]:
    removed = _listed("removeAll", unwanted)
    return [item for item in items if not contains(removed, item)]


def _join(items: list[Any], separator: Any) -> str:
    if type(separator) is not str:
        raise wrong("join()", separator)
    return separator.join(map(to_string, items))


def _diff(after: dict[str, Any], before: Any) -> MapDiff:
    if type(before) is not dict:
        raise wrong("diff()", before)
    return difference(after, before)


def _get(of: dict[str, Any], name: Any, otherwise: Any) -> Any:
    names = name if type(name) is list else [name]
    if any(type(each) is not str for each in names):
        raise wrong("get()", name, otherwise)
    found: Any = of
    for each in names:
        if type(found) is not dict or each not in found:
            return otherwise
        found = found[each]
    return found


def _bind(path: Path, values: Any) -> Path:
    if type(values) is not dict:
        raise wrong("bind()", values)
    bound: list[str] = []
    names = [each[1:-1] for each in path.segments if each[:1] == "{" and each[-1:] == "}"]
    unknown = [name for name in values if name not in names]
    if unknown:
        raise FaultError(f"the path has no place for {unknown[0]}")
    for segment in path.segments:
        name = segment[1:-1] if segment[1:-1] in names and segment[:1] == "{" else None
        if name is not None and name not in values:
            raise UndecidedError("what bind() does with a name left over is not documented")
        bound += [segment] if name is None else segments_of(values[name])
    return Path(tuple(bound))


def _members(argument: Any, name: str) -> set[object]:
    """The keys of a list or set handed to a method of a set."""
    if type(argument) is RulesSet:
        return {*argument.by_key}
    if type(argument) is list:
        return {key(item) for item in argument}
    raise wrong(f"set.{name}()", argument)


def _algebra(name: str, keep: Callable[[RulesSet, RulesSet], dict[object, object]]) -> Any:
    def method(one: RulesSet, other: Any) -> RulesSet:
        if type(other) is not RulesSet:
            raise wrong(f"set.{name}()", other)
        return RulesSet(keep(one, other))

    return method


def _distance(one: LatLng, other: Any) -> float:
    if type(other) is not LatLng:
        raise wrong("distance()", other)
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    turn = math.radians(other.longitude - one.longitude)
    half = (
        math.sin((south - north) / 2) ** 2
        + math.cos(north) * math.cos(south) * math.sin(turn / 2) ** 2
    )
    return 2 * _EARTH * math.asin(math.sqrt(min(1.0, half)))


def _time_of_day(moment: Timestamp) -> Duration:
    return Duration(moment.nanoseconds % (86_400 * SECOND))


def _date_of(moment: Timestamp) -> Timestamp:
    return Timestamp(moment.nanoseconds - moment.nanoseconds % (86_400 * SECOND))


def _seconds(length: Duration) -> int:
    return int(math.copysign(abs(length.nanoseconds) // SECOND, length.nanoseconds))


def _nanos(length: Duration) -> int:
    return length.nanoseconds - _seconds(length) * SECOND


def _named(*parts: str) -> Native:
    """A method of a MapDiff: the set of the names in some of its parts."""
    return lambda diff: RulesSet.of(name for part in parts for name in getattr(diff, part)), 0


METHODS: dict[type, dict[str, Native]] = {
    str: {
        "lower": (_case(str.lower), 0), "upper": (_case(str.upper), 0),
        "trim": (_trim, 0), "size": (units, 0), "toUtf8": (lambda text: text.encode(), 0),
        "matches": (_text("matches", patterns.matches), 1),
        "split": (_text("split", patterns.split), 1),
        "replace": (_text("replace", patterns.replace), 2),
    },
    bytes: {
        "size": (len, 0),
        "toBase64": (lambda data: base64.urlsafe_b64encode(data).decode(), 0),
        "toHexString": (lambda data: data.hex().upper(), 0),
    },
    list: {
        "concat": (_concat, 1), "hasAll": (_has_all, 1), "hasAny": (_has_any, 1),
        "hasOnly": (_has_only, 1), "join": (_join, 1), "removeAll": (_remove_all, 1),
        "size": (len, 0), "toSet": (RulesSet.of, 0),
    },
    dict: {
        "diff": (_diff, 1), "get": (_get, 2), "keys": (sorted, 0), "size": (len, 0),
        "values": (lambda of: [of[name] for name in sorted(of)], 0),
    },
    MapDiff: {
        "addedKeys": _named("added"), "removedKeys": _named("removed"),
        "changedKeys": _named("changed"), "unchangedKeys": _named("unchanged"),
        "affectedKeys": _named("added", "removed", "changed"),
    },
    RulesSet: {
        "difference": (_algebra("difference", lambda one, other: {
            name: item for name, item in one.by_key.items() if name not in other.by_key}), 1),
        "intersection": (_algebra("intersection", lambda one, other: {
            name: item for name, item in one.by_key.items() if name in other.by_key}), 1),
        "union": (_algebra("union", lambda one, other: {**other.by_key, **one.by_key}), 1),
        "hasAll": (lambda one, other: _members(other, "hasAll") <= {*one.by_key}, 1),
        "hasAny": (lambda one, other: bool(_members(other, "hasAny") & {*one.by_key}), 1),
        "hasOnly": (lambda one, other: {*one.by_key} <= _members(other, "hasOnly"), 1),
        "size": (lambda one: len(one.by_key), 0),
    },
    Path: {"bind": (_bind, 1)},
    LatLng: {
        "latitude": (lambda place: place.latitude, 0),
        "longitude": (lambda place: place.longitude, 0), "distance": (_distance, 1),
    },
    Duration: {"seconds": (_seconds, 0), "nanos": (_nanos, 0)},
    Timestamp: {
        "date": (_date_of, 0), "time": (_time_of_day, 0),
        "year": (lambda moment: moment.moment().year, 0),
        "month": (lambda moment: moment.moment().month, 0),
        "day": (lambda moment: moment.moment().day, 0),
        "hours": (lambda moment: moment.moment().hour, 0),
        "minutes": (lambda moment: moment.moment().minute, 0),
        "seconds": (lambda moment: moment.moment().second, 0),
        "nanos": (lambda moment: moment.nanoseconds % SECOND, 0),
        "dayOfWeek": (lambda moment: moment.moment().isoweekday(), 0),
        "dayOfYear": (lambda moment: moment.moment().timetuple().tm_yday, 0),
        "toMillis": (lambda moment: moment.nanoseconds // 10**6, 0),
    },
}  # fmt: skip

KNOWN = frozenset(name for methods in METHODS.values() for name in methods)


def call(of: Any, name: str, arguments: list[Any]) -> Any:
    """The value of a method. Raises FaultError if the type has none of that name."""
    found = METHODS.get(type(of), {}).get(name)
    if of is None:
        raise FaultError("null value error")
    if not found:
        raise wrong(f"{name}() is no method of it:", of)
    method, takes = found
    if len(arguments) != takes:
        raise FaultError(f"{name}() takes {takes} arguments, not {len(arguments)}")
    return method(of, *arguments)
