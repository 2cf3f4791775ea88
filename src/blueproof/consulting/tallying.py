"""The consultation on a bill whose quantities are told, to be added up."""

from collections.abc import Callable

from blueproof.advisors.metered.may import may_tell
from blueproof.advisors.metered.owning import metered
from blueproof.advisors.premises.judge import judge
from blueproof.advisors.tally.moving import advise_move, move_in
from blueproof.advisors.tally.owning import tallied
from blueproof.advisors.tally.telling import advise_tally
from blueproof.core.blueprint import Blueprint, QuestionKind
from blueproof.core.brief import Brief
from blueproof.intake.words.asks import asks_in
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_FEW = 2  # quantities that are told, up to which one meter may explain the bill


def _is_of_one_meter(brief: Brief, told: int) -> bool:
    """Whether one metered quantity explains the bill, of which the meters know more to say."""
    if told > _FEW or not may_tell(brief) or asks_in(brief.request):
        return False
    found = metered(brief)
    if found is None:
        return False
    return told < _FEW or (found.stated is not None and found.agrees)


def tallying(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of such a bill; None where the words tell too few quantities."""
    found = tallied(brief)
    if found is None or _is_of_one_meter(brief, found.told):
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
