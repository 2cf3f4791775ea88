"""The functions that the language has by itself: conversions, math, hashing, makers of values.

https://firebase.google.com/docs/reference/rules/rules
"""

import hashlib
import math
import re
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from blueproof.engines.firebase_rules.errors import FaultError, UndecidedError
from blueproof.engines.firebase_rules.values import (
    SECOND,
    Duration,
    LatLng,
    Path,
    Timestamp,
    duration,
    timestamp,
    type_name,
)

_LARGEST = 2**63 - 1
_UNITS = {
    "w": 604_800 * SECOND, "d": 86_400 * SECOND, "h": 3600 * SECOND, "m": 60 * SECOND,
    "s": SECOND, "ms": 10**6, "ns": 1,
}  # fmt: skip
_HALF = 0.5
_WHOLE = re.compile(r"[+-]?\d+")
_DECIMAL = re.compile(
    r"(?P<number>[+-]?(?:NaN|Infinity|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))[fFdD]?", re.ASCII
)
CONTROLS = "".join(map(chr, range(33)))  # what is cut off the ends of a text: blanks and controls
_SMALL, _LARGE = 1e-3, 1e7  # between them a float is written without an exponent
_CASTAGNOLI = 0x82F63B78  # the reversed polynomial of CRC-32C


def fits(value: int) -> int:
    """The number, if it fits into 64 bits; FaultError otherwise."""
    if not -_LARGEST - 1 <= value <= _LARGEST:
        raise FaultError("integer overflow")
    return value


def wrapped(value: int) -> int:
    """The number, or the smallest of 64 bits for the one beyond the largest, as in Java."""
    return -_LARGEST - 1 if value == _LARGEST + 1 else value


def wrong(function: str, *values: object) -> FaultError:
    """The fault of a function called with types that it does not take."""
    got = ", ".join(map(type_name, values))
    return FaultError(f"{function} does not take ({got})")


def is_number(value: object) -> bool:
    """Whether a value is an integer or a float; true and false are neither."""
    return type(value) in {int, float}


def to_bool(value: Any) -> bool:
    """bool('true'), which is in the reference; the service does not know it."""
    raise FaultError(f"bool({type_name(value)}): the service has no such function")


def to_int(value: Any) -> int:
    """int('2'), int(2.0)."""
    if type(value) is int:
        return value
    if type(value) is float:
        return _whole(value)
    if type(value) is str:
        if _WHOLE.fullmatch(value):
            return fits(int(value))
        raise FaultError("int() cannot read this text")
    raise wrong("int()", value)


def _whole(value: float) -> int:
    """A float cut towards zero; no number gives 0, what is too large the largest that fits."""
    if math.isnan(value):
        return 0
    if abs(value) > _LARGEST:
        return _LARGEST if value > 0 else -_LARGEST - 1
    return int(value)


def to_float(value: Any) -> float:
    """float('2.5'), float(2)."""
    if is_number(value):
        return float(value)
    if type(value) is str:
        found = _DECIMAL.fullmatch(value.strip(CONTROLS))
        if found:
            return float(found["number"])
        if "0x" in value.lower():
            raise UndecidedError("float() of a number with the base 16 is not evaluated here")
        raise FaultError("float() cannot read this text")
    raise wrong("float()", value)


def to_string(value: Any) -> str:
    """string(true), string(1), string(2.0), string(null)."""
    if value is None or type(value) is bool:
        return {None: "null", True: "true", False: "false"}[value]
    if type(value) in {int, str}:
        return str(value)
    if type(value) is float:
        return _written(value)
    if type(value) is Path:
        return str(value)
    raise wrong("string()", value)


def _written(value: float) -> str:
    """A float as Java writes it: with an exponent below 0.001 and from 10,000,000 on."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if value == 0 or _SMALL <= abs(value) < _LARGE:
        return repr(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)
    first, rest = digits[0], "".join(map(str, digits[1:])) or "0"
    return f"{'-' if sign else ''}{first}.{rest}E{len(digits) + exponent - 1}"


def to_path(value: Any) -> Path:
    """path('users/alice'), with or without a slash before it."""
    if type(value) is not str:
        raise wrong("path()", value)
    if "%" in value:
        raise UndecidedError("how path() reads a % is not documented")
    segments = [segment.strip(CONTROLS) for segment in value.removeprefix("/").split("/")]
    if "" in segments:
        raise FaultError("a segment of this path is empty")
    return Path(tuple(segments))


def segments_of(value: Any) -> tuple[str, ...]:
    """What $(value) puts into a path: all of a path's segments, or one, whatever is in it."""
    return value.segments if type(value) is Path else (to_string(value),)


def _rounded(name: str, rounding: Callable[[float], int]) -> Callable[[Any], int]:
    def apply(value: Any) -> int:
        if not is_number(value):
            raise wrong(f"math.{name}()", value)
        if not math.isfinite(value):
            raise UndecidedError(f"math.{name}() of no finite number is not documented")
        return fits(rounding(value))

    return apply


