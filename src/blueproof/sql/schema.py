"""A PostgreSQL schema as data: what the catalog says of tables, indexes, keys and policies."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its type as PostgreSQL prints it, whether it may be NULL, what it may hold.

    `length` is the type's fixed width in bytes, -1 for variable; `modifier` is the n of
    varchar(n), 0 if none. `values` are those of an enum or of a CHECK (column IN ...);
    `generated` values come from the server, `computed` ones from other columns.
    """

    name: str
    type: str
    not_null: bool = False
    default: str = ""
    length: int = -1
    modifier: int = 0
    values: tuple[str, ...] = ()
    generated: bool = False
    computed: bool = False


@dataclass(frozen=True, kw_only=True)
class Slot:
    """How an index stores one of its parts: the type, its length (-1 varies) and its alignment."""

    type: str
    length: int = -1
    align: int = 4


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index: key parts in order (column names or expressions), and what makes it special.

    `slots` say how each part is stored, included columns last. `deduplicates` is whether equal keys
    may share one entry: their types, collations and the kind of index permit it.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    definition: str
    method: str = "btree"
    unique: bool = False
    primary: bool = False
    constraint: bool = False
    predicate: str = ""
    include: tuple[str, ...] = ()
    expressions: bool = False
    descending: tuple[bool, ...] = ()
    special: bool = False  # a collation or operator class that is not the column's own
    slots: tuple[Slot, ...] = ()
    deduplicates: bool = True

    @property
    def plain(self) -> bool:
        """A whole-table B-tree over bare columns: one that may serve another index's purpose."""
        return self.method == "btree" and not (self.predicate or self.expressions or self.special)


@dataclass(frozen=True, kw_only=True)
class ForeignKey:
    """A foreign key: referencing columns of a table, and what they refer to."""

    name: str
    table: str
    columns: tuple[str, ...]
    references: str
    referenced: tuple[str, ...]
    on_delete: str = "NO ACTION"

    def __str__(self) -> str:
        return f"{self.table} ({', '.join(self.columns)})"


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A row security policy as the catalog holds it; `using` and `check` are SQL conditions."""

    name: str
    table: str
    command: str
    roles: tuple[str, ...]
    permissive: bool
    using: str
    check: str


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function in SQL or PL/pgSQL: its name as conditions write it, and its body.

    `definer` is whether it runs with its owner's rights, whom row security does not bind; `fixed`
    whether its search_path is set. `arguments` are as a signature names them, p_id bigint; a
    function of `triggers` cannot be called.
    """

    name: str
    body: str
    definer: bool = False
    arguments: str = ""
    returns: str = ""
    fixed: bool = False

    @property
    def triggers(self) -> bool:
        """Whether triggers call it, and nobody else can."""
        return self.returns in {"trigger", "event_trigger"}

    @property
    def signature(self) -> str:
        """What tells it from others of its name: f(p_id bigint)."""
        return f"{self.name}({self.arguments})"


@dataclass(frozen=True, kw_only=True)
class View:
    """A view: its query, and the tables and views that this reads.

    `invoker` is whether row security binds whoever reads it; a `materialized` one holds copies.
    """

    name: str
    reads: tuple[str, ...]
    query: str
    invoker: bool = False
    materialized: bool = False


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table: its columns and keys. Names are qualified unless the schema is `public`."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    checks: tuple[str, ...] = ()
    partitioned: bool = False
    partition_of: str = ""
    row_security: bool = False
    owner_forced: bool = False
    materialized: bool = False

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {c.name: c for c in self.columns}

    def is_key(self, columns: tuple[str, ...]) -> bool:
        """Whether these columns hold a primary key or unique key, so that no two rows agree."""
        keys = (self.primary_key, *self.unique)
        return any(key and set(key) <= set(columns) for key in keys)


@dataclass(frozen=True, kw_only=True)
class Schema:
    """All tables of a database with their indexes, foreign keys and policies.

    `stable` are the functions, named as in conditions, that answer alike within a statement.
    """

    tables: tuple[Table, ...] = ()
    indexes: tuple[Index, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    policies: tuple[Policy, ...] = ()
    stable: frozenset[str] = frozenset()
    functions: tuple[Function, ...] = ()
    views: tuple[View, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Table]:
        """The tables by name."""
        return {t.name: t for t in self.tables}

    def home(self, table: str) -> str:
        """The table itself, or the partitioned table at the top whose partition it is."""
        known = self.by_name.get(table)
        return self.home(known.partition_of) if known and known.partition_of else table

    def indexes_of(self, table: str) -> Iterator[Index]:
        """The indexes of one table."""
        return iter(self._indexes_by_table.get(table, ()))

    def keys_of(self, table: str) -> Sequence[ForeignKey]:
        """The foreign keys by which one table refers to others."""
        return self._keys_by_table.get(table, ())

    @cached_property
    def _indexes_by_table(self) -> dict[str, list[Index]]:
        found: dict[str, list[Index]] = {}
        for index in self.indexes:
            found.setdefault(index.table, []).append(index)
        return found

    @cached_property
    def _keys_by_table(self) -> dict[str, list[ForeignKey]]:
        found: dict[str, list[ForeignKey]] = {}
        for key in self.foreign_keys:
            found.setdefault(key.table, []).append(key)
        return found

    def covered(self, table: str, columns: tuple[str, ...]) -> bool:
        """Whether some whole-table B-tree leads with exactly these columns, in any order."""
        wanted = set(columns)
        return any(i.plain and set(i.keys[: len(wanted)]) == wanted for i in self.indexes_of(table))

    def without_index(self, name: str) -> "Schema":
        """The same schema less one index."""
        return replace(self, indexes=tuple(i for i in self.indexes if i.name != name))
