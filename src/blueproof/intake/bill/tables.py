"""Bills as tables: exports of AWS, Google Cloud, Vercel, Supabase and whoever else writes CSV.

A table is read by its header: which column is the money, and which name what was paid for. Cost
Explorer writes a table the other way round, a service a column and a month a row.
"""

import csv
import io
import re
from collections.abc import Iterator

from blueproof.core.errors import InputError
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of

# Columns of money, the best first, and columns that name what it is for, each as exports write it.
_MONEY = (
    "lineitem/unblendedcost", "line_item_unblended_cost", "billedcost", "effectivecost",
    "unblendedcost", "blendedcost", "net cost", "subtotal", "cost", "amount", "total", "charge",
    "price",
)  # fmt: skip
_NAMES = (
    ("product/productname", "lineitem/productcode", "line_item_product_code", "servicename",
     "service description", "service", "product", "item", "description", "name", "resource"),
    ("lineitem/usagetype", "line_item_usage_type", "chargedescription", "skudescription",
     "sku description", "skuid", "usage type", "usagetype", "sku", "metric", "meter"),
)  # fmt: skip
_TOTALS = re.compile(
    r"^\s*(?:grand )?(?:sub)?total\b|^\s*(?:service|usage type) total\b", re.IGNORECASE
)
_MONTH = re.compile(r"^\d{4}-\d{2}(?:-\d{2})?$")
_SIGNED = re.compile(r"\((?:\$|€|£|USD|EUR|GBP)\)\s*$")


def read_table(text: str, path: str) -> tuple[BillLine, ...]:
    """The lines of a CSV or TSV; InputError where no column of it is money."""
    rows = _rows(text)
    for number, row in enumerate(rows):
        if sum(bool(_SIGNED.search(cell)) for cell in row) and not _column(row, _MONEY):
            return tuple(_by_column(rows[number:], path))
        if _column(row, _MONEY) is not None and _named(row):
            return tuple(_by_row(rows[number:], path, number))
    raise InputError(
        f"{path}: no bill in it: there must be a column of money (cost, amount, BilledCost, "
        "lineItem/UnblendedCost) and one that names the service"
    )


def _rows(text: str) -> list[list[str]]:
    first = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=first.count)
    return [row for row in csv.reader(io.StringIO(text), delimiter=delimiter) if any(row)]


def _column(header: list[str], wanted: tuple[str, ...]) -> int | None:
    """The column that the first of the wanted names heads, exactly or with a currency behind."""
    plain = [
        re.sub(r"\s*\([^)]*\)\s*$", "", cell.strip().lower().lstrip("\ufeff")) for cell in header
    ]
    for name in wanted:
        if name in plain:
            return plain.index(name)
    return None


def _named(header: list[str]) -> tuple[int, ...]:
    found = (_column(header, names) for names in _NAMES)
    return tuple(column for column in found if column is not None)


def _by_row(rows: list[list[str]], path: str, first: int) -> Iterator[BillLine]:
    """A charge a row."""
    header = rows[0]
    money, names = _column(header, _MONEY), _named(header)
    assert money is not None
    for number, row in enumerate(rows[1:], start=first + 2):
        if len(row) <= max(money, *names):
            continue
        item = ": ".join(dict.fromkeys(row[n].strip() for n in names if row[n].strip()))
        value = amount_of(row[money])
        if item and value is not None and not _TOTALS.match(item):
            currency = currency_of(f"{header[money]} {row[money]}")
            yield BillLine(item=item, amount=value, currency=currency, where=f"{path}:{number}")


def _by_column(rows: list[list[str]], path: str) -> Iterator[BillLine]:
    """A service a column: the last month that is there."""
    header = rows[0]
    months = [row for row in rows[1:] if row and _MONTH.match(row[0].strip())]
    if not months:
        raise InputError(f"{path}: a table of costs without a row that begins with a month")
    for name, cell in zip(header[1:], months[-1][1:], strict=False):
        item, value = _SIGNED.sub("", name).strip(), amount_of(cell)
        if item and value is not None and not _TOTALS.match(item):
            currency = currency_of(name)
            yield BillLine(
                item=item, amount=value, currency=currency, where=f"{path}:{months[-1][0]}"
            )
