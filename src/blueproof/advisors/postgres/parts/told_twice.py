"""Two row counts of one table in the person's own words, far apart: both said, one asked for."""

from collections.abc import Iterator

from blueproof.core.advice import Finding
from blueproof.core.brief import Fact
from blueproof.core.question import Question
from blueproof.sql.names import quote_table
from blueproof.sql.rowcounts import RowCount

_ROWS, _OTHER = "scale.rows.", "conflict.rows."
_RULE = "pg-told-rows"


def said_twice(facts: tuple[Fact, ...]) -> Iterator[Finding]:
    """What was told of each such table, and which count is reckoned with."""
    for fact, kept in _pairs(facts):
        table = fact.key.removeprefix(_OTHER)
        yield Finding(
            rule=_RULE,
            where=table,
            severity="risk",
            says=f"two row counts of {table} are told, {_said(fact)} and {_said(kept)}: "
            f"{float(kept.value):,.0f} is reckoned with",
        )


def told_twice(facts: tuple[Fact, ...], counts: tuple[RowCount, ...]) -> Iterator[Question]:
    """A question for the true count of each such table."""
    reckoned = {c.table: c.rows for c in counts}
    for fact, kept in _pairs(facts):
        table = fact.key.removeprefix(_OTHER)
        yield Question(
            id="1",
            ask=f"How many rows does {table} have?",
            why=f"{_said(fact)} and {_said(kept)} are both told; which indexes pay depends on it",
            key=f"{_ROWS}{table}",
            options=(f"{float(fact.value):,.0f}", f"{float(kept.value):,.0f}"),
            default=f"{reckoned.get(table, 0):,}",
            changes=(f"advice on {table}",),
            command="SELECT reltuples::bigint FROM pg_class "
            f"WHERE oid = '{quote_table(table)}'::regclass;",
        )


def _pairs(facts: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    counts = {f.key: f for f in facts}
    for fact in facts:
        kept = counts.get(f"{_ROWS}{fact.key.removeprefix(_OTHER)}")
        if fact.key.startswith(_OTHER) and kept is not None:
            yield fact, kept


def _said(fact: Fact) -> str:
    return f"{float(fact.value):,.0f}" + (f" ({fact.where})" if fact.where else " (your words)")
