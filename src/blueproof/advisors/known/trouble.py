"""A trouble that is there now, with what was changed before it and what was counted in it."""

import re
from dataclasses import replace

from blueproof.advisors.known.at_once import ROOM, AtOnce, scaled_out
from blueproof.advisors.known.changed import changed
from blueproof.advisors.known.held_open import held_open
from blueproof.advisors.known.incident import is_incident
from blueproof.advisors.known.own_names import in_own_names
from blueproof.advisors.known.pools import lacks_connections
from blueproof.advisors.known.sums import sums
from blueproof.advisors.known.told import sentence
from blueproof.core.advice import Step
from blueproof.core.blueprint import Conclusion, Hypothesis
from blueproof.core.brief import Brief
from blueproof.facts.pattern import LatePattern

_FEWEST = 2  # times fewer copies that may still bear what came: below that only the pool helps
_DOWN = (
    (LatePattern(r"\becs\b|\bfargate\b", re.IGNORECASE),
     "aws ecs update-service --cluster CLUSTER --service SERVICE --desired-count {}"),
    (LatePattern(r"\b(?:eks|gke|aks|k8s|kubernetes|pods?)\b", re.IGNORECASE),
     "kubectl scale deployment/DEPLOYMENT -n NAMESPACE --replicas={}"),
    (LatePattern(r"\b(?:heroku|dynos?)\b", re.IGNORECASE), "heroku ps:scale web={} -a APP"),
)  # fmt: skip


def with_trouble(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion behind the way back to before the change, and what holds the connections.

    What was counted says more than any message: then its steps stand in place of a message's.
    """
    held = held_open(brief)
    before = changed(brief) if held or is_incident(brief) else None
    if not held:
        conclusion = _with_pools(conclusion, brief)
    if not (held or before):
        return conclusion
    counted = _of(held.inside) if held else ()
    said = (*((before.sentence,) if before else ()), *(held.sentences if held else ()))
    return replace(
        conclusion,
        answer=" ".join((*said, *(map(sentence, sums(brief)) if held else (conclusion.answer,)))),
        hypotheses=(*counted, *conclusion.hypotheses),
        steps=(
            *((before.step,) if before else ()),
            *(held.steps if held else conclusion.steps),
        ),
        open_questions=() if held else conclusion.open_questions,
    )


def _with_pools(conclusion: Conclusion, brief: Brief) -> Conclusion:
    """The conclusion behind the sum of all pools, where the server refuses some of them."""
    tasks = scaled_out(brief)
    refused = lacks_connections(brief.request)
    if tasks is None or tasks.sum in conclusion.answer:
        return conclusion
    if not (tasks.is_over or (refused and tasks.is_over_in_a_deploy)):
        return conclusion
    fits, back = tasks.pool_that_fits, _back(tasks, brief.request)
    twice = "" if tasks.is_over else ", twice that in a deploy"
    step = Step(
        do=f"Set the pool of each to {fits} ({tasks.many} x {fits} = {tasks.many * fits:,}{twice}: "
        "four fifths of what the server allows) and deploy; until then fewer of them, not more",
        horizon="now",
        check="no more refused connections; pool.waitingCount may rise, which is the queue",
        undo="the pool as it was",
    )
    pooler = Step(
        do="Put a pooler between (RDS Proxy, PgBouncer in transaction mode), so that tasks that "
        "are added take no more of the server's connections",
        horizon="later",
        check="the server's connections stay level while tasks are added",
        undo="",
    )
    return replace(
        conclusion,
        answer=f"{_stop(tasks, back)}{_refused(tasks)}",
        hypotheses=(_of_pools(tasks), *conclusion.hypotheses),
        steps=(*back, step, pooler),
        open_questions=(),
    )


def _back(tasks: AtOnce, text: str) -> tuple[Step, ...]:
    """The way down to as many copies as the server bears, to be taken before a new pool is out."""
    bears = int(tasks.most * ROOM) // tasks.each
    command = next((c for sign, c in _DOWN if sign.search(text)), "")
    if not (tasks.is_over and command and bears * _FEWEST >= tasks.many):
        return ()
    return (
        Step(
            do=f"Run {bears} copies until the new pool is out ({bears} x {tasks.each} = "
            f"{bears * tasks.each}): {in_own_names(command.format(bears), text)}; an autoscaler's "
            "maximum has to come down first, or it brings them back",
            horizon="now",
            check="the refusals end as the copies go; requests may queue, which is the lesser evil",
            undo=f"{tasks.many} again, with the small pool",
        ),
    )


def _stop(tasks: AtOnce, back: tuple[Step, ...]) -> str:
    if not back:
        return ""
    bears = int(tasks.most * ROOM) // tasks.each
    return f"Back to {bears} copies now, then the smaller pool on all {tasks.many}. "


def _refused(tasks: AtOnce) -> str:
    """What the pools come to against the server, and when they are more than it allows."""
    if tasks.is_over:
        return (
            f"{tasks.sum}: the server refuses the rest, and each task that starts makes it worse. "
            f"{tasks.raised}."
        )
    return (
        f"{tasks.sum}; but a rolling deploy starts new tasks beside the old, up to "
        f"{2 * tasks.total:,}, and jobs, migrations and people come on top."
    )


def _of_pools(tasks: AtOnce) -> Hypothesis:
    when = "" if tasks.is_over else " while a deploy has old and new tasks"
    return Hypothesis(
        cause=f"All pools together are larger than what the server allows{when}",
        supports=(tasks.sum,),
        contradicts=(),
        decide_by="SELECT client_addr, count(*) FROM pg_stat_activity GROUP BY 1: as many clients "
        "as tasks, each with up to its pool",
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
