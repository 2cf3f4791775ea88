"""What is said of the matters of a request: the first in full, what the others come to beside."""

from collections.abc import Iterator

from blueproof.advisors.matters.hearing import Heard
from blueproof.advisors.matters.may import MATTER
from blueproof.core.advice import Finding, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.question import Question
from blueproof.facts.matters import Line, Matter

ANSWER = "known-answer"
_MOST_BESIDE = 2  # matters that are told beside the first
_GRAVE = 12  # the order up to which a matter is told beside another; the rest is background
_UNSEEN = Unproved(
    statement="your own settings and code",
    why="words were read; the steps say where to look",
)


def told(heard: Heard, kind: QuestionKind) -> tuple[Draft, Conclusion]:
    """The draft and what it concludes to."""
    first = heard.found[0].entry
    others = [f.entry for f in heard.found[1:] if f.entry.order <= _GRAVE][:_MOST_BESIDE]
    because = tuple(_texts(heard, first, first.because))
    advice = Recommendation(
        slot=f"{MATTER}{first.name}",
        choice=next(_texts(heard, first, first.says)),
        because=because or (first.name,),
        evidence=first.citations,
    )
    draft = Draft(brief=heard.brief, question_kind=kind, recommendations=(advice,))
    conclusion = Conclusion(
        answer=" ".join(_answer(heard, first, others)),
        steps=tuple(_steps(heard, [first, *others])),
        findings=tuple(
            Finding(rule=ANSWER, where="published", says=each.name, evidence=each.citations)
            for each in (first, *others)
        ),
        open_questions=tuple(_question(first)),
        not_proved=(_UNSEEN,),
    )
    return draft, conclusion


def _answer(heard: Heard, first: Matter, others: list[Matter]) -> Iterator[str]:
    yield from _texts(heard, first, first.says)
    for each in others:
        yield f"On {each.name}: {_lowered(next(_texts(heard, each, each.says)))}"
    if first.otherwise:
        yield first.otherwise


def _texts(heard: Heard, matter: Matter, lines: tuple[Line, ...]) -> Iterator[str]:
    for line in heard.lines(matter, lines):
        yield heard.text(matter, line)


def _steps(heard: Heard, told: list[Matter]) -> Iterator[Step]:
    for matter in told:
        for line in heard.lines(matter, matter.now):
            yield Step(do=heard.text(matter, line), horizon="now", check=line.look, undo="")
    for matter in told:
        for line in heard.lines(matter, matter.later):
            yield Step(do=heard.text(matter, line), horizon="later", check=line.look, undo="")


def _question(matter: Matter) -> Iterator[Question]:
    if matter.ask:
        yield Question(
            id="1", key="evidence", ask=matter.ask, why=matter.why, changes=("the steps",)
        )


def _lowered(sentence: str) -> str:
    """The sentence as it goes on behind a colon; names in capitals stay."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]
