"""Run once what is said to be run for each row of a list.

A query in a loop (N+1) is fast each time and waits for the network and the pool each time. The
program knows all keys before the loop: it asks for all of them at once, with = ANY and an array,
or with LATERAL where each key has a count or first rows of its own.
"""

from collections.abc import Iterator
from datetime import date

from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned, repeats
from blueproof.advisors.postgres.parts.rewriting import Rewrite
from blueproof.advisors.postgres.parts.wording import cost
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Runs, SameRows
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.core.scene import Excerpt
from blueproof.sql.at_once import Batched, batched

SUPABASE = Citation(
    url="https://github.com/supabase/agent-skills",
    checked=date(2026, 11, 29),
    says="one query an item in a loop costs a round trip each: batch them with = ANY or a join",
)


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each query that is said to run in a loop and can be batched."""
    for query in database.queries:
        if query.plan is None or query.slot or not query.query.remark.loop:
            continue
        found = batched(query.query.text, database.schema)
        if found is None or not repeats(query.query.text):
            continue
        rewrite = Rewrite(title="Fetch the rows of all keys at once", text=found.text, because=())
        new, _ = as_planned(database, query, rewrite)
        planned = plan_query(database.planner, new, database.made)
        if planned.plan is not None:
            yield _advise(query, planned, found)


def _advise(query: Planned, planned: Planned, found: Batched) -> Recommendation:
    calls = query.query.remark.times
    each = f"{calls:,} times" if calls else "once for each row of a list"
    kept = "and gives it out beside each row" if found.added else "which each row has beside it"
    return Recommendation(
        slot=f"rewrite of {query.name}",
        rule=RULE.id,
        choice=f"One query in place of the loop: {planned.query.path} takes all values of "
        f"{found.column} as an array",
        because=(
            f"you say that {query.name} is run {each}: each call is cheap (planner cost "
            f"{cost(query.cost)}), and each waits for the network and a connection by itself",
            f"${found.number} is an array of the keys; the query holds {found.column} against "
            f"it, {kept}, so that one query serves the whole list",
        ),
        instead_of=(
            Alternative(
                choice="join it to the query that makes the list",
                why_not="just as good where the list is one query of yours and always needs it",
            ),
        ),
        trade_offs=(
            f"the program puts the rows beside their {found.column} itself; a key without rows "
            "has none in the answer",
            "thousands of keys at once: hand them over in groups of some hundred",
        ),
        evidence=(SUPABASE,),
        claims=(
            Runs(sql=planned.excerpt),
            SameRows(original=Excerpt(text=found.twice), rewritten=Excerpt(text=found.both)),
        ),
        files=(
            Artifact(
                path=planned.query.path,
                purpose=f"takes the place of the loop over {query.name}",
                text=f"-- {query.name}, for an array of keys (${found.number}).\n"
                f"{planned.query.text};\n",
            ),
        ),
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
    )


_TABLES = """
CREATE TABLE shelves (id bigint PRIMARY KEY, room text NOT NULL);
CREATE TABLE books (
  id bigint PRIMARY KEY, shelf_id bigint NOT NULL REFERENCES shelves, title text NOT NULL
);
CREATE INDEX books_shelf_id_idx ON books (shelf_id);
"""
_LOOPED = "-- books of a shelf, {}\n{};\n"
_BOOKS = "SELECT title FROM books WHERE shelf_id = $1"

RULE = Rule(
    id="pg-told-loop",
    stage="query",
    title="Run once what is run for each row of a list",
    guide=__doc__ or "",
    evidence=(SUPABASE,),
    check=check,
    cases=(
        Case(name="once for each shelf of the page", given=_TABLES,
             queries=_LOOPED.format("once for each of the 20 shelves of the page (N+1)", _BOOKS)),
        Case(name="a count for each shelf", given=_TABLES,
             queries=_LOOPED.format("called 20 times per page", "SELECT count(*) FROM books "
                                    "WHERE shelf_id = $1")),
        Case(name="the first three of each shelf", given=_TABLES,
             queries=_LOOPED.format("in a loop", f"{_BOOKS} ORDER BY title LIMIT 3")),
        Case(name="no loop is told", given=_TABLES, fires=False,
             queries=_LOOPED.format("500 calls per minute", _BOOKS)),
        Case(name="it takes an array already", given=_TABLES, fires=False,
             queries=_LOOPED.format("in a loop", "SELECT title FROM books WHERE shelf_id = "
                                    "ANY ($1)")),
        Case(name="no key is seen", given=_TABLES, fires=False,
             queries=_LOOPED.format("in a loop", "SELECT title FROM books WHERE title > $1")),
    ),
)  # fmt: skip
