"""What a schema that was handed over says of the change: keys, types, and who refers to it."""

import re
from collections.abc import Iterator, Mapping

from blueproof.advisors.change.ties import EVERY
from blueproof.sql.schema import Column, Schema, Table

_TIMES = ("timestamp with time zone", "timestamp without time zone", "date")
_SHORT = {
    "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
    "character varying": "varchar",
}  # fmt: skip
# Kinds whose `type` is that of the column as it is.
_KEEPS_TYPE = frozenset({"rename-column", "set-not-null", "add-check"})
_MOVES_KEY = frozenset({"int-to-bigint", "uuid-key"})


def seen(schema: Schema, found: Mapping[str, str], kind: str) -> Iterator[tuple[str, str]]:
    """The names and types that the schema adds to those that the words tell."""
    table = _table(schema, found)
    if table is None:
        return
    yield "table", table.name
    keys = [i.keys for i in schema.indexes if i.primary and i.table == table.name]
    if keys and not keys[0][1:] and kind != "uuid-key":
        yield "key", keys[0][0]
    columns = {c.name: c for c in table.columns}
    name = found.get("column") or (_time(table) if kind == "partition" else "")
    if name in columns:
        yield "column", name
        yield ("type" if kind in _KEEPS_TYPE else "old_type"), _type(columns[name])
    parent = next((t for t in schema.tables if t.name == found.get("parent")), None)
    key = found.get("parent_key", "id")
    if parent and kind in {"text-to-fk", "add-fk"}:
        yield from (("type", _type(c)) for c in parent.columns if c.name == key)
    if kind in _MOVES_KEY:
        yield from _child(schema, table.name, kind)


def named(schema: Schema, words: str) -> Iterator[tuple[str, str]]:
    """The table of the schema that the words name first."""
    places = {
        m.start(): t.name
        for t in schema.tables
        if (m := re.search(rf"\b{re.escape(t.name)}\b", words, re.IGNORECASE))
    }
    if places:
        yield "table", places[min(places)]


def _child(schema: Schema, table: str, kind: str) -> Iterator[tuple[str, str]]:
    """The tables that refer to this one, with the columns and names of their keys."""
    keys = {
        key.table: key
        for key in reversed(schema.foreign_keys)
        if key.references == table and not key.columns[1:] and key.table != table
    }
    every = tuple(keys[name] for name in sorted(keys))
    for key in every[:1]:
        yield "child_column", key.columns[0]
        yield "tie", key.name
    kept = every if kind in EVERY else every[:1]
    if kept:
        yield "child", ", ".join(key.table for key in kept)
    for key in kept:
        yield f"{key.table}.column", key.columns[0]
        yield f"{key.table}.tie", key.name


def _table(schema: Schema, found: Mapping[str, str]) -> Table | None:
    """The table that is told, or the only one that has the column which is told."""
    named = next((t for t in schema.tables if t.name == found.get("table")), None)
    column = found.get("column", "")
    having = [t for t in schema.tables if column in {c.name for c in t.columns}]
    return named or (having[0] if column and len(having) == 1 else None)


def _time(table: Table) -> str:
    """The only column that holds a time and must be there; "" where there are several."""
    times = [c.name for c in table.columns if c.type in _TIMES and c.not_null]
    return times[0] if len(times) == 1 else ""


def _type(column: Column) -> str:
    """A type by its short name, with its length."""
    for long, short in _SHORT.items():
        if column.type.startswith(long):
            return short + column.type.removeprefix(long)
    return column.type
