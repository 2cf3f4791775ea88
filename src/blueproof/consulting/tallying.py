"""The consultation on a bill whose quantities are told, to be added up."""

from collections.abc import Callable

from blueproof.advisors.premises.judge import judge
from blueproof.advisors.tally.moving import advise_move, move_in
from blueproof.advisors.tally.owning import tallied
from blueproof.advisors.tally.telling import advise_tally
from blueproof.core.blueprint import Blueprint, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def tallying(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of such a bill; None where the words tell too few quantities."""
    found = tallied(brief)
    if found is None:
        return None
    progress("adding up the bill")
    premises = tuple(each for each in judge(brief) if each.verdict != "wrong")
    draft, conclusion = advise_tally(found, brief, kind, premises)
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def moving(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a move for its price; None where not both sums are told."""
    found = move_in(brief)
    if found is None:
        return None
    progress("weighing the move")
    draft, conclusion = advise_move(found, brief, kind, ())
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)
