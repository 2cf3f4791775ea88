"""Statements that fill tables with rows: as many as fit the time, parents before children."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from blueproof.sql.guessing.kinds import Column, Kind, by_type
from blueproof.sql.guessing.periods import periods_of
from blueproof.sql.guessing.seen import Columns, Seen
from blueproof.sql.guessing.shares import shares_of, usual_of
from blueproof.sql.guessing.values import End, Place, values_of
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

    As `Place` has them: how strongly few parents have most children, how common a value is; `old`
    are the columns of which the value asked for lies in the oldest rows alone; `largest` is the
    part that one parent is told to have.
    """

    steep: Mapping[tuple[str, str], float] = field(default_factory=dict)
    shares: Mapping[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    old: frozenset[tuple[str, str]] = frozenset()
    largest: Mapping[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What rows are made from: the schema, what queries tell, the kinds of guessed columns.

    Columns of tables that are not guessed go by their types. `today` is the last day of the rows.
    """

    schema: Schema
    seen: Columns
    kinds: Mapping[str, tuple[Column, ...]]
    shape: Shape
    today: date


@dataclass(frozen=True, kw_only=True)
class Filling:
    """The statement that fills a table, the rows that it makes, and those that are told."""

    table: str
    made: int
    told: int
    sql: str


def fillings(ground: Ground, told: Mapping[str, int], part: float = 1.0) -> tuple[Filling, ...]:
    """What fills every table, in an order in which references find their rows.

    `told` are the rows of each table as they were told or assumed; `part` is how many of those that
    could be made are, below 1 where a query does not end on more.
    """
    share = _share(ground, told) * part
    made = {t: min(rows, max(round(rows * share), min(rows, _FEWEST))) for t, rows in told.items()}
    tables = [t for t in _parents_first(ground.schema) if t.name in told and not t.partition_of]
    return tuple(
        Filling(
            table=table.name,
            made=made[table.name],
            told=told[table.name],
            sql=_insert(table, ground, made),
        )
        for table in tables
    )


def _share(ground: Ground, told: Mapping[str, int]) -> float:
    """The part of all rows that can be made in the time there is."""
    largest = max(told.values(), default=1)
    known = ground.schema.by_name
    takes = sum(
        rows * sum(_SLOW.get(c.kind, 0.7) for c in _kinds(known[name], ground))
        for name, rows in told.items()
        if name in known
    )
    return min(1.0, MOST_ROWS / max(largest, 1), _BUDGET / max(takes, 1.0))


def _kinds(table: Table, ground: Ground) -> tuple[Column, ...]:
    """The columns to fill; of those whose type nothing fits, only what must not stay empty."""
    if table.name in ground.kinds:
        return ground.kinds[table.name]
    found = []
    for column in table.columns:
        kind = _keyed(table, column.name, ground.schema) or by_type(
            column.name, column.type, column.values
        )
        if kind and not column.computed:
            found.append(
                Column(name=column.name, type=column.type, kind=kind, why="the schema",
                       nullable=not column.not_null)
            )  # fmt: skip
    return tuple(found)


def _keyed(table: Table, column: str, schema: Schema) -> Kind | None:
    """What a column is by the schema's keys: one that refers, or one that others refer to."""
    for key in schema.foreign_keys:
        if key.table == table.name and key.columns == (column,):
            return "reference"
        if key.references == table.name and key.referenced == (column,):
            return "key"
    return None


def _insert(table: Table, ground: Ground, made: Mapping[str, int]) -> str:
    columns = _kinds(table, ground)
    names = ", ".join(quote(c.name) for c in columns)
    made_of = {c.name: _values(c, table, ground, made) for c in columns}
    periods = periods_of(table, made_of)
    values = ",\n".join(f"  {each}" for each in {**made_of, **periods.ends}.values())
    several = any(len(u) > 1 for u in (table.primary_key, *table.unique))
    again = "\nON CONFLICT DO NOTHING" if several else ""
    return (
        f"INSERT INTO {quote_table(table.name)} ({names}) OVERRIDING SYSTEM VALUE\n"
        f"SELECT\n{values}\nFROM generate_series(1, {made[table.name]}) AS n"
        f"{periods.beside}{again};\n"
    )


def _values(column: Column, table: Table, ground: Ground, made: Mapping[str, int]) -> str:
    """The expression for one column of a table."""
    at = table.name, column.name
    seen = ground.seen.get(table.name, {}).get(column.name, Seen(name=column.name))
    known = table.by_name.get(column.name)
    if column.kind == "seldom-time" and known and known.not_null:
        column = replace(column, kind="time")  # "read_at" of a meter is no "not read yet"
    told = ground.shape.shares.get(at, {})
    listed = known.values if known else ()
    default = usual_of(known) if known else ""
    place = Place(
        rows=made[table.name],
        today=ground.today,
        parents=_parents(table, column.name, ground.schema, made),
        steep=ground.shape.steep.get(at, 2.0),
        largest=ground.shape.largest.get(at, 0.0),
        shares=shares_of(told, listed, default),
        listed=bool(listed),
        usual=default or next((value for value, part in told.items() if part > 1 / 2), ""),
        alone=table.is_key((column.name,)),
        old=at in ground.shape.old,
        end=end_of(seen, ground.seen.get(table.name, {})),
        held=sum(each.held for each in ground.seen.get(table.name, {}).values()),
        cursor=_cursor(table, column, seen, ground, made[table.name]),
    )
    return values_of(column, seen, place)


def _cursor(table: Table, column: Column, seen: Seen, ground: Ground, rows: int) -> int:
    """The number beside which a key is asked to lie, where rows counted from 1 do not reach it.

    0 where they do, or where another table refers to the key.
    """
    if column.kind != "key" or column.type != "bigint":
        return 0
    if any(key.references == table.name for key in ground.schema.foreign_keys):
        return 0
    named = [int(x) for x in (*seen.below, *seen.above, *seen.exact) if x.isdecimal()]
    return max((n for n in named if n > rows), default=0)


def end_of(seen: Seen, others: Mapping[str, Seen]) -> End:
    """Which end of a stretch a column holds, where one value is asked to lie between two."""
    for other in others.values():
        if other is not seen and seen.below & other.above:
            return "first"
        if other is not seen and seen.above & other.below:
            return "last"
    return ""


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
