"""A data model as tables: what the SQL, the picture and the checks are written from."""

from dataclasses import dataclass, field
from typing import Literal

from blueproof.advisors.model.told import Isolation

Kind = Literal["tenant", "member", "entity", "join"]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: its name, type as SQL writes it, and a CHECK on its values if there is one.

    `sample` is an expression for a row that breaks no rule; `said` is whether the words name it.
    """

    name: str
    type: str
    sample: str
    required: bool = True
    default: str = ""
    check: str = ""
    breaks: str = ""
    said: bool = False


@dataclass(frozen=True, kw_only=True)
class Link:
    """A foreign key: the column and the table whose row it names."""

    column: str
    table: str
    required: bool = True


GuardKind = Literal[
    "append", "keep", "capacity", "moves", "states", "audit", "stocked", "flow", "gapless", "frozen"
]


@dataclass(frozen=True, kw_only=True)
class Span:
    """The time that a row takes: its two columns, and the range type over them.

    A range of dates includes its last day; an empty end is open.
    """

    starts: str = "starts_at"
    ends: str = "ends_at"
    type: str = "tstzrange"


@dataclass(frozen=True, kw_only=True)
class Guard:
    """A rule of a table that a trigger holds: of the rows by `column`, which refer to `table`.

    `pairs` are the steps that a status may take.
    """

    kind: GuardKind
    column: str = ""
    table: str = ""
    figure: str = ""
    floor: bool = False
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Index:
    """An index for what is read often, and the query that it answers; `words` are the person's.

    `where` and `order` are of the query, `columns` of the index, as SQL writes them.
    """

    columns: tuple[str, ...]
    where: str
    order: str = ""
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table. `unique` are sets of columns; `exclusive` columns of what no two overlap on.

    Of the references `either`, one is given and the others are empty; `tree` is a reference to
    the row above, which is another row; the references `later` are made when the tables that they
    refer to are there. The columns of each of `together` are given or empty together; of the rows
    of one `single[0]`, one at most has the flag `single[1]`. `times_of` is a reference to an act
    whose times (and status, where it can be cancelled) stand in this table, too; `apart` are two
    references to one table that never name the same row.
    """

    name: str
    noun: str
    kind: Kind = "entity"
    columns: tuple[Column, ...] = ()
    links: tuple[Link, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    exclusive: tuple[str, ...] = ()
    later: tuple[Link, ...] = ()
    span: Span = Span()
    either: tuple[str, ...] = ()
    tree: str = ""
    together: tuple[tuple[str, ...], ...] = ()
    single: tuple[tuple[str, str], ...] = ()
    times_of: str = ""
    apart: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    indexes: tuple[Index, ...] = ()
    timed: bool = False
    cancels: bool = False

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables that it refers to, each once."""
        return tuple(dict.fromkeys(link.table for link in self.links))

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The tables whose rows are there before its own: parents, and what guards count."""
        counted = (g.table for g in self.guards if g.kind == "stocked" and g.table)
        return tuple(dict.fromkeys((*self.parents, *counted)))


@dataclass(frozen=True, kw_only=True)
class Model:
    """The whole, parents before children; `tenant` is the table of tenants, "" for none."""

    tables: tuple[Table, ...]
    tenant: str = ""
    tenant_column: str = ""
    members: str = ""
    isolation: Isolation = ""
    closed: bool = False
    by_name: dict[str, Table] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.by_name.update({t.name: t for t in self.tables})

    @property
    def apart(self) -> tuple[Table, ...]:
        """The tables whose rows belong to one tenant each."""
        own = {self.tenant, self.members}
        return tuple(t for t in self.tables if self.tenant and t.name not in own)
