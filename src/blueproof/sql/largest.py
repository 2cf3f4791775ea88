"""What one tenant or customer is told to have, as the most common value of its column."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.sql.guessing.kinds import snake, stem_of
from blueproof.sql.guessing.one_part import OnePart
from blueproof.sql.rowcounts import RowCount
from blueproof.sql.schema import Column, Schema

_TIMES_THE_MEAN = 100  # rows of the largest parent, against those of the mean one
_SOME = {"uuid": "00000000-0000-4000-8000-000000000001"}


def with_largest(
    schema: Schema, counts: tuple[RowCount, ...], parts: tuple[OnePart, ...], texts: tuple[str, ...]
) -> tuple[RowCount, ...]:
    """The counts with the most common value of each column of which one part is told.

    It is the value that a query asks for by name, if one does. Only tables are meant whose rows
    were given, and that have one column of the name. Where the parents were not counted, there are
    as many as make the largest a hundred times the mean one: with a tenth of all rows, a thousand.
    """
    told = tuple(
        replace(count, largest=tuple(_of(schema, count, parts, texts))) for count in counts
    )
    parents = dict(_parents(schema, told))
    return tuple(
        replace(count, rows=parents[count.table])
        if count.basis == "assumed" and count.rows > parents.get(count.table, count.rows)
        else count
        for count in told
    )


def _parents(schema: Schema, counts: tuple[RowCount, ...]) -> Iterator[tuple[str, int]]:
    """How many rows the tables have whose largest row's children were told."""
    for count in counts:
        shares = {column: share for column, _, share in count.largest}
        for key in schema.foreign_keys:
            if key.table == count.table and len(key.columns) == 1 and key.columns[0] in shares:
                yield key.references, round(_TIMES_THE_MEAN / shares[key.columns[0]])


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
