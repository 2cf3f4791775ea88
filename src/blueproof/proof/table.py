"""The claim table: one row a kind of claim, and who checks it, where and by which rule.

`docs/claims.md` is printed from it. A kind without a row cannot be claimed; a test sees to that.
"""

import importlib
from dataclasses import dataclass, fields
from typing import Any, get_args

from blueproof.core import claim as claims
from blueproof.core.claim import Claim
from blueproof.core.scene import DatabaseScene
from blueproof.proof.bench import Bench
from blueproof.proof.outcome import Outcome


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of claim: scene, engine, the rule of its verdict, tolerance and basis.

    `check` names the function that checks it ("plans.parses"); its module, and with it the
    engine, is loaded when the first such claim is checked.
    """

    claim: type
    scene: str
    engine: str
    rule: str
    tolerance: str
    basis: str
    check: str

    def outcome(self, claim: Claim, scene: DatabaseScene | None, bench: Bench) -> Outcome:
        """What checking the claim gives."""
        module, name = self.check.split(".")
        check: Any = getattr(importlib.import_module(f"blueproof.proof.{module}"), name)
        outcome: Outcome = check(claim, scene, bench)
        return outcome

    @property
    def name(self) -> str:
        """The claim's name, as it stands in the ledger."""
        return self.claim.__name__

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the claim's fields."""
        return tuple(f.name for f in fields(self.claim))


_STATISTICS = "given statistics or assumed statistics, as the row counts of its tables are"
_TWIN = "schema and row counts"

