"""The consultation on how a thing is built: a design with the person's figures, tried."""

import re
from collections.abc import Callable

from blueproof.advisors.architecture.owning import asks_architecture
from blueproof.advisors.designs.advise import advise_design, conclude
from blueproof.advisors.designs.hearing import meant
from blueproof.advisors.known.advise import is_short_and_known
from blueproof.advisors.model.owning import asks_model, is_on_supabase
from blueproof.advisors.model.reading import read_told
from blueproof.advisors.premises.judge import judge
from blueproof.advisors.review.owning import asks_judgement
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.intake.words.asks import asks_in
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove

_BILLED = re.compile(
    r"[$\u20ac\u00a3] ?\d|\b\d+ ?(?:usd|eur|dollars|euros?)\b|\b(?:my|our|the) (?:\w+ )?bill\b"
    r"|\bcosts? too much\b|\bbudget\b",
    re.IGNORECASE,
)
# What is there already and hurts is looked into before anything is drawn anew.
_HURTS = re.compile(r"\bexceeded\b|\bwhat breaks\b|\bis \w+ wrong for\b", re.IGNORECASE)
_FEWEST_TABLES = 4  # of a model that was read from the words, which stands on its own then
_MOST_LEFT = 0.5  # of the things told, that may have found no place in it


def is_built_by_design(brief: Brief) -> bool:
    """Whether a design answers, and nothing that is more the person's own does so better."""
    called = meant(brief)
    if called is None or _is_elsewhere(brief) or is_short_and_known(brief):
        return False
    return called.choice or not (asks_model(brief) and _is_told_whole(brief))


def _is_elsewhere(brief: Brief) -> bool:
    """Whether a review, a bill, a whole architecture or a list of wishes is what is asked."""
    request = brief.request
    if asks_judgement(request) or _BILLED.search(request) or asks_architecture(brief):
        return True
    if _is_choice_under_a_must(brief) or _HURTS.search(request):
        return True
    return any(each.wished for each in asks_in(request))


def _is_choice_under_a_must(brief: Brief) -> bool:
    """Whether options are put of which a must may rule some out: they are weighed, not drawn."""
    options = {f.value for f in brief.facts if f.key == "technology" and f.role == "option"}
    return len(options) > 1 and any(f.key == "constraint" for f in brief.facts)


def _is_told_whole(brief: Brief) -> bool:
    """Whether the words tell tables of their own, and hardly anything of them was left over."""
    told = read_told(brief.request, supabase=is_on_supabase(brief))
    if told is None or len(told.nouns) < _FEWEST_TABLES:
        return False
    return len(told.unplaced) <= _MOST_LEFT * len(told.nouns)


def built(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a design that the words call for; None where they call for none."""
    called = meant(brief)
    if called is None or not is_built_by_design(brief):
        return None
    progress("working out the design")
    draft = advise_design(called.id, brief, kind, judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(called.id, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)
