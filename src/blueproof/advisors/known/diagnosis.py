"""An error or symptom told: what it means, its causes with what speaks for and against each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.found import Found
from blueproof.advisors.known.told import Told, evidence, lowered, sentence
from blueproof.core.advice import Step
from blueproof.core.blueprint import Hypothesis
from blueproof.core.brief import Brief
from blueproof.core.question import Question
from blueproof.facts.entries import Cause, Failure

_SHORT = 90  # characters of a command that fits into a sentence


@dataclass(frozen=True, kw_only=True)
class _Weighed:
    cause: Cause
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]

    @property
    def weight(self) -> int:
        return len(self.supports) - 2 * len(self.contradicts)


def told_of_failure(failure: Failure, found: Found, brief: Brief) -> Told:
    """The diagnosis: never one cause as certain, and first the check that tells them apart."""
    weighed = sorted((_weighed(c, brief) for c in failure.causes), key=lambda w: -w.weight)
    first = weighed[0]
    return Told(
        sentences=tuple(_sentences(failure, found, first, len(weighed))),
        hypotheses=tuple(
            Hypothesis(
                cause=w.cause.cause,
                supports=tuple(f'you say "{quote}"' for quote in w.supports),
                contradicts=tuple(f'you say "{quote}"' for quote in w.contradicts),
                decide_by=f"{w.cause.look}: {w.cause.shows}",
            )
            for w in weighed
        ),
        steps=tuple(_steps(first)),
        questions=() if len(first.cause.look) <= _SHORT else (_asked(first),),
    )


def _sentences(failure: Failure, found: Found, first: _Weighed, count: int) -> Iterator[str]:
    yield sentence(failure.means if found.printed else f"It may be this: {lowered(failure.means)}")
    if first.supports and not first.contradicts:
        yield sentence(
            f'the cause to check first, since you mention "{first.supports[0]}": {_cause(first)}'
        )
    else:
        yield sentence(f"{count} causes look alike, the commonest first: {_cause(first)}")
    if len(first.cause.look) <= _SHORT:
        yield sentence(f"check it: {first.cause.look}; {_shows(first)}")


def _asked(first: _Weighed) -> Question:
    """What a check shows that is too long to stand in a sentence."""
    return evidence("What does this command show?", sentence(_shows(first)), first.cause.look)


def _cause(weighed: _Weighed) -> str:
    return lowered(weighed.cause.cause)


def _shows(weighed: _Weighed) -> str:
    return f"it is this cause if it shows {lowered(weighed.cause.shows)}"


def _steps(weighed: _Weighed) -> Iterator[Step]:
    cause = weighed.cause
    if weighed.supports:
        yield Step(do=f"If so: {lowered(cause.now)}", horizon="now", check=cause.look, undo="")
    else:
        yield Step(do=f"See which cause it is: {cause.look}", horizon="now", check="", undo="")
        do = f"If it shows {lowered(cause.shows)}: {lowered(cause.now)}"
        yield Step(do=do, horizon="next", check=cause.look, undo="")
    if cause.lasting:
        yield Step(do=cause.lasting, horizon="later", check=cause.look, undo="")


def _weighed(cause: Cause, brief: Brief) -> _Weighed:
    return _Weighed(
        cause=cause,
        supports=tuple(_said(cause.when, brief)),
        contradicts=tuple(_said(cause.not_when, brief)),
    )


def _said(words: tuple[str, ...], brief: Brief) -> Iterator[str]:
    """The words as the request has them; a product's id is met by any of its names."""
    for word in words:
        named = next(
            (f.quote for f in brief.facts if f.key == "technology" and f.value == word), ""
        )
        spelled = re.search(rf"\b{re.escape(word)}s?\b", brief.request, re.IGNORECASE)
        if named or spelled:
            yield named or (spelled[0] if spelled else "")
