"""The rows of a pasted bill: lines that end in money, and the tables under a heading of money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, takewhile

from blueproof.intake.bill.cells import GAP, named
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of
from blueproof.intake.bill.tables import is_total, lines_under

_DIGITS = r"\d[\d,.']*\d|\d"
MONEY = (
    rf"(?:[(\u2212\u2013-]\s?)?(?:US|CA|A)?[$€£]\s?[\u2212-]?(?:{_DIGITS})\)?"
    rf"|[(\u2212\u2013-]?\s?(?:USD|EUR|GBP)\s?(?:{_DIGITS})\)?(?!\w)"
    rf"|[(\u2212-]?(?:{_DIGITS})\)?\s?(?:USD|EUR|GBP|€|\$|£)(?!\w)"
)
_ROW = re.compile(
    rf"^(?P<indent>[ \t]*)(?P<mark>(?:[-*\u2022|>]+[ \t]*|\d{{1,2}}[.)][ \t]+)*)"
    rf"(?P<head>[^\n]*?[^\s\d$€£.,(\u2212-]|[^\n]*?[\d)](?=[\s:|=]))"
    rf"(?P<between>(?:\*\*|[\s:|=\u2013-])+?)(?:\*\*)?(?P<sum>{MONEY})(?:\*\*)?"
    r"(?:[ \t]*(?:/|per|a)?[ \t]*mo(?:nth(?:ly)?)?\b\.?)?"
    r"(?:[ \t]*\(?\d+(?:[.,]\d+)?[ \t]?%\)?)?(?:[ \t]*\([^()\n$€£]*\))?[ \t|]*$",
    re.MULTILINE | re.IGNORECASE,
)
_ANY_MONEY = re.compile(MONEY)
_UNIT_PRICE = re.compile(rf"[x\u00d7@*][ \t]*(?:{MONEY})[ \t]*(?:each|/\w+)?")
_SPEAKING = re.compile(
    r"\b(?:we|our|i|my|you|spend|pay(?:ing)?|revenue|costs? us|budget)\b", re.IGNORECASE
)
_PART = re.compile(r"^(?:incl(?:uding|uded|\.)?|of which|thereof|davon)\b", re.IGNORECASE)
_BARE = re.compile(r"^(?P<head>[ \t]*[-*|]?[ \t]*[A-Za-z][^\n]*?)(?:[ ]{2,}|\t|[ ]*\|[ ]*)"
                   r"(?P<sum>-?\d[\d.,]*[.,]\d{2})[ \t|]*$", re.MULTILINE)  # fmt: skip
_FEWEST_PARTS = 2  # rows that come to another's amount by no chance
_LEAST = 3  # rows without a sign of money that make a bill, with a total that is their sum
_ROUNDING = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of a bill, how far it is indented, and its place in the text."""

    line: BillLine
    indent: int
    span: tuple[int, int]


def read_rows(text: str, *, european: bool) -> tuple[Row, ...]:
    """The rows of a text that hold no others: of a service with its parts below it, the parts.

    What the parts leave of the whole stays as a line of its own.
    """
    under = _tables(text, european=european)
    if under:
        return under
    rows = list(_signed(text, european=european)) or list(_unsigned(text, european=european))
    return tuple(each for at, row in enumerate(rows) for each in _leaf(row, rows[at + 1 :]))


def _signed(text: str, *, european: bool) -> Iterator[Row]:
    """The lines that end in a sum with its currency."""
    for found in _ROW.finditer(text):
        head, gap = found["head"], bool(GAP.search(found["between"] + " "))
        gap = gap or bool(GAP.search(head)) or ":" in found["between"]
        if _ANY_MONEY.search(_UNIT_PRICE.sub("", head)) and not GAP.search(head):
            continue  # several sums in a sentence
        yield from _row(found, head, gap=gap, european=european)


def _unsigned(text: str, *, european: bool) -> Iterator[Row]:
    """The lines that end in a figure with cents, where the last is the sum of the others."""
    found = list(_BARE.finditer(text))
    values = [amount_of(each["sum"], european=european) or Decimal(0) for each in found]
    totals = [v for each, v in zip(found, values, strict=True) if is_total(each["head"].strip())]
    rows = [row for each in found for row in _row(each, each["head"], gap=True, european=european)]
    whole = sum(row.line.amount for row in rows)
    if len(rows) >= _LEAST and any(abs(whole - each) <= whole * _ROUNDING for each in totals):
        yield from rows


def _row(found: re.Match[str], head: str, *, gap: bool, european: bool) -> Iterator[Row]:
    value = amount_of(found["sum"], european=european)
    told = named(GAP.split(_UNIT_PRICE.sub(_multiplied, head).strip()), european=european)
    item = told.item
    if value is None or not re.search(r"[A-Za-z]", item) or _PART.match(item) or is_total(item):
        return
    if not gap and _SPEAKING.search(item):
        return
    indent = len(found[0]) - len(found[0].lstrip())
    line = BillLine(
        item=item,
        amount=value,
        currency=currency_of(found["sum"]),
        where=found[0].strip(),
        quantity=told.quantity,
        unit=told.unit,
    )
    yield Row(line=line, indent=indent, span=found.span())


def _multiplied(found: re.Match[str]) -> str:
    return found[0][0]


def _tables(text: str, *, european: bool) -> tuple[Row, ...]:
    """The rows under a heading that names a column of money, whatever parts the columns."""
    starts = [0, *(at.end() for at in re.finditer(r"\n", text))]
    lines = text.split("\n")
    for at, line in enumerate(lines[:-1]):
        for sign in ("\t", "|", ";", ","):
            if sign not in line:
                continue
            read = lines_under(_block(lines[at:], sign), sign, european=european)
            if len(read) >= _FEWEST_PARTS:
                return tuple(
                    Row(
                        line=replace(found, where=lines[at + number].strip()),
                        indent=0,
                        span=(starts[at + number], starts[at + number] + len(lines[at + number])),
                    )
                    for number, found in read
                )
    return ()


def _block(lines: list[str], sign: str) -> str:
    return "\n".join(takewhile(lambda line: sign in line, lines))


def _leaf(row: Row, behind: list[Row]) -> Iterator[Row]:
    parts = _parts(row, behind)
    if not parts:
        yield row
        return
    rest = row.line.amount - sum(part.line.amount for part in parts)
    if rest > row.line.amount * _ROUNDING:
        yield replace(row, line=replace(row.line, item=f"{row.line.item}, the rest", amount=rest))


def _parts(row: Row, behind: list[Row]) -> list[Row]:
    """The rows that a row sums up: those indented below it, or that come to its very amount."""
    below = list(takewhile(lambda each: each.indent > row.indent, behind))
    if below:
        least = min(each.indent for each in below)
        parts = [each for each in below if each.indent == least]
        most = row.line.amount * (1 + _ROUNDING)
        return parts if sum(each.line.amount for each in parts) <= most else []
    sums = accumulate(each.line.amount for each in takewhile(lambda e: not e.indent, behind))
    same = (n for n, total in enumerate(sums, start=1) if total == row.line.amount)
    count = next(same, 0)
    return behind[:count] if count >= _FEWEST_PARTS else []
