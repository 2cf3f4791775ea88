"""A slow query as it is told: its conditions, its order, its table, what it does besides."""

from dataclasses import dataclass
from typing import Literal

# How a column is compared: with a value, a list, a range, a pattern, by containment, with nothing.
Use = Literal["equals", "one-of", "range", "fixed", "contains-text", "starts-with", "contains"]


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A column, or an expression over one, that the words compare with something.

    `where` is the condition itself where it is told whole: `read_at IS NULL`, `state = 'pending'`;
    `others` are columns any of which may hold it as well;
    `sliced` is the function of time around the column, such as date, which keeps an index from use.
    """

    column: str
    use: Use
    table: str = ""
    where: str = ""
    sliced: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Sort:
    """A column of the order, and whether the largest come first."""

    column: str
    descending: bool = False
    table: str = ""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What the words tell of one slow query; nothing in it is guessed.

    `limit` is how many rows are wanted; `rows` and `asked` quote the table's size and another
    remedy that was thought of; `indexed` are the columns of the indexes that are there already.
    Then what it does: conditions joined by "or", a count, an OFFSET, a DELETE of old rows, a job
    taken FOR UPDATE, after rows were loaded, a search by pattern, an order of no named column.
    `sums` are the figures that are added up, `by_time` the stretch of `time` that they are of,
    `by_each` the column of whose every value they are; `distinct` the column whose different values
    are asked for. `named` is whether any of it can be worked with.
    """

    filters: tuple[Condition, ...] = ()
    sorts: tuple[Sort, ...] = ()
    joins: tuple[Condition, ...] = ()
    table: str = ""
    rows: str = ""
    limit: str = ""
    asked: str = ""
    indexed: tuple[tuple[str, ...], ...] = ()
    either: bool = False
    counts: bool = False
    skips: bool = False
    deletes: bool = False
    takes: bool = False
    loaded: bool = False
    searches: bool = False
    unordered: bool = False
    sums: tuple[str, ...] = ()
    by_time: str = ""
    time: str = ""
    by_each: str = ""
    distinct: str = ""
    named: bool = True
