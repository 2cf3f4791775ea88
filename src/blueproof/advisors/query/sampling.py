"""A few made-up rows for the tables of a query, so that a person sees what it returns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from blueproof.advisors.query.conditions import text_of
from blueproof.advisors.query.ground import Ground, is_number, is_time
from blueproof.advisors.query.naming import one
from blueproof.advisors.query.shapes.overlaps import ends_of
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Column, ForeignKey, Table

_PARENTS, _FACTS = 3, 7
# Days before "now": several months, two days in a row, two on one day.
_DAYS_AGO = (75, 50, 40, 20, 3, 2, 2)
_OWNERS = (0, 0, 1, 0, 1, 0, 0)  # whose the rows are: the last parent has none
_HELD = re.compile(
    r"(?:(?P<table>\w+)\.)?\"?(?P<column>\w+)\"? (?:=|IN|IS DISTINCT FROM) \(?'(?P<value>[^']*)'"
)
_MOST_TABLES = 6


@dataclass(frozen=True, kw_only=True)
class Sample:
    """Statements that make the rows, one for each table, parents first."""

    inserts: tuple[str, ...]


@dataclass
class _Making:
    ground: Ground
    today: date
    held: dict[str, list[str]]
    copies: bool
    made: dict[str, int] = field(default_factory=dict)


def sample_for(ground: Ground, tables: tuple[str, ...], sql: str, today: date, *, copies: bool
               ) -> Sample | None:  # fmt: skip
    """Rows for these tables and those that they refer to; None where there are too many.

    `copies` is whether some rows are to be there twice.
    """
    order = _parents_first(ground, tables)
    if len(order) > _MOST_TABLES:
        return None
    held: dict[str, list[str]] = {}
    for found in _HELD.finditer(sql):
        values = held.setdefault(found["column"], [])
        if found["value"] not in values:
            values.append(found["value"])
    making = _Making(ground, today, held, copies)
    return Sample(inserts=tuple(_insert(making, ground.table(t)) for t in order))


def _parents_first(ground: Ground, tables: tuple[str, ...]) -> list[str]:
    order: list[str] = []

    def visit(table: str, passed: tuple[str, ...]) -> None:
        for key in ground.schema.foreign_keys:
            if key.table == table and key.references not in (*passed, table):
                visit(key.references, (*passed, table))
        if table not in order:
            order.append(table)

    for table in tables:
        visit(table, ())
    return order


def _insert(making: _Making, table: Table) -> str:
    keys = {k.columns[0]: k for k in making.ground.schema.foreign_keys
            if k.table == table.name and len(k.columns) == 1}  # fmt: skip
    is_fact = any(k.references != table.name for k in keys.values()) or not any(
        k.references == table.name for k in making.ground.schema.foreign_keys
    )
    count = _FACTS if is_fact else _PARENTS
    if any(k.references == table.name for k in keys.values()):
        count = 5
    making.made[table.name] = count
    columns = [c for c in table.columns if not c.computed]
    rows = [tuple(_value(making, table, c, keys.get(c.name), i) for c in columns)
            for i in range(count)]  # fmt: skip
    rows = list({tuple(r[i] for i, c in enumerate(columns) if c.name in table.primary_key)
                 or (n,): r for n, r in enumerate(rows)}.values())  # fmt: skip
    names = ", ".join(quote(c.name) for c in columns)
    always = " OVERRIDING SYSTEM VALUE" if any(c.generated for c in columns) else ""
    lines = ",\n  ".join(f"({', '.join(r)})" for r in rows)
    return f"INSERT INTO {quote_table(table.name)} ({names}){always} VALUES\n  {lines};"


def _value(making: _Making, table: Table, column: Column, key: ForeignKey | None, i: int) -> str:
    if key is not None:
        return _reference(making, table, column, key, i)
    values = [*making.held.get(column.name, []), *column.values]
    if (values and column.type.startswith(("text", "character", "citext"))) or column.values:
        return text_of(list(dict.fromkeys(values))[i % len(dict.fromkeys(values))])
    if column.name in table.primary_key or column.type == "uuid":
        return _key(column, i)
    if is_time(column):
        return _moment(making, table, column, i)
    return _plain(making, table, column, i)


def _key(column: Column, i: int) -> str:
    if column.type == "uuid":
        return f"'00000000-0000-4000-8000-{i + 1:012d}'"
    return str(i + 1) if is_number(column) else f"'k{i + 1}'"


def _reference(making: _Making, table: Table, column: Column, key: ForeignKey, i: int) -> str:
    if key.references == table.name:
        return "NULL" if i == 0 and not column.not_null else _key(column, max(0, (i - 1) // 2))
    many = making.made.get(key.references, _PARENTS)
    at = _OWNERS[i % len(_OWNERS)] if many <= _PARENTS else i % (many - 1)
    return _key(column, at)


def _moment(making: _Making, table: Table, column: Column, i: int) -> str:
    ends = ends_of(making.ground, table.name)
    hours = 9 + (i % 2)
    if ends and column.name == ends[1]:
        hours += 2
    if ends and not any(k.table == table.name for k in making.ground.schema.foreign_keys):
        days = _DAYS_AGO[-1 - i // 2] if i else _DAYS_AGO[0]
    else:
        days = _DAYS_AGO[i % len(_DAYS_AGO)]
    later = re.search(r"deliver|clos|resolv|complet|finish|return|paid|shipp", column.name)
    at = datetime.combine(making.today, time())
    at += timedelta(hours=hours + bool(later) * (1 + i % 3)) - timedelta(days=days)
    return f"'{at:%Y-%m-%d}'" if column.type == "date" else f"'{at:%Y-%m-%d %H:%M}'"


def _plain(making: _Making, table: Table, column: Column, i: int) -> str:
    if column.type == "boolean":
        return str(i % 2 == 0).lower()
    if is_number(column):
        scale = 1000 if re.search(r"cent|amount|total|price", column.name) else 10
        small = re.search(r"quantity|qty|count|units|rating|number|position", column.name)
        return str(i % 3 + 1 if small else scale * (i + 1))
    if column.type.startswith(("text", "character", "citext")):
        return _label(making, table, column, i)
    return "'{}'" if column.not_null and column.type in {"json", "jsonb"} else "DEFAULT"


def _label(making: _Making, table: Table, column: Column, i: int) -> str:
    n = i // 2 + 1 if making.copies else i + 1
    if column.name.endswith("email"):
        return f"'{one(table.name).replace(' ', '.')}{n}@example.com'"
    if re.search(r"category|type|kind|country|region|city|plan|channel|genre|brand", column.name):
        return text_of(f"{column.name} {'AB'[i % 2]}")
    return text_of(f"{one(table.name)} {n}")


def shown(sample: Sample, rows: list[dict[str, object]], today: date, title: str) -> str:
    """The file: rows in, the statement's name, rows out as comments."""
    lines = [
        f"-- Made-up rows, to see what query.sql returns; its now() stands at {today} 00:00 UTC."
    ]
    lines += [*sample.inserts, "", f"-- {title}"]
    return "\n".join([*lines, *(f"--   {line}" for line in _grid(rows))]) + "\n"


def _grid(rows: list[dict[str, object]]) -> Iterator[str]:
    if not rows:
        yield "(no rows)"
        return
    names = list(rows[0])
    cells = [[_cell(row.get(n)) for n in names] for row in rows]
    widths = [max(len(n), *(len(c[i]) for c in cells)) for i, n in enumerate(names)]
    yield " | ".join(n.ljust(w) for n, w in zip(names, widths, strict=True)).rstrip()
    for row in cells:
        yield " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()


def _cell(value: object) -> str:
    if value is None:
        return "NULL"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return re.sub(r"^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):00(?:\+00:00)?$", r"\1 \2", text)
