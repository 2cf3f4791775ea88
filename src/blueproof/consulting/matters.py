"""The consultation on a matter of security or compliance that the words tell."""

from collections.abc import Callable

from blueproof.advisors.matters.hearing import heard
from blueproof.advisors.matters.telling import told
from blueproof.core.blueprint import Blueprint, QuestionKind
from blueproof.core.brief import Brief
from blueproof.intake.words.asks import asks_in
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def matter_of(
    brief: Brief, kind: QuestionKind, progress: Callable[[str], None] = lambda _: None
) -> Blueprint | None:
    """The blueprint of a request that brings a matter; None where it brings none."""
    asks = asks_in(brief.request)
    found = heard(brief, asks[0].whole if asks else "")
    if found is None:
        return None
    progress("reading what is known of it")
    draft, conclusion = told(found, kind)
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)
