"""Row counts that the planner foretold wrongly on a copy, and the statistics that might mend them.

The planner takes conditions on several columns for independent. Where they are not, it foretells
far too few rows, or too many, and joins as if that were so; CREATE STATISTICS tells it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from blueproof.advisors.postgres.database import Planned
from blueproof.facts.load import fact
from blueproof.sql.conditions import plain
from blueproof.sql.lexer import tokens
from blueproof.sql.names import quote, quote_table
from blueproof.sql.ran import Ran, Run
from blueproof.sql.uses import Use

_FEW_ROWS = 100.0  # a wrong count of fewer rows has no consequences
_MOST_COLUMNS = 8  # STATS_MAX_DIMENSIONS of PostgreSQL


@dataclass(frozen=True, kw_only=True)
class Misjudged:
    """Rows that were foretold wrongly: of which query and table, and what would tell better.

    `columns` are those that the query compares, or groups by, together.
    """

    query: str
    table: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    foretold: float
    found: float

    @property
    def definition(self) -> str:
        """What CREATE STATISTICS says after the name, with the word before it."""
        columns = ", ".join(map(quote, self.columns))
        return f"STATISTICS ({', '.join(self.kinds)}) ON {columns} FROM {quote_table(self.table)}"


def misjudged(query: Planned, run: Run, home: Callable[[str], str]) -> Iterator[Misjudged]:
    """What of a run was foretold wrongly by ten times or more, and lies in several columns.

    `home` gives the table itself, or the partitioned one whose partition it is.
    """
    if run.cut:
        return
    uses = {use.alias: use for use in query.uses}
    for node in run.plan.walk():
        found = _of_scan(node, uses) or _of_groups(node, uses)
        if found and is_wrong(node):
            use, columns, kinds = found
            yield Misjudged(
                query=query.name,
                table=home(use.table),
                columns=columns,
                kinds=kinds,
                foretold=node.foretold,
                found=node.found,
            )


def is_wrong(node: Ran) -> bool:
    """Whether the rows of a node were foretold so wrongly that it may matter."""
    line = float(fact("pg.misjudged-factor").value)
    many = max(node.foretold, node.found) >= _FEW_ROWS
    return node.loops > 0 and many and not 1 / line < node.error < line


_Found = tuple[Use, tuple[str, ...], tuple[str, ...]]


def _of_scan(node: Ran, uses: dict[str, Use]) -> _Found | None:
    """The columns that a scan compares with values alone, if there are several."""
    use = uses.get(node.alias) if node.relation else None
    if use is None or _names_others(node, uses):
        return None
    columns = tuple(sorted({*use.equal, *use.ranges}))[:_MOST_COLUMNS]
    return (use, columns, ("dependencies", "mcv")) if len(columns) > 1 else None


def _names_others(node: Ran, uses: dict[str, Use]) -> bool:
    """Whether a scan's conditions hold columns of another table, as inside a nested loop."""
    others = {alias for alias in uses if alias != node.alias}
    marks = (pair for c in node.conditions for pair in pairwise(tokens(c)))
    return any(plain(name) in others and dot.text == "." for name, dot in marks)


def _of_groups(node: Ran, uses: dict[str, Use]) -> _Found | None:
    """The columns of one table that a grouping is by, if there are several."""
    pairs = [_named(key) for key in node.group]
    aliases = {alias for alias, _ in pairs}
    use = uses.get(next(iter(aliases))) if len(aliases) == 1 else None
    columns = tuple(sorted({column for _, column in pairs}))[:_MOST_COLUMNS]
    return (use, columns, ("ndistinct",)) if use and len(columns) > 1 else None


def _named(key: str) -> tuple[str, str]:
    """Alias and column of a plain key such as o.status; empty texts for an expression."""
    pieces = [t for t in tokens(key) if t.kind != "space"]
    texts = [t.text for t in pieces]
    return (plain(pieces[0]), plain(pieces[2])) if texts[1:-1] == ["."] else ("", "")
