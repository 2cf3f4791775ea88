"""The remedy of a plan that comes before all indexes: half of the time goes where none helps."""

from dataclasses import dataclass

from blueproof.advisors.plan.advise import judge_plan, plain, steps_of
from blueproof.core.advice import Recommendation, Step
from blueproof.sql.plans.node import ReadPlan

_RULES = frozenset(
    "plan-jit plan-planning-time plan-trigger plan-waiting plan-outside plan-heap-fetches".split()
)
_HALF = 0.5


@dataclass(frozen=True, kw_only=True)
class Leading:
    """Advice from the person's own plan, how it is said, and its step."""

    advice: Recommendation
    says: str
    steps: tuple[Step, ...]


def leading(plans: tuple[ReadPlan, ...]) -> tuple[Leading, ...]:
    """What half of the time of the slowest plan goes to, where no index and no rewrite cures it."""
    timed = [plan for plan in plans if plan.timed]
    if not timed:
        return ()
    slowest = max(timed, key=lambda plan: plan.total_ms)
    remedies = judge_plan(slowest).remedies[:1]
    return tuple(
        Leading(
            advice=plain(each),
            says=f"{each.choice.rstrip('.;')}. In your plan {each.because[0]}; {each.because[1]}.",
            steps=tuple(steps_of((each,))),
        )
        for each in remedies
        if each.rule in _RULES and each.milliseconds >= _HALF * slowest.total_ms
    )


def most_of(plans: tuple[ReadPlan, ...]) -> tuple[str, str]:
    """What to do about the dearest place of the slowest timed plan, and why; "" where none is."""
    timed = [plan for plan in plans if plan.timed]
    if not timed:
        return "", ""
    slowest = max(timed, key=lambda plan: plan.total_ms)
    for each in judge_plan(slowest).remedies[:1]:
        if each.milliseconds >= _HALF * slowest.total_ms:
            return each.choice.rstrip(".;"), each.because[0]
    return "", ""
