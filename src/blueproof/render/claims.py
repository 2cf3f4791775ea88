"""Claims, measurements and verdicts in words."""

import re
from functools import singledispatch

from blueproof.core.blueprint import Proof
from blueproof.core.claim import (
    AccessRefused,
    Applies,
    CostFalls,
    CostHolds,
    CostStays,
    Decides,
    Deploys,
    Drains,
    Lints,
    LoadFits,
    Parses,
    PassesTests,
    PlanUses,
    RulesHold,
    Runs,
    SameRows,
    SumsTo,
    TypeChecks,
    Upholds,
    Validates,
    WithinLimit,
)
from blueproof.core.evidence import Measurement
from blueproof.core.scene import Excerpt, File

_CHANGES = re.compile(r"\s*(?:UPDATE|DELETE)\b", re.IGNORECASE)
_ATTACKS = {
    "no-identity": "a session without an identity sees no row of {}",
    "other-identity": "nobody sees another's rows of {}",
    "others-rows": "nobody can change or delete another's rows of {}",
    "forged-row": "nobody can insert a row of {} in another's name",
    "planted-row": "nobody can insert a row of {} into a group of others",
    "joined-group": "nobody can make themselves a member in {}",
    "raised-right": "nobody can give themselves power in {}",
    "claimed-right": "nobody can insert their own row of {} with power in it",
    "ownerless-row": "rows of {} that are nobody's are not everybody's",
    "owner-view": "{} shows nobody what row security keeps back",
    "owner-function": "nobody reaches by {} what row security keeps back",
    "widened": "with {} nobody may do more than before",
    "no-security": "nobody who is not signed in reads or changes {}",
}
_PLAN, _IN_VERDICT = "plan ", ("worth it from", "counterexample")
_COST = "planner cost units"  # said once, in the table's head
_SHORT = 60


def name_of(excerpt: Excerpt) -> str:
    """How a text is called in a sentence: its name, its place, or its beginning."""
    if excerpt.name:
        return excerpt.name
    if excerpt.path and excerpt.statement:
        return f"{excerpt.path}, query {excerpt.statement}"
    return excerpt.path or f"`{' '.join(excerpt.text.split())[:_SHORT]}`"


@singledispatch
def in_words(claim: object) -> str:
    """What a claim says, in one sentence part."""
    raise TypeError(f"no words for {type(claim).__name__}")


@in_words.register
def _(claim: Parses) -> str:
    return f"PostgreSQL reads {name_of(claim.sql)}"


@in_words.register
def _(claim: Runs) -> str:
    return f"{name_of(claim.sql)} runs to its end"


@in_words.register
def _(claim: PlanUses) -> str:
    return f"{name_of(claim.query)} is read through {claim.index}"


@in_words.register
def _(claim: CostFalls) -> str:
    return f"{name_of(claim.query)} gets at least {number(claim.factor)} times cheaper"


@in_words.register
def _(claim: CostHolds) -> str:
    return (
        f"no query on it gets more than {claim.tolerance:.0%} dearer "
        f"({len(claim.queries)} {'query' if len(claim.queries) == 1 else 'queries'})"
    )


@in_words.register
def _(claim: CostStays) -> str:
    index = claim.change.name or "the change"
    return f"{index} does not make {name_of(claim.query)} {number(claim.factor)} times cheaper"


@in_words.register
def _(claim: SameRows) -> str:
    changes = _CHANGES.match(claim.rewritten.text)
    does = "changes the same rows in the same way" if changes else "gives the same rows"
    return f"{name_of(claim.rewritten)} {does} as the query before"


@in_words.register
def _(claim: Applies) -> str:
    return f"{name_of(claim.change)} runs, and its undo brings back the schema"


@in_words.register
def _(claim: AccessRefused) -> str:
    return _ATTACKS[claim.attack].format(claim.table)


@in_words.register
def _(claim: Lints) -> str:
    return f"{claim.tool} has no complaint about {name_of(claim.file)}"


@in_words.register
def _(claim: SumsTo) -> str:
    return f"{name_of(claim.bill)} adds up, at the prices in the facts"


