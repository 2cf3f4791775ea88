"""Advice on a database: every rule in turn, each seeing it as the advice before has left it."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from blueproof.advisors.postgres import rules
from blueproof.advisors.postgres.database import Change, Database
from blueproof.advisors.postgres.parts.rewrite_advice import rewritten_query
from blueproof.advisors.postgres.parts.row_security import policy_findings
from blueproof.advisors.postgres.parts.setting import is_setting
from blueproof.advisors.postgres.parts.unproved import limits_of_twin
from blueproof.core.advice import Artifact, Finding, Recommendation, Rejected
from blueproof.core.blueprint import Draft, Unproved
from blueproof.core.brief import Brief
from blueproof.core.rule import STAGES, Rule
from blueproof.core.scene import DatabaseScene

_MOST_ROUNDS = 8
_OF_QUERIES = ("query", "workload")


@cache
def all_rules() -> tuple[Rule[Database], ...]:
    """Every rule in this folder's rules/, in the order in which they run."""
    names = [m.name for m in pkgutil.iter_modules(rules.__path__)]
    modules = [importlib.import_module(f"{rules.__name__}.{name}") for name in names]
    found: list[Rule[Database]] = [module.RULE for module in modules]
    return tuple(sorted(found, key=lambda rule: (STAGES.index(rule.stage), rule.id)))


@dataclass
class _Session:
    """Advice as it grows, and the database as it has left it."""

    database: Database
    excluded: frozenset[str]
    recommendations: list[Recommendation]
    findings: list[Finding]
    failed: list[Unproved]
    rejected: dict[str, Rejected] = field(default_factory=dict)


def advise(
    brief: Brief,
    database: Database,
    scene: DatabaseScene,
    left_out: tuple[str, ...] = (),
    excluded: frozenset[str] = frozenset(),
) -> tuple[Draft, Database]:
    """A draft of advice, and the database as the advice leaves it.

    Slots in `excluded` were refuted before and are not proposed again. Of a database that was made
    from words, only rules on its queries run: the schema is nobody's.
    """
    session = _Session(database, excluded, [], list(policy_findings(database.schema)), [])
    for rule in all_rules():
        if scene.basis != "simulated" or rule.stage in _OF_QUERIES:
            _run(rule, session)
    recommendations = tuple(session.recommendations)
    draft = Draft(
        brief=brief,
        question_kind="review",
        scenes=(scene,),
        recommendations=recommendations,
        findings=tuple(session.findings),
        rejected=tuple(session.rejected.values()),
        artifacts=tuple(_artifacts(recommendations)),
        not_proved=(*limits_of_twin(database, left_out), *session.failed),
    )
    return draft, session.database


def _run(rule: Rule[Database], session: _Session) -> None:
    """Run a rule until it has nothing new to say; a rule that breaks is reported, never hidden."""
    try:
        for _ in range(_MOST_ROUNDS):
            if not _one_round(rule, session):
                return
    except Exception as error:  # noqa: BLE001 (the one place: a broken rule must not take the rest along)
        session.failed.append(
            Unproved(
                statement=f"what rule {rule.id} would say",
                why=f"the rule broke on this input ({type(error).__name__}: {error}): a defect",
            )
        )


def _one_round(rule: Rule[Database], session: _Session) -> bool:
    """Take what the rule says of the database as it stands; True if some had to wait."""
    taken: list[Recommendation] = []
    waiting = False
    for advice in rule.check(session.database):
        if isinstance(advice, Finding):
            place = (advice.rule, advice.where)
            session.findings = [f for f in session.findings if (f.rule, f.where) != place]
            session.findings.append(advice)
        elif isinstance(advice, Rejected):
            session.rejected[advice.slot] = advice
        elif advice.slot in session.excluded or _decided(advice, session):
            continue
        elif _paths(advice) & {path for other in taken for path in _paths(other)}:
            waiting = True
        else:
            taken.append(advice)
    session.recommendations += taken
    session.database = carry_out(session.database, tuple(taken))
    return waiting


def _decided(advice: Recommendation, session: _Session) -> bool:
    return advice.slot in {r.slot for r in session.recommendations}


def _paths(advice: Recommendation) -> set[str]:
    return {file.path for file in advice.files}


def carry_out(database: Database, advice: tuple[Recommendation, ...]) -> Database:
    """The database as it would be once the advice is followed."""
    changes = tuple(
        Change(slot=each.slot, file=each.schema_change) for each in advice if each.schema_change
    )
    rewritten = dict(
        rewritten_query(database, each, each.query_change) for each in advice if each.query_change
    )
    slots = {each.slot for each in advice if is_setting(each)}
    database = replace(database, set=database.set | slots) if slots else database
    return database.after(changes, rewritten) if changes or rewritten else database


def _artifacts(recommendations: tuple[Recommendation, ...]) -> Iterator[Artifact]:
    for advice in recommendations:
        for file in advice.files:
            yield replace(file, needs=(advice.slot,))
