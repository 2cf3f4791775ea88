"""Figures of a plan as a person reads them."""

from blueproof.sql.plans.node import Node, ReadPlan

_SECOND, _TEN, _WHOLE = 1000.0, 10, 100
_STEP = 1024
PAGE_KB = 8


def shown_ms(milliseconds: float) -> str:
    """A time in the unit that fits.

    >>> shown_ms(0.214), shown_ms(812.4), shown_ms(17_300)
    ('0.21 ms', '812 ms', '17.3 s')
    """
    if milliseconds >= _SECOND:
        return f"{milliseconds / _SECOND:,.1f} s"
    return f"{milliseconds:.0f} ms" if milliseconds >= _TEN else f"{milliseconds:.2f} ms"


def number(value: float) -> str:
    """A count of rows, thousands apart; part of a row with two digits.

    >>> number(1_234_567.0), number(0.33)
    ('1,234,567', '0.33')
    """
    return f"{value:,.0f}" if value >= _TEN or value == int(value) else f"{value:,.2f}"


def kilobytes(value: float) -> str:
    """Kilobytes in the unit that fits.

    >>> kilobytes(25), kilobytes(123_456)
    ('25 kB', '121 MB')
    """
    if value < _STEP:
        return f"{value:.0f} kB"
    whole = value / _STEP
    return f"{whole:.0f} MB" if whole < _STEP else f"{whole / _STEP:.1f} GB"


def of_total(plan: ReadPlan, milliseconds: float) -> str:
    """A time and its share of the whole: "812 ms of 1.2 s (68 %)"."""
    total = plan.total_ms
    if not total:
        return shown_ms(milliseconds)
    share = min(milliseconds / total, 1.0)
    return f"{shown_ms(milliseconds)} of {shown_ms(total)} ({share:.0%})"


def where(node: Node) -> str:
    """The node and its number in the order of reading: "Seq Scan on orders (node 3)"."""
    return f"{node.place} (node {node.number})"


def one_in(kept: float, read: float) -> str:
    """How few are kept of what is read: "1 in 83,333", "none"."""
    return f"1 in {number(max(round(read / kept), 1))}" if kept else "none"


def megabytes(kb: float) -> int:
    """The next power of two in MB that holds so many kilobytes.

    >>> megabytes(123_456)
    128
    """
    power = 1
    while power * _STEP < kb:
        power *= 2
    return power
