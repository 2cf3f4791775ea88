"""The consultation on a query: read on the tables, written twice, held against each other."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from blueproof.advisors.premises.judge import judge
from blueproof.advisors.query.advise import (
    COUNTS,
    QUERY,
    SCHEMA,
    ZONE,
    Case,
    advise_query,
    conclude,
    refuse,
)
from blueproof.advisors.query.composing import compose
from blueproof.advisors.query.ground import Ground
from blueproof.advisors.query.owning import given_tables, may_wish, wishes_without_tables
from blueproof.advisors.query.sampling import sample_for, shown
from blueproof.advisors.query.tables import Given
from blueproof.advisors.query.told import Unread, Written
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof, QuestionKind
from blueproof.core.brief import Brief, Document
from blueproof.core.errors import EngineError, InputError, SqlError
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.comparing import Scratch, scratch
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.intake.database import given_rows, given_scale
from blueproof.intake.pasted import pasted_tables
from blueproof.intake.told_rows import with_told_rows
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.asking import frozen_clock
from blueproof.sql.counts_file import write_counts
from blueproof.sql.editing import numbers
from blueproof.sql.queries import latest_date
from blueproof.sql.rowcounts import count_rows
from blueproof.sql.wished import names_query

_MOST_SHOWN = 12


def queried(brief: Brief, kind: QuestionKind, progress: Callable[[str], None]) -> Blueprint | None:
    """The blueprint of a query that the words wish for; None where they wish for none."""
    if not may_wish(brief):
        return None
    pasted = pasted_tables(brief.request)
    given = given_tables(brief, (pasted.ddl, pasted.prose) if pasted else None)
    if given is None:
        alone = not pasted and not brief.documents and wishes_without_tables(brief)
        return _said(brief, kind, refuse(Unread(read=(), left=()), None)) if alone else None
    progress("reading your tables")
    try:
        with Server() as server, scratch(server, given.ddl) as place:
            made = _composed(brief, given, place)
            if not isinstance(made, Case):
                if not names_query(brief.request):
                    return None  # it asks something else of its tables
                return _said(brief, kind, refuse(made, given))
    except (SqlError, InputError, ServerRefusal, EngineError):
        return None  # no DDL to the end: others read it, or the words alone
    case = _with_indexes(brief, made, progress)
    draft = replace(advise_query(brief, case, kind), premises=judge(brief))

    def said(kept: Draft, proofs: tuple[Proof, ...]) -> Conclusion:
        return conclude(case, kept, proofs)

    with Bench() as bench:
        return prove(draft, said, bench, progress)


def _with_indexes(brief: Brief, case: Case, progress: Callable[[str], None]) -> Case:
    """The case with the indexes that the query pays for at the rows that are told, if any are."""
    told = _with_rows(brief, case.given)
    if not given_rows(told):
        return case
    from blueproof.consulting.database import advise_database  # the search is many files

    queries = Document(role="queries", text=f"{case.written.sql};\n", parts=((QUERY, 1),))
    progress("looking for an index that serves it")
    try:
        found = advise_database(replace(told, documents=(*told.documents, queries)), progress)
    except (SqlError, InputError, EngineError):
        return case
    indexes = tuple(
        replace(r, proofs=(), artifacts=(), needs=(), flips=())
        for r in found.recommendations
        if any("CREATE INDEX" in f.text for f in r.files)
    )
    scene = found.scenes[0] if found.scenes else case.scene
    return replace(case, scene=scene, beside=indexes, planned=True)


def _with_rows(brief: Brief, given: Given) -> Brief:
    """The brief with the tables as its schema and the row counts that its words tell of them."""
    if brief.document("schema"):
        return with_told_rows(brief)
    document = Document(role="schema", text=given.ddl, parts=(("your words", 1),))
    return with_told_rows(replace(brief, documents=(document,)))


def _said(brief: Brief, kind: QuestionKind, conclusion: Conclusion) -> Blueprint:
    """An answer without a query."""
    draft = Draft(brief=brief, question_kind=kind, premises=judge(brief))
    with Bench() as bench:
        return prove(draft, lambda _kept, _proofs: conclusion, bench)


def _composed(brief: Brief, given: Given, place: Scratch) -> Case | Unread:
    ground = Ground(place.schema)
    zone = next((str(f.value) for f in brief.facts if f.key == ZONE), "")
    made = compose(f"{given.prose} . In {zone} time." if zone else given.prose, ground)
    if isinstance(made, Unread):
        return made
    until = latest_date(())
    counts = count_rows(place.schema, given_rows(brief), given_scale(brief))
    scene = DatabaseScene(
        schema=Excerpt(text=given.ddl, path=SCHEMA),
        statistics=Excerpt(text=write_counts(counts, until), path=COUNTS),
    )
    sample = _sample(made, ground, place, until)
    return Case(given=given, written=made, scene=scene, sample=sample, today=until)


def _sample(written: Written, ground: Ground, place: Scratch, until: date) -> str:
    """Made-up rows and what the query makes of them; "" where the tables do not take them."""
    if numbers(written.sql):
        return ""  # its parameters are the person's to choose
    copies = written.changes
    made = sample_for(ground, written.tables, written.sql, until, copies=copies)
    if made is None:
        return ""
    sql = frozen_clock(written.sql, until)
    with contextlib.suppress(ServerRefusal, ValueError), place.guest.rolled_back():
        for insert in made.inserts:
            place.guest.run_one(insert.rstrip(";"))
        if written.changes:
            place.guest.run_one(sql)
            sql, title = f"SELECT * FROM {written.tables[0]}", f"{written.tables[0]} afterwards:"
        else:
            title = "what query.sql returns:"
        found = place.guest.run_one(f"SELECT row_to_json(q)::text FROM (\n{sql}\n) AS q")
        rows = [json.loads(row[0]) for row in found]
        more = f" (the first {_MOST_SHOWN} of {len(rows)})" if len(rows) > _MOST_SHOWN else ""
        return shown(made, rows[:_MOST_SHOWN], until, title.rstrip(":") + more + ":")
    return ""
