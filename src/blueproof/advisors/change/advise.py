"""A change of a live schema as advice: the steps, their files, and what an engine can check."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Literal

from blueproof.advisors.change.estimating import BATCH, LOCK_SECONDS, Estimate, estimate, span
from blueproof.advisors.change.kinds import tools
from blueproof.advisors.change.reading import Open
from blueproof.advisors.change.runbook import runbook
from blueproof.advisors.change.steps import Made, artifacts, made, rehearsal
from blueproof.advisors.change.told import Told
from blueproof.core.advice import Artifact, Recommendation, Step
from blueproof.core.blueprint import Conclusion, Draft, Proof, QuestionKind, Unproved
from blueproof.core.brief import Assumption, Brief
from blueproof.core.claim import Upholds
from blueproof.core.evidence import Citation
from blueproof.core.question import Question
from blueproof.core.scene import File

SLOT, UNDO, AT_ONCE = "change", "undo", "at-once"
SCRIPT = "checks/rehearsal.sql"
_READ = date(2026, 11, 30)
_LOCKS = Citation(
    url="https://www.postgresql.org/docs/current/sql-altertable.html",
    checked=_READ,
    says="ALTER TABLE takes ACCESS EXCLUSIVE unless it says otherwise; NOT VALID looks at no old "
    "row, and VALIDATE CONSTRAINT takes SHARE UPDATE EXCLUSIVE",
)
_INDEX = Citation(
    url="https://www.postgresql.org/docs/current/sql-createindex.html",
    checked=_READ,
    says="CREATE INDEX CONCURRENTLY stops no writes, runs in no transaction, and leaves an invalid "
    "index where it fails",
)
_OLDEST = 12  # the version from which SET NOT NULL takes a valid check for an answer


def advise_change(brief: Brief, told: Told, kind: QuestionKind) -> Draft:
    """The draft: the steps as one decision, their undos, and why not in one statement."""
    steps = made(told)
    says = tuple(_says(told))
    script = rehearsal(told, steps, ".\n-- Shows that ".join(says))
    files = [
        *artifacts(told, steps, SLOT),
        Artifact(path=SCRIPT, purpose="the rehearsal: tables with made rows, both versions of the "
                 "app, the single statement", text=script, needs=(SLOT,)),
    ]  # fmt: skip
    read = tuple(
        File(path=f.path, text=f.text) for f in files if f.path.endswith(".sql") and _is_step(f)
    )
    book = Artifact(path="runbook.md", purpose="every step with its lock, what both versions do, "
                    "check and undo", text=runbook(told, steps), needs=(SLOT,))  # fmt: skip
    claims = [Upholds(promise=f"change-{n}", says=s, files=read)
              for n, s in zip(("steps", "undo", "at-once"), says, strict=True)]  # fmt: skip
    return Draft(
        brief=replace(brief, assumptions=(*brief.assumptions, *_assumptions(told))),
        question_kind=kind,
        recommendations=tuple(_advice(told, steps, claims)),
        artifacts=(book, *files),
        open_questions=tuple(_questions(told)),
    )


def _is_step(file: Artifact) -> bool:
    return file.path.partition("/")[0] in {"migrations", "backfill", "undo", "checks"}


def _says(told: Told) -> Iterator[str]:
    table = told.names["table"]
    yield (
        f"no step reads or rewrites a row of {told.fill(told.kind.watched)} under a lock that "
        "stops its writers, and both versions of the app work beside each step"
    )
    yield f"the undo of each step of the change of {table} brings back what was there"
    yield f"the change of {table} at once harms a table in use"


def _advice(told: Told, steps: tuple[Made, ...], claims: list[Upholds]) -> Iterator[Recommendation]:
    done = estimate(told)
    yield Recommendation(
        slot=SLOT,
        choice=f"{told.fill(told.kind.says)}, in {len(steps)} steps: "
        + "; ".join(f"{s.number} {s.name.replace('_', ' ').replace('-', ' ')}" for s in steps),
        because=tuple(_because(told, steps, done)),
        trade_offs=tuple(_trade_offs(told, steps, done)),
        evidence=tuple(_evidence(told)),
        claims=(claims[0],),
    )
    if any(s.undo for s in steps if s.path):
        last = [s for s in steps if s.path and not s.undo and "VALIDATE" not in s.sql]
        yield Recommendation(
            slot=UNDO,
            choice="undo/ holds what takes each step back",
            because=(
                f"after {last[-1].path} there is no way back but a backup: wait until no rollback "
                "is wanted" if last and last[-1] is steps[-1] else "every step can be taken back",
            ),
            needs=(SLOT,),
            claims=(claims[1],),
        )  # fmt: skip
    if told.at_once:
        yield Recommendation(
            slot=AT_ONCE,
            choice=f"Not in one migration: {' '.join(told.at_once.split())}",
            because=(told.fill(told.kind.harm) or "it works on every row under its lock",),
            needs=(SLOT,),
            claims=(claims[2],),
        )


def _because(told: Told, steps: tuple[Made, ...], done: Estimate) -> Iterator[str]:
    table = told.names["table"]
    yield (
        f"an ALTER TABLE that waits for {table} makes every later query of {table} wait behind it: "
        f"lock_timeout = {LOCK_SECONDS} s ends that, and apply.sh tries again"
    )
    if told.writes:
        yield (
            f"at {told.writes:,.0f} writes a second a lock of {LOCK_SECONDS} s holds back "
            f"{told.writes * LOCK_SECONDS:,.0f} writes at most, which then go through"
        )
    if told.rows and any(s.step.backfill for s in steps):
        yield f"backfill: {done.sum}"


def _trade_offs(told: Told, steps: tuple[Made, ...], done: Estimate) -> Iterator[str]:
    if told.rows and any(s.step.backfill for s in steps):
        yield f"the backfill writes: {done.log}"
        yield f"the table grows: {done.bloat}"
    releases = sum(s.step.release for s in steps)
    if releases:
        yield f"{releases} release{'s' if releases > 1 else ''} of the app between the files"
    if told.kind.instead:
        yield f"instead: {_instead(told)}"
    yield from (told.fill(note) for note in told.kind.notes)


def _instead(told: Told) -> str:
    tool = tools().get(told.tool or "psql", {})
    return told.fill(told.kind.instead.replace("{mapped}", tool.get("mapped", "")))


def _evidence(told: Told) -> Iterator[Citation]:
    yield _LOCKS
    yield _INDEX
    tool = tools().get(told.tool)
    if tool:
        yield Citation(
            url=tool["url"], checked=_READ,
            says=f"{tool['name']} and statements that no transaction may hold: {tool['alone']}",
        )  # fmt: skip


def _assumptions(told: Told) -> Iterator[Assumption]:
    names = told.names
    for key, value, why, *needless in told.kind.assumes:
        if needless and names.get(needless[0]):
            continue
        yield Assumption(key=told.fill(key), value=told.fill(value), why=told.fill(why))
    if "key" not in told.said and "{key}" in "".join(s.step.sql for s in made(told)):
        yield Assumption(key=f"key of {names['table']}", value=names["key"],
                         why="not told; it is what batches go by")  # fmt: skip
    if any(s.backfill for s in told.kind.steps):
        yield Assumption(
            key="a batch", value=f"{BATCH:,} rows in 0.5 s, then 0.5 s of pause",
            why="the file tells its own rate every 20 batches: correct the estimate by that",
        )  # fmt: skip
        yield Assumption(key=f"a row of {names['table']}", value="200 bytes",
                         why="for WAL and dead rows; twice the size is twice of both")  # fmt: skip
    if not told.rows:
        yield Assumption(key=f"rows of {names['table']}", value="not told",
                         why="the backfill's time is rows / 5,000 seconds")  # fmt: skip


def _questions(told: Told) -> Iterator[Question]:
    for asked in told.kind.questions:
        if told.names.get(str(asked.get("lacks", ""))):
            continue  # the words answer it
        yield Question(
            id=str(asked["id"]), ask=told.fill(str(asked["ask"])), why=told.fill(str(asked["why"])),
            key=f"change.{asked['id']}", default=told.fill(str(asked.get("default", ""))),
            options=tuple(told.fill(str(o)) for o in asked["options"]),
            changes=("the backfill and the check before NOT NULL",),
        )  # fmt: skip


def conclude(told: Told, kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
    """What is said once the steps were rehearsed."""
    if not any(r.slot == SLOT for r in kept.recommendations):
        return Conclusion(
            answer=f"No steps for {told.fill(told.kind.says)}: those that were written failed "
            "their own rehearsal."
        )
    steps = made(told)
    return Conclusion(
        answer=" ".join(_answer(told, steps, kept, proofs)),
        steps=tuple(_as_step(told, s, n) for n, s in enumerate(steps)),
        not_proved=tuple(_not_proved(told)),
    )


def _answer(
    told: Told, steps: tuple[Made, ...], kept: Draft, proofs: tuple[Proof, ...]
) -> Iterator[str]:
    done = estimate(told)
    count = "In 1 step" if len(steps) == 1 else f"In {len(steps)} steps"
    filled = any(s.step.backfill for s in steps)
    time = (
        f"about {span(done.seconds)} of backfill at {BATCH:,} rows a batch ({done.of})"
        if told.rows
        else f"the backfill takes rows / {BATCH:,} seconds"
    )
    rows = f" ({told.rows:,} rows)" if told.rows and not filled else ""
    urgent = tuple(_urgent(told, done))
    if told.asks_time:
        yield from urgent
    if told.asks_worth and told.kind.worth and "kept" in told.said:
        yield f"{told.fill(told.kind.worth)}."
    yield (
        f"{count}, {told.fill(told.kind.says)}{rows}: none holds writers of {_listed(told)} back "
        "for longer than a change of the catalogue, and each gives up after "
        f"{LOCK_SECONDS} s without its lock "
        f"and is tried again{f'; {time}' if filled else ''}."
    )
    if not told.asks_time:
        yield from urgent
    yield from _at_once(told, kept, proofs)
    if _proved(proofs, "change-steps"):
        who = "Both versions of the app" if told.kind.new_app else "The app"
        yield f"{who} kept writing through all of it on a private PostgreSQL 18, nothing refused."
    if told.kind.free:
        yield told.fill(told.kind.free)


def _at_once(told: Told, kept: Draft, proofs: tuple[Proof, ...]) -> Iterator[str]:
    """What was seen of the change in one statement, at the person's rows."""
    if not any(r.slot == AT_ONCE for r in kept.recommendations):
        return
    seen = next((p for p in proofs if _is(p, "change-at-once")), None)
    if seen is None or seen.verdict != "proved":
        return
    watched = told.names.get("tables") or told.names["table"]
    got = {m.name: m.value for m in seen.measured}
    all_rows = f"all {told.rows:,} rows" if told.rows else "all rows"
    lock = _lock_name(str(got["lock"]))
    told_of = f" (your {told.locked}, or a wait for that lock without lock_timeout)" * bool(
        told.locked
    )
    if got["refused"] != "no":
        yield f"In one statement it is refused: {_plainly(str(got['refused']))}."
    elif got["rewritten"] == "yes":
        yield f"In one statement it rewrites {all_rows} of {watched} under {lock}{told_of}."
    elif got["rows read under it"]:
        yield f"In one statement it goes through {all_rows} of {watched} under {lock}{told_of}."
    if got["the old app then"] != "works":
        yield f"The version that still runs then fails: {_plainly(str(got['the old app then']))}."


