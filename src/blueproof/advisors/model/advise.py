"""The data model of a request as advice: the schema, what was guessed, and the checks of it."""

from collections.abc import Iterator
from dataclasses import replace

from blueproof.advisors.model.asked import answers
from blueproof.advisors.model.deciding import decide
from blueproof.advisors.model.design import Model
from blueproof.advisors.model.drawing import mermaid, picture
from blueproof.advisors.model.nouns import plural
from blueproof.advisors.model.patterns import patterns
from blueproof.advisors.model.sizing import sizes
from blueproof.advisors.model.sql import schema_sql
from blueproof.advisors.model.told import Told
from blueproof.advisors.model.trials import Script, scripts
from blueproof.advisors.model.wording import assumptions, flips, listed, questions
from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Proof, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import Upholds
from blueproof.core.scene import File

PROMISE = "schema-refuses"
SLOT = "data-model"
_MOST_TOLD = 6
_UNREAD = "no check of schema.sql is about it: the rule was not understood"


def advise_model(brief: Brief, told: Told, kind: QuestionKind) -> Draft:
    """The draft: the schema as one decision, its rules as others that hang on it."""
    model = decide(told)
    schema = schema_sql(model)
    made = {s.path: s for s in scripts(model)}
    advice = tuple(_advice(model, told, schema, made))
    files = (
        Artifact(path="schema.sql", purpose="the tables", text=schema, needs=(SLOT,)),
        Artifact(
            path="schema.mmd",
            purpose="the tables as a Mermaid diagram",
            text=mermaid(model),
            needs=(SLOT,),
        ),
        *(
            Artifact(path=s.path, purpose=f"shows that {s.says}", text=s.text, needs=(SLOT,))
            for s in made.values()
        ),
    )
    return Draft(
        brief=replace(
            brief,
            assumptions=(
                *brief.assumptions,
                *assumptions(told, model),
                *_sizes(brief, told, model),
            ),
        ),
        question_kind=kind,
        recommendations=advice,
        artifacts=files,
        diagrams=(picture(model),),
        open_questions=tuple(questions(told)),
    )


def _sizes(brief: Brief, told: Told, model: Model) -> Iterator[Assumption]:
    """What the volumes told come to, by the size of a row."""
    found = tuple(sizes(brief.request, told, model))
    if found:
        yield Assumption(
            key="size",
            value="; ".join(found),
            why="by the columns of schema.sql, with 20 bytes for a text and 16 for an index entry",
        )


def _claim(schema: str, script: Script) -> Upholds:
    files = (File(path="schema.sql", text=schema), File(path=script.path, text=script.text))
    return Upholds(promise=PROMISE, says=script.says, files=files)


def _advice(
    model: Model, told: Told, schema: str, made: dict[str, Script]
) -> Iterator[Recommendation]:
    """The decisions: the tables, then what keeps tenants apart and bookings from overlapping."""
    own = ("rows", "references", "once", "values")
    yield Recommendation(
        slot=SLOT,
        choice=f"Begin with schema.sql, {len(model.tables)} tables: {listed(model)}",
        because=(
            "every reference is a foreign key with an index that leads with it, every column that "
            "must be there is NOT NULL, times are timestamptz, money is numeric with its currency",
        ),
        claims=tuple(_claim(schema, s) for name in own if (s := made.get(f"checks/{name}.sql"))),
        trade_offs=(*_costs(model), *flips(told)),
    )
    for pattern in patterns(told, model):
        script = made.get(f"checks/{pattern.check}.sql")
        if script:
            yield Recommendation(
                slot=pattern.slot,
                choice=pattern.choice,
                because=(pattern.because,),
                needs=(SLOT,),
                claims=(_claim(schema, script),),
                trade_offs=(f"instead: {pattern.instead}",),
            )
    for slot, name, choice, why in _rules(model):
        yield Recommendation(
            slot=slot,
            choice=choice,
            because=(why,),
            needs=(SLOT,),
            claims=(_claim(schema, made[f"checks/{name}.sql"]),),
        )


