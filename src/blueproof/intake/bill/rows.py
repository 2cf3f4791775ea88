"""The rows of a pasted bill: lines that end in money, and the tables under a heading of money."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import accumulate, takewhile

from blueproof.intake.bill.cells import GAP, named
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of
from blueproof.intake.bill.tables import is_total, lines_under

_DIGITS = r"(?<![\d,.])\d[\d,.']{0,18}\d(?!\d)|\d"
MONEY = (
    rf"(?:[(\u2212\u2013-]\s?)?(?:US|CA|A)?[$€£]\s?[\u2212-]?(?:{_DIGITS})\)?"
    rf"|[(\u2212\u2013-]?\s?(?:USD|EUR|GBP)\s?(?:{_DIGITS})\)?(?!\w)"
    rf"|[(\u2212-]?(?:{_DIGITS})\)?\s?(?:USD|EUR|GBP|€|\$|£)(?!\w)"
)
_MARK = re.compile(r"(?:[-*\u2022|>]+[ \t]*|\d{1,2}[.)][ \t]+)*")
_TAIL = re.compile(
    r"(?:\*\*)?(?:[ \t]*(?:/|per|a)?[ \t]*mo(?:nth(?:ly)?)?\b\.?)?"
    r"(?:[ \t]*\(?\d{1,3}(?:[.,]\d{1,3})?[ \t]?%\)?)?(?:[ \t]*\([^()\n$€£]{0,80}\))?"
    r"(?:,? (?:of which|incl\w*\.?) [^\n$€£]{1,60})?[ \t|]*",
    re.IGNORECASE,
)
_LONGEST = 400  # characters of a line that may be a row
_CURRENCIES = ("$", "€", "£", "USD", "EUR", "GBP")
_ANY_MONEY = re.compile(MONEY)
_UNIT_PRICE = re.compile(rf"[x\u00d7@*][ \t]*(?:{MONEY})[ \t]*(?:each|/\w+)?")
_SPEAKING = re.compile(
    r"\b(?:we|our|i|my|you|spend|pay(?:ing)?|revenue|costs? us|budget)\b", re.IGNORECASE
)
_PART = re.compile(
    r"^(?:incl(?:uding|uded|\.)?(?! credit)|of which|thereof|davon)\b", re.IGNORECASE
)
_BARE = re.compile(r"^(?P<head>[ \t]{0,40}[-*|]?[ \t]{0,4}[A-Za-z][^\n]{0,200}?)"
                   r"(?:  +|\t| ?\| ?|\.{3} )(?:~ ?|ca\.? |about )?"
                   r"(?P<sum>-?\d(?:[\d.,]{0,14}\d)?)(?![\d.,]*[%\w])"
                   r"(?:[ \t]*\([^()\n]{0,60}\))?[ \t|]{0,9}$", re.MULTILINE)  # fmt: skip
# The same with one blank only, which many a sentence has too: read only where the sum proves it.
_BARE_CLOSE = re.compile(r"^(?P<head>[ \t]{0,9}[-*]?[ \t]{0,4}[A-Za-z][\w&/().+ -]{1,60}?)[ :]{1,2}"
                         r"(?P<sum>-?\d(?:[\d.,]{0,14}\d)?)[ \t]{0,9}$", re.MULTILINE)  # fmt: skip
# A line above that says that money follows: "AWS bill October (USD)".
_HEADED = re.compile(
    r"^[^\n\d]{0,60}\b(?:bill|invoice|costs?|spend\w*)\b[^\n]{0,60}(?:\b(?:USD|EUR|GBP)\b|[$€£])"
    r"[^\n\d]{0,20}$",
    re.IGNORECASE | re.MULTILINE,
)
# The whole of a bill as a sentence tells it: "Our AWS bill for October, 4,870 USD".
_WHOLE = re.compile(
    r"\b(?:bills?|invoice|total|spend\w*|costs?|pay\w*)\b[^\n\d]{0,40}(?P<sum>\d[\d.,]{2,14}\d)",
    re.IGNORECASE,
)
# "Supabase:" or "google_sql_database_instance.main" on a line of its own, above its charges.
_HEADING = re.compile(
    r"^[ \t]*(?:[#*\u2022>-]+[ \t]*)?"
    r"(?P<name>[A-Za-z][\w.&/\[\]\"()'-]*(?: [\w.&/()+-]+){0,3})[ \t]*:?[ \t*]*$"
)
_NO_HEADING = re.compile(
    r"\b(?:bills?|invoice|costs?|charges?|usage|total|summary|breakdown|services?|items?|lines?"
    r"|amount|price|here|below|month|monthly|qty|we|our|my|i|us|jan\w*|feb\w*|mar\w*|apr\w*|may|june?"
    r"|july?|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*|thanks?|details)\b",
    re.IGNORECASE,
)
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


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A line that ends in money: what stands before it, the gap between, and the money."""

    head: str
    between: str
    sum: str
    span: tuple[int, int]
    text: str


