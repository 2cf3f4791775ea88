"""What a wish for a query tells, once it is read on the tables: the one input of both writers."""

from dataclasses import dataclass
from typing import Literal

Unit = Literal["hour", "day", "week", "month", "quarter", "year"]
Span = Literal["rolling", "calendar", "fixed"]
How = Literal["count", "distinct", "sum", "avg", "min", "max", "percentile", "rate"]
Kind = Literal["change", "change-percent", "running", "moving", "share", "rank"]
Sign = Literal["=", ">", ">=", "<", "<="]


@dataclass(frozen=True, kw_only=True)
class Period:
    """A stretch of time, its low end in it and its high end not.

    `rolling` is reckoned from now on, in units ("the last 90 days": low -90, high 0), `calendar`
    from the beginning of the unit that now lies in ("last month": low -1, high 0), `fixed` by the
    days `start` and `end`. An end that is None or "" is open.
    """

    words: str
    kind: Span
    unit: Unit = "day"
    low: int | None = None
    high: int | None = None
    start: str = ""
    end: str = ""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """A condition on one table's row as both writers write it; `{t}` stands for the table."""

    table: str
    sql: str
    plain: str
    says: str
    assumed: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure over the rows of a table ("facts"), of those in the period and conditions.

    `how` is an aggregate; `value` what it is taken of, with `{t}` for the table; `rate` is what a
    row must meet to count as one of the part. `zero` is whether no rows are 0 and not NULL.
    """

    name: str
    how: How
    table: str
    value: str = ""
    time: str = ""
    period: Period | None = None
    conditions: tuple[Condition, ...] = ()
    rate: Condition | None = None
    percent: float = 0.5
    day: bool = False
    words: str = ""
    says: str = ""

    @property
    def zero(self) -> bool:
        """Whether where there is no row the figure is 0."""
        return self.how in {"count", "distinct", "sum"}


@dataclass(frozen=True, kw_only=True)
class Over:
    """A figure that is made of another one's column: a change, a running total, a share.

    `back` counts the units or rows gone back or averaged over; `against` is another column that a
    change is reckoned against.
    """

    name: str
    kind: Kind
    of: str
    back: int = 1
    against: str = ""


@dataclass(frozen=True, kw_only=True)
class Group:
    """What one row is for: an entity's row, a value of a column, a stretch of time."""

    kind: Literal["entity", "column", "bucket"]
    name: str
    table: str = ""
    column: str = ""
    unit: Unit = "day"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What an entity's other rows must be: none, some, or so many; `sign` and `count` say it.

    `distinct` is the column whose different values are counted in place of rows.
    """

    table: str
    sign: Sign
    count: int
    time: str = ""
    period: Period | None = None
    conditions: tuple[Condition, ...] = ()
    distinct: str = ""
    words: str = ""

    @property
    def none(self) -> bool:
        """Whether there must be no such row."""
        return (self.sign, self.count) in {("=", 0), ("<", 1), ("<=", 0)}


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A bound on a figure: only groups beyond it are shown."""

    of: str
    sign: Sign
    value: str
    measure: Measure | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A table of figures or a list of things, as the words tell it.

    `listed` bounds a list of things by a column of their own ("orders.created_at"); `extra` are
    columns of other things that a listed one leads to: the table, the column, its name.
    """

    groups: tuple[Group, ...]
    measures: tuple[Measure, ...] = ()
    over: tuple[Over, ...] = ()
    needs: tuple[Needs, ...] = ()
    conditions: tuple[Condition, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    keeps: bool = False
    fills: bool = False
    zone: str = "UTC"
    listed: tuple[str, Period] | None = None
    extra: tuple[tuple[str, str, str], ...] = ()
    order: str = ""
    descending: bool = True
    limit: int = 0
    within: int = 0
    ties: bool = False


@dataclass(frozen=True, kw_only=True)
class Written:
    """A query, the plain one that it must agree with, and what to say of it.

    `main` is the answer's first sentence; `decisions` are what was decided and why, a line each;
    `assumed` what the words leave open; `left` quotes what was not read. `before` is how many
    values of `parameters` there are, each said in words. `periods` are those that bound a column
    ("orders.created_at").
    """

    sql: str
    plain: str
    main: str
    decisions: tuple[str, ...] = ()
    assumed: tuple[tuple[str, str, str], ...] = ()
    left: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    never_null: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    changes: bool = False
    periods: tuple[tuple[str, Period], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Unread:
    """A wish that is not written: what was read of it and what was not."""

    read: tuple[str, ...]
    left: tuple[str, ...]
    asks: tuple[str, ...] = ()
