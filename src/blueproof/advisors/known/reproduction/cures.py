"""Cures that no made row can show: of what the planner knows, of dead rows, of empty pages.

They rest on the person's own figures, so they come before what the made rows show.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from blueproof.advisors.known.reproduction.bloated import bloated_steps
from blueproof.advisors.known.reproduction.misjudged import misjudged_steps
from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.advisors.known.told import sentence
from blueproof.core.advice import Recommendation, Step
from blueproof.core.blueprint import Draft
from blueproof.core.evidence import Citation

_READ = date(2026, 11, 30)
VACUUM = Citation(
    url="https://www.postgresql.org/docs/current/routine-vacuuming.html",
    checked=_READ,
    says="an update or delete leaves the old version of the row in the table until VACUUM removes "
    "it, which it cannot while an open transaction may still see it; VACUUM FULL writes the table "
    "anew",
)
STATISTICS = Citation(
    url="https://www.postgresql.org/docs/current/planner-stats.html",
    checked=_READ,
    says="the planner takes conditions on several columns for independent; CREATE STATISTICS lets "
    "ANALYZE learn how columns depend on one another, and a larger target keeps more values",
)


@dataclass(frozen=True, kw_only=True)
class Cure:
    """Advice from the person's own figures, how it is said, and what to do for it."""

    advice: Recommendation
    says: str
    steps: tuple[Step, ...]


def read_cures(sketch: Sketch) -> tuple[Cure, ...]:
    """What the figures in the words call for, the surest first."""
    return (*_dead(sketch), *_bloated(sketch), *_misjudged(sketch))


def without(draft: Draft, cures: tuple[Cure, ...]) -> Draft:
    """The draft with the advice that the made rows bear out alone."""
    slots = {each.advice.slot for each in cures}
    rest = tuple(r for r in draft.recommendations if r.slot not in slots)
    return replace(draft, recommendations=rest)


def _dead(sketch: Sketch) -> Iterator[Cure]:
    for each in sketch.dead:
        advice = Recommendation(
            slot=f"dead rows of {each.table}",
            choice=each.choice,
            because=(each.why,),
            evidence=(VACUUM,),
        )
        says = " ".join((sentence(each.choice), sentence(each.why)))
        yield Cure(advice=advice, says=says, steps=tuple(each.steps))


def _bloated(sketch: Sketch) -> Iterator[Cure]:
    for each in sketch.bloated:
        advice = Recommendation(
            slot=f"empty pages of {each.table}",
            choice=each.statement,
            because=(each.says,),
            evidence=(VACUUM,),
        )
        steps = tuple(bloated_steps((each,)))
        yield Cure(advice=advice, says=sentence(each.says), steps=steps)


def _misjudged(sketch: Sketch) -> Iterator[Cure]:
    for each in sketch.misjudged:
        advice = Recommendation(
            slot=f"what the planner knows of {each.table}",
            choice="; ".join(each.statements),
            because=(each.says,),
            evidence=(STATISTICS,),
        )
        steps = tuple(misjudged_steps((each,)))
        yield Cure(advice=advice, says=sentence(each.says), steps=steps)
