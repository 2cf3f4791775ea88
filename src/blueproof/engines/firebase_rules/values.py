"""The types of the language that Python has no like of, and when two values are equal.

null, bool, int, float, str, bytes, list and dict stand for themselves.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from blueproof.engines.firebase_rules.errors import FaultError

SECOND = 10**9  # nanoseconds
_POLE, _DATE_LINE = 90, 180  # degrees
_FIRST, _LAST = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND  # years 1 to 9999
_LONGEST = 315_576_000_001 * SECOND  # about 10,000 years
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """A moment, in nanoseconds since 1970 in UTC."""

    nanoseconds: int

    @classmethod
    def of(cls, moment: datetime) -> "Timestamp":
        """The timestamp of a moment; one without a zone is in UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        since = aware - _EPOCH
        return cls((since.days * 86_400 + since.seconds) * SECOND + since.microseconds * 1000)

    def moment(self) -> datetime:
        """The whole second as Python's datetime, in UTC."""
        try:
            return _EPOCH + timedelta(seconds=self.nanoseconds // SECOND)
        except OverflowError:
            raise FaultError("this timestamp is out of range") from None


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time, in nanoseconds."""

    nanoseconds: int


def timestamp(nanoseconds: int) -> Timestamp:
    """The moment so many nanoseconds after 1970. Raises FaultError outside the years 1 to 9999."""
    if not _FIRST <= nanoseconds < _LAST:
        raise FaultError("a timestamp lies within the years 1 to 9999")
    return Timestamp(nanoseconds)


def duration(nanoseconds: int) -> Duration:
    """A length of time. Raises FaultError beyond 315,576,000,000 seconds."""
    if abs(nanoseconds) >= _LONGEST:
        raise FaultError("a duration is no longer than 315,576,000,000 seconds")
    return Duration(nanoseconds)


@dataclass(frozen=True, slots=True)
class LatLng:
    """A place on earth, in degrees."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (abs(self.latitude) <= _POLE and abs(self.longitude) <= _DATE_LINE):
            raise FaultError("latitude must be within [-90, 90] and longitude within [-180, 180]")


@dataclass(frozen=True, slots=True)
class Path:
    """The segments of a path, without their slashes."""

    segments: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Path":
        """The path that a text spells; a slash before or after it says nothing."""
        return cls(tuple(part for part in text.split("/") if part))

    def __str__(self) -> str:
        return "".join(f"/{segment}" for segment in self.segments)


@dataclass(frozen=True, slots=True)
class RulesSet:
    """Unique values in the order in which they were met."""

    by_key: dict[object, object]

    @classmethod
    def of(cls, items: Iterable[object]) -> "RulesSet":
        """The set of some values; of two equal ones the first stays."""
        unique: dict[object, object] = {}
        for item in items:
            unique.setdefault(key(item), item)
        return cls(unique)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RulesSet) and self.by_key.keys() == other.by_key.keys()

    def __hash__(self) -> int:
        return hash(frozenset(self.by_key))


@dataclass(frozen=True, slots=True)
class MapDiff:
    """What differs between the map asked and another: names of fields."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]


_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "bool"), (int, "int"), (float, "float"), (str, "string"), (bytes, "bytes"),
    (list, "list"), (dict, "map"), (Timestamp, "timestamp"), (Duration, "duration"),
    (LatLng, "latlng"), (Path, "path"), (RulesSet, "set"), (MapDiff, "map_diff"),
)  # fmt: skip
NAMES = dict(_NAMES)


def type_name(value: object) -> str:
    """The language's name of a value's type."""
    return "null" if value is None else NAMES.get(type(value), type(value).__name__)


def is_type(value: object, name: str) -> bool:
    """Whether `value is name` holds; nothing that rules can see is a constraint."""
    found = type_name(value)
    if name == "number":
        return found in {"int", "float"}
    return found == name


def key(value: object) -> object:
    """What stands for a value among the members of a set: numbers by what they are worth."""
    if isinstance(value, list):
        return ("list", tuple(key(item) for item in value))
    if isinstance(value, dict):
        return ("map", frozenset((name, key(item)) for name, item in value.items()))
    if isinstance(value, bool) or value is None:
        return ("bool", value)
    if isinstance(value, int | float):
        return ("nan",) if math.isnan(value) else ("number", value)
    return (type_name(value), value)


def equal(left: Any, right: Any) -> bool:
    """Whether two values are equal; those of different types are not, but numbers may be."""
    if type(left) is not type(right):
        numbers = type(left) in {int, float} and type(right) in {int, float}
        return numbers and bool(left == right)
    return bool(left == right) if type(left) is float else _same(left, right)


def _same(left: Any, right: Any) -> bool:
    """Whether two values inside lists or maps are equal: there 1 is not 1.0, nor 0.0 -0.0."""
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is list:
        return len(left) == len(right) and all(map(_same, left, right))
    if kind is dict:
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    signs = kind is not float or math.copysign(1, left) == math.copysign(1, right)
    return signs and bool(left == right)


def contains(items: list[Any], item: object) -> bool:
    """Whether a list has this value."""
    return any(_same(each, item) for each in items)


def holds(items: list[Any], item: object) -> bool:
    """Whether a query finds this value in a list: to a query 1 and 1.0 are one number."""
    return key(item) in map(key, items)


def difference(after: dict[str, Any], before: dict[str, Any]) -> MapDiff:
    """What `after.diff(before)` says."""
    both = [name for name in after if name in before]
    same = {name for name in both if key(after[name]) == key(before[name])}
    return MapDiff(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(name for name in both if name not in same),
        unchanged=tuple(name for name in both if name in same),
    )
