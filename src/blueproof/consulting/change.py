"""The consultation on a change of a live schema: steps from words, rehearsed on a PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.change.advise import advise_change, ask, conclude
from blueproof.advisors.change.owning import reads_change
from blueproof.advisors.change.reading import Open
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def changed(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a change that the words ask for; None where they ask for none."""
    told = reads_change(brief)
    if told is None:
        return None
    if isinstance(told, Open):
        asked = ask(told)
        draft = Draft(brief=brief, question_kind=kind, premises=judge(brief))
        with Bench() as bench:
            return prove(draft, lambda _kept, _proofs: asked, bench)
    progress("writing the steps")
    draft = replace(advise_change(brief, told, kind), premises=judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(told, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)
