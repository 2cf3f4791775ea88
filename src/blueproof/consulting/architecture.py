"""The consultation on an architecture on AWS as a whole."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.architecture.advise import advise, assumptions, conclude
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def designed(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint:
    """The blueprint of an architecture: its parts, its bill, what breaks first."""
    progress("sizing the parts")
    design = Design(brief)
    full = replace(brief, assumptions=(*brief.assumptions, *assumptions(design)))
    draft = advise(design, full, kind)
    said = tuple(p for p in judge(brief) if p.verdict != "unknown")
    draft = replace(draft, premises=(*draft.premises, *said))

    def concluded(kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(design, kept)

    with Bench() as bench:
        return prove(draft, concluded, bench, progress)
