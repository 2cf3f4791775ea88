"""The consultation on bringing a Node service to AWS."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.deploy.advise import advise, conclude
from blueproof.advisors.deploy.case import Deployment
from blueproof.advisors.fits.telling import headline, with_headline
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def advise_deployment(
    brief: Brief, kind: QuestionKind, progress: Callable[[str], None], *, slow: bool = False
) -> Blueprint:
    """The blueprint of a deployment; `slow` is whether it is applied on a simulated AWS."""
    progress("sizing it and writing the files")
    deployment = Deployment(brief)
    assumed = (*brief.assumptions, *deployment.service.assumed, *deployment.load.assumed)
    full = replace(brief, assumptions=assumed)
    draft = replace(advise(deployment, full, kind, slow=slow), premises=judge(brief))
    first = headline(brief, draft.premises)

    def said(kept: Draft, _proofs: tuple[Proof, ...]) -> Conclusion:
        return with_headline(conclude(deployment, kept, slow=slow), first)

    with Bench() as bench:
        return prove(draft, said, bench, progress)
