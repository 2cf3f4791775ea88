"""Limits, choices, charges and patterns told for one request."""

import re
from collections.abc import Iterator
from decimal import Decimal

from blueproof.advisors.known.diagnosis import told_of_failure
from blueproof.advisors.known.found import Found
from blueproof.advisors.known.in_place import without_what_is_there
from blueproof.advisors.known.measures import figure_in
from blueproof.advisors.known.phrases import weight
from blueproof.advisors.known.rhythm import SWITCH_OFF
from blueproof.advisors.known.told import Told, evidence, lowered, sentence
from blueproof.advisors.known.yes_or_no import is_asked_plainly
from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.brief import Brief
from blueproof.core.question import Question
from blueproof.facts.entries import Charge, Choice, Failure, Limit, Pattern
from blueproof.facts.words import stems, stems_by_sentence

_LEAST_WORDS, _MOST_OF_IT = 3, 0.35  # of the words of a case, which a request that is one has
_MOST_TOLD = 0.55  # of what a case tells
_CODE = re.compile(r"\S*[_=]\S*")  # a setting's name is one thing, not the three words in it
_WANTS_CODE = {"how", "build"}


def told(found: Found, brief: Brief) -> Told:
    """What the entry comes to for this request."""
    match found.entry:
        case Failure() as failure:
            return told_of_failure(failure, found, brief)
        case Limit() as limit:
            return _of_limit(limit)
        case Choice() as choice:
            return _of_choice(choice, brief)
        case Charge() as charge:
            return _of_charge(charge)
        case Pattern() as pattern:
            return _of_pattern(pattern, brief)
        case entry:
            return Told(sentences=(sentence(entry.says),))


def nearby(found: Found, brief: Brief) -> str:
    """What the entry says and what it would have one do, in one line, where it stands beside."""
    part, entry = told(found, brief), found.entry
    says = entry.says
    if isinstance(entry, Choice):
        says = f"On {entry.question}: {lowered(entry.open)}"
    if part.hypotheses and part.hypotheses[0].supports:
        says += f"; {lowered(part.hypotheses[0].cause)}?"
    step = next((s for s in part.steps if not s.do.startswith(SWITCH_OFF)), None)
    return f"{_capital(says)} \u2192 {step.do}" if step else _capital(says)


def _of_limit(limit: Limit) -> Told:
    def sentences() -> Iterator[str]:
        yield sentence(limit.says)
        yield sentence(f"at the limit: {limit.at}" if limit.at else "")

    def steps() -> Iterator[Step]:
        yield Step(do=_capital(limit.instead), horizon="now", check="", undo="")
        if limit.raised:
            yield Step(do=f"Or raise it: {limit.raised}", horizon="later", check="", undo="")

    return Told(sentences=tuple(sentences()), steps=tuple(s for s in steps() if s.do))


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _of_choice(choice: Choice, brief: Brief) -> Told:
    """The answer on the side of the figure where the request is, or the one for both sides."""
    amount = figure_in(choice.figure, brief) if choice.figure else None
    answer, other = choice.open, ""
    if choice.figure and amount:
        below = amount.value < Decimal(str(choice.figure.line))
        answer, other = (choice.low, choice.high) if below else (choice.high, choice.low)
        answer = answer.replace("{figure}", amount.said)
    advice = Recommendation(
        slot=_capital(choice.question),
        choice=answer,
        because=choice.because[1:] or choice.because,  # the first stands in the answer
        trade_offs=(f"Not where {choice.unless}",) if choice.unless else (),
        evidence=(choice.citation,),
    )
    horizons = (("now", choice.now), ("later", choice.later))
    return Told(
        sentences=tuple(_chosen(choice, answer, other, brief)),
        recommendation=advice,
        steps=without_what_is_there(
            tuple(
                Step(do=do, horizon="now" if when == "now" else "later", check=choice.look, undo="")
                for when, do in horizons
                if do
            ),
            brief,
            choice.question,
        ),
        questions=() if amount or not choice.look else (_looked(choice),),
    )