def _plainly(refusal: str) -> str:
    """What the server says, without its code."""
    return refusal.rpartition(" (")[0] or refusal


def _urgent(told: Told, done: Estimate) -> Iterator[str]:
    """Where ids run out: how many are left, and whether the backfill is done by then."""
    if told.left:
        takes = f"; the backfill takes {span(done.seconds)}" if told.rows else ""
        yield f"{told.left}{takes}."


def _listed(told: Told) -> str:
    """The tables in use, in words."""
    names = [n for n in told.fill(told.kind.watched).split(", ") if n]
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def _lock_name(mode: str) -> str:
    """A lock as the manual writes it.

    >>> _lock_name("AccessExclusiveLock")
    'ACCESS EXCLUSIVE'
    """
    name = mode.removesuffix("Lock")
    return "".join(f" {c}" if c.isupper() else c.upper() for c in name).strip()


def _proved(proofs: tuple[Proof, ...], promise: str) -> bool:
    return any(_is(p, promise) and p.verdict == "proved" for p in proofs)


def _is(proof: Proof, promise: str) -> bool:
    return isinstance(proof.claim, Upholds) and proof.claim.promise == promise


def _as_step(told: Told, step: Made, place: int) -> Step:
    data = step.step
    if data.release:
        return Step(do=step.does, horizon="next", check=step.check,
                    undo=step.undo, needs=(SLOT,))  # fmt: skip
    check = f"psql -f checks/{step.file} gives 0" if step.check else "it ends without an error"
    undo = f"undo/{step.file}" if step.undo else told.fill(data.no_undo) or _no_undo(step)
    return Step(
        do=f"{step.path}: {step.does}",
        horizon=_when(step, place),
        check=check,
        undo=undo,
        needs=(SLOT,),
    )


