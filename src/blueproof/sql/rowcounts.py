"""How many rows each table has: as told, else assumed from how tables refer to one another."""

import difflib
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from blueproof.core.errors import UsageError
from blueproof.sql.schema import Schema

Basis = Literal["given", "assumed"]

LEAF_ROWS = 1_000_000  # a table that nothing refers to, in a product with some success
FAN_OUT = 10  # child rows for each parent row
FEWEST = 1_000
MOST = 2_000_000_000
DEEPEST = 2  # levels of parents told apart; a table higher up has as many rows as one on this

_COUNT = re.compile(r"([0-9]+(?:[_,][0-9]{3})*(?:\.[0-9]+)?)([kmb]?)", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "b": 1_000_000_000}
_MOST_NAMED = 8


@dataclass(frozen=True, kw_only=True)
class RowCount:
    """The number of rows of a table, and whether the person gave it.

    `distinct` says of some columns how many different values they hold, `largest` which value one
    holds most often (as text), and in which part of the rows.
    """

    table: str
    rows: int
    basis: Basis
    distinct: tuple[tuple[str, int], ...] = ()
    largest: tuple[tuple[str, str, float], ...] = ()


def read_count(text: str) -> int:
    """The number behind "12M", "500k", "1.5b" or "1_000".

    >>> read_count("1.5M")
    1500000
    """
    found = _COUNT.fullmatch(text.strip())
    if not found:
        raise UsageError(f"--rows: {text!r} is not a row count: write 12M, 500k or 40000")
    rows = Decimal(found[1].replace("_", "").replace(",", "")) * _UNITS[found[2].lower()]
    if rows > MOST:
        raise UsageError(f"--rows: {text!r} is too many: at most {MOST:,} rows can be planned for")
    return round(rows)


def read_counts(texts: tuple[str, ...]) -> dict[str, int]:
    """Row counts by table from "orders=12M" texts; `public.orders` is `orders`."""
    counts: dict[str, int] = {}
    for text in texts:
        name, sign, count = text.partition("=")
        table = name.strip().removeprefix("public.")
        if not (table and sign and count.strip()):
            raise UsageError(f"--rows: write TABLE=COUNT, for example orders=12M, not {text!r}")
        if table in counts:
            raise UsageError(f"--rows: table {table!r} is given twice: give it once")
        counts[table] = read_count(count)
    return counts


def count_rows(schema: Schema, given: dict[str, int], scale: float = 1.0) -> tuple[RowCount, ...]:
    """A row count for every table; assumed ones keep FAN_OUT child rows for each parent row.

    A table that is related to one whose count was given follows from that one; otherwise those at
    the bottom of the foreign keys hold LEAF_ROWS rows. `scale` multiplies assumed counts only.
    """
    for name in sorted(set(given) - set(schema.by_name)):
        raise UsageError(_unknown(name, sorted(schema.by_name)))
    implied = _implied(schema, given)
    assumed = {
        table: _clamp(implied.get(table, LEAF_ROWS / FAN_OUT**level) * scale, scale)
        for table, level in _levels(schema).items()
    }
    capped = _capped_one_to_one(schema, {**assumed, **given}, frozenset(given))
    counts = _shared_among_partitions(schema, capped, given)
    told = _told(schema, given)
    return tuple(
        RowCount(
            table=t.name,
            rows=counts[t.name],
            basis="given" if t.name in told else "assumed",
        )
        for t in schema.tables
    )


def _implied(schema: Schema, given: dict[str, int]) -> dict[str, float]:
    """Rows that the given counts imply: a tenth for each step up to a parent, ten times one down.

    A key that is unique in the child says one to one. Ten times is as far as a guess goes down, and
    up and then down again implies nothing: two children of one parent have little to do with each
    other. The nearest given table counts; among those as near, the largest count.
    """
    up: dict[str, dict[str, float]] = {t.name: {} for t in schema.tables}
    down: dict[str, dict[str, float]] = {t.name: {} for t in schema.tables}
    for key in schema.foreign_keys:
        if key.table in up and key.references in up and key.table != key.references:
            fan_out = 1 if schema.by_name[key.table].is_key(key.columns) else FAN_OUT
            up[key.table][key.references] = 1 / fan_out
            down[key.references][key.table] = fan_out
    above, below = _spread(given, up), _spread(given, down, most=FAN_OUT)
    nearest = {**below, **above}
    for table in above.keys() & below.keys():
        nearest[table] = min(above[table], below[table], key=lambda found: (found[0], -found[1]))
    return {table: rows for table, (_, rows) in nearest.items()}


