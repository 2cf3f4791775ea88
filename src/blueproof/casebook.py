"""Running a rule's own cases on real engines: it fires or not, is proved, and cures."""

import contextlib
from collections.abc import Iterator

from blueproof.advisors.postgres.advise import carry_out
from blueproof.advisors.postgres.database import Database, Planned, plan_query
from blueproof.core.advice import Finding, Recommendation
from blueproof.core.rule import Case, CaseResult, Rule
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.engines.postgres.clock import Clock
from blueproof.engines.postgres.server import Server, scratch
from blueproof.engines.postgres.twin import Twin
from blueproof.proof.bench import Bench
from blueproof.proof.prove import check
from blueproof.sql.counts_file import write_counts
from blueproof.sql.plans.node import ReadPlan
from blueproof.sql.plans.read import read_plans
from blueproof.sql.queries import EPOCH, held_constant, read_queries
from blueproof.sql.rowcounts import count_rows, read_counts
from blueproof.sql.scene_statistics import is_given, read_scene_statistics
from blueproof.sql.statements import read_script
from blueproof.sql.statistics import few_values


def run_case(rule: Rule[Database], case: Case, server: Server, bench: Bench) -> CaseResult:
    """What the rule says of a case, what the engines say of that, and whether it then is silent."""
    with Twin(server, case.given) as twin, _clock(server, case) as clock:
        told = _told(twin, case)
        scene = DatabaseScene(schema=Excerpt(text=case.given, path="schema.sql"), statistics=told)
        statistics = read_scene_statistics(twin.schema, told)
        twin.set_statistics(statistics)
        database = Database(
            schema=twin.schema,
            statistics=statistics,
            queries=_queries(twin, case),
            planner=twin,
            ddl=case.given,
            measured=is_given(told),
            clock=clock,
        )
        advice = tuple(a for a in rule.check(database) if isinstance(a, Recommendation))
        outcomes = [(claim, check(claim, scene, bench)) for a in advice for claim in a.claims]
        return CaseResult(
            case=case,
            slots=tuple(a.slot for a in advice),
            refuted=tuple(_said(c, o.reason) for c, o in outcomes if o.verdict == "refuted"),
            unchecked=tuple(_said(c, o.reason) for c, o in outcomes if o.verdict == "unchecked"),
            cured=_cured(rule, database, advice),
        )


def run_plan_case(rule: Rule[ReadPlan], case: Case) -> CaseResult:
    """What a rule on plans says of a case; there is nothing to prove in it, and nothing to cure."""
    said = tuple(rule.check(read_plans(case.given)[0]))
    slots = tuple(a.slot if isinstance(a, Recommendation) else a.rule for a in said
                  if isinstance(a, Recommendation | Finding))  # fmt: skip
    return CaseResult(case=case, slots=slots, refuted=(), unchecked=(), cured=True)


@contextlib.contextmanager
def _clock(server: Server, case: Case) -> Iterator[Clock | None]:
    """A copy with the rows that the case makes, if it makes any."""
    if not case.filled:
        yield None
        return
    with scratch(server) as name, contextlib.closing(server.guest(name)) as session:
        session.run(case.given)
        for statement in read_script(case.filled, path="rows.sql").statements:
            session.run(statement.text)
        yield Clock(session=session, name=name)


def _told(twin: Twin, case: Case) -> Excerpt:
    """The case's own statistics, or what its row counts stand for."""
    if case.statistics:
        return Excerpt(text=case.statistics, path="statistics.sql")
    known = count_rows(twin.schema, read_counts(case.rows))
    counts = few_values(twin.schema, known, held_constant((case.queries,)))
    return Excerpt(text=write_counts(counts, EPOCH), path="statistics.yaml")


def _said(claim: object, reason: str) -> str:
    return f"{type(claim).__name__}: {reason}"


def _queries(twin: Twin, case: Case) -> tuple[Planned, ...]:
    queries, _ = read_queries(case.queries, path="queries.sql")
    return tuple(
        plan_query(
            twin,
            Planned(
                query=q,
                excerpt=Excerpt(
                    text=q.written, path="queries.sql", statement=q.ordinal, name=q.name
                ),
            ),
        )
        for q in queries
    )


def _cured(rule: Rule[Database], database: Database, advice: tuple[Recommendation, ...]) -> bool:
    """Whether the advice, carried out, leaves the rule with nothing more to say."""
    cured = carry_out(database, advice)
    return not any(isinstance(a, Recommendation) for a in rule.check(cured))
