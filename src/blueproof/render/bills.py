"""Bills side by side: options down, sizes across."""

from decimal import Decimal

from blueproof.core.blueprint import Blueprint
from blueproof.core.money import Bill

_NARROW = 3  # columns up to which cents have room
_CENTS = 10  # US dollars below which cents are said
_MONTH = "month "


def sizes(blueprint: Blueprint) -> tuple[str, ...]:
    """The sizes for which there are bills, in order."""
    return tuple(dict.fromkeys(b.size for b in blueprint.bill))


def compared(blueprint: Blueprint) -> tuple[tuple[str, ...], ...]:
    """One row an option: its name, and its total at each size."""
    options = tuple(dict.fromkeys(b.option for b in blueprint.bill))
    return tuple(
        (option, *(_total(blueprint.bill, option, size) for size in sizes(blueprint)))
        for option in options
    )


def _total(bills: tuple[Bill, ...], option: str, size: str) -> str:
    found = next((b for b in bills if (b.option, b.size) == (option, size)), None)
    return f"${found.total:,.2f}" if found else "-"


def as_text(blueprint: Blueprint) -> str:
    """The totals in aligned columns, for a terminal."""
    if not blueprint.bill:
        return ""
    as_of = f"prices as of {max(b.as_of for b in blueprint.bill).isoformat()}"
    if not any(b.option for b in blueprint.bill):
        parts = "   ".join(f"{b.size} ${b.total}" for b in blueprint.bill)
        note = "".join(f" ({n})" for n in dict.fromkeys(b.note for b in blueprint.bill) if n)
        return f"{parts}, {as_of}{note}"
    unit, counts = _columns(sizes(blueprint))
    most = _largest(blueprint.bill, sizes(blueprint)[-1])
    rows = compared(blueprint)
    if len(counts) > _NARROW:
        rows = tuple((row[0], *(_short(total) for total in row[1:])) for row in rows)
    return "\n".join((*_aligned(((unit, *counts), *rows)), *((most,) if most else ()), as_of))


def _short(total: str) -> str:
    """A sum without its cents, where many columns leave no room for them.

    >>> _short("$1,543.81"), _short("$9.40")
    ('$1,544', '$9.40')
    """
    whole = Decimal(total.lstrip("$").replace(",", "")) if total.startswith("$") else Decimal(0)
    return f"${whole:,.0f}" if whole >= _CENTS else total


def _largest(bills: tuple[Bill, ...], size: str) -> str:
    """The largest line of each option's bill at a size, in words; "" where there is none."""
    lines = {
        bill.option: max(bill.lines, key=lambda line: line.amount)
        for bill in bills
        if bill.size == size and bill.lines
    }
    told = (
        f"{line.item.rpartition(': ')[2].partition(' beyond ')[0]} ${line.amount:,.2f} ({option})"
        for option, line in lines.items()
    )
    return f"largest lines at {_column(size)}: {', '.join(told)}" if lines else ""


def _columns(named: tuple[str, ...]) -> tuple[str, list[str]]:
    """What all columns have in common, and the head of each."""
    who = {size.partition(", ")[0] for size in named}
    if len(who) == 1 and len(named) > 1:
        whens = [size.partition(", ")[2] for size in named]
        if all(when.startswith(_MONTH) for when in whens):
            return f"{who.pop()}, month", [when.removeprefix(_MONTH) for when in whens]
        return who.pop(), whens
    return named[0].partition(", ")[0].partition(" ")[2], [_column(size) for size in named]


def _column(size: str) -> str:
    """The head of a column: the number, and when it is where the bills are of several months."""
    named, _, when = size.partition(", ")
    count = named.partition(" ")[0]
    return f"{count}, {when}" if when else count


def _aligned(rows: tuple[tuple[str, ...], ...]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0])]
            + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        )
        for row in rows
    ]


def plain(number: Decimal) -> str:
    """A number as people write it: thousands apart, no zeros behind.

    >>> plain(Decimal("1.0000")), plain(Decimal("1234.50")), plain(Decimal("0.0200"))
    ('1', '1,234.5', '0.02')
    """
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
