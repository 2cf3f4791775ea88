"""What one tenant or customer is told to have, as the most common value of its column."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.sql.guessing.kinds import snake, stem_of
from blueproof.sql.guessing.one_part import OnePart
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, Schema

_SOME = {"uuid": "00000000-0000-4000-8000-000000000001"}


def with_largest(
    schema: Schema, counts: tuple[RowCount, ...], parts: tuple[OnePart, ...], texts: tuple[str, ...]
) -> tuple[RowCount, ...]:
    """The counts with the most common value of each column of which one part is told.

    It is the value that a query asks for by name, if one does. Only tables are meant whose rows
    were given, and that have one column of the name.
    """
    return tuple(
        replace(count, largest=tuple(_of(schema, count, parts, texts))) for count in counts
    )


def _of(
    schema: Schema, count: RowCount, parts: tuple[OnePart, ...], texts: tuple[str, ...]
) -> Iterator[tuple[str, str, float]]:
    table = schema.by_name[count.table]
    for part in parts if count.basis == "given" else ():
        named = [c for c in table.columns if part.who in {snake(c.name), stem_of(c.name)}]
        share = part.of(count.rows)
        if share and len(named) == 1 and not table.is_key((named[0].name,)):
            yield named[0].name, _value(named[0], texts), share


def _value(column: Column, texts: tuple[str, ...]) -> str:
    """The value of the column that a query names, else one of its type."""
    asked = rf"(?<![\w.])(?:\w+\.)?\"?{re.escape(column.name)}\"?\s*=\s*'?(?P<v>[\w-]+)"
    found = (m["v"] for text in texts for m in re.finditer(asked, text, re.IGNORECASE))
    values = (v for v in found if v.isdecimal() or not column.type.endswith(("int", "integer")))
    return next(values, "") or _SOME.get(column.type, "1")
