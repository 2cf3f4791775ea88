"""What follows from the figures of a plan, in sentences."""

from blueproof.advisors.review.matching import Shown
from blueproof.facts.holes import Hole

_TRIES = 10  # a second, as an attacker makes them from one machine without being noticed
_SIGNS = 36.0  # letters and digits of a code
_ISSUED = 10_000  # codes in circulation that the odds are told for
_MONTH = 30 * 24 * 60  # minutes
_QUARTER, _FIVE = 900, 300  # seconds that access tokens and file links should live
_STEPS = ((86_400 * 365, "years"), (86_400, "days"), (3_600, "hours"), (60, "minutes"))


def name_of(found: Shown[Hole], files: str) -> str:
    """What the hole is called, with the figure that was told where there is one."""
    hole = found.entry
    named = hole.named if hole.named and found.figure else hole.name
    return _filled(named, found, files)


def sum_of(found: Shown[Hole]) -> str:
    """What follows from the hole's figure; "" where none was told."""
    hole = found.entry
    return _filled(hole.sum, found, "") if hole.sum and found.figure else ""


def _filled(template: str, found: Shown[Hole], files: str) -> str:
    values = {"files": files}
    if found.figure:
        value = found.figure.value
        codes = _codes(found.figure.kind, value)
        values |= {
            "figure": found.figure.said,
            "codes": f"{codes:,.0f}",
            "time": lasting(codes / _TRIES),
            "odds": f"{codes / _ISSUED:,.0f}",
            "quarters": f"{value / _QUARTER:,.0f}",
            "fives": f"{value / _FIVE:,.0f}",
            "minutes": f"{(100 - value) / 100 * _MONTH:,.0f}",
        }
    return template.format_map(values)


def _codes(kind: str, value: float) -> float:
    """How many codes there are of this length."""
    signs = {"digits": 10.0, "characters": _SIGNS}.get(kind)
    return pow(signs, value) if signs else 0.0


def lasting(seconds: float) -> str:
    """A time in the unit that tells.

    >>> lasting(1000), lasting(100_000)
    ('17 minutes', '28 hours')
    """
    for size, unit in _STEPS:
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} seconds"
