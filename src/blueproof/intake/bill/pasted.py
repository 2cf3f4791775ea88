"""A bill pasted or told in words: "NAT Gateway $412.30, CloudWatch $180 and S3 $95"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, takewhile

from blueproof.intake.bill.lines import BillLine, amount_of, currency_of

_SUM = r"(?:[$€£]\s?\d[\d,.]*\d|[$€£]\s?\d|\d[\d,.]*\s?(?:USD|EUR|GBP|€|\$)(?!\w))"
_NAME = r"[A-Za-z(](?:[\w.&/+()-]|:(?=[A-Za-z]))*"
# "EC2-Other    $412.30" on a line of its own; columns between may hold quantities.
_ROW = re.compile(
    rf"^[\s\-*|]*(?P<item>[A-Za-z][^\n$€£]*?)[\s:=|-]+(?P<sum>{_SUM})"
    rf"(?:\s*/?\s*(?:a |per )?mo(?:nth)?)?\s*\|?\s*$",
    re.MULTILINE | re.IGNORECASE,
)
_COLUMN = re.compile(r"\s{2,}|\t|\s*[|]\s*|:\s")
# "NAT gateway $220", "$220 for NAT gateways": what stands between two commas.
_BETWEEN = re.compile(r",\s|;|\n|\.\s|\.$|\?|\band\b")
_TOLD = re.compile(
    rf"^(?:.*:\s)?\s*(?P<item>{_NAME}(?: {_NAME}){{0,4}}?)"
    rf"(?: [\d,.]+ ?[A-Za-z]{{0,4}})?"  # a quantity
    rf"(?:\s*[:=]\s*|\s+(?:is|was|costs?|for|at)?\s*)(?:about |around |~)?(?P<sum>{_SUM})$"
)
_TURNED = re.compile(
    rf"(?P<sum>{_SUM})\s+(?:for|on|of|goes to|is)\s+(?:the )?(?P<item>{_NAME}(?: {_NAME}){{0,4}})$"
)
_TOTAL = re.compile(
    r"\b(?:total|bill|budget|month|sum|together|overall|we|our|i|spend|pay|price|per|revenue)\b",
    re.IGNORECASE,
)
# "NAT gateway $612 (of which data processing $480)": a part of the sum, no line of its own.
_PART = re.compile(rf"(?<=[\d€$])\s*\((?=[^()]*{_SUM})[^()]*\)")
# Parameters of statements, $3, which are no money.
_STATEMENT = re.compile(r"\bselect\b[\s\S]{1,2000}?\bfrom\b|\bupdate\b[\s\S]{1,200}?\bset\b"
                        r"|\b(?:delete\s+from|insert\s+into)\b", re.IGNORECASE)  # fmt: skip
_PARAMETER = re.compile(
    r"(?P<before>[=<>(,+*/|-]\s*|\b(?:between|and|or|in|any|limit|offset|i?like|then|else)\s+)"
    r"\$\d{1,2}(?![\d.,]*\d)\b",
    re.IGNORECASE,
)
_LEAST = 3  # lines that make a bill
_FEWEST_PARTS = 2  # rows that come to another's amount by no chance
_ROUNDING = Decimal("0.01")


def read_pasted(text: str) -> tuple[BillLine, ...]:
    """The lines of a bill in a text; none where there are fewer than three."""
    if _STATEMENT.search(text):
        text = _PARAMETER.sub(r"\g<before>", text)
    rows = _leaves(text)
    told = rows if len(rows) >= _LEAST else _best(text)
    return told if len(told) >= _LEAST else ()


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A line of a bill, and how far it is indented."""

    line: BillLine
    indent: int


def _leaves(text: str) -> tuple[BillLine, ...]:
    """The rows that hold no others: of a service with its usage types below it, only those.

    What the parts leave of the whole stays as a line of its own.
    """
    rows = [
        _Row(line=line, indent=len(found[0].lstrip("\n")) - len(found[0].lstrip()))
        for found in _ROW.finditer(text)
        for line in _made(found)
    ]
    return tuple(each for at, row in enumerate(rows) for each in _leaf(row, rows[at + 1 :]))


def _leaf(row: _Row, behind: list[_Row]) -> Iterator[BillLine]:
    parts = _parts(row, behind)
    if not parts:
        yield row.line
        return
    rest = row.line.amount - sum(part.line.amount for part in parts)
    if rest > row.line.amount * _ROUNDING:
        yield replace(row.line, item=f"{row.line.item}, the rest", amount=rest)


def _parts(row: _Row, behind: list[_Row]) -> list[_Row]:
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


def _best(text: str) -> tuple[BillLine, ...]:
    parts = [part.strip() for part in _BETWEEN.split(_PART.sub("", text))]
    return max(
        (tuple(line for part in parts for line in _lines(p, part)) for p in (_TOLD, _TURNED)),
        key=len,
    )


def _lines(pattern: re.Pattern[str], text: str) -> Iterator[BillLine]:
    for found in pattern.finditer(text):
        yield from _made(found)


def _made(found: re.Match[str]) -> Iterator[BillLine]:
    item = _COLUMN.split(found["item"].strip(" -:|"))[0]
    value = amount_of(found["sum"])
    if item and value is not None and not _TOTAL.search(item):
        yield BillLine(item=item, amount=value, currency=currency_of(found["sum"]),
                       where=found[0].strip())  # fmt: skip
