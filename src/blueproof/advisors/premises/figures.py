"""The figures of a statement in plain units, from what was read in the person's words."""

from dataclasses import dataclass
from decimal import Decimal

from blueproof.core.brief import Brief, Fact

_BYTES = {"B": 0, "KB": 1, "MB": 2, "GB": 3, "TB": 4, "PB": 5}
_SECONDS = {
    "us": Decimal("0.000001"),
    "ms": Decimal("0.001"),
    "second": Decimal(1),
    "minute": Decimal(60),
    "hour": Decimal(3600),
    "day": Decimal(86_400),
    "week": Decimal(604_800),
    "month": Decimal(2_592_000),
    "year": Decimal(31_536_000),
}
# The unit of a limit begins with the word for what is counted: "KB", "seconds", "writes a second".
_WRITTEN = (
    {f"{name}s": name for name in _SECONDS}
    | {"bytes": "B", "KiB": "KB", "MiB": "MB", "GiB": "GB", "TiB": "TB"}
    | {"s": "second", "h": "hour", "milliseconds": "ms"}
)
_KILO = Decimal(1024)
MONEY = "USD"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure: what it counts, the period it is said per, and where it stands."""

    value: Decimal
    unit: str
    per: str
    quote: str
    start: int
    end: int


def figures_in(brief: Brief, start: int, end: int) -> tuple[Figure, ...]:
    """The figures that stand in this stretch of the request, in order."""
    found = (_figure(fact) for fact in brief.facts if _within(fact, start, end))
    return tuple(sorted((each for each in found if each), key=lambda f: f.start))


def _within(fact: Fact, start: int, end: int) -> bool:
    counted = fact.key.startswith("scale.") or fact.key in {"budget", "deadline"}
    return counted and fact.span is not None and start <= fact.span[0] and fact.span[1] <= end


def _figure(fact: Fact) -> Figure | None:
    if isinstance(fact.value, str) or fact.span is None:
        return None
    unit, _, per = fact.unit.partition(" per ")
    return Figure(
        value=Decimal(str(fact.value)),
        unit=unit,
        per=per,
        quote=fact.quote,
        start=fact.span[0],
        end=fact.span[1],
    )


def in_base(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """A size in bytes, a time in seconds, anything else as it is; with the unit it is then in."""
    if unit in _BYTES:
        return value * _KILO ** _BYTES[unit], "B"
    if unit in _SECONDS:
        return value * _SECONDS[unit], "second"
    return value, unit


def limit_in_base(value: Decimal, unit: str) -> Decimal:
    """The figure of a limit in base units, its unit as facts write it ("KiB", "writes a second").

    >>> limit_in_base(Decimal(2), "minutes"), limit_in_base(Decimal(1), "KiB")
    (Decimal('120'), Decimal('1024'))
    """
    first = unit.split(maxsplit=1)[0]
    found, _ = in_base(value, _WRITTEN.get(first, first))
    return found


def per_period(value: Decimal, given: str, wanted: str) -> Decimal:
    """A count per one period as a count per another; KeyError where one is no period."""
    return value * _SECONDS[wanted] / _SECONDS[given]


def is_period(word: str) -> bool:
    """Whether the word is a unit of time."""
    return word in _SECONDS
