"""The consultation on a plan whose holes are asked for."""

from collections.abc import Callable

from blueproof.advisors.review.owning import reviewed
from blueproof.advisors.review.telling import told
from blueproof.core.blueprint import Blueprint, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def review_of(
    brief: Brief, kind: QuestionKind, progress: Callable[[str], None] = lambda _: None
) -> Blueprint | None:
    """The blueprint of a plan with holes; None where its words show too few."""
    review = reviewed(brief)
    if review is None:
        return None
    progress("looking for holes")
    draft, conclusion = told(review, kind)
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench, progress)
