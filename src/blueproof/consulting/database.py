"""The consultation on a database: its schema and queries, planned and proved."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from blueproof.advisors.postgres.advise import advise
from blueproof.advisors.postgres.conclude import conclude
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.core.advice import Artifact, Rejected
from blueproof.core.blueprint import Blueprint, Conclusion, Draft, Proof
from blueproof.core.brief import Brief
from blueproof.core.scene import Basis, DatabaseScene, Excerpt
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.twin import Twin
from blueproof.intake.database import completed, given_rows, queries_passed_over
from blueproof.proof.bench import Bench
from blueproof.proof.prove import prove
from blueproof.sql.counts_file import write_counts
from blueproof.sql.queries import Query, held_constant, latest_date, read_queries
from blueproof.sql.rowcounts import RowCount, count_rows
from blueproof.sql.statements import Skipped
from blueproof.sql.statistics import assume, few_values

SCHEMA, QUERIES, COUNTS = "schema.sql", "queries.sql", "statistics.yaml"
_MOST_ROUNDS = 3  # of advice, each without what the one before had refuted


def advise_database(brief: Brief, progress: Callable[[str], None] = lambda _: None) -> Blueprint:
    """The blueprint for a brief with a schema: advice that fresh engines have checked."""
    progress("reading the schema")
    brief, passed = queries_passed_over(brief)
    with Server() as server, Twin(server, _text(brief, "schema"), path=SCHEMA) as twin:
        queries, skipped = read_queries(_text(brief, "queries"), path=QUERIES)
        constant = held_constant(tuple(q.written for q in queries))
        counts = few_values(twin.schema, count_rows(twin.schema, given_rows(brief)), constant)
        until = latest_date(tuple(q.written for q in queries))
        scene = DatabaseScene(
            schema=Excerpt(text=_text(brief, "schema"), path=SCHEMA),
            statistics=Excerpt(text=write_counts(counts, until), path=COUNTS),
            basis=_basis(counts),
        )
        statistics = assume(twin.schema, counts, until)
        twin.set_statistics(statistics)
        planned = tuple(plan_query(twin, _as_planned(q)) for q in queries)
        database = Database(
            schema=twin.schema,
            statistics=statistics,
            queries=planned,
            planner=twin,
            doubtful=frozenset(table for item in twin.left_out for table in item.tables),
        )
        left_out = (
            *(_placed(str(item), brief, "schema") for item in twin.left_out),
            *(_placed(_passed(item), brief, "queries") for item in skipped),
            *passed,
        )
        case = _Case(
            brief=completed(brief, counts, len(queries)),
            database=database,
            scene=scene,
            counts=counts,
            left_out=left_out,
        )
        return _rounds(case, progress)


@dataclass(frozen=True, kw_only=True)
class _Case:
    """What every round of advice starts from."""

    brief: Brief
    database: Database
    scene: DatabaseScene
    counts: tuple[RowCount, ...]
    left_out: tuple[str, ...]


def _rounds(case: _Case, progress: Callable[[str], None]) -> Blueprint:
    """Advise and prove; what was refuted is left out of the next round, which may find better."""
    rejected: dict[str, Rejected] = {}
    for _ in range(_MOST_ROUNDS):
        progress("looking for what helps")
        draft, final = advise(
            case.brief, case.database, case.scene, case.left_out, frozenset(rejected)
        )
        draft = replace(
            draft,
            artifacts=(*_inputs(case.brief, case.scene), *draft.artifacts),
            rejected=tuple(rejected.values()),
        )

        def said(kept: Draft, proofs: tuple[Proof, ...], at: Database = final) -> Conclusion:
            return conclude(at, case.counts, kept, proofs)

        with Bench() as bench:
            blueprint = prove(draft, said, bench, progress)
        new = {r.slot: r for r in blueprint.rejected if r.slot not in rejected and not r.lost}
        rejected |= new
        if not new:
            break
    return blueprint


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
    given = (
        Artifact(path=SCHEMA, purpose="your schema, as it was read", text=scene.schema.text),
        Artifact(path=COUNTS, purpose="the row counts reckoned with", text=scene.statistics.text),
    )
    queries = _text(brief, "queries")
    more = (Artifact(path=QUERIES, purpose="your queries, as they were read", text=queries),)
    return (*given, *more) if queries else given
