"""The query of a request as advice: its file, its decisions, what an engine checks of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from blueproof.advisors.query.naming import split_time
from blueproof.advisors.query.periods import moments
from blueproof.advisors.query.tables import Given
from blueproof.advisors.query.told import Unread, Written
from blueproof.core.advice import Alternative, Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Proof, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import Runs, SameRows
from blueproof.core.question import Question
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.sql.names import quote, quote_table

SLOT, QUERY, SAMPLE, SCHEMA, COUNTS = (
    "query", "query.sql", "sample.sql", "schema.sql", "statistics.yaml",
)  # fmt: skip
ZONE = "query.zone"
_MOST_TABLES = 8
_WIDTH = 98


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that a draft is made of: the tables, the query, its sample, where it is checked.

    `beside` are indexes for it at the rows that are told, looked for if `planned`.
    """

    given: Given
    written: Written
    scene: DatabaseScene
    today: date
    sample: str = ""
    beside: tuple[Recommendation, ...] = ()
    planned: bool = False


def advise_query(brief: Brief, case: Case, kind: QuestionKind) -> Draft:
    """The draft: the query as one decision, an index beside it where one was found."""
    written = case.written
    text = query_file(written)
    files = [Artifact(path=QUERY, purpose="the query", text=text, needs=(SLOT,))]
    if case.sample:
        files.append(Artifact(path=SAMPLE, purpose="made-up rows, and what the query makes of them",
                              text=case.sample, needs=(SLOT,)))  # fmt: skip
    advice = Recommendation(
        slot=SLOT,
        choice=f"Use query.sql: {written.main.rstrip('.')}",
        because=written.decisions,
        claims=_claims(written, case.today),
        files=tuple(files),
        instead_of=tuple(_instead(written)),
        trade_offs=tuple(_trades(written)),
    )
    inputs = (
        Artifact(path=SCHEMA, purpose="the tables as they were read", text=case.given.ddl),
        Artifact(path=COUNTS, purpose="row counts that the planner reckons with",
                 text=case.scene.statistics.text),
    )  # fmt: skip
    return Draft(
        brief=replace(brief, assumptions=(*brief.assumptions, *_assumptions(case))),
        question_kind=kind,
        scenes=(case.scene,),
        recommendations=(advice, *case.beside),
        artifacts=(*inputs, *files, *(replace(f, needs=(r.slot,)) for r in case.beside
                                      for f in r.files)),
        open_questions=tuple(_questions(written)),
    )  # fmt: skip


def _claims(written: Written, today: date) -> tuple[Runs | SameRows, ...]:
    own = Excerpt(text=written.sql, path=QUERY, statement=1)
    plain = Excerpt(text=with_moments(written, today))
    same = SameRows(original=plain, rewritten=own, never_null=written.never_null)
    return (Runs(sql=own), same)


def with_moments(written: Written, today: date) -> str:
    """The plain query with moments amid its periods and at their ends, for rows to be drawn from.

    They stand in parts that nothing reads.
    """
    near: dict[str, dict[str, None]] = {}
    for time, period in written.periods:
        near.setdefault(time, {}).update(dict.fromkeys(moments(period, today)))
    parts = []
    for n, (time, found) in enumerate(near.items()):
        table, column = split_time(time)
        values = ", ".join(f"'{moment}'" for moment in found)
        parts.append(f"near_{n} AS (SELECT FROM {quote_table(table)} AS n "
                     f"WHERE n.{quote(column)} IN ({values}))")  # fmt: skip
    if not parts:
        return written.plain
    head, sign, rest = written.plain.partition("WITH ")
    if not sign or head:
        return f"WITH {', '.join(parts)}\n{written.plain}"
    word = "RECURSIVE " if rest.startswith("RECURSIVE ") else ""
    return f"WITH {word}{', '.join(parts)},\n{rest.removeprefix(word)}"


def query_file(written: Written) -> str:
    """query.sql: what it returns, its parameters, its decisions, the statement."""
    lines = [written.main]
    lines += [f"${n}: {what}" for n, what in enumerate(written.parameters, start=1)]
    lines += [f"Assumed: {_taken(key, value)} ({why})" for key, value, why in written.assumed]
    lines += [f"Not in it, for it was not understood: {each}" for each in written.left]
    head = "\n".join(f"-- {piece}" for line in lines for piece in _wrapped(line))
    return f"{head}\n{written.sql};\n"


def _wrapped(line: str) -> Iterator[str]:
    words, text = line.split(), ""
    for word in words:
        if text and len(text) + len(word) + 4 > _WIDTH:
            yield text
            text = f"  {word}"
        else:
            text = f"{text} {word}" if text else word
    if text:
        yield text


