"""Foreign keys among generated rows: which table comes first, and whom a row refers to."""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from blueproof.engines.postgres.putting import attempt, literal
from blueproof.engines.postgres.session import Session
from blueproof.sql.names import quote, quote_table
from blueproof.sql.schema import ForeignKey, Schema, Table

_NOBODY = 0.15  # of the references that may be NULL
_LINKED = 0.8  # of the rows that refer to another of their own table
_CHOSEN = 0.7  # of the parents get a child where they can have one only

Key = tuple[str | None, ...]


class Wanting(Protocol):
    """What is asked of a column here: whether it may be NULL, which values it had better hold."""

    @property
    def nullable(self) -> bool:
        """Whether the column may be NULL."""
        ...

    @property
    def wanted(self) -> tuple[str, ...]:
        """The values that queries look for."""
        ...


def parents_first(schema: Schema) -> tuple[tuple[Table, ...], tuple[ForeignKey, ...]]:
    """The tables so that each comes after those it refers to, and the keys that make that false."""
    order: list[Table] = []
    late: list[ForeignKey] = []
    state: dict[str, int] = {}

    def visit(table: Table) -> None:
        state[table.name] = 1
        for key in _keys_of(schema, table.name):
            parent = _whole(schema, key.references)
            if state.get(parent.name) == 1:
                late.append(key)
            elif parent.name not in state:
                visit(parent)
        state[table.name] = 2
        order.append(table)

    for table in schema.tables:
        if table.name not in state and not table.partition_of:
            visit(table)
    return tuple(order), tuple(late)


def with_parents(schema: Schema, names: frozenset[str]) -> Schema:
    """As much of the schema as rows in these tables need: they and all that they refer to."""
    kept = {_whole(schema, name).name for name in names}
    grown = True
    while grown:
        parents = {
            _whole(schema, k.references).name
            for k in schema.foreign_keys
            if _whole(schema, k.table).name in kept
        }
        grown = not parents <= kept
        kept |= parents
    return replace(
        schema,
        tables=tuple(t for t in schema.tables if _whole(schema, t.name).name in kept),
        foreign_keys=tuple(k for k in schema.foreign_keys if _whole(schema, k.table).name in kept),
    )


def _keys_of(schema: Schema, table: str) -> list[ForeignKey]:
    """The table's foreign keys, less those that only lead to a partition of the real parent."""
    keys = schema.keys_of(table)
    whole = {(k.columns, k.references) for k in keys}
    return [
        k
        for k in keys
        if (parent := _whole(schema, k.references).name) == k.references
        or (k.columns, parent) not in whole
    ]


def _whole(schema: Schema, name: str) -> Table:
    """The table, or the partitioned table that it is a part of."""
    table = schema.by_name[name]
    while table.partition_of in schema.by_name:
        table = schema.by_name[table.partition_of]
    return table


@dataclass(frozen=True, kw_only=True)
class _Link:
    """A foreign key with the keys of the rows it may lead to."""

    key: ForeignKey
    targets: tuple[Key, ...]
    single: bool
    used: set[Key] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Links:
    """The foreign keys of one table, ready to draw from."""

    links: tuple[_Link, ...]

    @property
    def columns(self) -> frozenset[str]:
        """The columns that refer to something."""
        return frozenset(c for link in self.links for c in link.key.columns)

    def draw(
        self, rng: random.Random, domains: Mapping[str, Wanting], chance: float
    ) -> dict[str, str | None] | None:
        """References for one row, those that share a column agreeing in it; None if it has none.

        `chance` is that of referring to a row that queries look for.
        """
        row: dict[str, str | None] = {}
        for link in self.links:
            fitting = _fitting(link, row)
            open_ = [c for c in link.key.columns if c not in row and domains[c].nullable]
            if fitting and not (open_ and rng.random() < _NOBODY):
                asked = _asked(link, fitting, domains)
                target = rng.choice(asked if asked and rng.random() < chance else fitting)
                link.used.add(target)
                row |= dict(zip(link.key.columns, target, strict=True))
            elif open_:
                row |= dict.fromkeys(open_)
            else:
                return None
        return row


def _fitting(link: _Link, row: Mapping[str, str | None]) -> Sequence[Key]:
    """The rows that may be referred to by one that holds this much already."""
    if not link.single and row.keys().isdisjoint(link.key.columns):
        return link.targets  # as for most keys: there is nothing to agree with
    return [
        target
        for target in link.targets
        if all(row.get(c, v) == v for c, v in zip(link.key.columns, target, strict=True))
        and not (link.single and target in link.used)
    ]


