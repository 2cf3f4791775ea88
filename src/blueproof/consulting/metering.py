"""The consultation on a bill of a metered product that is told in words."""

from collections.abc import Callable
from decimal import Decimal

from blueproof.advisors.metered.fanning import advise_fan_out
from blueproof.advisors.metered.fanout import fan_out
from blueproof.advisors.metered.owning import metered
from blueproof.advisors.metered.paid import paid_in
from blueproof.advisors.metered.pumping import advise_pumping, pumping_in
from blueproof.advisors.metered.telling import advise_metered
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Premise, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def metering(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of such a bill; None where nothing can be worked out of it."""
    found = metered(brief)
    if found is None:
        return None
    progress("working out the bill")
    judged = judge(brief)
    denied = [each for each in judged if _is_the_bill(each, found.paid.sentence)]
    if denied and not found.agrees:
        return None  # a belief about prices, which is answered as one
    premises = tuple(each for each in judged if each not in denied)
    draft, conclusion = advise_metered(found, brief, kind, premises)
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def fanned(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of Firestore reads that writes make; None where the words do not tell both."""
    found = fan_out(brief)
    if found is None:
        return None
    progress("working out who reads")
    paid = paid_in(brief)
    premises = tuple(each for each in judge(brief) if each.verdict != "wrong")
    draft, conclusion = advise_fan_out(
        found, brief, kind, premises, paid.now if paid else Decimal(0)
    )
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def pumped(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of SMS that bots ask for; None where the words tell no such thing."""
    found = pumping_in(brief)
    if found is None:
        return None
    progress("counting messages for each person")
    draft, conclusion = advise_pumping(found, brief, kind, ())
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)


def _is_the_bill(premise: Premise, sentence: str) -> bool:
    """Whether a price list denies what was charged, which it was whatever the list says."""
    said = " ".join(premise.quote.split()) in " ".join(sentence.split())
    return said and premise.verdict == "wrong"
