"""Several things taken by one act: the times of the act beside each, so that none is taken twice.

An exclusion constraint sees one table. The times (and the status, where an act can be cancelled)
stand in the table between the two as well, and the foreign key keeps them those of the act.
"""

from dataclasses import replace

from blueproof.advisors.model.changing import Tables
from blueproof.advisors.model.design import Column, Span, Table

DATES = (
    Column(name="starts_on", type="date", sample="'2030-01-01'"),
    Column(
        name="ends_on",
        type="date",
        sample="'2030-01-31'",
        required=False,
        check="ends_on >= starts_on",
        breaks="'2029-12-31'",
    ),
)


def spanned(table: Table, column: str, made: Tables, of: str = "") -> Tables:
    """The table between an act and what it takes, of which no two overlap; and the act.

    `of` is the reference to the act, where there are more than two.
    """
    link = next(k for k in table.links if k.column == (of or k.column) and k.column != column)
    act = made[link.table]
    days = {"starts_on", "ends_on"} <= {c.name for c in act.columns}
    if not days and not act.timed:
        return {}
    span = Span(starts="starts_on", ends="ends_on", type="daterange") if days else Span()
    own = tuple(_bounded(c) if days else c for c in act.columns)
    times = [c for c in own if c.name in {span.starts, span.ends}]
    if act.cancels:
        times += [c for c in own if c.name == "status"]
    copies = tuple(replace(c, check="", breaks="", default="", required=True) for c in times)
    kept = tuple(c for c in table.columns if c.name not in {t.name for t in times})
    return {
        act.name: replace(act, columns=own),
        table.name: replace(
            table,
            columns=(*copies, *kept),
            unique=(),  # a thing twice in one act overlaps itself
            exclusive=(column,),
            span=span,
            cancels=act.cancels,
            times_of=link.column,
        ),
    }


def _bounded(column: Column) -> Column:
    """The dates of an act, both there: what is taken comes back on a day."""
    sample = next((c for c in DATES if c.name == column.name), None)
    return replace(sample, said=column.said, required=True) if sample else column


def copied(table: Table) -> tuple[str, ...]:
    """The columns that stand in a table as they do in the act that it refers to."""
    status = ("status",) if table.cancels else ()
    return (table.span.starts, table.span.ends, *status) if table.times_of else ()