def _asked(link: _Link, fitting: Sequence[Key], domains: Mapping[str, Wanting]) -> list[Key]:
    """Those of the rows that hold a value which queries look for."""
    wanted = [domains[column].wanted for column in link.key.columns]
    if not any(wanted):
        return []
    return [
        target
        for target in fitting
        if any(value in looked_for for value, looked_for in zip(target, wanted, strict=True))
    ]


def links_of(
    schema: Schema,
    table: Table,
    known: tuple[ForeignKey, ...],
    there: Callable[[ForeignKey], list[Key]],
) -> Links:
    """The table's foreign keys (of those known) with the rows that are there to refer to."""
    given = {c.name for c in table.columns if not c.computed}
    keys = [k for k in _keys_of(schema, table.name) if k in known and given.issuperset(k.columns)]
    return Links(links=tuple(_link(table, key, there(key)) for key in keys))


def _link(table: Table, key: ForeignKey, there: list[Key]) -> _Link:
    single = table.is_key(key.columns)
    chosen = there[: max(1, int(len(there) * _CHOSEN))] if single else there
    return _Link(key=key, targets=tuple(chosen), single=single)


def targets(guest: Session, key: ForeignKey) -> list[Key]:
    """The rows that are there to refer to, asked of the server."""
    columns = ", ".join(f"{quote(c)}::text" for c in key.referenced)
    holds = " AND ".join(f"{quote(c)} IS NOT NULL" for c in key.referenced)
    return guest.run(
        f"SELECT {columns} FROM {quote_table(key.references)} WHERE {holds} "
        f"GROUP BY {columns} ORDER BY {columns}"
    )


def close_cycles(
    guest: Session,
    schema: Schema,
    late: Iterable[ForeignKey],
    columns: Mapping[str, Mapping[str, tuple[str, bool]]],
    rng: random.Random,
) -> None:
    """Set the references that had to wait for their parents; what is refused stays NULL.

    `columns` gives each column's type and whether it may be NULL. Within one table a row refers
    only to rows before it, so that walking up the references comes to an end.
    """
    for key in late:
        if not schema.by_name[key.table].partitioned and set(key.columns) <= set(
            columns[key.table]
        ):
            statement = _closing(guest, key, columns[key.table], rng)
            if statement:
                attempt(guest, statement)


def _closing(
    guest: Session,
    key: ForeignKey,
    columns: Mapping[str, tuple[str, bool]],
    rng: random.Random,
) -> str:
    """The UPDATE that gives rows a parent, or "" if there is none to give."""
    names = ", ".join(f"{quote(c)}::text" for c in (*key.columns, *key.referenced))
    within = key.references == key.table
    rows = guest.run(
        f"SELECT ctid::text, {names if within else names[: _length(key)]} "
        f"FROM {quote_table(key.table)} AS blueproof_row ORDER BY blueproof_row::text"
    )
    open_ = [c for c in key.columns if columns[c][1]]
    settable = open_ or list(key.columns)
    size = len(key.columns)
    there = [] if within else targets(guest, key)
    pairs: list[tuple[str, Key]] = []
    for row in rows:
        held = row[1 : 1 + size]
        fitting = [t for t in there if _agrees(key, settable, held, t)]
        if fitting and (rng.random() < _LINKED or not open_):
            pairs.append((row[0], rng.choice(fitting)))
        if within and None not in row[1 + size :]:
            there.append(row[1 + size :])
    return _update(key, settable, columns, pairs) if pairs else ""


def _length(key: ForeignKey) -> int:
    return len(", ".join(f"{quote(c)}::text" for c in key.columns))


def _agrees(key: ForeignKey, settable: list[str], held: Key, target: Key) -> bool:
    """Whether the target has what the row already holds in the columns that stay as they are."""
    return all(
        column in settable or mine == theirs
        for column, mine, theirs in zip(key.columns, held, target, strict=True)
    )


def _update(
    key: ForeignKey,
    settable: list[str],
    columns: Mapping[str, tuple[str, bool]],
    pairs: list[tuple[str, Key]],
) -> str:
    sets = ", ".join(f"{quote(c)} = v.v{n}::{columns[c][0]}" for n, c in enumerate(settable))
    names = ", ".join(f"v{n}" for n in range(len(settable)))
    places = [key.columns.index(c) for c in settable]
    cells = ", ".join(
        f"('{ctid}'::tid, {', '.join(literal(target[p]) for p in places)})"
        for ctid, target in pairs
    )
    return (
        f"UPDATE {quote_table(key.table)} AS t SET {sets} "
        f"FROM (VALUES {cells}) AS v (at, {names}) WHERE t.ctid = v.at"
    )
