"""A design as advice: the answer with the person's figures, steps, the schema and its trials."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.designs.entries import Design, Line, design
from blueproof.advisors.designs.figures import Known, known, sayable
from blueproof.advisors.designs.stores import store_of
from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Premise, Proof, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import Upholds
from blueproof.core.question import Question
from blueproof.core.scene import File

SLOT = "design-"
PROMISE = "schema-refuses"
_SHOWS = "-- Shows that "


def advise_design(
    name: str, brief: Brief, kind: QuestionKind, premises: tuple[Premise, ...]
) -> Draft:
    """The draft of the design with that id."""
    made = design(name)
    figures = known(brief.request, made)
    files = tuple(_files(made, brief.request))
    advice = Recommendation(
        slot=f"{SLOT}{name}",
        choice=_first(made.head, brief.request, figures).removesuffix("."),
        because=_texts(made.why, brief.request, figures) or (made.title,),
        trade_offs=tuple(t.rstrip(".") for t in _texts(made.other, brief.request, figures)),
        evidence=made.read_of(store_of(brief.request)),
        claims=tuple(_claims(made, files)),
    )
    assumed = tuple(
        Assumption(key="design", value=text, why="not told")
        for text in _texts(made.assumed, brief.request, figures)
    )
    return Draft(
        brief=_with(brief, assumed),
        question_kind=kind,
        premises=premises,
        recommendations=(advice,),
        artifacts=files,
        open_questions=tuple(_questions(made)),
    )


def conclude(name: str, kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
    """What is said: the answer, the sums, what else is asked, what not to do and what flips it."""
    made, request = design(name), kept.brief.request
    figures = known(request, made)
    tried = [p for p in proofs if isinstance(p.claim, Upholds) and p.verdict == "proved"]
    passed = sum(int(p.measure("failed without protection") or 0) for p in tried)
    held = (
        (f"schema.sql was run on PostgreSQL 18: {passed} trials of what must not be were refused, "
         "and each got through once its protection was taken away.",)
        if passed and kept.artifacts else ()
    )  # fmt: skip
    head = (_first(made.head, request, figures), *_texts(made.sums, request, figures))
    points = (
        *_texts(made.asks, request, figures),
        " ".join(map(_sentence, (*_texts(made.avoid, request, figures), *held))),
        *_texts(made.other, request, figures)[:1],
    )
    said = (" ".join(map(_sentence, head)), *map(_sentence, filter(None, points)))
    return Conclusion(
        answer="\n\u00b7 ".join(said),
        steps=tuple(_steps(made, request, figures, files=bool(kept.artifacts))),
        not_proved=() if passed else (
            Unproved(statement="the design", why="it rests on its sources; nothing was run here"),
        ),
    )  # fmt: skip


def covers(slot: str, asked: str) -> bool:
    """Whether the design behind a slot speaks to this question."""
    made = design(slot.removeprefix(SLOT))
    lines = (*made.asks, *made.sums)
    return any(line.when and line.when.search(asked) for line in lines)


def _texts(lines: tuple[Line, ...], request: str, figures: Known) -> tuple[str, ...]:
    return tuple(text for _, text in sayable(lines, request, figures))


def _first(lines: tuple[Line, ...], request: str, figures: Known) -> str:
    return next(iter(_texts(lines, request, figures)), "")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", ":")) else f"{text}."


def _files(made: Design, request: str) -> Iterator[Artifact]:
    """The schema and its trials, where PostgreSQL keeps the data or nothing else is named."""
    if not made.schema or store_of(request) != "postgres":
        return
    needs = (f"{SLOT}{made.id}",)
    yield Artifact(path="schema.sql", purpose="the tables", text=made.schema, needs=needs)
    says = _shown(made)
    yield Artifact(
        path="checks/trials.sql", purpose=f"shows that {says}", text=made.checks, needs=needs
    )


def _shown(made: Design) -> str:
    """What the trials show, which is their first line."""
    return made.checks.partition("\n")[0].removeprefix(_SHOWS).removesuffix(".")


def _claims(made: Design, files: tuple[Artifact, ...]) -> Iterator[Upholds]:
    if files:
        texts = tuple(File(path=f.path, text=f.text) for f in files)
        yield Upholds(promise=PROMISE, says=_shown(made), files=texts)


def _with(brief: Brief, assumed: tuple[Assumption, ...]) -> Brief:
    return replace(brief, assumptions=(*brief.assumptions, *assumed))


def _steps(made: Design, request: str, figures: Known, *, files: bool) -> Iterator[Step]:
    for line, text in sayable(made.do, request, figures):
        if "schema.sql" in text and not files:
            continue
        yield Step(do=text, horizon=line.horizon, check=line.check, undo="")


def _questions(made: Design) -> Iterator[Question]:
    if made.question:
        ask, why, changes = made.question
        yield Question(id="1", ask=ask, why=f"{why}.", key="evidence", changes=(changes,))