def _instead(written: Written) -> Iterator[Alternative]:
    if written.changes:
        yield Alternative(
            choice="the same in the application, row by row",
            why_not="two sessions at the same moment see each other's half-done work",
        )


def _trades(written: Written) -> Iterator[str]:
    if written.changes:
        yield "it changes rows: run it in a transaction and look at the count before COMMIT"


def _assumptions(case: Case) -> Iterator[Assumption]:
    for key, value, why in case.written.assumed:
        yield Assumption(key=key, value=value, why=why)
    if case.given.loose:
        yield Assumption(
            key="types", value="those of schema.sql", why="your words name columns without types"
        )
    if case.given.guessed:
        yield Assumption(key="keys", value="; ".join(case.given.guessed), why="by their names")


def _questions(written: Written) -> Iterator[Question]:
    if any(key == "time zone" for key, _, _ in written.assumed):
        why = "what happens near midnight falls on another day, and into another month, there"
        yield Question(id="1", ask="In which time zone do your days begin?", why=why, key=ZONE,
                       options=("UTC", "Europe/Berlin", "America/New_York"), default="UTC",
                       changes=(why,))  # fmt: skip


def conclude(case: Case, kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
    """What is said once the query was run."""
    if not any(r.slot == SLOT for r in kept.recommendations):
        return Conclusion(answer=(
            "No query is handed over: the one that was written failed its own check against a "
            "plain second one. Say in one sentence what one row is for and which figures it has."
        ))  # fmt: skip
    written = case.written
    return Conclusion(
        answer=" ".join((written.main, *_open(written), *_indexed(case, kept), *_checked(proofs))),
        steps=tuple(_steps(written)),
        not_proved=tuple(_unproved(written)),
    )


def _taken(key: str, value: str) -> str:
    return f"{key} {value}" if key == "time zone" else value


def _open(written: Written) -> Iterator[str]:
    for key, value, why in written.assumed:
        yield f"Assumed: {_taken(key, value)} ({why})."
    if written.left:
        quoted = ", ".join(f'"{each}"' for each in written.left)
        yield (
            f"Not in it: {quoted}; I found no column or figure for that. Name the column, and it "
            "goes in."
        )


def _indexed(case: Case, kept: Draft) -> Iterator[str]:
    """Which index serves it at the rows that are told."""
    made = [r for r in kept.recommendations if r.slot != SLOT]
    if made:
        yield f"At the rows you told: {'; '.join(r.choice for r in made)}."
    elif case.planned:
        yield "At the rows you told no further index makes it cheaper."


def _checked(proofs: tuple[Proof, ...]) -> Iterator[str]:
    for proof in proofs:
        if isinstance(proof.claim, SameRows) and proof.verdict == "proved":
            trials = proof.measure("trials") or 0
            yield (
                f"On {trials:.0f} generated databases, with NULLs, ties and empty tables, it gave "
                "the rows that a plain second query gave, written apart from it."
            )


def _steps(written: Written) -> Iterator[Step]:
    yield Step(
        do="Read the sample beside the query: rows in, rows out",
        horizon="now", check="a row that you would miss or not expect shows a decision to turn",
        undo="nothing was changed", needs=(SLOT,),
    )  # fmt: skip
    if written.changes:
        yield Step(
            do="Run query.sql between BEGIN and ROLLBACK first", horizon="now",
            check="its count is what you expect", undo="ROLLBACK", needs=(SLOT,),
        )  # fmt: skip


def _unproved(written: Written) -> Iterator[Unproved]:
    yield Unproved(
        statement="that this is what you mean",
        why="both queries come from the same reading of your words; the decisions say it in full",
    )
    for each in written.left:
        yield Unproved(statement=f'"{each}"', why="no table or column is called so")


def refuse(unread: Unread, given: Given | None) -> Conclusion:
    """What is said where the words do not tell enough for a query."""
    answer = ["I have not written a query, for it would answer another question."]
    if given is None:
        answer = [
            "I have not written a query: no tables are told. Paste their CREATE TABLE, or write "
            '"orders(id, customer_id, created_at, total_cents)", then the same words again.'
        ]
    if unread.left:
        quoted = ", ".join(f'"{each}"' for each in dict.fromkeys(unread.left))
        answer.append(
            f"Not understood: {quoted}; no table, column or figure of yours is called so."
        )
    if unread.read:
        answer.append(f"Read so far: {', '.join(unread.read)}.")
    answer += unread.asks
    if not unread.asks and given is not None:
        answer.append("Which column holds it? Say what one row of the answer is for, which figures "
                      "it has, and of which time.")  # fmt: skip
    return Conclusion(
        answer=" ".join(answer),
        not_proved=(Unproved(statement="a query", why="too little of the words was understood"),),
    )
