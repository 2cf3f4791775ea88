"""The consultation on watching a system: alarms that wake people, and those that wait."""

from collections.abc import Callable

from blueproof.advisors.observe.advise import Watch, advise, conclude
from blueproof.core.blueprint import Blueprint, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def advise_watching(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint:
    """The blueprint of a system's monitoring."""
    progress("choosing what wakes somebody")
    watch = Watch(brief=brief)
    with Bench() as bench:
        return prove(advise(watch, kind), lambda _kept, _proofs: conclude(watch), bench, progress)
