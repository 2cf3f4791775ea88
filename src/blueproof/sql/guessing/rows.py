"""Statements that fill tables with rows: as many as fit the time, parents before children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from blueproof.sql.guessing.kinds import Column, by_type, snake
from blueproof.sql.guessing.seen import Columns, Seen
from blueproof.sql.guessing.values import Place, values_of
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import Schema, Table

MOST_ROWS = 200_000  # of the largest table: more take longer than anybody waits for an answer
_FEWEST = 1_000  # below so many rows a table is made whole
# Microseconds that a value takes to make, of the kinds that take more than one.
_SLOW = {"search": 25.0, "words": 2.0, "json": 5.0, "list": 3.0, "label": 2.0, "uuid": 1.5}
_BUDGET = 2.5e6  # microseconds for all rows of the largest table


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How rows lie: `steep` by table and column, `shares` of values by table and column.

    As `Place` has them: how strongly few parents have most children, how common a value is.
    """

    steep: Mapping[tuple[str, str], float] = field(default_factory=dict)
    shares: Mapping[tuple[str, str], dict[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Filling:
    """The statement that fills a table, the rows that it makes, and those that are told."""

    table: str
    made: int
    told: int
    sql: str


def fillings(
    schema: Schema,
    seen: Columns,
    kinds: Mapping[str, tuple[Column, ...]],
    told: Mapping[str, int],
    shape: Shape,
    today: date,
) -> tuple[Filling, ...]:
    """What fills every table, in an order in which references find their rows.

    `kinds` are the columns of guessed tables; those of others go by their types. `told` are the
    rows of each table as they were told or assumed.
    """
    share = _share(schema, kinds, told)
    made = {t: min(rows, max(round(rows * share), min(rows, _FEWEST))) for t, rows in told.items()}
    tables = [t for t in _parents_first(schema) if t.name in told and not t.partition_of]
    return tuple(
        Filling(
            table=table.name,
            made=made[table.name],
            told=told[table.name],
            sql=_insert(table, schema, seen.get(table.name, {}), _kinds(table, kinds), made,
                        shape, today),
        )
        for table in tables
    )  # fmt: skip


def _share(
    schema: Schema, kinds: Mapping[str, tuple[Column, ...]], told: Mapping[str, int]
) -> float:
    """The part of all rows that can be made in the time there is."""
    largest = max(told.values(), default=1)
    takes = sum(
        rows * sum(_SLOW.get(c.kind, 0.7) for c in _kinds(schema.by_name[name], kinds))
        for name, rows in told.items()
        if name in schema.by_name
    )
    return min(1.0, MOST_ROWS / max(largest, 1), _BUDGET / max(takes, 1.0))


def _kinds(table: Table, kinds: Mapping[str, tuple[Column, ...]]) -> tuple[Column, ...]:
    """The columns to fill; of those whose type nothing fits, only what must not stay empty."""
    if table.name in kinds:
        return kinds[table.name]
    found = []
    for column in table.columns:
        kind = by_type(column.name, column.type, column.values)
        if kind and not column.computed:
            found.append(
                Column(name=column.name, type=column.type, kind=kind, why="the schema",
                       nullable=not column.not_null)
            )  # fmt: skip
    return tuple(found)


def _insert(
    table: Table,
    schema: Schema,
    seen: Mapping[str, Seen],
    columns: tuple[Column, ...],
    made: Mapping[str, int],
    shape: Shape,
    today: date,
) -> str:
    names, values = [], []
    for column in columns:
        at = seen.get(column.name, Seen(name=column.name))
        listed = table.by_name[column.name].values if column.name in table.by_name else ()
        shares = shape.shares.get((table.name, column.name), {})
        place = Place(
            rows=made[table.name],
            today=today,
            parents=_parents(table, column.name, schema, made),
            steep=shape.steep.get((table.name, column.name), 2.0),
            shares=shares or dict.fromkeys(listed, 1 / max(len(listed), 1)),
            alone=table.is_key((column.name,)),
        )
        names.append(quote(column.name))
        values.append(f"  {values_of(column, at, place)}")
    several = any(len(u) > 1 for u in (table.primary_key, *table.unique))
    again = "\nON CONFLICT DO NOTHING" if several else ""
    listed_values = ",\n".join(values)
    return (
        f"INSERT INTO {quote_table(table.name)} ({', '.join(names)}) OVERRIDING SYSTEM VALUE\n"
        f"SELECT\n{listed_values}\nFROM generate_series(1, {made[table.name]}) AS n{again};\n"
    )


def _parents(table: Table, column: str, schema: Schema, made: Mapping[str, int]) -> int:
    key = next(
        (k for k in schema.foreign_keys if k.table == table.name and k.columns == (column,)), None
    )
    return made.get(key.references, 0) if key else 0


def _parents_first(schema: Schema) -> Iterator[Table]:
    """The tables in an order in which each comes after those that it refers to; circles are cut."""
    above: dict[str, set[str]] = {t.name: set() for t in schema.tables}
    for key in schema.foreign_keys:
        if key.table in above and key.references in above and key.table != key.references:
            above[key.table].add(key.references)
    done: set[str] = set()
    while len(done) < len(above):
        free = [t for t, parents in above.items() if t not in done and parents <= done]
        for name in free or [next(t for t in above if t not in done)]:
            done.add(name)
            yield schema.by_name[name]


def named_like(columns: tuple[Column, ...], name: str) -> Column | None:
    """The column of this name, whichever way its words are joined."""
    return next((c for c in columns if snake(c.name) == snake(name)), None)