def _round(value: Any) -> int:
    """The nearest whole number, of two the larger."""
    if not is_number(value):
        raise wrong("math.round()", value)
    if type(value) is int or not math.isfinite(value):
        return to_int(value)
    below = math.floor(value)
    return _whole(float(below + 1 if value - below >= _HALF else below))


def _abs(value: Any) -> int | float:
    if not is_number(value):
        raise wrong("math.abs()", value)
    return wrapped(abs(value)) if type(value) is int else float(abs(value))


def _pow(base: Any, exponent: Any) -> float:
    if not (is_number(base) and is_number(exponent)):
        raise wrong("math.pow()", base, exponent)
    odd = float(exponent) % 2 == 1
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and odd else math.inf
    except ValueError:  # a root of a negative number, or zero divides
        if base:
            return math.nan
        return math.copysign(math.inf, base) if odd else math.inf


def _sqrt(value: Any) -> float:
    if not is_number(value):
        raise wrong("math.sqrt()", value)
    return math.sqrt(value) if value >= 0 else math.nan


def _is_infinite(value: Any) -> bool:
    raise FaultError(f"math.isInfinite({type_name(value)}): the service has no such function")


def _asks(name: str, question: Callable[[float], bool]) -> Callable[[Any], bool]:
    def apply(value: Any) -> bool:
        if not is_number(value):
            raise wrong(f"math.{name}()", value)
        return question(value)

    return apply


def _hashed(name: str, digest: Callable[[bytes], bytes]) -> Callable[[Any], bytes]:
    def apply(value: Any) -> bytes:
        if type(value) is str:
            return digest(value.encode())
        if type(value) is bytes:
            return digest(value)
        raise wrong(f"hashing.{name}()", value)

    return apply


def _crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (_CASTAGNOLI if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def _duration(magnitude: Any, unit: Any) -> Duration:
    if type(magnitude) is not int or type(unit) is not str or unit not in _UNITS:
        raise wrong("duration.value()", magnitude, unit)
    return duration(magnitude * _UNITS[unit])


def _time(hours: Any, minutes: Any, seconds: Any, nanoseconds: Any) -> Duration:
    parts = (hours, minutes, seconds, nanoseconds)
    if any(type(part) is not int for part in parts):
        raise wrong("duration.time()", *parts)
    return duration(((hours * 60 + minutes) * 60 + seconds) * SECOND + nanoseconds)


def _duration_abs(value: Any) -> Duration:
    if type(value) is not Duration:
        raise wrong("duration.abs()", value)
    return Duration(abs(value.nanoseconds))


def _date(year: Any, month: Any, day: Any) -> Timestamp:
    if any(type(part) is not int for part in (year, month, day)):
        raise wrong("timestamp.date()", year, month, day)
    try:
        return Timestamp.of(datetime(year, month, day, tzinfo=UTC))
    except (ValueError, OverflowError):
        raise FaultError("there is no such date") from None


def _timestamp(milliseconds: Any) -> Timestamp:
    if type(milliseconds) is not int:
        raise wrong("timestamp.value()", milliseconds)
    return timestamp(milliseconds * 10**6)


def _latlng(latitude: Any, longitude: Any) -> LatLng:
    if not (is_number(latitude) and is_number(longitude)):
        raise wrong("latlng.value()", latitude, longitude)
    return LatLng(float(latitude), float(longitude))


Native = tuple[Callable[..., Any], int]  # a function and how many arguments it takes

CONVERSIONS: dict[str, Native] = {
    "bool": (to_bool, 1), "int": (to_int, 1), "float": (to_float, 1), "string": (to_string, 1),
    "path": (to_path, 1), "debug": (lambda value: value, 1),
}  # fmt: skip

NAMESPACES: dict[str, dict[str, Native]] = {
    "math": {
        "abs": (_abs, 1), "ceil": (_rounded("ceil", math.ceil), 1),
        "floor": (_rounded("floor", math.floor), 1), "round": (_round, 1),
        "pow": (_pow, 2), "sqrt": (_sqrt, 1), "isNaN": (_asks("isNaN", math.isnan), 1),
        "isInfinite": (_is_infinite, 1),
    },
    "hashing": {
        "md5": (_hashed("md5", lambda data: hashlib.md5(data, usedforsecurity=False).digest()), 1),
        "sha256": (_hashed("sha256", lambda data: hashlib.sha256(data).digest()), 1),
        "crc32": (_hashed("crc32", lambda data: zlib.crc32(data).to_bytes(4, "little")), 1),
        "crc32c": (_hashed("crc32c", lambda data: _crc32c(data).to_bytes(4, "little")), 1),
    },
    "duration": {"abs": (_duration_abs, 1), "time": (_time, 4), "value": (_duration, 2)},
    "timestamp": {"date": (_date, 3), "value": (_timestamp, 1)},
    "latlng": {"value": (_latlng, 2)},
}  # fmt: skip