def _ending_in_money(text: str) -> Iterator[_Line]:
    start = 0
    for line in text.split("\n"):
        found = _split(line, start)
        if found:
            yield found
        start += len(line) + 1


def _split(line: str, start: int) -> _Line | None:
    """The line in its parts; None where it does not end in money with words before it."""
    if len(line) > _LONGEST or not any(sign in line for sign in _CURRENCIES):
        return None
    sums = list(_ANY_MONEY.finditer(line))
    if not sums or not _TAIL.fullmatch(line, sums[-1].end()):
        return None
    body = line.lstrip()
    mark = _MARK.match(body)
    before = line[len(line) - len(body) + (mark.end() if mark else 0) : sums[-1].start()]
    head = before.rstrip(" \t*:|=-\u2013")
    if not re.search(r"[A-Za-z]", head):
        return None
    return _Line(
        head=head,
        between=before[len(head) :],
        sum=sums[-1][0],
        span=(start, start + len(line)),
        text=line,
    )


def _signed(text: str, *, european: bool) -> Iterator[Row]:
    """The lines that end in a sum with its currency."""
    above = _headings(text)
    for found in _ending_in_money(text):
        gap = bool(GAP.search(found.between + " ") or GAP.search(found.head))
        several = _ANY_MONEY.search(_UNIT_PRICE.sub("", found.head))
        if not found.between or (several and not GAP.search(found.head)):
            continue  # a sentence with several sums, or none before this one ends
        yield from _row(
            found,
            gap=gap or ":" in found.between,
            european=european,
            above=above.get(found.span[0], ""),
        )


def _headings(text: str) -> dict[int, str]:
    """For the places of rows what stands over them: the line that names them all, if one does."""
    found: dict[int, str] = {}
    heading, start = "", 0
    for line in text.split("\n"):
        if _split(line, start):
            found[start] = heading
        else:
            named_here = _HEADING.match(line) if len(line) < _LONGEST else None
            no_name = not named_here or _NO_HEADING.search(line)
            heading = "" if no_name or named_here is None else named_here["name"].strip(" :*")
        start += len(line) + 1
    return found


def _unsigned(text: str, *, european: bool) -> Iterator[Row]:
    """The lines that end in a figure, where a line or a sentence tells their sum.

    Or where a line above names a bill and its currency, and no sum speaks against them.
    """
    for bare in (_BARE, _BARE_CLOSE):
        rows, adds_up, told = _bare_rows(bare, text, european=european)
        headed = bare is _BARE and not told and _HEADED.search(text)
        if len(rows) >= _LEAST and (adds_up or headed):
            yield from rows
            return


def _bare_rows(bare: re.Pattern[str], text: str, *, european: bool) -> tuple[list[Row], bool, bool]:
    """The rows, whether a total told is their sum, and whether any total is told."""
    found = [
        _Line(head=m["head"], between=" ", sum=m["sum"], span=m.span(), text=m[0])
        for m in bare.finditer(text)
    ]
    values = [amount_of(each.sum, european=european) or Decimal(0) for each in found]
    totals = [v for each, v in zip(found, values, strict=True) if is_total(each.head.strip())]
    told = (amount_of(m["sum"], european=european) for m in _WHOLE.finditer(text))
    totals += [value for value in told if value is not None]
    rows = [row for each in found for row in _row(each, gap=True, european=european)]
    whole = sum(row.line.amount for row in rows)
    adds_up = any(abs(whole - each) <= whole * _ROUNDING for each in totals)
    return rows, adds_up, bool(totals)


def _row(found: _Line, *, gap: bool, european: bool, above: str = "") -> Iterator[Row]:
    """The row that a line is, named after what stands above it too."""
    value = amount_of(found.sum, european=european)
    told = named(GAP.split(_UNIT_PRICE.sub(_multiplied, found.head).strip()), european=european)
    item = told.item
    if value is None or not re.search(r"[A-Za-z]", item) or _PART.match(item) or is_total(item):
        return
    if not gap and _SPEAKING.search(item):
        return
    line = BillLine(
        item=f"{above}: {item}" if above and above.lower() not in item.lower() else item,
        amount=value,
        currency=currency_of(found.sum),
        where=found.text.strip(),
        quantity=told.quantity,
        unit=told.unit,
    )
    yield Row(line=line, indent=len(found.text) - len(found.text.lstrip()), span=found.span)


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
