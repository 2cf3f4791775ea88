"""Fetch what a list needs in one query, not one query for each of its rows.

A query that picks one row by its key, run many times for each run of a query that lists the rows
referring to it, is a loop in the program. Each call is fast, and each waits for the network: = ANY
takes all keys of the list at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned
from blueproof.advisors.postgres.parts.rewriting import Rewrite
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Runs
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.scopes import Scopes
from blueproof.sql.selected import has, is_of, name_of, only_table
from blueproof.sql.trees import read_tree, write_tree

SUPABASE = Citation(
    url="https://github.com/supabase/agent-skills",
    checked=date(2026, 11, 29),
    says="one query an item in a loop costs a round trip each: batch them with = ANY or a join",
)
_LOOPS = 10  # lookups for each run of the list, from which on it must be a loop
_FEWEST_CALLS = 1_000


@dataclass(frozen=True, kw_only=True)
class _Loop:
    """A lookup by one column, the query whose rows it is run for, and how many times for each."""

    lookup: Planned
    listing: Planned
    tree: exp.Select
    table: str
    column: str
    times: float


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each lookup that is run in a loop over a list."""
    for query in database.queries:
        loop = _read(database, query) if query.plan is not None and not query.slot else None
        if loop is None:
            continue
        rewrite = Rewrite(
            title=f"Fetch all {loop.table} of a list at once", text=_batched(loop), because=()
        )
        new, _ = as_planned(database, query, rewrite)
        planned = plan_query(database.planner, new, database.made)
        if planned.plan is not None:
            yield _advise(query, planned, loop)


def _read(database: Database, query: Planned) -> _Loop | None:
    often = query.query.weight >= _FEWEST_CALLS
    tree = read_tree(query.query.text) if often else None
    if not isinstance(tree, exp.Select) or has(tree):
        return None
    scopes = Scopes(database.schema)
    source, where = only_table(tree, scopes), tree.args.get("where")
    condition = where.this if where else None
    if source is None or source.table is None or not isinstance(condition, exp.EQ):
        return None
    column, value = condition.this, condition.expression
    if not isinstance(column, exp.Column) or not isinstance(value, exp.Parameter):
        return None
    name = name_of(column)
    if not is_of(column, source, scopes) or any(tree.find_all(exp.AggFunc, exp.Window)):
        return None
    listings = list(_listings(database, query, source.table.name, name))
    if not listings:
        return None
    listing = min(listings, key=lambda each: each.query.weight)
    return _Loop(
        lookup=query,
        listing=listing,
        tree=tree,
        table=source.table.name,
        column=name,
        times=query.query.weight / listing.query.weight,
    )


def _listings(database: Database, query: Planned, table: str, column: str) -> Iterator[Planned]:
    """The queries of many rows that refer to the one looked up, run far less often than it is."""
    if not database.schema.by_name[table].is_key((column,)):
        return
    children = {
        k.table
        for k in database.schema.foreign_keys
        if k.references == table and k.referenced == (column,)
    }
    for other in database.queries:
        reads = {use.table for use in other.uses}
        many = other.plan is not None and other.plan.rows > 1
        often = other.query.weight > 1 and query.query.weight >= _LOOPS * other.query.weight
        if other is not query and many and often and reads & children and table not in reads:
            yield other


def _batched(loop: _Loop) -> str:
    tree = loop.tree.copy()
    condition = tree.args["where"].this
    condition.set("expression", exp.Any(this=exp.Paren(this=condition.expression)))
    return write_tree(tree)


def _advise(query: Planned, planned: Planned, loop: _Loop) -> Recommendation:
    return Recommendation(
        slot=f"rewrite of {query.name}",
        rule=RULE.id,
        choice=f"Fetch all {loop.table} of {loop.listing.name} at once: {planned.query.path}",
        because=(
            f"{query.name} was run {query.query.weight:,.0f} times and {loop.listing.name} "
            f"{loop.listing.query.weight:,.0f} times: about {loop.times:,.0f} lookups a list",
            f"each list then waits for the network {loop.times:,.0f} times more than it must",
        ),
        instead_of=(
            Alternative(
                choice=f"join {loop.table} in {loop.listing.name}",
                why_not="just as good, and one query less, where the list always needs it",
            ),
        ),
        trade_offs=(
            f"the program collects the keys and puts each row of {loop.table} beside its own: they "
            "come back once each, in no order",
            "the counts only suggest the loop: look for it in the program first",
        ),
        evidence=(SUPABASE,),
        claims=(Runs(sql=planned.excerpt),),
        files=(
            Artifact(
                path=planned.query.path,
                purpose=f"takes the place of {query.name}",
                text=f"-- {query.name}, for an array of keys.\n{planned.query.text};\n",
            ),
        ),
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
    )


_TABLES = """
CREATE TABLE authors (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE posts (
  id bigint PRIMARY KEY, author_id bigint NOT NULL REFERENCES authors, title text NOT NULL
);
"""
_CALLS = """-- name: newest_posts, calls: {}
SELECT id, title, author_id FROM posts ORDER BY id DESC LIMIT 50;
-- name: author, calls: {}
SELECT id, name FROM authors WHERE {};
"""

RULE = Rule(
    id="pg-repeated-lookup",
    stage="query",
    title="Fetch what a list needs in one query",
    guide=__doc__ or "",
    evidence=(SUPABASE,),
    check=check,
    cases=(
        Case(name="fifty authors for each list of posts", given=_TABLES,
             queries=_CALLS.format(2_000, 100_000, "id = $1")),
        Case(name="about as often as the list", given=_TABLES, fires=False,
             queries=_CALLS.format(50_000, 100_000, "id = $1")),
        Case(name="nothing was counted", given=_TABLES, fires=False,
             queries=_CALLS.format(1, 1, "id = $1")),
        Case(name="by no key", given=_TABLES, fires=False,
             queries=_CALLS.format(2_000, 100_000, "name = $1")),
        Case(name="no list refers to what is looked up", fires=False,
             given=_TABLES.replace(" REFERENCES authors", ""),
             queries=_CALLS.format(2_000, 100_000, "id = $1")),
        Case(name="it takes an array already", given=_TABLES, fires=False,
             queries=_CALLS.format(2_000, 100_000, "id = ANY ($1)")),
    ),
)  # fmt: skip
