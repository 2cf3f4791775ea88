"""Rows that a planner expects far too few of.

No index cures that: the planner knows too little of the column. More of its values are kept with a
larger statistics target; what several columns say together, extended statistics know.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.core.advice import Step
from blueproof.core.blueprint import Unproved
from blueproof.sql.names import quote, quote_table

_TARGET = 1_000  # of at most 10,000; the default is 100


@dataclass(frozen=True, kw_only=True)
class Misjudged:
    """A table of which fewer rows are foretold than come, and the columns that its rows hang on.

    Both are 0 where only that they differ is told.
    """

    table: str
    columns: tuple[str, ...]
    foretold: int
    found: int

    @property
    def statements(self) -> tuple[str, ...]:
        """What tells the planner more of these columns."""
        table = quote_table(self.table)
        if len(self.columns) > 1:
            listed = ", ".join(map(quote, self.columns))
            return (f"CREATE STATISTICS (dependencies, ndistinct, mcv) ON {listed} FROM {table}",
                    f"ANALYZE {table}")  # fmt: skip
        column = quote(self.columns[0])
        return (f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {_TARGET}",
                f"ANALYZE {table}")  # fmt: skip

    @property
    def says(self) -> str:
        """The cause and its cure, as one sentence without its end."""
        why = "hang together" if len(self.columns) > 1 else "is spread"
        if not self.found:
            return (
                f"the planner's estimates of {self.table} are far off, as you tell, so it knows "
                f"too little of how {' and '.join(self.columns)} {why}: "
                f"{'; '.join(self.statements)}"
            )
        return (
            f"the planner expects {self.foretold:,} rows of {self.table} where about "
            f"{self.found:,} come, so it knows too little of how {' and '.join(self.columns)} "
            f"{why}: {'; '.join(self.statements)}"
        )


def misjudged_steps(misjudged: tuple[Misjudged, ...]) -> Iterator[Step]:
    """What to run first: it locks nobody out, and is undone at once."""
    for each in misjudged:
        table, first = quote_table(each.table), quote(each.columns[0])
        alone = len(each.columns) == 1
        yield Step(
            do=f"psql \"$DATABASE_URL\" -c '{'; '.join(each.statements)}'",
            horizon="now",
            check=f"EXPLAIN (ANALYZE) expects about as many rows of {each.table} as come",
            undo=f"ALTER TABLE {table} ALTER COLUMN {first} SET STATISTICS -1; ANALYZE {table}"
            if alone
            else "DROP STATISTICS, with the name that \\d shows",
        )


def misjudged_unproved(misjudged: tuple[Misjudged, ...]) -> Iterator[Unproved]:
    """That no made row stands for it."""
    for each in misjudged:
        yield Unproved(
            statement=f"that more statistics of {' and '.join(each.columns)} mend the plan",
            why="on the made rows, most of which ANALYZE samples, the planner misjudges nothing",
        )
