"""Every judgement on plans, on its own cases."""

import re
from collections.abc import Iterator

import pytest

from blueproof.advisors.plan.advise import all_rules, judge_plan
from blueproof.advisors.plan.remedy import Remedy
from blueproof.core.rule import Case, Rule
from blueproof.engines.postgres.refusal import ServerRefusal
from blueproof.engines.postgres.server import Server
from blueproof.sql.plans.node import ReadPlan
from blueproof.sql.plans.read import read_plans

_STATEMENT = re.compile(r"(?:CREATE|VACUUM|ANALYZE|SET|SELECT)\b[^;]*;")


def cases() -> Iterator[tuple[Rule[ReadPlan], Case]]:
    for rule in all_rules():
        for case in rule.cases:
            yield rule, case


CASES = [pytest.param(r, c, id=f"{r.id}: {c.name}") for r, c in cases()]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_fires_or_is_quiet_as_it_says(rule: Rule[ReadPlan], case: Case) -> None:
    assert bool(list(rule.check(read_plans(case.given)[0]))) == case.fires


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_what_is_said_names_a_number_and_what_would_show_it(
    rule: Rule[ReadPlan], case: Case
) -> None:
    plan = read_plans(case.given)[0]
    for advice in rule.check(plan):
        if isinstance(advice, Remedy):
            assert advice.rule == rule.id
            assert re.search(r"\d", advice.because[0])
            assert advice.shown_by
            assert 0 <= advice.milliseconds <= max(plan.total_ms, plan.planning_ms or 0.0) * 1.01


def test_there_are_the_rules_that_we_think_there_are() -> None:
    assert [rule.id.removeprefix("plan-") for rule in all_rules()] == [
        "as-asked", "count-all", "dirtied", "fan-out", "filter-scan", "generic", "hash-spill",
        "heap-fetches", "index-filter", "jit", "join-filter", "join-index", "limit-guess",
        "lossy-bitmap", "many-loops", "materialized-cte", "misestimate",
        "missing-workers", "not-run", "offset", "outside",
        "partitions", "planning-time", "range-first", "reading", "sort-spill",
        "subplan-loops", "temp-files",
        "trigger", "waiting", "wide-rows", "write-upkeep",
    ]  # fmt: skip


def statements() -> set[str]:
    """The statements in all advice on all cases."""
    found: set[str] = set()
    for _, case in cases():
        for remedy in judge_plan(read_plans(case.given)[0]).remedies:
            found |= set(_STATEMENT.findall(remedy.choice))
    return found


def test_postgresql_can_read_every_statement_that_is_advised(server: Server) -> None:
    guest = server.guest(server.create_database())
    told = statements()
    assert len(told) > 8
    for statement in told:
        try:
            guest.parse_one(statement)
        except ServerRefusal as refusal:
            assert refusal.code != "42601", f"{statement}: {refusal}"  # noqa: PT017


def test_the_dearest_comes_first() -> None:
    plan = read_plans(
        "Sort  (cost=0..9 rows=100000 width=9) (actual time=100..900 rows=100000 loops=1)\n"
        "  Sort Key: at\n"
        "  Sort Method: external merge  Disk: 36864kB\n"
        "  ->  Seq Scan on a  (cost=0..9 rows=100000 width=9) (actual time=1..100 rows=100000"
        " loops=1)\n"
        "        Filter: (x = 5)\n"
        "        Rows Removed by Filter: 9000000\n"
    )[0]
    assert [r.rule for r in judge_plan(plan).remedies][:2] == [
        "plan-sort-spill",
        "plan-filter-scan",
    ]
    assert judge_plan(plan).remedies[0].milliseconds == pytest.approx(800)


def test_the_memory_advised_is_what_that_sort_took() -> None:
    """A sort of 63,072 kB on disk took 103,173 kB in memory (decentraland/catalyst-owner#99)."""
    plan = read_plans(
        "Sort  (cost=0..9 rows=100000 width=9) (actual time=100..900 rows=100000 loops=1)\n"
        "  Sort Key: local_timestamp DESC\n"
        "  Sort Method: external merge  Disk: 63072kB\n"
        "  ->  Seq Scan on d  (cost=0..9 rows=100000 width=9) (actual time=1..90 rows=9 loops=1)\n"
    )[0]
    told = next(r for r in judge_plan(plan).remedies if r.rule == "plan-sort-spill")
    wanted = re.search(r"work_mem = '(\d+)MB'", told.choice)
    assert wanted
    assert 103173 <= int(wanted[1]) * 1024 <= 3 * 103173


def test_statistics_have_a_name_which_servers_before_16_ask_for() -> None:
    made = [each for each in statements() if each.startswith("CREATE STATISTICS")]
    assert made
    assert all(re.match(r'CREATE STATISTICS "?\w+"? ON ', each) for each in made)
