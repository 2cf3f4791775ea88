"""How many rows the words tell of, as sizes in a year's time."""

import re
from collections.abc import Iterator

from blueproof.advisors.model.design import Model, Table
from blueproof.advisors.model.nouns import singular, table_name
from blueproof.advisors.model.told import Told

_TOLD = re.compile(
    r"(?P<number>\d[\d,.]*)\s?(?P<unit>k|m|thousand|million)?\s+(?P<what>[a-z]+(?: [a-z]+)?)\s+"
    r"(?:a|per|each|every)\s+(?P<per>second|minute|hour|day|week|month|year)\b",
    re.IGNORECASE,
)
_UNITS = {"k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_YEARLY = {"day": 365, "week": 52, "month": 12, "year": 1}
# PostgreSQL's own layout: tuple header 23 and line pointer 4 bytes, padded; bigint and timestamptz
# 8, date and integer 4, numeric about 8; a text is assumed to be 20. An index entry is about 16.
_BYTES = {"bigint": 8, "timestamptz": 8, "date": 4, "integer": 4, "boolean": 1, "uuid": 16}
_HEADER, _TEXT, _ENTRY = 28, 20, 16
_GB, _MB = 1e9, 1e6


def sizes(request: str, told: Told, model: Model) -> Iterator[str]:
    """For each "25k movements a day": the rows and bytes of a year."""
    seen: set[str] = set()
    for match in _TOLD.finditer(request):
        table = _table(match["what"], told, model)
        yearly = _YEARLY.get(match["per"].lower())
        if table is None or yearly is None or table.name in seen:
            continue  # a peak by the second or minute is no load of a year
        seen.add(table.name)
        number = float(match["number"].replace(",", "").rstrip("."))
        rows = number * _UNITS.get((match["unit"] or "").lower(), 1) * yearly
        size = rows * _row(table)
        shown = f"{size / _GB:.1f} GB" if size >= _GB else f"{max(size / _MB, 1):.0f} MB"
        yield f"{table.name}: {_count(rows)} rows and about {shown} a year"


def _count(rows: float) -> str:
    return f"{rows / 1e6:.1f} million" if rows >= _MB else f"{rows:,.0f}"


def _table(what: str, told: Told, model: Model) -> Table | None:
    words = what.lower().split()
    for noun in (singular(" ".join(words)), singular(words[-1]), singular(words[0])):
        near = [n for n in told.nouns if n == noun or n.endswith(f" {noun}")]
        if len(near) == 1:
            return model.by_name.get(table_name(near[0]))
    return next((t for t in model.tables if t.noun.endswith(f" {singular(words[-1])}")), None)


def _row(table: Table) -> int:
    """Bytes of a row with its share of the indexes."""
    own = _HEADER + 8 * (1 + len(table.links))
    own += sum(_BYTES.get(c.type, _TEXT if c.type == "text" else 8) for c in table.columns)
    indexes = 1 + len(table.links) + len(table.unique) + len(table.indexes)
    return own + _ENTRY * indexes
