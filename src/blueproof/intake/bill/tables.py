"""Bills as tables: exports of AWS, Google Cloud, Vercel, Supabase and whoever else writes CSV.

A table is read by its header: which column is the money, and which name what was paid for. Cost
Explorer writes a table the other way round, a service a column and a month a row.
"""

import csv
import io
import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.core.errors import InputError
from blueproof.intake.bill.cells import quantity_of, used
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of, is_european

# Columns of money, the best first, and columns that name what it is for, each as exports write it.
_MONEY = (
    "lineitem/unblendedcost", "line_item_unblended_cost", "costinbillingcurrency", "pretaxcost",
    "billedcost", "effectivecost", "unblendedcost", "blendedcost", "net cost", "subtotal", "cost",
    "total cost", "monthly cost", "costs", "amount", "line total", "total", "charge", "charges",
    "price", "betrag", "kosten", "usd", "eur",
)  # fmt: skip
_NAMES = (
    ("product/productname", "lineitem/productcode", "line_item_product_code", "servicename",
     "service.description", "service description", "service", "metercategory", "product",
     "product_name", "item", "description", "name", "resource", "line item", "charge type"),
    ("lineitem/usagetype", "line_item_usage_type", "chargedescription", "skudescription",
     "sku.description", "sku description", "skuid", "usage type", "usagetype", "sku", "metername",
     "metric", "meter", "details"),
)  # fmt: skip
_USED = (
    "lineitem/usageamount", "line_item_usage_amount", "consumedquantity", "usage.amount",
    "usage amount", "usage quantity", "usage", "quantity", "qty", "used",
)  # fmt: skip
_UNITS = (
    "pricing/unit", "pricing_unit", "consumedunit", "usage.unit", "usage unit", "unit",
    "unitofmeasure", "units",
)  # fmt: skip
_CURRENCY = ("billingcurrency", "billingcurrencycode", "currency", "lineitem/currencycode")
_TOTALS = re.compile(
    r"^\W*(?:(?:grand|sub|invoice|our|the|net|gross|current|monthly|new|estimated|service"
    r"|usage type|[a-z]{3,9} 20\d\d|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?|aug\w*|sep\w*"
    r"|oct\w*|nov\w*|dec\w*)[ -]*)*(?:totals?|subtotal|sum|bill|invoice|amount due|balance due"
    r"|amount|zwischensumme|summe|gesamt\w*|rechnungsbetrag|budget|montant total)\b"
    r"|\b(?:sub)?total(?:s| costs?)?\W*$",
    re.IGNORECASE,
)
_MONTH = re.compile(r"^\d{4}-\d{2}(?:-\d{2})?$")
_SIGNED = re.compile(r"\((?:\$|€|£|USD|EUR|GBP)\)\s*$")


def is_total(item: str) -> bool:
    """Whether a line's name says that it sums up others.

    >>> is_total("**Total**"), is_total("Subtotal (excl. VAT)"), is_total("Totally Free Plan")
    (True, True, False)
    """
    return bool(_TOTALS.search(item))


def read_table(text: str, path: str) -> tuple[BillLine, ...]:
    """The lines of a CSV or TSV; InputError where no column of it is money."""
    rows = _rows(text)
    european = is_european(text)
    for number, row in enumerate(rows):
        if sum(bool(_SIGNED.search(cell)) for cell in row) and not _column(row, _MONEY):
            return tuple(_by_column(rows[number:], path))
        if _column(row, _MONEY) is not None and _named(row):
            return tuple(
                line for _, line in _by_row(rows[number:], path, number, european=european)
            )
    raise InputError(
        f"{path}: no bill in it: there must be a column of money (cost, amount, BilledCost, "
        "lineItem/UnblendedCost) and one that names the service"
    )


def lines_under(text: str, sign: str, *, european: bool) -> list[tuple[int, BillLine]]:
    """The lines of a table whose first row heads it, each with its row's number; none otherwise.

    `sign` parts the columns; of Markdown's bars the outer ones are dropped.
    """
    if sign == "|":
        rows = [line.strip().strip("|").split("|") for line in text.split("\n")]
    else:
        rows = list(csv.reader(io.StringIO(text), delimiter=sign))
    rows = [[cell.strip(" *`") for cell in row] for row in rows]
    if _column(rows[0], _MONEY) is None or not _named(rows[0]):
        return []
    return [(number - 1, line) for number, line in _by_row(rows, "", 0, european=european)]


def read_records_as_table(records: list[dict[str, str]], path: str) -> tuple[BillLine, ...]:
    """The lines of records that name the columns themselves."""
    header = list(dict.fromkeys(name for record in records for name in record))
    rows = [header, *([record.get(name, "") for name in header] for record in records)]
    if _column(header, _MONEY) is None or not _named(header):
        return ()
    return tuple(line for _, line in _by_row(rows, path, 0, european=False))


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


def _by_row(
    rows: list[list[str]], path: str, first: int, *, european: bool
) -> Iterator[tuple[int, BillLine]]:
    """A charge a row, with the row's number."""
    header = rows[0]
    money, names, kept = _column(header, _MONEY), _named(header), _column(header, _CURRENCY)
    assert money is not None
    for number, row in enumerate(rows[1:], start=first + 2):
        if len(row) <= max(money, *names):
            continue
        item = ": ".join(dict.fromkeys(row[n].strip() for n in names if row[n].strip()))
        value = amount_of(row[money], european=european)
        if item and value is not None and not is_total(item):
            told = row[kept] if kept is not None and kept < len(row) else ""
            quantity, unit = _usage(header, row, european=european)
            yield (
                number,
                BillLine(
                    item=item,
                    amount=value,
                    currency=currency_of(f"{told} {header[money]} {row[money]}"),
                    where=f"{path}:{number}",
                    quantity=quantity,
                    unit=unit,
                ),
            )


def _usage(header: list[str], row: list[str], *, european: bool) -> tuple[Decimal | None, str]:
    """What a row says was used, and in which unit."""
    column, of = _column(header, _USED), _column(header, _UNITS)
    if column is None or column >= len(row):
        return None, ""
    unit = row[of].strip() if of is not None and of < len(row) else ""
    if unit:
        return quantity_of(row[column], european=european), unit
    told = used(row[column], european=european)
    return (told.quantity, told.unit) if told else (None, "")


def _by_column(rows: list[list[str]], path: str) -> Iterator[BillLine]:
    """A service a column: the last month that is there."""
    header = rows[0]
    months = [row for row in rows[1:] if row and _MONTH.match(row[0].strip())]
    if not months:
        raise InputError(f"{path}: a table of costs without a row that begins with a month")
    for name, cell in zip(header[1:], months[-1][1:], strict=False):
        item, value = _SIGNED.sub("", name).strip(), amount_of(cell)
        if item and value is not None and not is_total(item):
            currency = currency_of(name)
            yield BillLine(
                item=item, amount=value, currency=currency, where=f"{path}:{months[-1][0]}"
            )
