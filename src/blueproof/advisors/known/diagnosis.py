"""An error or symptom told: what it means, its causes with what speaks for and against each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from blueproof.advisors.known.at_once import AtOnce, at_once
from blueproof.advisors.known.contrary import is_ruled_out
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.in_place import THERE, without_what_is_there
from blueproof.advisors.known.rhythm import Rhythm, rhythm_of
from blueproof.advisors.known.told import Told, evidence, lowered, sentence
from blueproof.core.advice import Step
from blueproof.core.blueprint import Hypothesis
from blueproof.core.brief import Brief
from blueproof.core.question import Question
from blueproof.facts.entries import Cause, Failure

_BEFORE = 24  # characters before a word by which it is quoted
_SHOWN = 10  # words that a sum outweighs
_SERVERLESS = "serverless"  # among the words that speak for the cause that functions are
_SHORT = 90  # characters of a command that fits into a sentence


@dataclass(frozen=True, kw_only=True)
class _Weighed:
    cause: Cause
    supports: tuple[str, ...]
    contradicts: tuple[str, ...]
    reckoned: AtOnce | None = None  # the person's own figures, where they show that it is this

    @property
    def weight(self) -> int:
        shown = _SHOWN if self.reckoned else 0
        return shown + len(self.supports) - 2 * len(self.contradicts)


def told_of_failure(failure: Failure, found: Found, brief: Brief) -> Told:
    """The diagnosis: never one cause as certain, and first the check that tells them apart."""
    weighed = sorted((_weighed(c, brief) for c in failure.causes), key=lambda w: -w.weight)
    first = weighed[0]
    rhythm = rhythm_of(brief.request)
    steps = without_what_is_there(tuple(_steps(first)), brief)
    return Told(
        sentences=(
            *_sentences(failure, found, first, len(weighed), rhythm),
            *(sentence(step.do) for step in steps if step.do.startswith(THERE)),
        ),
        hypotheses=tuple(
            Hypothesis(
                cause=w.cause.cause,
                supports=tuple(f'you say "{quote}"' for quote in w.supports),
                contradicts=tuple(f'you say "{quote}"' for quote in w.contradicts),
                decide_by=f"{w.cause.look}: {w.cause.shows}",
            )
            for w in weighed
        ),
        steps=tuple(sorted((*(rhythm.steps if rhythm else ()), *steps), key=_when)),
        questions=() if len(first.cause.look) <= _SHORT else (_asked(first),),
    )


def _when(step: Step) -> int:
    return ("now", "next", "later").index(step.horizon)


def _sentences(
    failure: Failure, found: Found, first: _Weighed, count: int, rhythm: Rhythm | None
) -> Iterator[str]:
    running = first.reckoned
    if running:  # the person's own sum comes before what any text means
        yield sentence(f"{running.sum}: {_cause(first)}")
        yield from (sentence(running.remedy), sentence(running.raised))
        return
    yield sentence(failure.means if found.printed else f"It may be this: {lowered(failure.means)}")
    if rhythm:  # what happens by the clock tells more than any word
        yield rhythm.sentence
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
    if weighed.supports or weighed.reckoned:
        yield Step(do=f"If so: {lowered(cause.now)}", horizon="now", check=cause.look, undo="")
    else:
        yield Step(do=f"See which cause it is: {cause.look}", horizon="now", check="", undo="")
        do = f"If it shows {lowered(cause.shows)}: {lowered(cause.now)}"
        yield Step(do=do, horizon="next", check=cause.look, undo="")
    if cause.lasting:
        yield Step(do=cause.lasting, horizon="later", check=cause.look, undo="")


def _weighed(cause: Cause, brief: Brief) -> _Weighed:
    running = at_once(brief) if _SERVERLESS in cause.when else None
    return _Weighed(
        cause=cause,
        reckoned=running if running and running.is_over else None,
        supports=tuple(_said(cause.when, brief)),
        contradicts=(
            *_said(_without_proposals(cause.not_when, brief), brief),
            *_ruled_out(cause.when, brief),
        ),
    )


def _without_proposals(words: tuple[str, ...], brief: Brief) -> tuple[str, ...]:
    """The words but for products that somebody only proposes: what is not there rules nothing out.

    "Someone said RDS Proxy" tells of no proxy.
    """
    roles: dict[str, set[str]] = {}
    for fact in brief.facts:
        if fact.key == "technology":
            roles.setdefault(str(fact.value), set()).add(fact.role)
    return tuple(w for w in words if "current" in roles.get(w, {"current"}))


def _said(words: tuple[str, ...], brief: Brief) -> Iterator[str]:
    """The words as the request has them; a product's id is met by any of its names."""
    for word in words:
        named = next(
            (
                f.quote for f in brief.facts
                if f.key == "technology" and f.value == word and f.role != "rejected"
            ),
            "",
        )  # fmt: skip
        spelled = next((m[0] for m, out in _spelled(word, brief) if not out), "")
        if named or spelled:
            yield named or spelled


def _ruled_out(words: tuple[str, ...], brief: Brief) -> Iterator[str]:
    """The words as the request has them where it says each time that there is nothing of it."""
    for word in words:
        found = [*_spelled(word, brief)]
        if found and all(out for _, out in found):
            match = found[0][0]
            yield " ".join(
                brief.request[max(0, match.start() - _BEFORE) : match.end()].split()[-3:]
            )


def _spelled(word: str, brief: Brief) -> Iterator[tuple[re.Match[str], bool]]:
    """Each place where the word stands, with whether it is said there that there is none of it."""
    text = brief.request
    for found in re.finditer(rf"\b{re.escape(word)}s?\b", text, re.IGNORECASE):
        yield found, is_ruled_out(text, found.start(), found.end())
