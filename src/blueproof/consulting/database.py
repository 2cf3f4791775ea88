"""The consultation on a database: its schema and queries, planned and proved."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.advise import advise
from blueproof.advisors.postgres.conclude import conclude
from blueproof.advisors.postgres.database import Clock, Database, Planned, plan_query
from blueproof.advisors.postgres.parts.did_nothing import did_nothing
from blueproof.advisors.postgres.search.earlier import Earlier
from blueproof.consulting.completing import absent_tables, with_tables
from blueproof.consulting.plan import values_told, with_plans, with_rows
from blueproof.core.advice import Artifact, Recommendation, Rejected
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof
from blueproof.core.brief import Brief
from blueproof.core.scene import Basis, DatabaseScene, Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.intake.database import (
    completed,
    given_rows,
    given_scale,
    given_space,
    queries_passed_over,
)
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.access.privileges import leader_in
from blueproof.sql.counts_file import write_counts
from blueproof.sql.guessing.one_part import one_parts
from blueproof.sql.guessing.resolving import tables_of
from blueproof.sql.guessing.seen import read_trees
from blueproof.sql.largest import with_largest
from blueproof.sql.queries import Query, held_constant, latest_date, read_queries
from blueproof.sql.remarks import told_in
from blueproof.sql.rowcounts import RowCount, count_rows
from blueproof.sql.scene_statistics import (
    counts_of,
    is_given,
    masked_statistics,
    read_given_scene,
    with_changes,
)
from blueproof.sql.schema import Schema
from blueproof.sql.stand_ins import with_placeholders
from blueproof.sql.statements import Skipped
from blueproof.sql.statistics import Statistics, assume, few_values
from blueproof.sql.told_values import listed_values, with_values

SCHEMA, QUERIES = "schema.sql", "queries.sql"
COUNTS, STATISTICS = "statistics.yaml", "statistics.sql"
_MOST_ROUNDS = 3  # of advice, each without what the one before had refuted


@dataclass(frozen=True, kw_only=True)
class Rebuilt:
    """A database that was made from words: its server, a clock on its rows, and what is said of it.

    `concluded` makes the conclusion over: whatever was proved or timed is of made rows. `idle` are
    slots of advice that the clock sees no gain from: of tables that were guessed, the planner's
    word alone is worth little. `beside` is all advice in its order, with that of another kind.
    """

    server: Server
    clock: Clock
    concluded: Callable[[Draft, Conclusion], Conclusion]
    idle: Callable[[Draft, Database], frozenset[str]]
    beside: Callable[[Draft, Database], tuple[Recommendation, ...]]


@dataclass(frozen=True, kw_only=True)
class _Found:
    """The statistics reckoned with, their text as it is saved, and what of them is not used."""

    statistics: Statistics
    excerpt: Excerpt
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What every round of advice starts from."""

    brief: Brief
    database: Database
    scene: DatabaseScene
    counts: tuple[RowCount, ...]
    left_out: tuple[str, ...]
    rebuilt: Rebuilt | None = None


def advise_database(
    brief: Brief,
    progress: Callable[[str], None] = lambda _: None,
    statistics: Excerpt | None = None,
    measure: str | None = None,
    rebuilt: Rebuilt | None = None,
) -> Blueprint:
    """The blueprint for a brief with a schema: advice that fresh engines have checked.

    `statistics` are those that were collected from the database, if any were; `measure` is the
    connection string of a copy with rows, if queries may be timed on one; `rebuilt` is where the
    database was made from words.
    """
    progress("reading the schema")
    brief = _with_placeholders(brief)
    brief = brief if rebuilt else _with_absent(brief) or brief
    with (
        nullcontext(rebuilt.server) if rebuilt else _server(brief) as server,
        Twin(server, _text(brief, "schema"), path=SCHEMA) as twin,
        nullcontext(rebuilt.clock) if rebuilt else _clock(measure) as clock,
    ):
        return _rounds(_case(brief, twin, statistics, clock, rebuilt), progress)


def _case(
    brief: Brief,
    twin: Twin,
    statistics: Excerpt | None,
    clock: Clock | None,
    rebuilt: Rebuilt | None,
) -> _Case:
    """What advice starts from: the database on the twin, its figures, its queries planned."""
    brief, passed = queries_passed_over(with_rows(brief, twin.schema))
    read, skipped = read_queries(_text(brief, "queries"), path=QUERIES)
    queries = tuple(_with_words(q, brief.request, twin.schema) for q in read)
    written = tuple(q.written for q in queries)
    found = (
        _given(brief, twin, statistics, written)
        if statistics
        else _assumed(brief, twin.schema, written)
    )
    twin.set_statistics(found.statistics)
    counts = counts_of(found.statistics)
    scene = DatabaseScene(
        schema=Excerpt(text=_text(brief, "schema"), path=SCHEMA),
        statistics=found.excerpt,
        basis="simulated" if rebuilt else _basis(counts),
    )
    planned = tuple(plan_query(twin, _as_planned(q)) for q in queries)
    told = _with_expressions(statistics, clock, twin, planned) if statistics and clock else None
    if told:
        return _case(brief, twin, told, clock, rebuilt)
    database = Database(
        schema=twin.schema,
        statistics=found.statistics,
        queries=planned,
        planner=twin,
        measured=is_given(found.excerpt),
        space=given_space(brief),
        ddl=_text(brief, "schema"),
        doubtful=frozenset(table for item in twin.left_out for table in item.tables),
        clock=clock,
        leader=leader_in(brief.request),
    )
    left_out = tuple(_left_out(brief, twin, skipped, found))
    left_out += (*(_refused(twin, planned) if statistics else ()), *passed)
    full = brief if rebuilt else _completed(brief, counts, queries, found)
    return _Case(
        brief=full,
        database=database,
        scene=scene,
        counts=counts,
        left_out=left_out,
        rebuilt=rebuilt,
    )


