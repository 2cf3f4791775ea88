"""The consultation on a trouble of a running system: what stops it, what shows it, the cure."""

import re
from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.architecture.owning import asks_architecture
from blueproof.advisors.bill.advise import owns_bill
from blueproof.advisors.incident.judge import BY_FIGURES, advise_trouble, troubles
from blueproof.advisors.incident.trouble import Trouble
from blueproof.advisors.known.advise import is_likely, is_short_and_known
from blueproof.advisors.known.incident import is_incident
from blueproof.advisors.known.reproduction.owning import is_slow
from blueproof.advisors.premises.judge import judge
from blueproof.consulting.kinds import kind_of
from blueproof.consulting.ways import rebuilt_query
from blueproof.core.blueprint import Blueprint
from blueproof.core.brief import Brief
from blueproof.intake.words.asks import asks_in
from blueproof.proof.bench import Bench
from blueproof.proof.beside import of_whole
from blueproof.proof.prove import prove

_PLANNED = re.compile(
    r"\b(?:i am|i'm|we are|we're) (?:designing|planning (?:to build|a new)"
    r"|about to (?:build|start))\b"
    r"|\bwhen (?:do|would|should) (?:you|i|we) (?:build|use|pick|choose|take)\b",
    re.IGNORECASE,
)
_CHOSEN = frozenset({"choose-technology", "monitoring", "data-model"})
_OF_ALARMS = frozenset({"alarms-nobody-reads"})  # there, though what is asked is monitoring
_LEAST = 3  # the weight below which a sign or two may stand for anything
_OF_QUERY = frozenset({"rds-cpu-high"})  # what one statement makes, whose cure may be tried


def troubled(brief: Brief, progress: Callable[[str], None]) -> Blueprint | None:
    """The answer on a trouble that the words surely tell of; None where they tell of none."""
    if owns_bill(brief) or brief.document("queries"):
        return None
    found = troubles(brief)
    if not found or found[0].weight < _LEAST or is_short_and_known(brief):
        return None
    if found[0].id not in _OF_ALARMS and _is_yet_to_be_made(brief):
        return None
    if found[0].weight < BY_FIGURES and _is_told_elsewhere(brief):
        return None
    if found[0].id in _OF_QUERY and is_slow(brief.request):
        rebuilt = rebuilt_query(brief, progress)
        if isinstance(rebuilt, Blueprint) and _cures(rebuilt):
            return _before(found[0], of_whole(rebuilt, brief))
    progress("weighing what was said")
    draft, conclusion = advise_trouble(brief, kind_of(brief, "why"), judge(brief), found)
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def _cures(rebuilt: Blueprint) -> bool:
    """Whether something was found, by the planner or by the clock, which writes its migration."""
    written = any(a.path.startswith("migrations/") for a in rebuilt.artifacts)
    return bool(rebuilt.recommendations) or written


def _is_yet_to_be_made(brief: Brief) -> bool:
    """Whether tables or a whole are to be drawn: nothing runs that could be in trouble."""
    from blueproof.advisors.model.owning import asks_model  # what reads tales is many files

    if asks_model(brief) or asks_architecture(brief) or _PLANNED.search(brief.request):
        return True
    about = next((f.value for f in brief.facts if f.key == "problem"), "")
    options = [f for f in brief.facts if f.key == "technology" and f.role == "option"]
    return about in _CHOSEN or (len(options) > 1 and not is_incident(brief))


def _is_told_elsewhere(brief: Brief) -> bool:
    """Whether several questions have their own answers, or an entry is likely meant."""
    return len(asks_in(brief.request)) > 1 or is_likely(brief)


def _before(first: Trouble, cured: Blueprint) -> Blueprint:
    """The query's cure behind what stops the trouble until it is there."""
    stop, *_ = first.now
    return replace(
        cured,
        answer=f"{first.says[0]} Then the cure: {cured.answer[:1].lower()}{cured.answer[1:]}",
        steps=(stop, *cured.steps, *first.later),
    )
