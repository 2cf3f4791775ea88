"""Which trouble the words tell of, as a draft and its conclusion."""

import re
from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.incident import laws
from blueproof.advisors.incident.mechanisms import everything
from blueproof.advisors.incident.trouble import Trouble
from blueproof.advisors.known.changed import Changed, changed
from blueproof.advisors.known.own_names import in_own_names
from blueproof.core.advice import Finding, Step
from blueproof.core.blueprint import Conclusion, Draft, Hypothesis, Premise, QuestionKind, Unproved
from blueproof.core.brief import Brief

_RULE = "known-answer"  # of findings that an answer rests on
_MOST = 2  # troubles that one answer speaks of
BY_FIGURES = 5  # the weight from which a trouble is told by its own figures and signs
_SURE = 4  # weight of a second trouble that is spoken of
_LONGEST = 110  # characters of a question that are quoted
_CAUSES = 3
_SENTENCE = re.compile(r"[^.?!\n]+(?:\.(?=\S)[^.?!\n]*)*\?")

_NO_WAY_BACK = frozenset(  # troubles that a release meets, and does not bring
    {"postgres-alter-table-queue", "errors-on-every-deploy", "alarm-on-few-requests",
     "crowd-at-an-opening", "crowd-that-reads"}
)  # fmt: skip

_ASSUMED = Unproved(
    statement="the shares, time-outs, batch sizes and levels of alarms in the steps",
    why="assumed where no page is cited for them: a start, to be set by what you measure",
)


def troubles(brief: Brief) -> tuple[Trouble, ...]:
    """The troubles that the words tell of, the surest first; none where nothing tells one."""
    text = brief.request
    found = [*laws.told(brief), *(t for k in everything() if (t := k.found(text)))]
    ranking = sorted(found, key=lambda each: -each.weight)
    return (*ranking[:1], *(each for each in ranking[1:_MOST] if _is_another(each, ranking[0])))


def advise_trouble(
    brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...], found: tuple[Trouble, ...]
) -> tuple[Draft, Conclusion]:
    """The draft and conclusion on what the words tell of."""
    first, *others = found
    before = None if first.id in _NO_WAY_BACK else changed(brief, hurts=True)
    back = (before.step,) if before else ()
    steps = (*back, *first.now, *(s for each in others for s in each.now[:1]), *first.later)
    judged = tuple(f'"{p.quote}" is not so: {p.because}.' for p in premises if _is_wrong(p))
    conclusion = Conclusion(
        answer=" ".join(
            (
                *_says(first, before),
                *(in_own_names(s, brief.request) for s in _told_apart(first)),
                *judged,
                *(each.says[0] for each in others),
                *_replies(brief, found),
            )
        ),
        hypotheses=tuple(_of_own(c.hypothesis, brief.request) for c in first.causes[:_CAUSES]),
        steps=tuple(_own(step, brief.request) for step in steps),
        findings=tuple(_findings(found)),
        not_proved=(
            Unproved(
                statement="that this is your case",
                why="it is read from your words and figures; each check above tells it apart",
            ),
            _ASSUMED,
        ),
    )
    return Draft(brief=brief, question_kind=kind, premises=premises), conclusion


def _says(first: Trouble, before: Changed | None) -> tuple[str, ...]:
    """What is said of the trouble, behind the way back where something was changed before it."""
    if before is None:
        return first.says
    opening, *rest = first.says
    return (before.sentence, f"If that does not end it within minutes: {_inside(opening)}", *rest)


def _inside(sentence: str) -> str:
    """The sentence inside another, without a first word that counts."""
    plain = sentence.removeprefix("First ")
    return plain if plain[1:2].isupper() else f"{plain[:1].lower()}{plain[1:]}"


def _own(step: Step, text: str) -> Step:
    return replace(step, do=in_own_names(step.do, text), check=in_own_names(step.check, text))


def _of_own(cause: Hypothesis, text: str) -> Hypothesis:
    return replace(cause, decide_by=in_own_names(cause.decide_by, text))


def _is_another(found: Trouble, first: Trouble) -> bool:
    """Whether a second trouble is spoken of: a sure one, and no other side of the first."""
    return found.weight >= _SURE and found.id != first.id


def _told_apart(found: Trouble) -> Iterator[str]:
    """The observation that shows whether it is the first cause."""
    for cause in found.causes[:1]:
        yield f"To be sure: {cause.look}; it is this if it shows {cause.shows}."


def _is_wrong(premise: Premise) -> bool:
    return premise.verdict == "wrong" and len(premise.quote) <= _LONGEST


def _replies(brief: Brief, found: tuple[Trouble, ...]) -> Iterator[str]:
    """What is asked beside, each question answered once."""
    for each in _SENTENCE.finditer(brief.request):
        asked = " ".join(each[0].split())
        replies = (r.says for t in found for r in t.replies if r.to.search(asked))
        says = next(replies, "")
        if says:
            yield f"\u201c{_short(asked)}\u201d {says}"


def _short(asked: str) -> str:
    return asked if len(asked) <= _LONGEST else f"... {asked[-_LONGEST:].split(maxsplit=1)[-1]}"


def _findings(found: tuple[Trouble, ...]) -> Iterator[Finding]:
    for each in found:
        for citation in each.sources:
            yield Finding(rule=_RULE, where="published", says=citation.says, evidence=(citation,))


def is_told_by(brief: Brief, answer: str) -> bool:
    """Whether an answer is the one on a trouble."""
    found = troubles(brief)
    return bool(found) and found[0].says[0] in answer
