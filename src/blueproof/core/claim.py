"""The closed list of statements that an engine can check.

Each could be refuted. It holds text and numbers only; changes in `after` are made first. Who checks
it, and how, stands in `proof/table.py`.
"""

from dataclasses import dataclass
from typing import Literal

from blueproof.core.scene import Excerpt, File

Verdict = Literal["proved", "refuted", "unchecked"]
Attack = Literal[
    "no-identity", "other-identity", "others-rows", "forged-row", "planted-row", "joined-group",
    "raised-right", "claimed-right", "no-security", "ownerless-row", "owner-view",
    "owner-function", "widened"]  # fmt: skip
Measure = Literal["identifier-bytes", "index-columns"]
Runner = Literal["convex", "functions", "lib"]


@dataclass(frozen=True, kw_only=True)
class Parses:
    """PostgreSQL's own parser accepts the statement."""

    sql: Excerpt


@dataclass(frozen=True, kw_only=True)
class Runs:
    """The statement runs to its end on generated rows, as an unprivileged role, rolled back."""

    sql: Excerpt


@dataclass(frozen=True, kw_only=True)
class PlanUses:
    """With the change made, the planner answers the query through the named index."""

    query: Excerpt
    change: Excerpt
    index: str
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CostFalls:
    """With the change made (and the query rewritten, if so), planner cost falls by the factor."""

    query: Excerpt
    factor: float
    change: Excerpt | None = None
    rewritten: Excerpt | None = None
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CostHolds:
    """With the change made, no query's planner cost grows by more than this (0.1: 10 %)."""

    queries: tuple[Excerpt, ...]
    change: Excerpt
    tolerance: float
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CostStays:
    """With the change made, planner cost falls by less than the factor: it is left out."""

    query: Excerpt
    factor: float
    change: Excerpt
    table: str
    column: str = ""
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SameRows:
    """Both queries return the same rows, as bags, in order where they order.

    `parameters` says where each parameter of the rewritten query takes its value from: "$2" is
    the original's second, "seek 1" the first column of `seek`, a query with a single row (the
    last one of the page before). Empty means the original's own, in order. `never_null` names
    columns ("orders.note") assumed free of NULL. `source` is the person's own query where
    `original` is that query with its order made certain: it too must give the same rows.
    """

    original: Excerpt
    rewritten: Excerpt
    parameters: tuple[str, ...] = ()
    seek: Excerpt | None = None
    never_null: tuple[str, ...] = ()
    source: Excerpt | None = None


@dataclass(frozen=True, kw_only=True)
class Applies:
    """The migration runs and changes the schema alone; its undo brings back what was there."""

    change: Excerpt
    undo: Excerpt
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccessRefused:
    """Row security turns this attack on the table away, while its owner's rows stay visible.

    `setting` carries the identity, `column` is held against it, or is what the attack is about.
    """

    table: str
    attack: Attack
    setting: str
    column: str
    after: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Lints:
    """The migration linter finds nothing to complain about in the file."""

    file: Excerpt
    tool: str = "squawk"


@dataclass(frozen=True, kw_only=True)
class SumsTo:
    """Each line is quantity x the price in the facts, and the lines sum to the total."""

    bill: Excerpt


@dataclass(frozen=True, kw_only=True)
class WithinLimit:
    """What is measured in the text stays within a published limit (a fact's id)."""

    text: Excerpt
    measure: Measure
    limit: str


@dataclass(frozen=True, kw_only=True)
class Decides:
    """With these needs, and these answers set ("offline=yes"), this family is the first choice."""

    needs: Excerpt
    given: tuple[str, ...]
    pick: str


@dataclass(frozen=True, kw_only=True)
class LoadFits:
    """At this many monthly users the load of these needs stays within a published limit."""

    needs: Excerpt
    users: float
    limit: str


@dataclass(frozen=True, kw_only=True)
class Validates:
    """The tool that reads such files accepts them: "terraform validate", "zizmor", "hadolint"."""

    tool: str
    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Upholds:
    """The files keep a promise ("only-the-front-is-open"); `says` is the promise in words."""

    promise: str
    says: str
    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Drains:
    """The lifecycle file, really started with Node: no request in flight at SIGTERM is lost.

    While the database is away readiness says so, liveness does not, and both come back.
    """

    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class Deploys:
    """On a simulated AWS all is made as the guide says; roles may what they must, and no more."""

    files: tuple[File, ...]


@dataclass(frozen=True, kw_only=True)
class TypeChecks:
    """The TypeScript compiler has no complaint about a project ("convex/tsconfig.json")."""

    files: tuple[File, ...]
    project: str


@dataclass(frozen=True, kw_only=True)
class PassesTests:
    """The tests of a starter's back end or client pass; `app` tells in JSON what app it is for."""

    files: tuple[File, ...]
    runner: Runner
    app: Excerpt


@dataclass(frozen=True, kw_only=True)
class RulesHold:
    """Security rules decide each request in the tables as expected, by an evaluator of ours."""

    rules: File
    tables: tuple[File, ...]


Claim = (
    Parses | Runs | PlanUses | CostFalls | CostHolds | CostStays | SameRows | Applies
    | AccessRefused | Lints | SumsTo | WithinLimit | Decides | LoadFits | Validates | Upholds
    | Drains | Deploys | TypeChecks | PassesTests | RulesHold
)  # fmt: skip
