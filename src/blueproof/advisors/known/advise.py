"""What can be said of a request that no advisor owns: its sums, its facts, what to bring."""

from collections.abc import Iterator

from blueproof.advisors.known.evidence import BRINGS
from blueproof.core.blueprint import Conclusion, Draft, QuestionKind, Unproved
from blueproof.core.brief import Brief, Fact
from blueproof.core.question import Question

_MOST_NAMED = 4


def advise_known(brief: Brief, kind: QuestionKind) -> tuple[Draft, Conclusion]:
    """The draft and its conclusion: no recommendation, plainly said."""
    problem = _first(brief, "problem")
    draft = Draft(brief=brief, question_kind=kind)
    return draft, Conclusion(
        answer=" ".join(_answer(brief, problem)),
        open_questions=tuple(_questions(problem)),
        not_proved=(
            Unproved(
                statement=f"advice on {problem.replace('-', ' ') or 'this request'}",
                why="no engine of this version checks such advice yet, so none is given",
            ),
        ),
    )


def _first(brief: Brief, key: str) -> str:
    return next((str(f.value) for f in brief.facts if f.key == key), "")


def _answer(brief: Brief, problem: str) -> Iterator[str]:
    """What it is about in the person's own nouns, the sums of their figures, the way on."""
    if not problem and not any(f.key == "technology" for f in brief.facts):
        yield (
            "I could not tell what this is about: name the system, what happens, and what you want."
        )
        return
    named = ", ".join(dict.fromkeys(_named(brief)))
    about = problem.replace("-", " ") or "your question"
    on = f" on {named}" if named else ""
    yield f"No proven answer yet: this is about {about}{on}, which this version does not check."
    yield from _sums(brief)
    if problem in BRINGS:
        yield BRINGS[problem].sentence


def _named(brief: Brief) -> Iterator[str]:
    for fact in [f for f in brief.facts if f.key == "technology"][:_MOST_NAMED]:
        yield fact.quote or str(fact.value)


def _sums(brief: Brief) -> Iterator[str]:
    for fact in brief.facts:
        if fact.key == "rate":
            yield f"Your figures make {_rate(fact)}."


def _rate(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:,.4g}"
    return f"{value} {fact.unit} ({fact.role})"


def _questions(problem: str) -> Iterator[Question]:
    bring = BRINGS.get(problem)
    if bring:
        yield Question(
            id="1",
            ask=bring.ask,
            why=bring.why,
            key="evidence",
            changes=(bring.why,),
            command=bring.command,
        )
