"""A trouble that is there now, with what was changed before it and what was counted in it."""

from dataclasses import replace

from blueproof.advisors.known.changed import changed
from blueproof.advisors.known.held_open import held_open
from blueproof.advisors.known.incident import is_incident
from blueproof.core.blueprint import Conclusion, Hypothesis
from blueproof.core.brief import Brief


def with_trouble(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion behind the way back to before the change, and what holds the connections.

    What was counted says more than any message: then its steps stand in place of a message's.
    """
    held = held_open(brief)
    before = changed(brief) if held or is_incident(brief) else None
    if not (held or before):
        return conclusion
    counted = _of(held.inside) if held else ()
    said = (*((before.sentence,) if before else ()), *(held.sentences if held else ()))
    return replace(
        conclusion,
        answer=" ".join(said if held else (*said, conclusion.answer)),
        hypotheses=(*counted, *conclusion.hypotheses),
        steps=(
            *((before.step,) if before else ()),
            *(held.steps if held else conclusion.steps),
        ),
        open_questions=() if held else conclusion.open_questions,
    )


def _of(inside: str) -> tuple[Hypothesis, ...]:
    call = f": {inside}" if inside else ""
    return (
        Hypothesis(
            cause=f"Transactions stay open while something else is waited for{call}",
            supports=("you count the sessions that are idle in transaction",),
            contradicts=(),
            decide_by="SELECT left(query, 60), count(*) FROM pg_stat_activity WHERE state = "
            "'idle in transaction' GROUP BY 1 ORDER BY 2 DESC: the last statement before the wait",
        ),
    )
