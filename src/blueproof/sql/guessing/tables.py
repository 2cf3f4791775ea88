"""Tables for queries whose schema nobody gave: columns, keys and the indexes that are told."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from blueproof.sql.guessing.kinds import (
    NOTHING_TELLS,
    Column,
    by_type,
    guess_column,
    is_called,
    snake,
    stem_of,
)
from blueproof.sql.guessing.own_keys import own_key, own_keys
from blueproof.sql.guessing.resolving import Known
from blueproof.sql.guessing.seen import Columns, Seen, read_seen
from blueproof.sql.names import quote, quote_table

REST = "rest_of_row"  # a column that stands for those which nobody names
_CASCADES = " ON DELETE CASCADE"


@dataclass(frozen=True, kw_only=True)
class Link:
    """A column that refers to the key of another table; `cascades` is whether it goes with it."""

    table: str
    column: str
    parent: str
    key: str = "id"
    cascades: bool = False


@dataclass(frozen=True, kw_only=True)
class Key:
    """The primary key of a table, as it is told."""

    table: str
    column: str


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What was made up: DDL of the tables, that of their keys, and of the columns the reasons.

    `tables` are the guessed ones with their columns, `seen` what the queries tell of all columns.
    """

    tables: Mapping[str, tuple[Column, ...]]
    links: tuple[Link, ...]
    seen: Columns
    known: Known = field(default_factory=dict)

    @property
    def made(self) -> str:
        """CREATE TABLE for each guessed table."""
        return "".join(_create(table, columns) for table, columns in self.tables.items())

    @property
    def keys(self) -> str:
        """The foreign keys between guessed tables."""
        return "".join(
            f"ALTER TABLE {quote_table(k.table)} ADD FOREIGN KEY ({quote(k.column)}) "
            f"REFERENCES {quote_table(k.parent)} ({quote(k.key)}){_CASCADES * k.cascades};\n"
            for k in self.links
        )


def guess_tables(
    queries: tuple[str, ...],
    known: Known,
    more: Mapping[str, tuple[str, ...]] | None = None,
    types: Mapping[str, str] | None = None,
    told: tuple[Link | Key, ...] = (),
) -> Guess:
    """Tables for what the queries read beyond the known ones; `more` are columns to be there too.

    `known` are tables that a schema describes, with their columns; `types` those of columns that
    are told, by their names; `told` are the primary keys and the references that are told.
    """
    seen = read_seen(queries, known)
    keys = {key.table: key.column for key in told if isinstance(key, Key)}
    refer = [link for link in told if isinstance(link, Link)]
    unread = {link.parent: link.key for link in refer if link.parent not in seen}
    there = [*(more or {}).items(), *((link.table, (link.column,)) for link in refer)]
    for table, names in there:
        columns = seen.setdefault(table, {})
        for name in names:
            columns.setdefault(name, Seen(name=name))
    unknown = {table: columns for table, columns in seen.items() if table not in known}
    refers = {(link.table, link.column) for link in refer}
    own = {**own_keys(queries, seen, known), **unread, **keys}
    tables = {
        t: tuple(_as_reference(c, refers, t) for c in _columns(own[t], columns, types or {}))
        for t, columns in unknown.items()
    }
    tables = _comparable(tables, seen)
    named = _links(seen, {**{t: frozenset(known[t]) for t in known},
                          **{t: frozenset(c.name for c in cs) for t, cs in tables.items()}},
                   frozenset(tables), own)  # fmt: skip
    made = [link for link in refer if {link.table, link.parent} <= tables.keys()]
    sure = {(link.table, link.column) for link in made}
    links = (*made, *(link for link in named if (link.table, link.column) not in sure))
    return Guess(tables=_typed_alike(tables, links), links=links, seen=seen, known=known)


def _columns(own: str, columns: Mapping[str, Seen], types: Mapping[str, str]) -> Iterator[Column]:
    if own not in columns:
        yield Column(name=own, type="bigint", kind="key", why="every table has one")
    for seen in sorted(columns.values(), key=lambda seen: seen.name != own):
        guessed = _as_told(guess_column(seen), types)
        yield replace(guessed, kind="key", nullable=False) if seen.name == own else guessed
    yield Column(name=REST, type="text", kind="words", why="the columns that nobody names")


def _links(
    seen: Columns,
    all_: Mapping[str, frozenset[str]],
    made: frozenset[str],
    own: Mapping[str, str],
) -> Iterator[Link]:
    """References: columns joined with another table's id, or named after a table that is there."""
    keys = {t: own[t] if t in own and t in made else own_key(t, names) for t, names in all_.items()}
    linked: set[tuple[str, str]] = set()
    for table, columns in seen.items():
        for column in columns.values():
            parent = _parent(table, column, all_, keys)
            if parent and {table, parent} <= made and (table, column.name) not in linked:
                linked.add((table, column.name))
                yield Link(table=table, column=column.name, parent=parent, key=keys[parent])


