"""What is said of a query that the person calls slow and that no change makes cheaper.

The model is a model: where it finds cheap what takes seconds, one of them does not fit the other,
and the plan with its times tells which. Such a query is never called right as it is.
"""

import re
from collections.abc import Iterable, Iterator

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.wording import cost, listed
from blueproof.core.question import Question
from blueproof.sql.plan import Plan
from blueproof.sql.schema import Column

_WIDE = frozenset({"jsonb", "json", "bytea", "xml"})
_LONG = re.compile(
    r"body|content|description|html|payload|message|notes?$|comment|raw|document|data$|text$"
)
# Planner cost from which a query is no longer cheap: some hundred thousand rows are gone through.
_DEAR = 5_000.0
_SUMS = ("Aggregate", "GroupAggregate", "HashAggregate", "MixedAggregate", "WindowAgg")
_MOST_READ = 100_000  # rows of which sums are worth keeping


def is_told_slow(query: Planned) -> bool:
    """Whether the comment above a query, or the request, complains of it."""
    return bool(query.query.remark.complaint) or query.query.remark.loop


def is_explained(query: Planned) -> bool:
    """Whether the model finds the query dear itself, so that no other reason is needed."""
    return query.cost >= _DEAR and not query.query.remark.loop


def said_of_slow(query: Planned, database: Database) -> str:
    """Why a query that is cheap by the model can be slow, and what tells."""
    remark = query.query.remark
    if not remark.complaint:
        return _looped(query)
    rows = listed(
        tuple(
            f"{database.rows(table):,} rows of {table}"
            for table in dict.fromkeys(database.home(u.table) for u in query.uses)
        )
    )
    how = f" through {listed(query.plan.indexes)}" if query.plan and query.plan.indexes else ""
    wide = _wide(query, database)
    elsewhere = (
        "it waits for a lock or a free connection",
        "the table or its indexes are full of dead rows (bloat)",
        *((f"wide values ({listed(wide)}) are read from disk for each row",) if wide else ()),
        "the time is the network's or the program's",
    )
    return (
        f"you say {remark.complaint!r}, and the planner finds it cheap at {rows}{how}, so these do "
        "not fit each other: either your server plans it otherwise (old statistics, a value with "
        "far more rows than most, an index that is not there or invalid), or the time goes "
        f"elsewhere: {'; '.join(elsewhere)}. Run it with EXPLAIN (ANALYZE, BUFFERS) and the "
        "values of a slow call: that tells which"
    )


def said_of_dear(query: Planned, database: Database) -> str:
    """What is left for a query that has to read much, whatever is indexed."""
    complaint = query.query.remark.complaint
    told = f"; you say {complaint!r}, and its cost explains that" if complaint else ""
    return told + _sums(query, database)


def _sums(query: Planned, database: Database) -> str:
    if query.plan is None or not any(_is_sum(n) for n in query.plan.walk()):
        return ""
    most = max((database.rows(database.home(u.table)) for u in query.uses), default=0)
    if most < _MOST_READ:
        return ""
    return (
        "; it adds up rows of tables that are read whole each time, so keep the sums: a "
        "materialized view refreshed before it is looked at (REFRESH MATERIALIZED VIEW "
        "CONCURRENTLY), or a summary table that each day's job adds its day to"
    )


def _is_sum(node: Plan) -> bool:
    return node.node.removeprefix("Partial ").removeprefix("Finalize ") in _SUMS


def _looped(query: Planned) -> str:
    times = query.query.remark.times
    count = f"{times:,} calls wait" if times else "each call waits"
    return (
        f"cheap in itself (planner cost {cost(query.cost)}), but run in a loop: {count} for the "
        "network and a connection; hand over all keys in one query (= ANY of an array, or a join "
        "with the query that makes the list)"
    )


def _wide(query: Planned, database: Database) -> tuple[str, ...]:
    """The wide columns that the query gives out, by name or by a star."""
    text = query.query.text.lower()
    names = (
        c.name
        for use in query.uses
        for c in _columns(database, use.table)
        if c.type in _WIDE or (c.type == "text" and _LONG.search(c.name))
        if c.name.lower() in text or "*" in text
    )
    return tuple(dict.fromkeys(names))[:3]


def _columns(database: Database, table: str) -> tuple[Column, ...]:
    known = database.schema.by_name.get(table)
    return known.columns if known else ()


def slow_questions(queries: Iterable[Planned]) -> Iterator[Question]:
    """A question for the plan of each such query."""
    for number, query in enumerate(queries, start=1):
        yield Question(
            id=str(number),
            ask=f"What does the plan of {query.name} say, with the values of a slow call?",
            why=f"you say {query.query.remark.complaint!r}; the planner's cost of "
            f"{cost(query.cost)} does not explain it, the plan's times and buffers do",
            key="plan",
            changes=(query.name,),
            command=f"EXPLAIN (ANALYZE, BUFFERS) {' '.join(query.query.written.split())};",
        )
