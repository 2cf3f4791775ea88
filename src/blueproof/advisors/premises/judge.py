"""The beliefs of a brief, each with its verdict and the fact it was held against."""

from blueproof.core.blueprint import Premise
from blueproof.core.brief import Brief


def judge(brief: Brief) -> tuple[Premise, ...]:
    """One premise for each belief in the words, judged where a fact speaks to it."""
    return tuple(
        Premise(
            quote=fact.quote,
            claim=str(fact.value),
            verdict="unknown",
            because="no fact of ours speaks to it",
        )
        for fact in brief.facts
        if fact.key == "premise"
    )