def _as_reference(column: Column, refers: set[tuple[str, str]], table: str) -> Column:
    """The column as the reference that it is told to be, where nothing else tells its type."""
    if (table, column.name) not in refers or column.kind in {"reference", "key", "uuid"}:
        return column
    if column.why != NOTHING_TELLS and not (
        column.kind in {"state", "label"} and column.why == "its name"
    ):
        return replace(column, kind="reference")
    return replace(column, type="bigint", kind="reference", nullable=False, why="it refers")


def _as_told(column: Column, types: Mapping[str, str]) -> Column:
    """The column with the type that the words tell, where they do."""
    told = types.get(snake(column.name), column.type)
    if told == column.type:
        return column
    kind = by_type(column.name, told) or column.kind
    return replace(column, type=told, kind=kind, why="you tell its type")


def _parent(
    table: str, column: Seen, all_: Mapping[str, frozenset[str]], keys: Mapping[str, str]
) -> str:
    if column.name == keys[table]:
        return ""
    joined = [t for t, c in sorted(column.equals) if c == keys.get(t) and t != table]
    if joined:
        return joined[0]
    stem = stem_of(column.name)
    named = [t for t in all_ if stem and t != table and is_called(t, stem)]
    return named[0] if named and keys[named[0]] in all_[named[0]] else ""


def _comparable(
    tables: Mapping[str, tuple[Column, ...]], seen: Columns
) -> dict[str, tuple[Column, ...]]:
    """The tables with columns that queries hold against one another of types that can be.

    The one whose type is told best gives it to the others, over as many joins as there are.
    """
    at = {(t, c.name): c for t, columns in tables.items() for c in columns}
    beside: dict[tuple[str, str], set[tuple[str, str]]] = {place: set() for place in at}
    for table, columns in seen.items():
        for name, each in columns.items():
            for other in each.equals & at.keys() if (table, name) in at else ():
                beside[table, name].add(other)
                beside[other].add((table, name))
    for _ in at:
        before = dict(at)
        for place, column in before.items():
            best = max([at[place], *(at[o] for o in sorted(beside[place]))], key=_sureness)
            if _sort_of(best.type) != _sort_of(column.type):
                kind = column.kind if column.kind in {"key", "reference"} else best.kind
                at[place] = replace(column, type=best.type, kind=kind, why=best.why)
        if at == before:
            break
    return {t: tuple(at[t, c.name] for c in columns) for t, columns in tables.items()}


def _sureness(column: Column) -> int:
    """How well a column's type is known: told, by what it is compared with, by its name, not."""
    by_name = column.why == "its name" and not (
        column.kind in {"key", "reference"} and column.type == "text"
    )
    return 0 if column.why == NOTHING_TELLS else 1 if by_name else 2


def _sort_of(type_: str) -> str:
    """What a type can be held against: numbers of all sizes, times and dates, each other alone."""
    base = type_.partition("(")[0]
    if base in {"bigint", "integer", "smallint", "numeric", "double precision", "real"}:
        return "number"
    return "time" if base.startswith(("timestamp", "date")) else base


def _typed_alike(
    tables: Mapping[str, tuple[Column, ...]], links: tuple[Link, ...]
) -> dict[str, tuple[Column, ...]]:
    """The tables with each reference and the key that it refers to of one type."""
    types = {(t, c.name): c.type for t, columns in tables.items() for c in columns}
    for link in (*links, *links):
        both = types[link.table, link.column], types[link.parent, link.key]
        one = next((t for t in both if t != "bigint"), "bigint")
        types[link.table, link.column] = types[link.parent, link.key] = one
    return {
        t: tuple(replace(c, type=types[t, c.name]) for c in columns)
        for t, columns in tables.items()
    }


def _create(table: str, columns: tuple[Column, ...]) -> str:
    lines = ",\n".join(f"  {quote(c.name)} {c.type}{_rule(c)}" for c in columns)
    schema = table.rpartition(".")[0]
    first = f"CREATE SCHEMA IF NOT EXISTS {quote(schema)};\n" if schema else ""
    return f"{first}CREATE TABLE {quote_table(table)} (\n{lines}\n);\n"


def _rule(column: Column) -> str:
    if column.kind == "key":
        return " PRIMARY KEY"
    return "" if column.nullable else " NOT NULL"
