"""Bills as a file that a person can read, and that can be added up again."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml

from blueproof.core.errors import InputError
from blueproof.core.money import Bill, Line
from blueproof.facts.load import LOADER

_HEAD = "# US dollars a month: quantity x price, each price with the fact it comes from.\n"
_MOST = 10**12  # floats hold cents, and four decimals of a quantity, up to here


def write_bills(bills: tuple[Bill, ...]) -> str:
    """The bills as YAML, sizes in order."""
    raw = [
        {
            **({"option": bill.option} if bill.option else {}),
            "size": bill.size,
            "as_of": bill.as_of,
            **({"note": bill.note} if bill.note else {}),
            "lines": [_write_line(line) for line in bill.lines],
            "total": float(bill.total),
        }
        for bill in bills
    ]
    return _HEAD + yaml.safe_dump(raw, sort_keys=False, allow_unicode=True, width=100)


def _write_line(line: Line) -> dict[str, Any]:
    return {
        "item": line.item,
        "quantity": float(line.quantity),
        "unit": line.unit,
        "price": float(line.price),
        "amount": float(line.amount),
        "fact": line.fact,
        "source": line.source,
    }


def read_bills(text: str, *, path: str) -> tuple[tuple[Bill, tuple[Decimal, ...]], ...]:
    """The bills of such a file, each with the amounts as they stand written there."""
    try:
        return _read_bills(LOADER(text).get_single_data())
    except (yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as error:
        what = " ".join(str(error).split())[:120]
        raise InputError(f"{path}: not a file of bills ({what}): run the command again") from error


def _read_bills(raw: list[dict[str, Any]]) -> tuple[tuple[Bill, tuple[Decimal, ...]], ...]:
    if not raw:
        raise ValueError("no bill in it")
    return tuple(_read_bill(bill) for bill in raw)


def _read_bill(raw: dict[str, Any]) -> tuple[Bill, tuple[Decimal, ...]]:
    as_of = raw["as_of"]
    if not isinstance(as_of, date) or isinstance(as_of, datetime):
        raise TypeError(f"as_of: {as_of!r} is no date")
    bill = Bill(
        size=raw["size"],
        lines=tuple(_read_line(line) for line in raw["lines"]),
        total=_amount(raw["total"]),
        as_of=as_of,
        option=str(raw.get("option", "")),
        note=str(raw.get("note", "")),
    )
    return bill, tuple(_amount(line["amount"]) for line in raw["lines"])


def _amount(value: object) -> Decimal:
    """A number of the file; no infinity, and nothing so large that cents would be lost."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MOST:
        raise ValueError(f"{value!r} is no amount")
    return Decimal(str(value))


def _read_line(raw: dict[str, Any]) -> Line:
    return Line(
        item=raw["item"],
        quantity=_amount(raw["quantity"]),
        unit=raw["unit"],
        price=_amount(raw["price"]),
        fact=raw["fact"],
        source=raw["source"],
    )
