"""Types of columns as the words tell them: "log_date (date), user_id and payload (integers)"."""

import re
from collections.abc import Iterator

from blueproof.facts.pattern import LatePattern
from blueproof.sql.guessing.kinds import snake
from blueproof.sql.guessing.seen import Columns
from blueproof.sql.guessing.tables import Key
from blueproof.sql.parameters import numbered

_TYPES: tuple[tuple[str, str], ...] = (
    (r"text\[\]|varchar\[\]|array of (?:text|strings?)|text arrays?", "text[]"),
    (r"int(?:eger)?\[\]|array of int(?:eger)?s?", "integer[]"),
    (r"jsonb", "jsonb"),
    (r"json", "json"),
    (r"uuids?|guid", "uuid"),
    (r"timestamptz|timestamps? with time ?zone|timestamps?(?: without time ?zone)?|datetimes?",
     "timestamptz"),
    (r"dates?", "date"),
    (r"int8|bigints?|bigserial|longs?", "bigint"),
    (r"integers?|ints?|int4|serial", "integer"),
    (r"smallints?|int2", "smallint"),
    (r"numeric(?:\(\d+, ?\d+\))?|decimals?", "numeric(12,2)"),
    (r"double precision|float8?|doubles?|floats?|real", "double precision"),
    (r"text|varchar(?:\(\d+\))?|character varying(?:\(\d+\))?|strings?|char(?:\(\d+\))?", "text"),
    (r"bool(?:ean)?s?", "boolean"),
    (r"tsvector", "tsvector"),
    (r"inet", "inet"),
    (r"citext", "text"),
)  # fmt: skip
_TYPE = "|".join(f"(?:{pattern})" for pattern, _ in _TYPES)
_NAME = r"[`\"]?(?P<{0}>[A-Za-z_]\w*)[`\"]?"
_WAYS = (
    LatePattern(
        rf"(?:{_NAME.format('first')}\s+and\s+)?{_NAME.format('name')}\s*\(\s*(?P<type>{_TYPE})\b",
        re.IGNORECASE,
    ),
    LatePattern(
        rf"{_NAME.format('name')}\s+(?:column\s+)?(?:is|are|has|of)\s+(?:an?\s+|of\s+|type\s+)*"
        rf"(?P<type>{_TYPE})(?<=[\w\]])(?![\w\[])(?!\s+(?:column|table|of|is|range|filter))",
        re.IGNORECASE,
    ),
    # measurements (device text, taken timestamptz)
    LatePattern(
        rf"[(,]\s*{_NAME.format('name')}\s+(?P<type>{_TYPE})(?=\s*(?:[,)]|not null|primary key))",
        re.IGNORECASE,
    ),
    LatePattern(rf"\b(?P<type>{_TYPE})\s+columns?\s+{_NAME.format('name')}", re.IGNORECASE),
)


def read_types(text: str) -> dict[str, str]:
    """The type of each column, by its name in small letters, that the words tell."""
    told: dict[str, str] = {}
    for way in _WAYS:
        for match in way.finditer(text):
            groups = match.groupdict()
            for name in (groups["name"], groups.get("first")):
                if name:
                    told.setdefault(snake(name), _type(match["type"]))
    return told


def _type(word: str) -> str:
    return next(type_ for pattern, type_ in _TYPES if re.fullmatch(pattern, word, re.IGNORECASE))


_KEY_IS = LatePattern(
    rf"(?:(?<![\w.]){_NAME.format('t')}\.)?{_NAME.format('c')}\s+is\s+(?:the|its|a|our)\s+"
    r"(?:\w+\s+)?(?:primary key|pk)\b"
    r"|\bprimary key\s+(?:is|on|=|called|:)\s+(?:the\s+)?(?:column\s+)?"
    rf"{_NAME.format('d')}(?![\w(])(?!\s*,)",
    re.IGNORECASE,
)


def read_keys(text: str, seen: Columns) -> Iterator[Key]:
    """The primary key of each table as the words tell it: "seq is the primary key".

    One of which the table is not said is of the only table that has such a column.
    """
    for match in _KEY_IS.finditer(text):
        column, said = match["c"] or match["d"], (match["t"] or "").lower()
        tables = [t for t, columns in seen.items() if column in columns]
        named = [t for t in tables if t.rpartition(".")[2].lower() == said] if said else tables
        if len(named) == 1:
            yield Key(table=named[0], column=column)


_SENT = LatePattern(
    r"\b(?:go(?:es)?(?: over)?|sent|passed|bound|arrives?|come|transmitted"
    r"|typed)\s+(?:over\s+)?as\s+"
    r"(?:an?\s+)?(?:type\s+)?(?:\d+\s+)?\(?(?P<type>numeric|decimal|double precision|float8)\b",
    re.IGNORECASE,
)
_HELD = LatePattern(r"=\s*(\$\d+)(?!\s*::)")


def as_sent(query: str, text: str) -> str:
    """The query with its parameters of the type that the driver is said to send numbers as."""
    found = _SENT.search(text)
    if found is None:
        return query
    plain = numbered(query).text
    return _HELD.sub(rf"= \1::{found['type'].lower()}", plain)
