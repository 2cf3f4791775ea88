"""Figures as a person reads them, for the sentences of advice."""

_TEN = 10  # from ten on, decimals tell nothing
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_STEP = 1024
_SECOND = 1000.0


def size(count: float) -> str:
    """Bytes with a fitting unit.

    >>> size(31_481_856)
    '30 MB'
    """
    value, unit = float(count), 0
    while value >= _STEP and unit < len(_UNITS) - 1:
        value, unit = value / _STEP, unit + 1
    digits = 0 if value >= _TEN or unit == 0 else 1
    return f"{value:.{digits}f} {_UNITS[unit]}"


def cost(value: float) -> str:
    """A planner cost, thousands apart.

    >>> cost(18555.52), cost(8.4)
    ('18,556', '8.4')
    """
    return f"{value:,.0f}" if value >= _TEN**2 else f"{value:,.1f}"


def shown_time(milliseconds: float) -> str:
    """A time of a run, in the unit that fits.

    >>> shown_time(0.21), shown_time(812.4), shown_time(17_300)
    ('0.21 ms', '812 ms', '17.3 s')
    """
    if milliseconds >= _SECOND:
        return f"{milliseconds / _SECOND:.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= _TEN else f"{milliseconds:.2f} ms"


def times(factor: float) -> str:
    """A factor, rounded down so that it is never more than was measured.

    >>> times(421.9), times(2.37)
    ('421', '2.3')
    """
    return f"{int(factor):,}" if factor >= _TEN else f"{int(factor * 10) / 10:.1f}"


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count(1, "index", "indexes"), count(3, "query", "queries")
    ('1 index', '3 queries')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(names: tuple[str, ...], most: int = 4) -> str:
    """Names in a sentence; beyond the first few, how many more there are.

    >>> listed(("a", "b", "c"))
    'a, b and c'
    """
    shown = names[:most]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