def _with_words(query: Query, request: str, schema: Schema) -> Query:
    """The query with what the request says of it, where the comment above complains of nothing."""
    if query.remark.complaint or not query.comment:
        return query
    said = told_in(request, query.name, frozenset(schema.by_name))
    return replace(query, comment=f"{query.comment}\n{said}") if said else query


def _with_expressions(
    statistics: Excerpt, clock: Clock, twin: Twin, planned: tuple[Planned, ...]
) -> Excerpt | None:
    """The statistics with what the copy says of expressions that queries compare; None for none.

    An index on one would have figures of its own, which do not follow from those of its columns.
    """
    if "\n-- expression: " in statistics.text:
        return None
    compared = dict.fromkeys(
        (twin.schema.home(use.table), expression)
        for query in planned
        for use in query.uses
        for expression, _ in use.wrapped
    )
    lines = clock.described(compared) if compared else ()
    if not lines:
        return None
    return replace(statistics, text="\n".join([statistics.text.rstrip("\n"), *lines, ""]))


def _completed(
    brief: Brief, counts: tuple[RowCount, ...], queries: tuple[Query, ...], found: _Found
) -> Brief:
    return completed(brief, counts, len(queries), found.statistics.assumption)


def _with_placeholders(brief: Brief) -> Brief:
    """The brief with what stands for values in its queries (X, <tenant>) as placeholders."""
    schema = _text(brief, "schema")
    documents = tuple(
        replace(d, text=with_placeholders(d.text, schema)) if d.role == "queries" else d
        for d in brief.documents
    )
    return replace(brief, documents=documents)


def _with_absent(brief: Brief) -> Brief | None:
    """The brief with the tables that its queries read and its schema lacks; None if it has all."""
    queries, _ = read_queries(_text(brief, "queries"), path=QUERIES)
    known = _text(brief, "schema").lower()
    texts = tuple(q.written for q in queries)
    named = (t for tree in read_trees(texts) for t in tables_of(tree))
    if all(table.rpartition(".")[2].lower() in known for table in named):
        return None  # no engine needs to be asked
    with _server(brief) as server, Twin(server, _text(brief, "schema"), path=SCHEMA) as twin:
        planned = (plan_query(twin, _as_planned(q)) for q in queries)
        absent = absent_tables(q.refused for q in planned)
        return with_tables(brief, twin.schema, texts, absent) if absent else None


def _server(brief: Brief) -> Server:
    return Server(schema=_text(brief, "schema"), path=SCHEMA)


def _clock(measure: str | None) -> AbstractContextManager[Clock | None]:
    """A clock on the copy that was named, if one was."""
    if measure is None:
        return nullcontext()
    from blueproof.engines.postgres.clock import clock_at  # only here is one needed

    return clock_at(measure)


def _left_out(
    brief: Brief, twin: Twin, skipped: tuple[Skipped, ...], found: _Found
) -> Iterator[str]:
    """What of the person's files is not in the twin or was not asked, each at its place."""
    yield from (_placed(str(item), brief, "schema") for item in twin.left_out)
    yield from (_placed(_passed(item), brief, "queries") for item in skipped)
    yield from found.left_out


def _refused(twin: Twin, planned: tuple[Planned, ...]) -> Iterator[str]:
    """What of the statistics the twin did not take, where it is of a table that a query reads."""
    read = {use.table for query in planned for use in query.uses}
    read |= {twin.schema.home(table) for table in read}
    for item in twin.refused:
        if not item.tables or read.intersection(item.tables):
            yield f"{item.what}: {item.why}"


def _assumed(brief: Brief, schema: Schema, written: tuple[str, ...]) -> _Found:
    """Statistics from row counts, told or assumed."""
    constant, scale = held_constant(written), given_scale(brief)
    counts = few_values(schema, count_rows(schema, given_rows(brief), scale), constant)
    counts = with_values(schema, counts, listed_values(_text(brief, "schema")))
    counts = with_values(schema, counts, values_told(brief, {c.table: c.rows for c in counts}))
    counts = with_largest(schema, counts, tuple(one_parts(brief.request)), written)
    until = latest_date(written)
    excerpt = Excerpt(text=write_counts(counts, until), path=COUNTS)
    return _Found(statistics=assume(schema, counts, until), excerpt=excerpt)


