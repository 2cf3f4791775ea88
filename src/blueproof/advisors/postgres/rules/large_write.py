"""Change many rows in batches, each in a transaction of its own.

One UPDATE or DELETE of millions of rows holds its locks until its end, keeps vacuum from what all
others leave behind meanwhile, sends its log to the replicas in one go, and begins anew if it is
stopped. Steps through the table by its key read it once, each for some milliseconds.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned
from blueproof.advisors.postgres.parts.rewriting import Rewrite
from blueproof.advisors.postgres.parts.wording import count
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Runs
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.batches import BATCH, PAUSE, Stepwise, stepwise

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/plpgsql-transactions.html",
    checked=date(2026, 11, 30),
    says="a DO block that is called outside a transaction may COMMIT, which begins the next one",
)
_LEAST = 500_000  # rows of one statement; the clock of a server without load says seconds
_MOST_OF_IT = 0.5
_SECONDS = 60.0


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each statement that changes very many rows at once."""
    for query in database.queries:
        rows = changed(query)
        found = stepwise(query.query.text, database.schema) if rows >= _LEAST else None
        if found is not None:
            yield _advise(database, query, found, rows)


def changed(query: Planned) -> float:
    """The rows that the planner expects a write to change; 0 of anything else."""
    top = query.plan
    if top is None or top.node != "ModifyTable":
        return 0.0
    return max((child.rows for child in top.children), default=0.0)


def _advise(database: Database, query: Planned, found: Stepwise, rows: float) -> Recommendation:
    rewrite = Rewrite(
        title="One batch", text=found.step, because=(),
        new=(f"the first {found.key} of the batch", f"the first {found.key} behind it"),
    )  # fmt: skip
    planned, _ = as_planned(database, query, rewrite)
    path = planned.query.path.replace("queries/", "batches/", 1)
    held = database.rows(found.table)
    steps = -(-held // BATCH)
    verb = "deletes" if found.deletes else "changes"
    return Recommendation(
        slot=f"batches of {query.name}",
        rule=RULE.id,
        choice=f"Run {query.name} in batches of {BATCH:,} rows: {path}",
        because=(
            f"{query.name} {verb} about {rows:,.0f} of {held:,} rows of {found.table} in one "
            "transaction: it holds its locks and keeps what it replaces until its end, and begins "
            "anew if it is stopped",
            f"by {found.key} the table is gone through once, in {count(steps, 'step')} of a "
            "transaction each; stopped, it can be run again",
        ),
        instead_of=_otherwise(found, rows / max(held, 1)),
        trade_offs=(
            f"all batches together take no less time, and {_time(steps * PAUSE)} more for the "
            f"pauses of {PAUSE} s",
            "others see it half done meanwhile, and a failure leaves what was done",
            *(("the disk's space comes back to the table, not to the system",)
              if found.deletes else ()),
        ),
        evidence=(DOCS,),
        claims=(Runs(sql=planned.excerpt),),
        files=(_file(query, found, path),),
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
        regardless=True,
    )  # fmt: skip


def _file(query: Planned, found: Stepwise, path: str) -> Artifact:
    """The script of all steps, with what is to be put in by hand."""
    names = query.query.parameters
    open_ = f"-- Put your values in place of {', '.join(names)}.\n" if names else ""
    head = f"-- {query.name} in batches of {BATCH:,} rows. Run it outside a transaction.\n"
    return Artifact(
        path=path, purpose=f"runs {query.name} batch by batch", text=f"{head}{open_}{found.script}"
    )


def _otherwise(found: Stepwise, share: float) -> tuple[Alternative, ...]:
    if not found.deletes:
        return ()
    parts = Alternative(
        choice="partitions by the time that the rows are deleted by, dropped whole",
        why_not="right where rows of an age go again and again; for once the table would have to "
        "be copied",
    )
    copy = Alternative(
        choice="copy the rows that stay into a new table and give it the old one's name",
        why_not="quicker where most rows go, and gives the disk back; writes have to stop "
        "meanwhile, and keys, indexes and rights are made anew",
    )
    return (copy, parts) if share >= _MOST_OF_IT else (parts,)


def _time(seconds: float) -> str:
    return f"{seconds:,.0f} s" if seconds < 2 * _SECONDS else f"{seconds / _SECONDS:,.0f} minutes"


_TABLES = """
CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz NOT NULL, kind text, done boolean);
CREATE TABLE halls (a int, b int, seen boolean, PRIMARY KEY (a, b));
"""
_LARGE = ("events=20M", "halls=20M")

RULE = Rule(
    id="pg-large-write",
    stage="schema",
    title="Change many rows in batches, each in a transaction of its own",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="old rows that go", given=_TABLES, rows=_LARGE,
             queries="DELETE FROM events WHERE at < '2025-10-01';"),
        Case(name="a column to be filled", given=_TABLES, rows=_LARGE,
             queries="UPDATE events e SET kind = $1 WHERE e.kind IS NULL OR e.done;"),
        Case(name="every row", given=_TABLES, rows=_LARGE,
             queries="UPDATE events SET done = true;"),
        Case(name="a few rows of many", given=_TABLES, rows=_LARGE, fires=False,
             queries="DELETE FROM events WHERE id < 900;"),
        Case(name="few rows in all", given=_TABLES, rows=("events=20k",), fires=False,
             queries="UPDATE events SET done = true;"),
        Case(name="rows that hang on others of their table", given=_TABLES, rows=_LARGE,
             fires=False, queries="DELETE FROM events WHERE at < (SELECT max(at) FROM events);"),
        Case(name="the key itself is changed", given=_TABLES, rows=_LARGE, fires=False,
             queries="UPDATE events SET id = id + 1;"),
        Case(name="a key of two columns", given=_TABLES, rows=_LARGE, fires=False,
             queries="UPDATE halls SET seen = true;"),
        Case(name="rows that are only read", given=_TABLES, rows=_LARGE, fires=False,
             queries="SELECT * FROM events WHERE at < '2025-10-01';"),
    ),
)  # fmt: skip