TABLE = (
    Kind(
        claim=claims.Parses,
        scene="schema",
        engine="PostgreSQL 18",
        rule="the server parses the statement and finds every name in it",
        tolerance="none",
        basis="real data",
        check="plans.parses",
    ),
    Kind(
        claim=claims.Runs,
        scene="schema, generated rows",
        engine="PostgreSQL 18",
        rule="the statement ends without an error, as an unprivileged role, rolled back",
        tolerance="none",
        basis="simulated",
        check="rows.runs",
    ),
    Kind(
        claim=claims.PlanUses,
        scene=_TWIN,
        engine="planner twin",
        rule="with the change made, the plan reads the named index",
        tolerance="none",
        basis=_STATISTICS,
        check="plans.plan_uses",
    ),
    Kind(
        claim=claims.CostFalls,
        scene=_TWIN,
        engine="planner twin",
        rule="planner cost before / after is at least the factor claimed",
        tolerance="none: the factor claimed is below the one measured",
        basis=_STATISTICS,
        check="plans.cost_falls",
    ),
    Kind(
        claim=claims.CostHolds,
        scene=_TWIN,
        engine="planner twin",
        rule="no query's planner cost grows by more than the tolerance",
        tolerance="the claim's own, 10 % for dropping an index",
        basis=_STATISTICS,
        check="plans.cost_holds",
    ),
    Kind(
        claim=claims.CostStays,
        scene=_TWIN,
        engine="planner twin",
        rule="planner cost before / after is less than the factor; where figures are assumed, the "
        "row count and the share of rows kept are looked for from which on it would not be",
        tolerance="none",
        basis=_STATISTICS,
        check="staying.cost_stays",
    ),
    Kind(
        claim=claims.SameRows,
        scene="schema, generated rows",
        engine="PostgreSQL 18",
        rule="both queries give the same bag of rows in every trial, in order where they order",
        tolerance="none; a trial without rows proves nothing, and at least one must have some",
        basis="simulated",
        check="rows.same_rows",
    ),
    Kind(
        claim=claims.Applies,
        scene="schema",
        engine="PostgreSQL 18",
        rule="the change runs and changes the schema, nothing else; the undo brings back the same "
        "tables, columns, keys, indexes and policies",
        tolerance="none",
        basis="real data",
        check="plans.applies",
    ),
    Kind(
        claim=claims.AccessRefused,
        scene="schema, generated rows of two identities",
        engine="PostgreSQL 18",
        rule="the attack sees and writes nothing, while the rows' owner sees them",
        tolerance="none",
        basis="simulated",
        check="access.access_refused",
    ),
    Kind(
        claim=claims.Lints,
        scene="the file",
        engine="squawk",
        rule="the linter has no complaint",
        tolerance="none",
        basis="real data",
        check="files.lints",
    ),
    Kind(
        claim=claims.SumsTo,
        scene="the bill, the facts",
        engine="decimal arithmetic",
        rule="each price is its fact's, each amount quantity x price, each total the sum",
        tolerance="none, in whole cents",
        basis="real data",
        check="files.sums_to",
    ),
    Kind(
        claim=claims.WithinLimit,
        scene="the text, the facts",
        engine="counting",
        rule="what is measured is at most the limit",
        tolerance="none",
        basis="real data",
        check="files.within_limit",
    ),
    Kind(
        claim=claims.Decides,
        scene="the needs, the facts",
        engine="the decision, made anew",
        rule="with the answers set, the family ranks first by the stated weights, and nothing "
        "rules it out",
        tolerance="none",
        basis="simulated",
        check="choices.decides",
    ),
    Kind(
        claim=claims.LoadFits,
        scene="the needs, the facts",
        engine="the workload model",
        rule="the quantity at this many users is at most the published limit",
        tolerance="none",
        basis="simulated",
        check="choices.load_fits",
    ),
    Kind(
        claim=claims.Validates,
        scene="the files",
        engine="terraform, zizmor, check-jsonschema, shellcheck, hadolint",
        rule="the named tool has no complaint; zizmor: none of medium severity or more",
        tolerance="none",
        basis="real data",
        check="deployments.validates",
    ),
    Kind(
        claim=claims.Upholds,
        scene="the files",
        engine="our own reading of Terraform, workflows, Dockerfile and guide; PostgreSQL 18, on "
        "which schemas are tried and changes of tables rehearsed beside apps that write",
        rule="in every place that the promise is about nothing is wrong, and there is such a "
        "place; of a change: no step reads or rewrites a row of a table in use under a lock that "
        "stops its writers, no write is refused, each undo brings back what was there",
        tolerance="none",
        basis="real data",
        check="deployments.upholds",
    ),
    Kind(
        claim=claims.Drains,
        scene="our lifecycle file, around a small service",
        engine="Node",
        rule="every request in flight at SIGTERM is answered and the process exits 0; with the "
        "database away or silent readiness says 503 and liveness 200; each log line is an event",
        tolerance="none; a file that was changed is not run, and stays unchecked",
        basis="real data",
        check="deployments.drains",
    ),
    Kind(
        claim=claims.Deploys,
        scene="Terraform and the guide",
        engine="terraform on a simulated AWS (moto)",
        rule="every resource of the plan is made by the guide's commands, and every call that a "
        "role must or must not be able to make ends so",
        tolerance="none; what the simulation cannot judge is counted as not tried",
        basis="simulated",
        check="deployments.deploys",
    ),
    Kind(
        claim=claims.TypeChecks,
        scene="a TypeScript project, with pinned packages",
        engine="tsc, over the packages' own types; convex/_generated by Convex' generator",
        rule="the compiler has no complaint, and no .ts or .tsx file of the project's folder is "
        "left out by its settings",
        tolerance="none; the project's own settings say how strict",
        basis="real data",
        check="starters.type_checks",
    ),
    Kind(
        claim=claims.PassesTests,
        scene="our starter for an app, to the letter",
        engine="vitest, on convex-test, on stand-ins for Google's emulators, or on neither (lib)",
        rule="there is a test, and every test passes; those that are not meant for this app, by "
        "their own condition, are counted apart",
        tolerance="none; a file that was changed is not run, and the claim stays unchecked; a run "
        "that passed on the very same files is kept, and blueproof prove runs anew",
        basis="simulated",
        check="starters.passes_tests",
    ),
    Kind(
        claim=claims.RulesHold,
        scene="the rules and tables of requests",
        engine="our own evaluator of Firebase Security Rules",
        rule="each request is decided as the table expects, and one is refused at least",
        tolerance="none",
        basis="simulated",
        check="starters.rules_hold",
    ),
)
# Kinds whose engine comes with the advisor that needs it.
TO_COME = ("RulesHold",)

_BY_CLAIM = {kind.claim: kind for kind in TABLE}
assert set(_BY_CLAIM) == set(get_args(Claim)), "every claim has its row"


def kind_of(claim: Claim) -> Kind:
    """The row of the table for a claim."""
    return _BY_CLAIM[type(claim)]