def _given(brief: Brief, twin: Twin, handed: Excerpt, written: tuple[str, ...]) -> _Found:
    """Statistics as they were collected, with the changes that the person asks for."""
    rows = given_rows(brief)
    count_rows(twin.schema, rows)  # names the table that the schema does not have
    text = with_changes(
        masked_statistics(handed.text),
        scale=given_scale(brief),
        rows=rows,
        until=latest_date(written),
    )
    read = read_given_scene(twin.schema, Excerpt(text=text, path=handed.path))
    return _Found(
        statistics=read.statistics,
        excerpt=Excerpt(text=text, path=STATISTICS),
        left_out=read.left_out,
    )


def _rounds(case: _Case, progress: Callable[[str], None]) -> Blueprint:
    """Advise and prove; what was refuted is left out of the next round, which may find better."""
    rejected: dict[str, Rejected] = {}
    earlier = Earlier()
    for _ in range(_MOST_ROUNDS + (_MOST_ROUNDS if case.rebuilt else 0)):
        progress("looking for what helps")
        earlier.excluded = frozenset(rejected)
        draft, final = advise(case.brief, case.database, case.scene, case.left_out, earlier)
        if case.rebuilt and (idle := case.rebuilt.idle(draft, final) - rejected.keys()):
            rejected |= {r.slot: _idle(r) for r in draft.recommendations if r.slot in idle}
            continue
        if case.rebuilt:
            draft = _with_others(draft, case.rebuilt.beside(draft, final))
        draft = replace(
            draft,
            artifacts=(*_inputs(case.brief, case.scene), *draft.artifacts),
            rejected=(*draft.rejected, *rejected.values()),
        )

        def said(kept: Draft, proofs: tuple[Proof, ...], at: Database = final) -> Conclusion:
            found = conclude(case.database, at, case.counts, kept, proofs)
            found = with_plans(found, case.brief, case.database.queries, kept)
            found = case.rebuilt.concluded(kept, found) if case.rebuilt else found
            useless = did_nothing(case.database, case.counts, case.brief.request)
            return replace(found, answer=f"{found.answer} {useless}") if useless else found

        with Bench() as bench:
            blueprint = prove(draft, said, bench, progress)
        new = {r.slot: r for r in blueprint.rejected if r not in draft.rejected and not r.lost}
        rejected |= new
        if not new:
            break
    return blueprint


def _with_others(draft: Draft, advice: tuple[Recommendation, ...]) -> Draft:
    """The draft with what comes beside its own advice, in the order of all of it."""
    known = {each.slot for each in draft.recommendations}
    new = (each for each in advice if each.slot not in known)
    files = (replace(f, needs=(each.slot,)) for each in new for f in each.files)
    return replace(draft, recommendations=advice, artifacts=(*draft.artifacts, *files))


def _idle(advice: Recommendation) -> Rejected:
    why = "without it the queries take as long on the made rows"
    return Rejected(slot=advice.slot, choice=advice.choice, why=why)


def _text(brief: Brief, role: str) -> str:
    document = brief.document(role)
    return document.text if document else ""


def _basis(counts: tuple[RowCount, ...]) -> Basis:
    return "given statistics" if all(c.basis == "given" for c in counts) else "assumed statistics"


def _as_planned(query: Query) -> Planned:
    place = Excerpt(text=query.written, path=QUERIES, statement=query.ordinal, name=query.name)
    return Planned(query=query, excerpt=place)


def _placed(text: str, brief: Brief, role: str) -> str:
    """What was left out, at its place in the person's own file."""
    document = brief.document(role)
    found = re.match(rf"{role}\.sql:(\d+)", text)
    if document is None or found is None:
        return text
    path, line = document.place(int(found[1]))
    return f"{path}:{line}{text[found.end() :]}"


def _passed(skipped: Skipped) -> str:
    return f"{QUERIES}:{skipped.line}: {skipped.what}: {skipped.why}"


def _inputs(brief: Brief, scene: DatabaseScene) -> tuple[Artifact, ...]:
    """What the advice rests on, saved beside it so that every proof can be repeated."""
    made = scene.basis == "simulated"
    read = "tables made from your words" if made else "your schema, as it was read"
    counted = "the statistics" if is_given(scene.statistics) else "the row counts"
    given = (
        Artifact(path=SCHEMA, purpose=read, text=scene.schema.text),
        Artifact(
            path=scene.statistics.path,
            purpose=f"{counted} {'of the made rows' if made else 'reckoned with'}",
            text=scene.statistics.text,
        ),
    )
    queries = _text(brief, "queries")
    asked = "the queries of your words" if made else "your queries, as they were read"
    more = (Artifact(path=QUERIES, purpose=asked, text=queries),)
    return (*given, *more) if queries else given
