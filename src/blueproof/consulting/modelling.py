"""The consultation on a data model: tables from the words, put to trials on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace

from blueproof.advisors.model.advise import advise_model, conclude, refuse
from blueproof.advisors.model.answering import with_answers
from blueproof.advisors.model.owning import asks_model, is_on_supabase
from blueproof.advisors.model.reading import left_unread, read_told
from blueproof.advisors.premises.judge import judge
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove


def modelled(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a data model that the words ask for; None where they ask for none."""
    if not asks_model(brief):
        return None
    told = read_told(brief.request, supabase=is_on_supabase(brief))
    if told is None:
        return _refused(brief, kind)
    told = with_answers(told, brief)
    progress("making tables from your words")
    draft = replace(advise_model(brief, told, kind), premises=judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(told, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _refused(brief: Brief, kind: QuestionKind) -> Blueprint | None:
    """That the words ask for a model and do not tell it; None where they name hardly a thing."""
    unread = left_unread(brief.request)
    if not unread:
        return None
    draft = Draft(brief=brief, question_kind=kind, premises=judge(brief))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: refuse(unread), bench)