def _capped_one_to_one(
    schema: Schema, counts: dict[str, int], given: frozenset[str]
) -> dict[str, int]:
    """The counts, none assumed above that of a table which it refers to one to one."""
    children: dict[str, list[str]] = {table: [] for table in counts}
    for key in schema.foreign_keys:
        inside = key.table in counts and key.references in counts
        if inside and key.table not in given and schema.by_name[key.table].is_key(key.columns):
            children[key.references].append(key.table)
    capped = dict(counts)
    for table in sorted(counts, key=counts.__getitem__):  # the least first: each falls only once
        falling = [table]
        while falling:
            parent = falling.pop()
            above = [child for child in children[parent] if capped[child] > capped[parent]]
            capped.update(dict.fromkeys(above, capped[parent]))
            falling += above
    return capped


def _spread(
    given: dict[str, int], beyond: dict[str, dict[str, float]], most: float = 1.0
) -> dict[str, tuple[int, float]]:
    """How many steps each table lies beyond a given one, and the rows that this implies.

    `most` is the largest factor that the steps from a given table may come to together.
    """
    reached: dict[str, tuple[int, float]] = {}
    front = {table: (float(rows), 1.0) for table, rows in given.items() if rows}
    steps = 0
    while front:
        steps += 1
        following: dict[str, tuple[float, float]] = {}
        for table, (rows, factor) in front.items():
            for other, step in beyond[table].items():
                if other not in reached and other not in given:
                    grown = min(step, most / factor)
                    found = (rows * grown, factor * grown)
                    following[other] = max(following.get(other, found), found)
        reached |= {table: (steps, rows) for table, (rows, _) in following.items()}
        front = following
    return reached


def _unknown(name: str, known: list[str]) -> str:
    if not known:
        return f"--rows: the schema has no table {name!r}; it has no table at all"
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    hint = f"did you mean {near[0]}?" if near else f"it has {_named(known)}"
    return f"--rows: the schema has no table {name!r}; {hint}"


def _named(tables: list[str]) -> str:
    more = len(tables) - _MOST_NAMED
    return ", ".join(tables[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _clamp(rows: float, scale: float) -> int:
    return int(min(max(rows, FEWEST * min(1.0, scale)), MOST))


def _levels(schema: Schema) -> dict[str, int]:
    """How many foreign keys lie below each table on the longest way down, cycles cut."""
    children: dict[str, set[str]] = {t.name: set() for t in schema.tables}
    for key in schema.foreign_keys:
        inside = key.table in children and key.references in children
        if inside and key.table != key.references:
            children[key.references].add(key.table)
    return {table: _level(table, children, (table,)) for table in children}


def _level(table: str, children: dict[str, set[str]], way: tuple[str, ...]) -> int:
    """The level of the last table on the way, which ends where a table is met again."""
    deepest = 0
    for child in children[table] - set(way):
        if len(way) == DEEPEST:
            return 1
        deepest = max(deepest, 1 + _level(child, children, (*way, child)))
        if len(way) + deepest > DEEPEST:
            break
    return deepest


def _parents_first(schema: Schema) -> list[tuple[str, list[str]]]:
    """Each partitioned table with its partitions, those that are partitioned in turn later."""
    parts: dict[str, list[str]] = {}
    for table in schema.tables:
        if table.partition_of in schema.by_name:
            parts.setdefault(table.partition_of, []).append(table.name)
    roots = [name for name in parts if schema.by_name[name].partition_of not in parts]
    ordered: list[tuple[str, list[str]]] = []
    while roots:
        ordered += [(root, parts[root]) for root in roots]
        roots = [p for root in roots for p in parts[root] if p in parts]
    return ordered


def _shared_among_partitions(
    schema: Schema, counts: dict[str, int], given: dict[str, int]
) -> dict[str, int]:
    """The counts with each partitioned table's rows shared among its partitions.

    A partition keeps the count given for it; a table whose count is assumed has at least the rows
    of those.
    """
    shared = dict(counts)
    for parent, parts in _parents_first(schema):
        known = sum(given[p] for p in parts if p in given)
        if parent not in given:
            shared[parent] = max(shared[parent], known)
        rest = [p for p in parts if p not in given]
        share = max(0, shared[parent] - known) // max(1, len(rest))
        shared.update(dict.fromkeys(rest, share))
    return shared


def _told(schema: Schema, given: dict[str, int]) -> set[str]:
    """The tables whose rows the person gave: in person, or as a partition's share of them."""
    told = set(given)
    for parent, parts in _parents_first(schema):
        told |= set(parts) if parent in told else set()
    return told