def _when(step: Made, place: int) -> Literal["now", "next", "later"]:
    """The first two at once, what takes the old things away days later."""
    if "contract" in step.name:
        return "later"
    return "now" if place <= 1 else "next"


def _no_undo(step: Made) -> str:
    if step.step.backfill:
        return "nothing to undo: nobody reads it yet; stop it at any time"
    if "VALIDATE" in step.sql:
        return "nothing to undo: the constraint is the same, only valid"
    return "none but a backup"


def _not_proved(told: Told) -> Iterator[Unproved]:
    version = f"yours is {told.version}" if told.version else "the version is not told"
    old = told.version and int(told.version) < _OLDEST
    yield Unproved(
        statement=f"the steps on your {told.names['table']}",
        why=f"the rehearsal has made rows and columns on PostgreSQL 18; {version}"
        + (": before 12 SET NOT NULL reads every row under its lock, so stay with the check"
           if old else ": by its manual these statements take the same locks there"),
    )  # fmt: skip
    yield Unproved(
        statement="how long the backfill and VALIDATE take on your disk",
        why="a sum from an assumed batch time; the file tells its own rate",
    )


def ask(found: Open) -> Conclusion:
    """One question, behind what was read: nothing is made up."""
    read = ", ".join(f"{k} {v}" for k, v in found.read.items()) or "no table and no column"
    title = found.kind.title[0].lower() + found.kind.title[1:] if found.kind else "a change"
    missing = " and ".join(_MISSING.get(m, m) for m in found.missing)
    return Conclusion(
        answer=f"The steps hang on {missing}: which is it? I read that {title}; of names I read "
        f"{read}. Write it as `orders.customer_email text` becomes `customer_id uuid references "
        "customers(id)`, with rows, writes a second and tool, and you get the files.",
        not_proved=(Unproved(statement="steps", why=f"not told: {missing}"),),
    )


_MISSING = {
    "table": "the table", "column": "the column", "new": "the new name", "type": "the new type",
    "parent": "the table that it refers to", "new_table": "the new table",
    "columns": "the columns", "expression": "the condition", "value": "the value",
}  # fmt: skip
