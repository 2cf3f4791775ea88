"""The consultation on how a thing is built: a design with the person's figures, tried."""

from collections.abc import Callable

from blueproof.advisors.designs.advise import advise_design, conclude
from blueproof.advisors.designs.hearing import meant
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def built(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a design that the words call for; None where they call for none."""
    called = meant(brief)
    if called is None:
        return None
    progress("working out the design")
    draft = advise_design(called.id, brief, kind, judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(called.id, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)
