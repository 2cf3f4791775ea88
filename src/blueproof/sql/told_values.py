"""The values of a column that a comment in the DDL lists: -- pending|paid|shipped|cancelled.

PostgreSQL keeps no such comment, so it is read from the text; what a type or a CHECK lists is in
the catalog and is read there.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Schema

_TABLE = re.compile(
    r'^\s*create\s+(?:\w+\s+)?table\s+(?:if\s+not\s+exists\s+)?"?(?:\w+"?\."?)?(?P<table>\w+)"?',
    re.IGNORECASE | re.MULTILINE,
)
_COLUMN = re.compile(
    r'^\s*"?(?P<column>\w+)"?\s+(?:text|varchar|character|char|citext|bpchar)\b[^\n]*?--(?P<says>[^\n]+)',
    re.IGNORECASE | re.MULTILINE,
)
# "status: a | b", "orders.status = a/b/c" in a comment of its own.
_NAMED = re.compile(
    r"--[^\n]*?\b(?:(?P<table>\w+)\.)?(?P<column>\w+)\s*(?:[:=(]|\bis one of\b|\bone of\b)"
    r"(?P<says>[^\n]+)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^\s*(?:\w+\s*[:=]\s*)?(?:(?:is\s+)?(?:one of|any of|either|values?|enum)\b\s*:?)?"
    r"\s*[\[({]?\s*",
    re.IGNORECASE,
)
_VALUE = r"['\"]?[A-Za-z][\w-]{0,30}['\"]?"
_LISTS = tuple(
    re.compile(rf"{_VALUE}(?:\s*{mark}\s*{_VALUE})+(?=\s*(?:[;.,:)\]}}]|$|\s-|--))")
    for mark in (r"\|", "/", ",")
)
_FEWEST_OF_COMMAS = 3  # "sent, paid": two words and a comma are a remark as well
_MOST = 200


def listed_values(ddl: str) -> dict[tuple[str, str], int]:
    r"""How many values comments list, by table and column.

    >>> listed_values("CREATE TABLE t (\n s text NOT NULL, -- new | old | gone\n n int\n);")
    {('t', 's'): 3}
    """
    found: dict[tuple[str, str], int] = {}
    for table, text in _tables(ddl):
        for match in (*_COLUMN.finditer(text), *_NAMED.finditer(text)):
            owner = match.groupdict().get("table") or table
            count = _count(match["says"])
            if count:
                found.setdefault((owner, match["column"]), count)
    return found


def with_values(
    schema: Schema, counts: tuple[RowCount, ...], values: Mapping[tuple[str, str], int]
) -> tuple[RowCount, ...]:
    """The counts with these numbers of different values, where the schema does not list them."""
    return tuple(_with(schema, count, values) for count in counts)


def _with(schema: Schema, count: RowCount, values: Mapping[tuple[str, str], int]) -> RowCount:
    told = {
        c.name: values[count.table, c.name]
        for c in schema.by_name[count.table].columns
        if (count.table, c.name) in values and not c.values and c.type != "boolean"
    }
    return replace(count, distinct=tuple({**dict(count.distinct), **told}.items()))


def _tables(ddl: str) -> Iterator[tuple[str, str]]:
    """Each table's name with its text, comments right above it and up to the next table's."""
    starts = list(_TABLE.finditer(ddl))
    begins = [_above(ddl, m.start()) for m in starts]
    for number, match in enumerate(starts):
        end = begins[number + 1] if number + 1 < len(starts) else len(ddl)
        yield match["table"], ddl[begins[number] : end]


def _above(ddl: str, start: int) -> int:
    """Where the comment lines right above a place begin."""
    while start > 0:
        line = ddl.rfind("\n", 0, start - 1) + 1
        if not ddl[line:start].strip().startswith("--"):
            return start
        start = line
    return start


def _count(says: str) -> int:
    """How many values a remark lists; 0 where it lists none."""
    rest = _LEADS.sub("", says, count=1)
    for number, each in enumerate(_LISTS):
        match = each.match(rest)
        if match:
            names = re.findall(_VALUE, match[0])
            least = _FEWEST_OF_COMMAS if number == len(_LISTS) - 1 else 2
            return len(set(names)) if least <= len(set(names)) <= _MOST else 0
    return 0
