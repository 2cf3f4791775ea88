"""Build a condition only when there is something to filter by.

WHERE (customer_id = $1 OR $1 IS NULL) is one text for two questions. A plan that is made before the
value is known must answer both, so it reads every row; an index on the column only helps the text
that asks for the column alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.advisors.postgres.parts.index_advice import plan_uses, stated
from blueproof.advisors.postgres.parts.rewrite_advice import as_planned, repeats
from blueproof.advisors.postgres.parts.rewrite_measure import Outcome, gains, measure, standing
from blueproof.advisors.postgres.parts.rewriting import Asked, Rewrite
from blueproof.advisors.postgres.parts.wording import cost, listed, times
from blueproof.core.advice import Alternative, Artifact, QueryChange, Recommendation
from blueproof.core.claim import Claim, CostFalls, Runs
from blueproof.core.evidence import Citation
from blueproof.core.rule import Case, Rule
from blueproof.sql.filters import put, together
from blueproof.sql.scopes import columns, disjuncts
from blueproof.sql.trees import brief, write_tree

DOCS = Citation(
    url="https://www.postgresql.org/docs/current/sql-prepare.html",
    checked=date(2026, 11, 29),
    says="a generic plan is made without the parameters' values; after five runs it is taken if it "
    "looks about as cheap, unless plan_cache_mode = force_custom_plan",
)
_PAIR = 2


@dataclass(frozen=True, kw_only=True)
class _Given:
    """The query where every filter is given: its text, and the filters as they were and are."""

    text: str
    filters: tuple[tuple[str, str], ...]


def check(database: Database) -> Iterator[Recommendation]:
    """One recommendation for each query whose optional filters keep it from an index."""
    for query in database.queries:
        if query.plan is None or query.slot or not repeats(query.query.text):
            continue
        given = _read(Asked(database=database, query=query))
        if given is None:
            continue
        title = f"Ask for {listed(tuple(new for _, new in given.filters))} only when given"
        new, _ = as_planned(database, query, Rewrite(title=title, text=given.text, because=()))
        planned = plan_query(database.planner, new, database.made)
        if planned.plan is None:
            continue
        outcome = measure(database, query, planned)
        if gains(outcome, standing(database, query), instead=False):
            yield _advise(database, query, planned, given, outcome)


def _read(asked: Asked) -> _Given | None:
    if "$" not in asked.text and "coalesce" not in asked.text.lower():
        return None
    tree = asked.tree()
    found = []
    for parts in list(together(tree)) if tree is not None else []:
        for part in parts:
            condition = _condition(part)
            if condition is not None:
                found.append((brief(part), brief(condition)))
                put(part, condition.copy())
    return _Given(text=write_tree(tree), filters=tuple(found)) if tree and found else None


def _condition(part: exp.Expr) -> exp.Expr | None:
    """What is asked where there is a value: $1 IS NULL OR a = $1, a = coalesce($1, a)."""
    node = part.unnest()
    if isinstance(node, exp.Or):
        sides = [side.unnest() for side in disjuncts(node)]
        for side, other in (sides, sides[::-1]) if len(sides) == _PAIR else ():
            asked = _missing(side)
            held = list(other.find_all(exp.Parameter))
            if asked is not None and asked in held and any(columns(other)):
                return other
    if isinstance(node, exp.EQ) and isinstance(node.expression.unnest(), exp.Coalesce):
        value = node.expression.unnest()
        column, (*others,) = node.this.unnest(), value.expressions
        bare = isinstance(column, exp.Column) and [o.unnest() for o in others] == [column]
        if bare and isinstance(value.this.unnest(), exp.Parameter | exp.Cast):
            return exp.EQ(this=column.copy(), expression=value.this.copy())
    return None


def _missing(node: exp.Expr) -> exp.Parameter | None:
    """The parameter of $1 IS NULL, cast or not."""
    if not isinstance(node, exp.Is) or not isinstance(node.expression, exp.Null):
        return None
    value = node.this.unnest()
    inner = value.this.unnest() if isinstance(value, exp.Cast) else value
    return inner if isinstance(inner, exp.Parameter) else None


def _advise(
    database: Database, query: Planned, planned: Planned, given: _Given, outcome: Outcome
) -> Recommendation:
    """The query with all its filters, to be built without those that are not given."""
    asked = listed(tuple(new for _, new in given.filters))
    migration = outcome.migration
    on = listed(tuple(index.short for index in outcome.indexes))
    return Recommendation(
        slot=planned.slot,
        rule=RULE.id,
        choice=f"Ask for {asked} only when there is a value: {planned.query.path}"
        + (f", with an index on {on}" if outcome.indexes else ""),
        because=(
            *(
                f"{query.name} asks {old}: a plan made before the value is known must serve "
                "both, and no index serves both"
                for old, _ in given.filters
            ),
            f"planner cost {cost(outcome.before)} with a plan for all values, "
            f"{cost(outcome.after)} where the condition is there only when given: "
            f"{times(outcome.factor)} times less",
        ),
        instead_of=(
            Alternative(
                choice="one text, and plan_cache_mode = force_custom_plan for it",
                why_not="right as well: every run is then planned anew with its values, which "
                "costs planning time and must be set wherever the query is run",
            ),
        ),
        trade_offs=(
            f"the file is the query with a value for each: leave out {asked} where none is given",
            "a driver that sends the values along has them known when it plans, and loses "
            "nothing as long as PostgreSQL does not turn to a plan for all values",
        ),
        evidence=(DOCS,),
        claims=_claims(database, query, planned, outcome),
        files=(
            Artifact(
                path=planned.query.path,
                purpose=f"takes the place of {query.name} where all its filters are given",
                text=f"-- {query.name}: leave out {asked} where there is no value for it.\n"
                f"{planned.query.text};\n",
            ),
            *(migration.artifacts if migration else ()),
        ),
        needs=tuple(dict.fromkeys(change.slot for change in outcome.built_on)),
        schema_change=migration.change if migration else None,
        table=outcome.indexes[0].table if outcome.indexes else "",
        query_change=QueryChange(original=query.excerpt, rewritten=planned.excerpt),
    )


def _claims(
    database: Database, query: Planned, planned: Planned, outcome: Outcome
) -> tuple[Claim, ...]:
    """That the text runs and is cheaper: not that its rows are the same, as it asks for less."""
    after = tuple(change.file for change in outcome.built_on)
    change = outcome.migration.change if outcome.migration else None
    falls = CostFalls(
        query=query.excerpt,
        rewritten=planned.excerpt,
        change=change,
        factor=stated(outcome.factor),
        after=after,
    )
    uses = (
        claim
        for index in outcome.indexes
        if outcome.migration
        for claim in plan_uses(index, outcome.migration, planned.excerpt, database, after)
    )
    return (Runs(sql=planned.excerpt), falls, *uses)


_TABLES = """
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL, note text,
  placed_on date NOT NULL
);
CREATE INDEX ON orders (customer_id);
"""
_ASKED = "-- name: orders_found\nSELECT id, note FROM orders WHERE {};"
_LARGE = ("orders=5M",)

RULE = Rule(
    id="pg-optional-filter",
    stage="query",
    title="Build a condition only when there is something to filter by",
    guide=__doc__ or "",
    evidence=(DOCS,),
    check=check,
    cases=(
        Case(name="a filter that may be left out", given=_TABLES, rows=_LARGE,
             queries=_ASKED.format("customer_id = $1 OR $1 IS NULL")),
        Case(name="two of them, cast, beside another condition", given=_TABLES, rows=_LARGE,
             queries=_ASKED.format("status <> $3 AND (customer_id = $1 OR $1::bigint IS NULL) "
                                   "AND ($2::date IS NULL OR placed_on >= $2)")),
        Case(name="the column itself where there is no value", given=_TABLES, rows=_LARGE,
             queries=_ASKED.format("customer_id = coalesce($1, customer_id)")),
        Case(name="the index is still to be made", given=_TABLES, rows=_LARGE,
             queries=_ASKED.format("$1::text IS NULL OR note = $1")),
        Case(name="another condition finds the rows", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ASKED.format("id = $2 AND (customer_id = $1 OR $1 IS NULL)")),
        Case(name="a filter that leaves nearly all", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ASKED.format("$1::text IS NULL OR status <> $1")),
        Case(name="rows without a customer are wanted", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ASKED.format("note IS NULL OR note = $1")),
        Case(name="the parameter of another condition", given=_TABLES, rows=_LARGE, fires=False,
             queries=_ASKED.format("$2::bigint IS NULL OR customer_id = $1")),
        Case(name="a small table", given=_TABLES, rows=("orders=100",), fires=False,
             queries=_ASKED.format("customer_id = $1 OR $1 IS NULL")),
    ),
)  # fmt: skip
