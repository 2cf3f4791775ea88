"""The person's queries: one statement each, with a name, numbered parameters and a frozen clock."""

import contextlib
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import count

from blueproof.sql.headings import Heading, read_heading
from blueproof.sql.lexer import tokens
from blueproof.sql.parameters import numbered
from blueproof.sql.remarks import Remark, read_remark
from blueproof.sql.statements import Skipped, Statement, read_script

_PLANNABLE = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES"})
# With > or >= or BETWEEN before it, rows from that day on are asked for.
_DATE = re.compile(
    r"(>=?\s*|\bbetween\s+)?(?:(?:date|timestamp|timestamptz)\s*)?'(\d{4})-(\d{2})-(\d{2})",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"\b(?:extract\s*\(\s*year\s+from\b|date_part\s*\(\s*'year'\s*,)[^=<>]{1,80}?\)\s*>?=\s*"
    r"'?(20\d\d)\b|\bto_char\s*\([^=<>]{1,80}?'YYYY'\s*\)\s*=\s*'(20\d\d)'",
    re.IGNORECASE,
)
_EXPLAIN = re.compile(
    r"^EXPLAIN\s*(?:\([^)]*\)\s*|ANALYZE\s+|VERBOSE\s+)*(?=SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES)",
    re.IGNORECASE,
)
# A date on which nothing depends: time stamps lie before it and now() stands on it.
EPOCH = date(2026, 1, 1)
# A date this long after means "for ever" ('9999-12-31'), and no clock stands there.
_FAR = EPOCH + timedelta(days=3653)


@dataclass(frozen=True, kw_only=True)
class Query:
    """One query as the person wrote it, and as the planner is asked it.

    `text` has $1..$n for its parameters, whose names as written stand in `parameters`; `weight` is
    how often it is run, against the others: calls where they were counted, else 1. `milliseconds`
    is the mean time of one run on the person's server, `days` the time over which calls were
    counted, where they are known; `comment` is the comment above it.
    """

    name: str
    text: str
    written: str
    path: str
    ordinal: int
    line: int
    parameters: tuple[str, ...] = ()
    weight: float = 1.0
    milliseconds: float | None = None
    days: float | None = None
    comment: str = field(default="", compare=False)  # of it, only what it tells is the query's

    @cached_property
    def remark(self) -> Remark:
        """What the comment tells of how slow it is, and whether it runs in a loop."""
        return read_remark(self.comment)


def read_queries(text: str, *, path: str) -> tuple[tuple[Query, ...], tuple[Skipped, ...]]:
    """The queries of a file, and the statements in it that are none."""
    script = read_script(text, path=path)
    queries = [s for s in script.statements if _plannable(s)]
    others = [s for s in script.statements if not _plannable(s)]
    headings = [read_heading(s.comment) for s in queries]
    names = _names(headings)
    passed = tuple(
        Skipped(line=s.line, what=_short(s.text), why="not a query that a planner plans")
        for s in others
    )
    read = tuple(map(_query, queries, names, headings))
    return read, (*script.skipped, *passed)


def _plannable(statement: Statement) -> bool:
    """Whether it is a query, EXPLAIN before it or not."""
    first = statement.words[:1]
    return bool(first) and (first[0] in _PLANNABLE or bool(_EXPLAIN.match(statement.text)))


def _query(statement: Statement, name: str, heading: Heading) -> Query:
    written = _EXPLAIN.sub("", statement.text)
    parsed = numbered(written)
    return Query(
        name=name,
        text=parsed.text,
        written=written,
        path=statement.path,
        ordinal=statement.ordinal,
        line=statement.line,
        parameters=parsed.names,
        weight=heading.weight,
        milliseconds=heading.milliseconds,
        days=heading.days,
        comment=statement.comment,
    )


def _names(headings: list[Heading]) -> list[str]:
    """A name a reader recognises: from the comment above, else the query's number."""
    names: dict[str, None] = {}
    for number, heading in enumerate(headings, start=1):
        name = heading.name or f"query {number}"
        again = count(number)
        free = name
        while free in names:
            free = f"{name} ({next(again)})"
        names[free] = None
    return list(names)


def _short(text: str) -> str:
    return " ".join(text.split())[:60]


def latest_date(texts: tuple[str, ...]) -> date:
    """The last day that rows reach to: what the queries ask for is there.

    That is the latest date they name, or EPOCH if that is later; where rows from a date on are
    asked for, the end of the year or month that begins with it, else a week after it. A year that
    is asked for by its number is there to its end.
    """
    found = [EPOCH]
    for text in texts:
        for sign, year, month, day in _DATE.findall(text):
            with contextlib.suppress(ValueError):  # '2026-02-30' is nobody's date
                named = date(int(year), int(month), int(day))
                found.append(_end_from(named) if sign and named >= EPOCH else named)
        found += (date(int(a or b), 12, 31) for a, b in _YEAR.findall(text))
    return max(day for day in found if day < _FAR)


def _end_from(first: date) -> date:
    """Where the period ends that begins on a day: a year, a month, else a week."""
    if (first.month, first.day) == (1, 1):
        return first.replace(month=12, day=31)
    if first.day == 1:
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first + timedelta(days=7)


def held_constant(texts: tuple[str, ...]) -> frozenset[str]:
    """The names of columns that the queries hold against a constant text: status = 'open'.

    >>> sorted(held_constant(("SELECT 1 FROM t WHERE t.kind = 'a' AND mode IN ('b') AND x = $1",)))
    ['kind', 'mode']
    """
    found: set[str] = set()
    for text in texts:
        marks = [t for t in tokens(text) if t.kind not in {"space", "comment"}]
        for name, sign, first, second in zip(marks, marks[1:], marks[2:], marks[3:], strict=False):
            value = second if sign.text.upper() == "IN" and first.text == "(" else first
            held = sign.text in {"=", "IN", "in"} and value.kind == "string"
            if held and name.kind in {"name", "quoted_name"}:
                found.add(name.text[1:-1] if name.kind == "quoted_name" else name.text.lower())
    return frozenset(found)
