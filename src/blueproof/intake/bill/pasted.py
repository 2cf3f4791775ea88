"""A bill pasted or told in words: "NAT Gateway $412.30, CloudWatch $180 and S3 $95"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from blueproof.intake.bill.cells import named
from blueproof.intake.bill.lines import BillLine, amount_of, currency_of, is_european, merged
from blueproof.intake.bill.rows import read_rows

_SUM = r"(?:[$€£]\s?\d[\d,.]{0,18}\d|[$€£]\s?\d|\d[\d,.]{0,18}\s?(?:USD|EUR|GBP|€|\$)(?!\w))"
_NAME = r"[A-Za-z(](?:[\w.&/+()-]|:(?=[A-Za-z]))*"
# "NAT gateway $220", "$220 for NAT gateways": what stands between two commas.
_BETWEEN = re.compile(r",\s|;|\n|\.\s|\.$|\?|\band\b")
_TOLD = re.compile(
    rf"^(?:.*:\s)?\s*(?P<item>{_NAME}(?: {_NAME}){{0,4}}?"
    rf"(?: [\d,.]+[kKmMbB]?[ -]?[A-Za-z]{{0,14}}){{0,3}})"
    r"(?:\s*(?:[:=\u2192]|[-=]>)\s*|\s+(?:is|are|was|costs?|for|at)?\s*)(?:about |around |~)?"
    rf"(?P<sum>{_SUM})"
    r"(?:\s?(?:/\s?|a |per )mo(?:nth)?| monthly)?"
    r"(?P<more>(?: (?!(?:for|on|of|is|goes|to|a|per|each|which|but|so) )[A-Za-z][\w.-]*){1,3})?$"
)
_TURNED = re.compile(
    rf"(?P<sum>{_SUM})\s+(?:for|on|of|goes to|is)\s+(?:the )?"
    rf"(?P<item>(?:(?P<count>\d{{1,4}}) )?{_NAME}(?: {_NAME}){{0,4}})$"
)
_TOTAL = re.compile(
    r"\b(?:total|bill|budget|month|sum|together|overall|we|our|i|spend|pay|price|per|revenue)\b",
    re.IGNORECASE,
)
# "NAT gateway $612 (of which data processing $480)": a part of the sum, no line of its own.
_PART = re.compile(rf"(?<=[\d€$])[^\S\n]*\((?=[^()]*{_SUM})[^()]*\)")
_ABOUT = re.compile(r"[~\u2248](?=\s?[$€£]\s?\d)")  # "~$505"
_WHAT_FOR = re.compile(r"(?<=[\d€$])[^\S\n]*\([^()\n]*\)")  # "EC2 $420 (3x t3.large)"
# Parameters of statements, $3, which are no money.
_STATEMENT = re.compile(r"\bselect\b[\s\S]{1,2000}?\bfrom\b|\bupdate\b[\s\S]{1,200}?\bset\b"
                        r"|\b(?:delete\s+from|insert\s+into)\b", re.IGNORECASE)  # fmt: skip
_PARAMETER = re.compile(
    r"(?P<before>[=<>(,+*/|-]\s*|\b(?:between|and|or|in|any|limit|offset|i?like|then|else)\s+)"
    r"\$\d{1,2}(?![\d.,]*\d)\b",
    re.IGNORECASE,
)
_HANGING = re.compile(r"\b(?:to|than|the|at|or|roughly|about|nearly)$", re.IGNORECASE)
_LEAST = 3  # lines that make a bill


@dataclass(frozen=True, kw_only=True)
class Pasted:
    """The lines of a bill in a text, and where they stand in it."""

    lines: tuple[BillLine, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def read_pasted(text: str) -> Pasted:
    """The lines of a bill in a text; none where there are fewer than three."""
    whole = text
    if _STATEMENT.search(text):
        text = _blanked(_PARAMETER, text, "before")
    text = _blanked(_ABOUT, text)
    european = is_european(text)
    text = _blanked(_PART, text)
    rows = read_rows(text, european=european)
    if len(rows) >= _LEAST:
        return _pasted([(row.line, row.span) for row in rows], whole)
    text = _blanked(_WHAT_FOR, text)
    told = max((_told(text, pattern, european=european) for pattern in (_TOLD, _TURNED)), key=len)
    if len(told) < _LEAST or not any(line.amount for line, _ in told):
        return Pasted()
    return _pasted(told, whole)


def _blanked(pattern: re.Pattern[str], text: str, kept: str = "") -> str:
    """The text with what is found blanked at its length, but for the group that is kept."""
    return pattern.sub(lambda m: (m[kept] if kept else "").ljust(len(m[0])), text)


def _pasted(found: Sequence[tuple[BillLine, tuple[int, int]]], whole: str) -> Pasted:
    """The lines, each with its place as it stands in the whole text, nothing blanked."""
    lines = (
        line if line.where in whole else replace(line, where=whole[start:end].strip())
        for line, (start, end) in found
    )
    return Pasted(lines=merged(lines), spans=tuple(span for _, span in found))


def without_bill(text: str) -> str:
    """The text with the lines of its bill blanked, at its length: they name, but do not tell.

    A product "Regional, highly available" on a bill is no wish of the person's.
    """
    for start, end in read_pasted(text).spans:
        blank = "".join("\n" if sign == "\n" else " " for sign in text[start:end])
        text = text[:start] + blank + text[end:]
    return text


def _told(
    text: str, pattern: re.Pattern[str], *, european: bool
) -> tuple[tuple[BillLine, tuple[int, int]], ...]:
    return tuple(
        (line, (start + found.start(), start + found.end()))
        for start, part in _between(text)
        for found in pattern.finditer(part)
        for line in _made(found, european=european)
    )


def _between(text: str) -> Iterator[tuple[int, str]]:
    """What stands between two commas, with its place."""
    start = 0
    for end, after in (*((m.start(), m.end()) for m in _BETWEEN.finditer(text)), (len(text), 0)):
        part = text[start:end]
        yield start + len(part) - len(part.lstrip()), part.strip()
        start = after


def _made(found: re.Match[str], *, european: bool) -> Iterator[BillLine]:
    told = named([found["item"].strip(" -:|")], european=european)
    value = amount_of(found["sum"], european=european)
    count = found.groupdict().get("count")
    item = told.item.removeprefix(f"{count} ") if count else told.item
    item += found.groupdict().get("more") or ""
    if item and value is not None and not _TOTAL.search(item) and not _HANGING.search(item):
        yield BillLine(
            item=item,
            amount=value,
            currency=currency_of(found["sum"]),
            where=found[0].strip(),
            quantity=amount_of(count) if count else told.quantity,
            unit=told.unit,
        )
