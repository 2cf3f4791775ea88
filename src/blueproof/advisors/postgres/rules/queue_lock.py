"""Let workers pass over rows that another worker has locked.

Workers that take the first rows of a queue by FOR UPDATE all want the same ones: the second waits
until the first commits, so four workers do the work of one, and rows locked in another order end in
a deadlock. With SKIP LOCKED each takes the first rows that are free.
"""

import re
from collections.abc import Iterator
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned
from blueproof.advisors.postgres.parts.rewriting import Rewrite
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Runs
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.trees import read_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-select.html#SQL-FOR-UPDATE-SHARE",
    checked=date(2026, 11, 30),
    says="SKIP LOCKED passes over rows that cannot be locked at once: no consistent view, but what "
    "several consumers of a table that is used as a queue need",
)
_LOCK = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b(?:\s+OF\s+[\w\", ]*\w\"?)?", re.IGNORECASE)
_INNER = re.compile(r"\(\s*(SELECT\b[^()]*\bFOR\b[^()]*)\)", re.IGNORECASE)
_HOW = re.compile(r"\s*(?:SKIP\s+LOCKED|NOWAIT)\b", re.IGNORECASE)


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each query that takes the first few rows for itself."""
    for query in database.queries:
        places = list(_LOCK.finditer(query.query.text))
        if query.plan is None or query.slot or len(places) != 1 or not _takes_first(query):
            continue
        if not _HOW.match(query.query.text, places[0].end()):
            yield _advise(database, query, places[0].end())


def _takes_first(query: Planned) -> bool:
    """Whether a SELECT in it locks rows up to a LIMIT, and not a row that it knows by its key."""
    inner = _INNER.search(query.query.text)  # of an UPDATE or DELETE
    tree = read_tree(query.query.text) or (read_tree(inner[1]) if inner else None)
    if tree is None:
        return False
    selects = (s for s in tree.find_all(exp.Select) if s.args.get("locks") and s.args.get("limit"))
    return any(s.args.get("order") or not _is_by_key(s) for s in selects)


def _is_by_key(select: exp.Select) -> bool:
    where = select.args.get("where")
    names = {column.name for column in where.find_all(exp.Column)} if where else set()
    return names == {"id"}


def _advise(database: Database, query: Planned, place: int) -> Recommendation:
    text = f"{query.query.text[:place]} SKIP LOCKED{query.query.text[place:]}"
    rewrite = Rewrite(title="Pass over rows that are locked", text=text, because=())
    planned, _ = as_planned(database, query, rewrite)
    return Recommendation(
        slot=f"rewrite of {query.name}",
        rule=RULE.id,
        choice=f"Add SKIP LOCKED, in one transaction with the work: {planned.query.path}",
        because=(
            f"{query.name} locks the first rows it finds: a second worker finds the same ones, and "
            "waits until the first commits",
            "with SKIP LOCKED it takes the first rows that nobody has, so workers add up",
        ),
        instead_of=(
            Alternative(
                choice="mark the rows as taken, with the time at which the lease ends, and commit",
                why_not="better where the work takes longer than some seconds, since no "
                "transaction stays open (blueproof pattern job-queue)",
            ),
        ),
        trade_offs=(
            "rows that another transaction has locked for any reason are left out, so it is right "
            "for taking work and wrong for reading all that there is",
            "work is no longer begun strictly in order",
        ),
        evidence=(DOCS,),
        claims=(Runs(sql=planned.excerpt),),
        files=(
            Artifact(
                path=planned.query.path,
                purpose=f"takes the place of {query.name}",
                text=f"-- {query.name}: pass over rows that are locked.\n{planned.query.text};\n",
            ),
        ),
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
        regardless=True,
    )


_JOBS = """
CREATE TABLE jobs (
  id bigint PRIMARY KEY, state text NOT NULL, due timestamptz NOT NULL, body jsonb NOT NULL
);
CREATE INDEX jobs_due_idx ON jobs (due);
"""
_TAKE = "-- name: take\nSELECT * FROM jobs WHERE state = 'due' ORDER BY due LIMIT 100 {};"

RULE = Rule(
    id="pg-queue-lock",
    stage="query",
    title="Let workers pass over rows that another worker has locked",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="workers that take the first hundred", given=_JOBS,
             queries=_TAKE.format("FOR UPDATE")),
        Case(name="a lock that lets foreign keys be checked", given=_JOBS,
             queries=_TAKE.format("FOR NO KEY UPDATE OF jobs")),
        Case(name="taken inside of an update", given=_JOBS,
             queries="UPDATE jobs SET state = 'taken' WHERE id IN (SELECT id FROM jobs WHERE "
             "state = 'due' ORDER BY due LIMIT 1 FOR UPDATE) RETURNING *;"),
        Case(name="they are passed over already", given=_JOBS, fires=False,
             queries=_TAKE.format("FOR UPDATE SKIP LOCKED")),
        Case(name="it fails rather than waits", given=_JOBS, fires=False,
             queries=_TAKE.format("FOR UPDATE NOWAIT")),
        Case(name="one row that is known", given=_JOBS, fires=False,
             queries="SELECT * FROM jobs WHERE id = $1 LIMIT 1 FOR UPDATE;"),
        Case(name="all that there are", given=_JOBS, fires=False,
             queries="SELECT * FROM jobs WHERE state = 'due' FOR UPDATE;"),
        Case(name="nothing is locked", given=_JOBS, fires=False, queries=_TAKE.format("")),
    ),
)  # fmt: skip