def _rules(model: Model) -> Iterator[tuple[str, str, str, str]]:
    if model.isolation:
        by = (
            "auth.uid() through " + model.members
            if model.isolation == "supabase"
            else "the transaction's app.tenant_id"
        )
        yield (
            "tenants",
            "tenants",
            f"Keep the {model.tenant} apart in the database: {model.tenant_column} in every "
            f"table, foreign keys that hold it, and row-level security by {by}",
            "a query that forgets its condition then shows no row of another",
        )
    table = next((t for t in model.tables if t.exclusive), None)
    if table:
        things = " and ".join(c.removesuffix("_id").replace("_", " ") for c in table.exclusive)
        yield (
            "no-overlap",
            "bookings",
            f"Refuse overlapping {table.name} by an exclusion constraint for each {things}",
            "a look before the INSERT lets two people through at once; the constraint does not",
        )


def _costs(model: Model) -> tuple[str, ...]:
    if model.tenant:
        return (f"{model.tenant_column} stands in every table and leads its indexes",)
    return ()


def conclude(told: Told, kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
    """What is said once the trials were carried out."""
    if not any(r.slot == SLOT for r in kept.recommendations):
        return Conclusion(
            answer="No schema is handed over: what was written failed its own checks.",
        )
    tried = [p for p in proofs if isinstance(p.claim, Upholds) and p.verdict == "proved"]
    passed = sum(int(p.measure("failed without protection") or 0) for p in tried)
    first = kept.recommendations[0]
    shown = (
        f" It was run on PostgreSQL 18, with {passed} trials of what must not be: all were "
        "refused, and each got through once its protection was taken away."
        if passed
        else " It was not run here."
    )
    says = [p.claim.says for p in tried if isinstance(p.claim, Upholds)]
    rules = "; ".join(s for s in reversed(says) if not s.startswith("schema.sql"))
    held = f" So {rules}." if rules else ""
    lacks = "; ".join(f'"{each}"' for each in told.unheld)
    missing = f" It does not hold yet what you ask with {lacks}." if lacks else ""
    asked = "".join(f"{each} " for each in answers(told.request, told, decide(told)))
    return Conclusion(
        answer=f"{asked}{first.choice}.{shown}{held}{missing}{_left(told)}",
        steps=tuple(_steps(told)),
        not_proved=(
            Unproved(
                statement="that these are your things and how they hang together",
                why="they are read from your words; what was guessed stands below",
            ),
            *(Unproved(statement=f'"{each}"', why=_UNREAD) for each in told.unheld),
        ),
    )


def _left(told: Told) -> str:
    """What the words speak of and no table keeps, in one sentence."""
    if not told.unplaced:
        return ""
    whole = [n for n in told.unplaced if not any(o.endswith(f" {n}") for o in told.unplaced)]
    things = ", ".join(plural(n) for n in whole[:_MOST_TOLD])
    return f" These found no place in it: {things}."


def refuse(unread: tuple[str, ...]) -> Conclusion:
    """What is said where most of the things told could not be read as tables."""
    things = ", ".join(unread[:_MOST_TOLD])
    return Conclusion(
        answer=(
            "I could not read a data model out of these words: they name things and do not say how "
            f"these hang together ({things}). Tell what each hangs on in one sentence "
            '("A customer places many orders. An order has many lines. Each line is for one '
            'product (quantity, price)."), then each rule that must hold.'
        ),
        not_proved=(
            Unproved(statement="a data model", why="too little of the words was understood"),
        ),
    )


def _steps(told: Told) -> Iterator[Step]:
    yield Step(
        do="Read what was assumed, and correct what is not so",
        horizon="now",
        check="each line is true of your case",
        undo="nothing was changed",
    )
    yield Step(
        do="Run schema.sql on an empty database, as one migration",
        horizon="now",
        check="psql -f checks/rows.sql ends without an error",
        undo="drop the tables",
        needs=(SLOT,),
    )
    if told.closed:
        yield Step(
            do="Write the policies: each table has row-level security on and none, so the app "
            "reads nothing yet",
            horizon="now",
            check="somebody signed in sees what is theirs, and nothing else",
            undo="drop the policy",
            needs=(SLOT,),
        )
    if told.isolation == "supabase":
        yield Step(
            do=f"Enter who belongs to which {told.tenant}, with the service role",
            horizon="now",
            check=f"a signed-in member sees their {told.tenant}",
            undo="delete the member's row",
            needs=(SLOT,),
        )
    yield Step(
        do="Run the files of checks/ in CI after each migration",
        horizon="next",
        check="psql -v ON_ERROR_STOP=1 -f checks/values.sql",
        undo="leave it out",
        needs=(SLOT,),
    )
