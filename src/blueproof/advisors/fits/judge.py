"""Whether the person's own figures fit what they name: jobs, bodies, messages, records, batches."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from blueproof.advisors.fits.figures import Measured, Told, measured, told_figures
from blueproof.advisors.fits.places import Place, held_by, named_places
from blueproof.advisors.premises.figures import limit_in_base
from blueproof.core.brief import Brief
from blueproof.facts.entries import Limit, limit_of
from blueproof.facts.measured import HeldLimit, held_limits, holds

Verdict = Literal["out", "partly", "fits"]
_COMFORTABLE = Decimal("0.8")  # of a limit: what is above fits on good days only


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A figure of the request held against a limit of a technology that it names.

    `limit` is the largest that the figure exceeds, or the smallest that it fits; `beyond` is the
    next one, of another plan or kind, that would hold it. `of` are all technologies that have it.
    """

    verdict: Verdict
    figure: Measured
    place: Place
    limit: Limit
    of: frozenset[str]
    beyond: Limit | None = None


def fits(brief: Brief) -> tuple[Fit, ...]:
    """What does not fit first, then what fits; one for each technology and measure."""
    found: dict[tuple[str, str], Fit] = {}
    for fit in sorted(_fits(brief), key=_weight):
        found.setdefault((fit.place.technology, fit.figure.told.base), fit)
    return tuple(found.values())


def _weight(fit: Fit) -> tuple[bool, Decimal]:
    """What does not fit before what does; the largest figure first."""
    return fit.verdict == "fits", -fit.figure.told.high


def _fits(brief: Brief) -> Iterator[Fit]:
    named = {place.technology for place in named_places(brief)}
    held = [limit for limit in held_limits() if limit.of & named]
    for told in told_figures(brief) if held else ():
        for limit in held:
            figure = _figure(brief, told, limit)
            place = held_by(brief, figure, limit) if figure else None
            if figure and place:
                yield from _judged(brief, figure, place, limit)


def _figure(brief: Brief, told: Told, limit: HeldLimit) -> Measured | None:
    """The figure as what the limit limits; None where it measures something else."""
    if told.unit not in limit.units:
        return None
    sentence = brief.request[slice(*told.sentence)]
    if limit.sentence and not holds(limit.sentence, sentence):
        return None
    return None if holds(limit.apart, sentence) else measured(told, limit.measure)


def _judged(brief: Brief, figure: Measured, place: Place, held: HeldLimit) -> Iterator[Fit]:
    """The verdict, unless the figure is the limit itself, which is then only quoted."""
    low, high = _range(figure)
    known = _known(brief, held)
    more = (limit_of(name) for name in held.facts)
    if any(high == _most(limit) for limit in known):
        return
    passed = [limit for limit in known if high > _most(limit)]
    if passed:
        yield Fit(
            verdict="partly" if low <= _most(passed[-1]) else "out",
            figure=figure,
            place=place,
            limit=passed[-1],
            of=held.of,
            beyond=next((limit for limit in more if high <= _most(limit)), None),
        )
    elif high <= _most(known[0]) * _COMFORTABLE:
        yield Fit(verdict="fits", figure=figure, place=place, limit=known[0], of=held.of)


def _range(figure: Measured) -> tuple[Decimal, Decimal]:
    told = figure.told
    return told.over(figure.measure.per) if figure.measure.per else (told.low, told.high)


def _known(brief: Brief, held: HeldLimit) -> tuple[Limit, ...]:
    """The figures of the limit that hold: those of what is named, else those that always do."""
    named = [name for name, said in held.facts.items() if said and holds(said, brief.request)]
    plain = [name for name, said in held.facts.items() if not said]
    return tuple(limit_of(name) for name in named or plain or held.facts)


def _most(limit: Limit) -> Decimal:
    return limit_in_base(Decimal(str(limit.value)), limit.unit)


_ASKS = re.compile(
    r"\b(?:fits?|enough|ok(?:ay)?|fine|possible|too (?:big|large|long|many|much|slow)|limits?"
    r"|can (?:we|i|it|they|\w+) |could|should|will|would|does|is (?:this|that|it|there)|good idea"
    r"|work)\b",
    re.IGNORECASE,
)


def asks_whether(brief: Brief) -> bool:
    """Whether the request asks if something can be done so, not how or why."""
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    asking = " ".join(re.findall(r"[^.!?\n]*\?", brief.request))
    return kind in {"yes-no", "is-this-fine", "which"} and bool(_ASKS.search(asking))
