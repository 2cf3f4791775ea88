"""Tables written as text: CSV with any separator, and what psql prints, aligned or expanded."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

_SEPARATORS = (",", ";", "\t", "|")
# A table is taken for one if its first line names a column of these, and it has at least two.
_KNOWN = frozenset({
    "query", "event_message", "@message", "textpayload", "text_payload",
})  # fmt: skip
_BESIDE = re.compile(r"\b(?:calls|queryid|total_(?:exec_)?time|mean_(?:exec_)?time|\w*timestamp)\b")
_RULE = re.compile(r"^[ |]?-+(?:\+-+)*[|]?[ \t]*$")
_RECORD = re.compile(
    r"^[-*]+\[ RECORD ([0-9]+) \][-+]*[ \t]*$|^\* Record ([0-9]+)[ \t]*$", re.MULTILINE
)
_FIRST_LINES = 5  # among which the names of the columns are looked for

Row = Mapping[str, object]


def is_csv_table(text: str) -> bool:
    """Whether the first line names columns of statistics or of a log's export."""
    return _separator(_first_line(text)) != ""


def _first_line(text: str) -> str:
    return text.lstrip().partition("\n")[0].strip()


def _separator(line: str) -> str:
    """What parts the names of the columns; "" if they are none that we know."""
    for separator in _SEPARATORS:
        names = _names(line, separator)
        if len(names) > 1 and _KNOWN & set(names) and _BESIDE.search(" ".join(names)):
            return separator
    return ""


def _names(line: str, separator: str) -> list[str]:
    return [name.strip().strip('"').lower() for name in line.split(separator)]


def read_csv_table(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    """The rows of a table with a header, each with its number; broken ones go to `broken`."""
    bare = text.lstrip()
    line = _first_line(text)
    names = _names(line, separator := _separator(line))
    reader = csv.reader(io.StringIO(bare, newline=""), delimiter=separator)
    next(reader)
    number = 0
    while True:
        number += 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field longer than the module reads
            broken.append(number)
            continue
        if len(fields) == len(names):
            yield number, dict(zip(names, fields, strict=True))
        elif any(fields):
            broken.append(number)


def is_psql_table(text: str) -> bool:
    """Whether psql has printed the text, as a table or record by record."""
    start = text.lstrip("\n")[:20_000]
    if _RECORD.search(start):
        return bool(re.search(r"^query\s*\|", start, re.MULTILINE))
    lines = start.splitlines()[: _FIRST_LINES + 1]
    return any(
        _RULE.match(rule) and "query" in _names(names.strip("|"), "|")
        for names, rule in pairwise(lines)
    )


def read_psql_table(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    """The rows that psql has printed, each with its number."""
    yield from _expanded(text) if _RECORD.search(text) else _aligned(text, broken)


def _expanded(text: str) -> Iterator[tuple[int, Row]]:
    pieces = _RECORD.split(text)
    for number, body in enumerate(pieces[3::3], start=1):
        row: dict[str, str] = {}
        name = ""
        for line in body.strip("\n").split("\n"):
            label, bar, value = line.partition("|")
            name = label.strip() or name
            if bar and label.strip():
                row[name] = _continued(value.strip())
            elif bar and name in row:
                row[name] += "\n" + _continued(value.removeprefix(" ").rstrip())
        yield number, row


def _continued(value: str) -> str:
    """The value of a line, less the + by which psql says that the next line goes on."""
    return value[:-1].rstrip() if value.endswith("+") else value


def _aligned(text: str, broken: list[int]) -> Iterator[tuple[int, Row]]:
    lines = text.splitlines()
    rule = next(n for n, line in enumerate(lines) if _RULE.match(line))
    edges = [found.start() for found in re.finditer(r"\+", lines[rule])]
    names = [cell.lower() for cell in _cells(lines[rule - 1], edges)]
    row: dict[str, str] = {}
    number = 0
    for line in lines[rule + 1 :]:
        if re.match(r"^\([0-9]+ rows?\)", line) or not line.strip() or _RULE.match(line):
            break
        cells = _cells(line, edges)
        if len(cells) != len(names):
            broken.append(number + 1)
            continue
        goes_on = any(cell.endswith("+") for cell in cells)
        for name, cell in zip(names, cells, strict=True):
            row[name] = "\n".join(filter(None, (row.get(name, ""), _continued(cell))))
        if not goes_on:
            number += 1
            yield number, row
            row = {}


def _cells(line: str, edges: list[int]) -> list[str]:
    """The cells of a line, cut where the rule under the names has its crossings."""
    if any(line[edge : edge + 1] not in {"|", " "} for edge in edges):
        return []
    starts = [0, *(edge + 1 for edge in edges)]
    ends = [*edges, len(line)]
    return [line[start:end].strip(" |") for start, end in zip(starts, ends, strict=True)]
