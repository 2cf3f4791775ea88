"""What lines of a bill say was used, in units that can be added up and divided."""

import re
from collections.abc import Iterable
from decimal import Decimal

from blueproof.advisors.bill.matching import Line

_GIGABYTES = {"k": Decimal(1) / 10**6, "m": Decimal(1) / 10**3, "g": Decimal(1),
              "t": Decimal(10**3), "p": Decimal(10**6)}  # fmt: skip
_BYTES = re.compile(r"^(?P<times>[kmgtp])i?b(?:yte)?s?(?P<rest>.*)$", re.IGNORECASE)
_WORDS = re.compile(r"^(?P<times>[gtm])(?:iga|era|ega|ibi|ebi)bytes?(?P<rest>.*)$", re.IGNORECASE)
_HELD = re.compile(
    r"[^a-z]*(?:h|hrs?|hours?|s|secs?|seconds?|days?)$", re.IGNORECASE
)  # held for a time, not moved
_HOURS = re.compile(r"^(?:h|hrs?|hours?)$|(?:-|\s)(?:h|hrs?|hours?)$", re.IGNORECASE)
_SECONDS = re.compile(r"^(?:s|secs?|seconds?)$|(?:-|\s)(?:s|secs?|seconds?)$", re.IGNORECASE)
_CLASS = re.compile(r"\bdb\.[a-z]\w*\.(?P<times>\d*)x?(?P<size>large|medium|small|micro)\b")
_CUSTOM = re.compile(r"\bdb-(?:custom-(?P<custom>\d+)-\d+|[a-z]\d?-?\w*-(?P<standard>\d+))\b")
HOURS_A_MONTH = Decimal(730)
_ALONE = {"large": 2, "medium": 2, "small": 2, "micro": 2}
_XLARGE = 4  # vCPUs of an xlarge; a 2xlarge has twice as many


def gigabytes(lines: Iterable[Line]) -> Decimal | None:
    """The gigabytes moved or stored by lines that tell them; None where none does."""
    found = [each for line in lines for each in [_gigabytes(line)] if each is not None]
    return sum(found, start=Decimal(0)) if found else None


def _gigabytes(line: Line) -> Decimal | None:
    found = _BYTES.match(line.unit) or _WORDS.match(line.unit)
    if line.quantity is None or not found or _HELD.match(found["rest"]):
        return None
    return line.quantity * _GIGABYTES[found["times"].lower()]


def size(lines: Iterable[Line]) -> str:
    """The bytes of lines in words: as the bill writes them where it is one line.

    Gigabytes of several lines are added up.
    """
    told = [line for line in lines if _gigabytes(line) is not None]
    if len(told) == 1 and told[0].quantity is not None:
        return f"{told[0].quantity.normalize():,f} {told[0].unit}"
    return f"{gigabytes(told) or Decimal(0):,.0f} GB"


def counted(lines: Iterable[Line]) -> Decimal | None:
    """How many of something lines tell that have no unit of size or time; None where none does."""
    found = [
        line.quantity
        for line in lines
        if line.quantity is not None
        and _gigabytes(line) is None
        and not _HOURS.search(line.unit)
        and not _SECONDS.search(line.unit)
    ]
    return sum(found, start=Decimal(0)) if found else None


def hours(line: Line) -> Decimal | None:
    """The hours that a line tells, of whatever was held; None where it tells none."""
    if line.quantity is None:
        return None
    if _HOURS.search(line.unit):
        return line.quantity
    return line.quantity / 3600 if _SECONDS.search(line.unit) else None


def vcpus(lines: Iterable[Line]) -> Decimal | None:
    """How many vCPUs of a database run all month: by hours of vCPUs, or by the class's name."""
    found = [each for line in lines for each in [_vcpus(line)] if each]
    return sum(found, start=Decimal(0)) if found else None


def _vcpus(line: Line) -> Decimal | None:
    held = hours(line)
    if held is not None and re.search(r"vcpu|core", f"{line.unit} {line.item}", re.IGNORECASE):
        return held / HOURS_A_MONTH
    size = _class_size(line.item)
    if size is None:
        return None
    return size * (max(round(held / HOURS_A_MONTH), 1) if held else 1)


def _class_size(item: str) -> Decimal | None:
    """The vCPUs of a class such as db.r6g.2xlarge or db-custom-16-61440; None where unnamed.

    >>> _class_size("db.r6g.2xlarge"), _class_size("db-custom-16-61440"), _class_size("db")
    (Decimal('8'), Decimal('16'), None)
    """
    found = _CLASS.search(item)
    if found and found["size"] == "large" and "xlarge" in found[0]:
        return Decimal(_XLARGE * int(found["times"] or 1))
    if found:
        return Decimal(_ALONE[found["size"]])
    custom = _CUSTOM.search(item)
    return Decimal(custom["custom"] or custom["standard"]) if custom else None
