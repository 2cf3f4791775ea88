"""The consultation on a plan that EXPLAIN printed."""

from collections.abc import Callable

from blueproof.advisors.plan.advise import advise_plans
from blueproof.advisors.premises.judge import judge
from blueproof.consulting.request import kind_of
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.plans.node import ReadPlan
from blueproof.sql.plans.read import read_plans

# The name by which an error's line is found again in the person's own file.
_PLACE = "plan.sql"


def advise_plan(brief: Brief, progress: Callable[[str], None] = lambda _: None) -> Blueprint:
    """The blueprint of a brief with a plan; SqlError where no plan stands in it."""
    progress("reading the plan")
    draft, conclusion = advise_plans(brief, plans_of(brief), kind_of(brief, "why"), judge(brief))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def plans_of(brief: Brief) -> tuple[ReadPlan, ...]:
    """All plans of the brief's documents."""
    return tuple(
        plan
        for document in brief.documents
        if document.role == "plan"
        for plan in read_plans(document.text, path=_PLACE)
    )
