"""The rows that a shape reads: found in words, bounded for both queries; small pieces of SQL."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from blueproof.advisors.query.ground import Ground, is_time
from blueproof.advisors.query.naming import ref, scalar, time_type
from blueproof.advisors.query.periods import find_period, plain_within, within
from blueproof.advisors.query.told import Condition, Period
from blueproof.sql.names import quote, quote_table

_TEXTS = ("text", "character", "citext")


def first_table(ground: Ground, text: str, *, timed: bool = False) -> str:
    """The first table that a text names, with a time column if it must have one; "" for none."""
    named = (n.table for n in ground.named_tables(text))
    return next((t for t in named if not timed or ground.time_of(t)), "")


def texts_of(ground: Ground, table: str) -> tuple[str, ...]:
    """The columns of a table that hold text."""
    return tuple(c.name for c in ground.table(table).columns if c.type.startswith(_TEXTS))


def columns_in(ground: Ground, table: str, text: str) -> tuple[str, ...]:
    """The columns of a table that a text names, in its order, the longest names first."""
    words = list(re.finditer(r"[A-Za-z_]\w*", text))
    found: list[str] = []
    at = 0
    while at < len(words):
        for n in (3, 2, 1):
            run = tuple(w[0] for w in words[at : at + n])
            named = ground.column_called(run, (table,)) if len(run) == n else None
            if named and named.column not in found:
                found.append(named.column)
                at += n - 1
                break
        at += 1
    return tuple(found)


def owner_of(ground: Ground, table: str, text: str, *, otherwise: bool = True) -> str:
    """The column by which rows of a table belong to somebody that a text names ("each user")."""
    columns = ground.table(table).by_name
    for found in re.finditer(
        r"\b(?:per|for each|for every|each|every|of each|same|by|of one|how many|unique"
        r"|distinct)\s+"
        r"(?P<who>[a-z_]+)", text, re.IGNORECASE):  # fmt: skip
        named = ground.table_called((found["who"],))
        way = ground.way(table, named) if named and named != table else None
        if way:
            return way[0].columns[0] if len(way) == 1 else ""
        column = ground.column_called((found["who"],), (table,))
        if column and not is_time(columns[column.column]) and column.column != ground.key(table):
            return column.column
    persons = [c for c in columns if re.fullmatch(
        r"(?:user|customer|visitor|member|account|session|anonymous|player|person|client|patient"
        r"|device|student|employee|driver)_?(?:id|uuid|key)", c)]  # fmt: skip
    return persons[0] if persons and otherwise else ""


@dataclass(frozen=True)
class Rows:
    """The rows of one table as both queries read them: its name, and bounds of both kinds."""

    ground: Ground
    table: str
    time: str
    zone: str = "UTC"

    def column(self, name: str) -> str:
        """A column, qualified."""
        return f"{ref(self.table)}.{quote(name)}"

    @property
    def at(self) -> str:
        """The column that says when."""
        return self.column(self.time)

    @property
    def type_(self) -> str:
        """The type of that column."""
        return time_type(self.ground, f"{self.table}.{self.time}")

    @property
    def source(self) -> str:
        """The table, for FROM."""
        return quote_table(self.table)

    def bounds(self, period: Period | None, conditions: Iterable[Condition] = ()) -> list[str]:
        """What rows must meet, for the query."""
        found = [c.sql.replace("{t}", ref(self.table)) for c in conditions]
        return ([within(self.at, period, self.type_, self.zone)] if period else []) + found

    def plain_bounds(
        self, alias: str, period: Period | None, conditions: Iterable[Condition] = ()
    ) -> list[str]:
        """The same for the plain query, under another name."""
        found = [c.plain.replace("{t}", alias) for c in conditions]
        column = scalar(self.ground, self.table, alias, self.table, self.time)
        return ([plain_within(column, period, self.type_, self.zone)] if period else []) + found


def period_in(text: str) -> Period | None:
    """The stretch of time that a text tells."""
    found = find_period(text)
    return found[0] if found else None


def where(bounds: Iterable[str], indent: str = "") -> str:
    """WHERE with its conditions, "" without any."""
    lines = list(bounds)
    return f"\n{indent}WHERE " + f"\n{indent}  AND ".join(lines) if lines else ""


def plain_where(bounds: Iterable[str]) -> str:
    """The same on one line, each in parentheses."""
    lines = [f"({b})" for b in bounds]
    return " WHERE " + " AND ".join(lines) if lines else ""