def _chosen(choice: Choice, answer: str, other: str, brief: Brief) -> Iterator[str]:
    plainly = is_asked_plainly(choice, answer, brief)
    yield sentence(answer if plainly else f"on {choice.question}: {lowered(answer)}")
    if choice.unless and _names(choice, brief):
        yield sentence(f"but you name what changes it: {choice.unless}")
        return
    yield sentence(choice.because[0])
    if choice.unless:
        yield sentence(f"this changes where {choice.unless}")
    elif other and choice.figure:
        yield sentence(f"this changes at {choice.figure.line:,g} {choice.figure.of[0]}")


def _names(choice: Choice, brief: Brief) -> bool:
    """Whether the request speaks of the case that changes the answer.

    Most words of the case stand in one sentence, apart from those of the question, which it has
    anyway; or most of what one of several cases tells does.
    """
    return _has_words_of(choice, brief) or _tells_a_case(choice, brief)


def _tells_a_case(choice: Choice, brief: Brief) -> bool:
    """Whether one sentence tells most of a case, the words of the answer among them."""
    asked = {*stems(choice.question)}
    told = [{*sentence} for sentence in stems_by_sentence(_CODE.sub(" ", brief.request))]
    for case in choice.unless.partition(";")[0].split(", or "):
        wanted = {*stems(_CODE.sub(" ", case))} - asked
        near = max((wanted & sentence for sentence in told), key=len, default=set[str]())
        enough = sum(map(weight, near)) >= _MOST_TOLD * sum(map(weight, wanted))
        if enough and len(near) > _LEAST_WORDS:
            return True
    return False


def _has_words_of(choice: Choice, brief: Brief) -> bool:
    case, topic = (
        {*stems(_CODE.sub(" ", text))}
        for text in (choice.unless.partition(";")[0], f"{choice.question} {choice.open}")
    )
    wanted = case - topic
    told = stems_by_sentence(_CODE.sub(" ", brief.request))
    near = (len(wanted & {*sentence}) for sentence in told)
    return max(near, default=0) >= max(_LEAST_WORDS, _MOST_OF_IT * len(wanted))


def _looked(choice: Choice) -> Question:
    return evidence(f"Tell me {choice.look}.", "It decides this.")


def _of_charge(charge: Charge) -> Told:
    share = f"; this takes away up to {charge.saves:.0%} of it" if charge.saves else ""
    return Told(
        sentences=(sentence(charge.what), sentence(charge.why)),
        steps=(
            Step(
                do=f"{charge.do}{share}{f', where {charge.when}' if charge.when else ''}",
                horizon="now", check="", undo="",
            ),
        ),
    )  # fmt: skip


def _of_pattern(pattern: Pattern, brief: Brief) -> Told:
    """The pattern's steps, with its code where it is asked how to build it."""
    kind = next((f.value for f in brief.facts if f.key == "kind"), "")
    files = (
        tuple(
            Artifact(
                path=f"pattern/{code.path}",
                purpose=code.purpose,
                text=pattern.text(code.path),
                needs=(pattern.name,),
            )
            for code in pattern.code
        )
        if kind in _WANTS_CODE
        else ()
    )
    blank = ("",) * (len(pattern.steps) - 1)  # what to look at shows once all steps are done
    advice = Recommendation(
        slot=pattern.name,
        choice=pattern.idea,
        because=tuple(f"Needed where {when}" for when in pattern.when),
        trade_offs=tuple(f"Not where {case}" for case in pattern.when_not),
        evidence=(pattern.citation, *pattern.numbers),
        files=files,
    )
    return Told(
        sentences=(
            sentence(pattern.idea),
            sentence(pattern.without),
            sentence(f"not where {pattern.when_not[0]}") if pattern.when_not else "",
        ),
        recommendation=advice,
        steps=tuple(
            Step(do=do, horizon="now", check=look, undo="")
            for do, look in zip(pattern.steps, (*blank, pattern.look), strict=True)
        ),
        artifacts=files,
    )
