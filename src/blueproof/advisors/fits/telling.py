"""What is said of figures that do not fit, or do: the limit, what is left, what would change it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from blueproof.advisors.fits.judge import Fit, asks_whether, fits
from blueproof.advisors.fits.places import Place, alternatives, named_places
from blueproof.core.advice import Finding
from blueproof.core.blueprint import Conclusion, Premise
from blueproof.core.brief import Brief
from blueproof.facts.entries import Limit
from blueproof.facts.measured import Measure, places

_MOST = 2  # that are told: more is a list, no answer
_SHOWN = "known-answer"  # the rule of findings that are cited beside an answer
_LONGEST = 80  # characters of a quote


@dataclass(frozen=True, kw_only=True)
class Headline:
    """What stands first in an answer: its sentences, and the limits that they rest on.

    `decides` is whether something that the request names is ruled out by it, `settles` whether that
    leaves a side of an "A or B": steps for the other side are not to be taken.
    """

    sentences: tuple[str, ...]
    findings: tuple[Finding, ...]
    decides: bool
    settles: bool


def headline(brief: Brief, premises: tuple[Premise, ...] = ()) -> Headline | None:
    """What the person's own figures decide; None where they decide nothing.

    A limit that a premise already cites is known to the person, or told to them there.
    """
    cited = {citation.says for p in premises for citation in p.evidence}
    found = [fit for fit in fits(brief) if fit.limit.says not in cited]
    over = tuple(fit for fit in found if fit.verdict != "fits")[:_MOST]
    if not over and not asks_whether(brief):
        return None
    told = over or tuple(found)[:1]
    if not told:
        return None
    left = [
        says
        for measure in dict.fromkeys(fit.figure.measure for fit in over)
        for says in _left(brief, _gone(found, measure), measure)
    ]
    return Headline(
        sentences=(*(_sentence(brief, fit) for fit in told), *left, *_ways(brief, told)),
        findings=tuple(dict.fromkeys(_finding(each) for each in _named(told))),
        decides=bool(over),
        settles=bool(left),
    )


def _gone(found: list[Fit], measure: Measure) -> frozenset[str]:
    """What does not hold such a thing, by any figure of the request."""
    out = (f.of for f in found if f.verdict != "fits" and f.figure.measure.id == measure.id)
    return frozenset(technology for of in out for technology in of)


def with_headline(conclusion: Conclusion, first: Headline | None) -> Conclusion:
    """The conclusion with what the figures decide before its answer."""
    if first is None:
        return conclusion
    said = " ".join(first.sentences)
    told = {finding.says for finding in first.findings}
    rest = conclusion.answer
    for says in told:  # what is told already is not told twice
        rest = rest.replace(f"{says}.", "").strip()
    beside = (f for f in conclusion.findings if not any(c.says in told for c in f.evidence))
    return replace(
        conclusion,
        answer=f"{said} {rest}".strip(),
        steps=() if first.settles else conclusion.steps,
        findings=(*first.findings, *beside),
    )


def _named(told: tuple[Fit, ...]) -> tuple[Limit, ...]:
    """The limits that are told of: those that decide first, then those that hold more."""
    beyond = (fit.beyond for fit in told if fit.beyond)
    return (*(fit.limit for fit in told), *beyond)


def _finding(limit: Limit) -> Finding:
    return Finding(rule=_SHOWN, where="published", says=limit.says, evidence=(limit.citation,))


def _sentence(brief: Brief, fit: Fit) -> str:
    """The verdict with the person's words, the limit, and the plan or kind that holds more."""
    words, says = _quote(brief, fit), _inner(fit.limit.says)
    if fit.verdict == "fits":
        return f'Your "{words}" fits {fit.place.name}: {says}.'
    more = f"; {_inner(fit.beyond.says)}" if fit.beyond else ""
    held = "only in part" if fit.verdict == "partly" else "not"
    beyond = " without more" if fit.limit.raised else ""
    return f'"{words}" does {held} fit {fit.place.name}{beyond}: {says}{more}.'.replace(
        "does only in part fit", "fits only in part"
    )


def _quote(brief: Brief, fit: Fit) -> str:
    words = " ".join(brief.request[fit.figure.start : fit.figure.end].split())
    return words if len(words) <= _LONGEST else fit.figure.told.quote


def _inner(says: str) -> str:
    """The sentence of a limit behind a colon."""
    first = says.split(maxsplit=1)[0]
    return f"{says[:1].lower()}{says[1:]}" if first in {"A", "An", "The", "One", "On"} else says


def _left(brief: Brief, gone: frozenset[str], measure: Measure) -> Iterator[str]:
    """The other sides of an "A or B" of which one is ruled out, where they hold what it does not.

    Of what we know no limit, nor that there is none, nothing is said.
    """
    able = places(measure.id)
    for sides in alternatives(brief):
        names = [{p.technology for p in side} for side in sides]
        rest = [
            side for side, each in zip(sides, names, strict=True) if not gone & each and each & able
        ]
        if rest and any(gone & each for each in names):
            yield f"That leaves {' or '.join(_written(brief, side) for side in rest)} for it."
            return


def _written(brief: Brief, side: tuple[Place, ...]) -> str:
    """A side of an "or" as the request writes it: "BullMQ on Redis"."""
    return brief.request[side[0].start : side[-1].start + len(side[-1].name)]


def _ways(brief: Brief, told: tuple[Fit, ...]) -> Iterator[str]:
    """What would change it: how the limit is raised, or the way round it."""
    for fit in told[:1]:
        if fit.verdict == "fits":
            return
        if fit.limit.raised:
            yield f"To raise it: {fit.limit.raised}."
        if fit.limit.instead:
            yield f"The way round: {fit.limit.instead}{_running(brief, fit)}."


def _running(brief: Brief, fit: Fit) -> str:
    """What of that way the person runs already."""
    way = fit.limit.instead.lower()
    mine = [
        p.name for p in named_places(brief) if p.roles == {"current"} and p.name.lower() in way
        and p.technology != fit.place.technology
    ]  # fmt: skip
    return f" (you run {' and '.join(mine)} already)" if mine else ""
