"""Advice on a database: every rule in turn, each seeing it as the advice before has left it."""

import contextlib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import chain
from types import ModuleType
from typing import Any

from blueproof.advisors.postgres import rewrites, rules
from blueproof.advisors.postgres.database import Change, Database, Planned
from blueproof.advisors.postgres.parts.asked_rows import put
from blueproof.advisors.postgres.parts.heaviest import heaviest_first
from blueproof.advisors.postgres.parts.policy_change import is_policy
from blueproof.advisors.postgres.parts.rewrite_advice import rewritten_query
from blueproof.advisors.postgres.parts.rewriting import Rewrite, Rewriting
from blueproof.advisors.postgres.parts.row_security import policy_findings
from blueproof.advisors.postgres.parts.setting import is_setting
from blueproof.advisors.postgres.parts.unproved import limits_of_twin
from blueproof.advisors.postgres.search.earlier import Earlier, Said
from blueproof.advisors.postgres.search.rewritten import as_rule, named, rewrite_queries
from blueproof.core.advice import Advice, Artifact, Finding, Recommendation, Rejected
from blueproof.core.blueprint import Draft, Unproved
from blueproof.core.brief import Brief
from blueproof.core.rule import STAGES, Rule
from blueproof.core.scene import DatabaseScene

_MOST_ROUNDS = 8
_OF_QUERIES = ("query", "workload")


@cache
def all_rewritings() -> tuple[Rewriting, ...]:
    """Every rewriting in this folder's rewrites/, in order of its name."""
    found: list[Rewriting] = [module.REWRITING for module in _modules(rewrites)]
    return tuple(sorted(found, key=lambda rewriting: rewriting.id))


@cache
def all_rules() -> tuple[Rule[Database], ...]:
    """Every rule in this folder's rules/ and rewrites/, in the order in which they run."""
    found: list[Rule[Database]] = [module.RULE for module in _modules(rules)]
    found += [as_rule(rewriting) for rewriting in all_rewritings()]
    return tuple(sorted(found, key=lambda rule: (STAGES.index(rule.stage), rule.id)))


def _modules(package: ModuleType) -> list[Any]:
    names = [m.name for m in pkgutil.iter_modules(package.__path__)]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


@dataclass
class _Session:
    """Advice as it grows, and the database as it has left it."""

    database: Database
    recommendations: list[Recommendation]
    findings: list[Finding]
    failed: list[Unproved]
    earlier: Earlier
    rejected: dict[str, Rejected] = field(default_factory=dict)


def advise(
    brief: Brief,
    database: Database,
    scene: DatabaseScene,
    left_out: tuple[str, ...] = (),
    earlier: Earlier | None = None,
) -> tuple[Draft, Database]:
    """A draft of advice, and the database as the advice leaves it.

    `earlier` is what the rounds before have come to. Of a database that was made
    from words, only rules on its queries run: the schema is nobody's.
    """
    findings = list(policy_findings(database.schema))
    session = _Session(database, [], findings, [], earlier or Earlier())
    alone = {rewriting.id for rewriting in all_rewritings()}
    with _reported("what the rewrites would say", session):
        _rewrite(session)
    for rule in all_rules():
        here = scene.basis != "simulated" or rule.stage in _OF_QUERIES
        if here and rule.id not in alone:
            with _reported(f"what rule {rule.id} would say", session):
                _run(rule, session)
    recommendations = heaviest_first(database, session.recommendations)
    bound = frozenset(r.table for r in recommendations if is_policy(r))
    draft = Draft(
        brief=brief,
        question_kind="review",
        scenes=(scene,),
        recommendations=recommendations,
        findings=tuple(session.findings),
        rejected=tuple(session.rejected.values()),
        artifacts=tuple(_artifacts(recommendations)),
        not_proved=(*limits_of_twin(database, left_out, bound), *session.failed),
    )
    return draft, session.database


@contextlib.contextmanager
def _reported(statement: str, session: _Session) -> Iterator[None]:
    """What breaks in here is reported, never hidden; the rest goes on."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 (the one place: a broken rule must not take the rest along)
        why = f"the rule broke on this input ({type(error).__name__}: {error}): a defect"
        session.failed.append(Unproved(statement=statement, why=why))


def _rewrite(session: _Session) -> None:
    """Weigh all rewrites of each query together, and take the best of each."""
    for _ in range(_MOST_ROUNDS):
        if not _take(_rewrites(session), session):
            return


def _rewrites(session: _Session) -> tuple[Advice, ...]:
    """What rewrites come to on the database as it stands, or came to when it was met before."""
    known = session.earlier.said(session.database)
    if known is not None:
        session.failed += known.failed
        return known.advices
    failed = len(session.failed)
    advices = tuple(rewrite_queries(session.database, partial(_turns, session)))
    new = tuple(session.failed[failed:])
    session.earlier.keep(Said(database=session.database, advices=advices, failed=new))
    return advices


def _turns(session: _Session, query: Planned) -> tuple[Rewrite, ...]:
    """What each rewriting makes of a query."""
    asked = put(session.database, query)
    known = session.earlier.turned(asked.asked)
    found: dict[str, tuple[Rewrite, ...]] = {}
    for each in all_rewritings():
        with _reported(f"what rewrite {each.id} makes of {query.name}", session):
            met = None if each.beyond else known.get(each.id)
            found[each.id] = (
                tuple(named(each, turned) for turned in asked.turned(each)) if met is None else met
            )
    if not known:
        session.earlier.keep_turned(asked.asked, found)
    return tuple(chain.from_iterable(found.values()))


def _run(rule: Rule[Database], session: _Session) -> None:
    """Run a rule until it has nothing new to say."""
    for _ in range(_MOST_ROUNDS):
        if not _take(rule.check(session.database), session):
            return


def _take(advices: Iterable[Advice], session: _Session) -> bool:
    """Take what is said of the database as it stands; True if some had to wait."""
    taken: list[Recommendation] = []
    waiting = False
    for advice in advices:
        if isinstance(advice, Finding):
            place = (advice.rule, advice.where)
            session.findings = [f for f in session.findings if (f.rule, f.where) != place]
            session.findings.append(advice)
        elif isinstance(advice, Rejected):
            session.rejected[advice.slot] = advice
        elif advice.slot in session.earlier.excluded or _decided(advice, session):
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