@in_words.register
def _(claim: WithinLimit) -> str:
    what = {"identifier-bytes": "the name fits", "index-columns": "the columns fit"}[claim.measure]
    return f"{what} PostgreSQL's limit: {name_of(claim.text)}"


@in_words.register
def _(claim: Decides) -> str:
    given = f" with {', '.join(claim.given)}" if claim.given else ""
    return f"by the stated weights {claim.pick} ranks first{given}"


@in_words.register
def _(claim: LoadFits) -> str:
    return f"{claim.limit} holds {claim.users:,.0f} monthly users"


@in_words.register
def _(claim: Validates) -> str:
    return f"{claim.tool} accepts {_places(claim.files)}"


@in_words.register
def _(claim: Deploys) -> str:
    return (
        f"the guide, followed on a simulated AWS, makes all of {_places(claim.files)}; each role "
        "may do what it must, and no more"
    )


@in_words.register
def _(claim: Drains) -> str:
    return (
        f"a service around {_places(claim.files)} loses no request at SIGTERM, and tells a "
        "database that is away"
    )


@in_words.register
def _(claim: TypeChecks) -> str:
    return f"the TypeScript compiler accepts {claim.project} and its files"


@in_words.register
def _(claim: RulesHold) -> str:
    return f"{claim.rules.path} decides every request of {len(claim.tables)} tables as expected"


@in_words.register
def _(claim: PassesTests) -> str:
    tests = [f.path for f in claim.files if ".test." in f.path]
    above = f"/{tests[0]}".partition(f"/{claim.runner}/")[0] if tests else ""
    place = f"{above}/{claim.runner}".lstrip("/")
    return f"the tests of {place} pass ({len(tests)} {'file' if len(tests) == 1 else 'files'})"


@in_words.register
def _(claim: Upholds) -> str:
    return claim.says


def _places(files: tuple[File, ...]) -> str:
    """One file by its name, several by their folder and number."""
    if len(files) == 1:
        return files[0].path
    folders = dict.fromkeys(file.path.rpartition("/")[0] or file.path for file in files)
    return f"{' and '.join(folders)} ({len(files)} files)"


def figure(measured: Measurement, *, units: bool = False) -> str:
    """A measured figure with its name: "cost before 18,556", "12 trials with rows".

    The unit of planner costs is left out, where a table's head says it, unless `units`.
    """
    if isinstance(measured.value, str):
        return f"{measured.name}: {measured.value}"
    if measured.unit in measured.name.split():
        name = measured.name.replace(measured.unit, _one(measured.unit, measured.value))
        return f"{number(measured.value)} {name}"
    unit = "" if measured.unit == _COST and not units else measured.unit
    return f"{measured.name} {number(measured.value)} {unit}".rstrip()


def _one(unit: str, value: float) -> str:
    if value != 1:
        return unit
    return "query" if unit == "queries" else unit.removesuffix("s")


def number(value: float) -> str:
    """A figure as people read it: thousands apart, two decimals only where they matter.

    >>> number(18555.52), number(8.44), number(3.0)
    ('18,556', '8.44', '3')
    """
    if value == int(value) or abs(value) >= 100:  # noqa: PLR2004 (decimals tell nothing there)
        return f"{value:,.0f}"
    return f"{value:,.2f}"


def figures(proof: Proof) -> str:
    """What a proof measured, in a line; plans are shown elsewhere."""
    shown = [m for m in proof.measured if not m.name.startswith((_PLAN, *_IN_VERDICT))]
    return ", ".join(figure(m) for m in shown)


def plans(proof: Proof) -> tuple[tuple[str, str], ...]:
    """The plans that a proof saw, each with its name."""
    return tuple((m.name, str(m.value)) for m in proof.measured if m.name.startswith(_PLAN))


def verdict(proof: Proof) -> str:
    """The verdict with what it rests on: never a bare "proved" on an assumption."""
    rests = proof.condition or (proof.reason if proof.verdict != "proved" else "")
    return f"{proof.verdict}, {rests}" if rests else proof.verdict
