"""The consultation on a plan that EXPLAIN printed."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from blueproof.advisors.plan.advise import advise_plans, beside_database, kept, tables_read
from blueproof.advisors.plan.leading import Leading, leading, most_of
from blueproof.advisors.postgres.database import Planned
from blueproof.advisors.premises.judge import judge
from blueproof.consulting.kinds import kind_of
from blueproof.core.blueprint import Blueprint, Conclusion, Draft
from blueproof.core.brief import Brief, Fact
from blueproof.facts.load import fact
from blueproof.intake.database import ROWS, given_rows
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.plans.node import ReadPlan
from blueproof.sql.plans.read import read_plans
from blueproof.sql.plans.text import CUT
from blueproof.sql.plans.values_seen import values_seen
from blueproof.sql.schema import Schema

# The name by which an error's line is found again in the person's own file.
_PLACE = "plan.sql"


def advise_plan(brief: Brief, progress: Callable[[str], None] = lambda _: None) -> Blueprint:
    """The blueprint of a brief with a plan; SqlError where no plan stands in it."""
    progress("reading the plan")
    draft, conclusion = advise_plans(brief, plans_of(brief), kind_of(brief, "why"), judge(brief))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def is_cut(brief: Brief) -> bool:
    """Whether only a beginning of the plan was handed over, which does not tell where time goes."""
    plans = plans_of(brief)
    return bool(plans) and all(CUT in plan.remarks for plan in plans)


def leading_of(brief: Brief) -> tuple[Leading, ...]:
    """What comes before all indexes and rewrites, by the person's own plans."""
    return leading(plans_of(brief))


def own_plan(brief: Brief, *, advised: bool) -> str:
    """What the person's own timed plan says of most of its time; with what to do unless advised."""
    choice, why = most_of(plans_of(brief))
    if not choice:
        return ""
    return f"in your plan {why}" if advised else f"{choice}. In your plan {why}"


def with_plans(
    conclusion: Conclusion, brief: Brief, queries: tuple[Planned, ...], draft: Draft
) -> Conclusion:
    """The conclusion on a database with what the person's plans tell beside it.

    A plan's query is known where one query was handed over; then its indexes are held against the
    planner like all others.
    """
    plans = plans_of(brief)
    query = queries[0].excerpt if len(queries) == 1 else None
    factor = float(fact("pg.worth-factor").value)
    indexed = {
        r.table: r.slot
        for r in reversed(draft.recommendations)
        if r.table and r.schema_change and "CREATE INDEX" in r.schema_change.text
    }
    findings, diagrams = beside_database(plans, query, factor, indexed)
    return replace(
        conclusion,
        findings=(*conclusion.findings, *findings),
        artifacts=(*conclusion.artifacts, *kept(brief)),
        diagrams=(*conclusion.diagrams, *diagrams),
    )


def with_rows(brief: Brief, schema: Schema) -> Brief:
    """The brief with the rows of tables that a plan read from end to end, where none are stated."""
    known, stated = {t.name for t in schema.tables}, given_rows(brief)
    read = {t: n for plan in plans_of(brief) for t, n in tables_read(plan).items()}
    facts = tuple(
        Fact(key=f"{ROWS}{table}", value=rows, unit="rows", source="file", where="the plan")
        for table, rows in read.items()
        if table in known and table not in stated and rows
    )
    return replace(brief, facts=(*brief.facts, *facts))


def values_told(brief: Brief, rows: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """The numbers of different values that the person's plans tell of, the first plan's first."""
    found: dict[tuple[str, str], int] = {}
    for plan in plans_of(brief):
        found = {**values_seen(plan, rows), **found}
    return found


def plans_of(brief: Brief) -> tuple[ReadPlan, ...]:
    """All plans of the brief's documents."""
    return tuple(
        plan
        for document in brief.documents
        if document.role == "plan"
        for plan in read_plans(document.text, path=_PLACE)
    )
