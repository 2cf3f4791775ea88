"""How many rows each table has: as told, else assumed from how tables refer to one another."""

import re
from dataclasses import dataclass
from typing import Literal

from blueproof.core.errors import UsageError
from blueproof.sql.schema import Schema

LEAF_ROWS = 1_000_000  # a table that nothing refers to, in a product with some success
FAN_OUT = 10  # child rows for each parent row
FEWEST = 1_000
MOST = 2_000_000_000

_COUNT = re.compile(r"^(\d+(?:\.\d+)?)([kmb]?)$", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}


@dataclass(frozen=True, kw_only=True)
class RowCount:
    """The number of rows of a table, and whether the person gave it."""

    table: str
    rows: int
    basis: Literal["given", "assumed"]


def read_count(text: str) -> int:
    """The number behind "12M", "500k", "1.5b" or "1_000".

    >>> read_count("1.5M")
    1500000
    """
    found = _COUNT.match(text.strip().replace("_", "").replace(",", ""))
    rows = round(float(found[1]) * _UNITS[found[2].lower()]) if found else -1
    if not 0 <= rows <= MOST:
        raise UsageError(f"--rows: {text!r} is not a row count: write 12M, 500k or 40000")
    return rows


def read_counts(texts: tuple[str, ...]) -> dict[str, int]:
    """Row counts by table from "orders=12M" texts."""
    pairs = [text.partition("=") for text in texts]
    for table, sign, count in pairs:
        if not (table.strip() and sign and count.strip()):
            raise UsageError(f"--rows: write TABLE=COUNT, for example orders=12M, not {table!r}")
    return {table.strip(): read_count(count) for table, _, count in pairs}


def count_rows(schema: Schema, given: dict[str, int], scale: float = 1.0) -> tuple[RowCount, ...]:
    """A row count for every table; assumed ones keep FAN_OUT child rows for each parent row.

    Tables at the bottom of the foreign keys hold LEAF_ROWS rows, or as many as the given counts
    imply. `scale` multiplies the assumed counts only.
    """
    unknown = sorted(set(given) - set(schema.by_name))
    if unknown:
        known = ", ".join(sorted(schema.by_name)[:8])
        raise UsageError(f"--rows: the schema has no table {unknown[0]!r}; it has {known}")
    levels = _levels(schema)
    implied = [rows * FAN_OUT ** levels[table] for table, rows in given.items() if rows]
    leaf = max(implied, default=LEAF_ROWS) * scale
    assumed = {t: _clamp(leaf / FAN_OUT**level, scale) for t, level in levels.items()}
    counts = {**assumed, **given}
    shared = _shared_among_partitions(schema, counts)
    return tuple(
        RowCount(
            table=t.name,
            rows=shared.get(t.name, counts[t.name]),
            basis="given" if t.name in given or t.partition_of in given else "assumed",
        )
        for t in schema.tables
    )


def _clamp(rows: float, scale: float) -> int:
    return int(min(max(rows, FEWEST * min(1.0, scale)), MOST))


def _levels(schema: Schema) -> dict[str, int]:
    """How many foreign keys lie below each table on the longest way down, cycles cut."""
    children: dict[str, set[str]] = {t.name: set() for t in schema.tables}
    for key in schema.foreign_keys:
        if key.table != key.references:
            children[key.references].add(key.table)
    levels: dict[str, int] = {}
    for table in children:
        _level(table, children, levels, ())
    return levels


def _level(
    table: str, children: dict[str, set[str]], levels: dict[str, int], above: tuple[str, ...]
) -> int:
    if table not in levels:
        below = sorted(c for c in children[table] if c not in above and c != table)
        deeper = [_level(c, children, levels, (*above, table)) + 1 for c in below]
        levels[table] = min(max(deeper, default=0), 3)
    return levels[table]


def _shared_among_partitions(schema: Schema, counts: dict[str, int]) -> dict[str, int]:
    parts: dict[str, list[str]] = {}
    for table in schema.tables:
        if table.partition_of:
            parts.setdefault(table.partition_of, []).append(table.name)
    return {
        p: counts[parent] // len(all_)
        for parent, all_ in parts.items()
        for p in all_
        if parent in counts
    }
