"""Serverless functions that run at once, and the connections that they hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.advisors.known.advise import advise_known
from blueproof.advisors.known.at_once import at_once, scaled_out
from blueproof.advisors.known.sums import sums
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

SLOTS = '"remaining connection slots are reserved for roles with the SUPERUSER attribute". '
LAMBDA = (
    SLOTS + "18 Lambda functions with Prisma, connection_limit=4, Postgres on RDS db.t4g.small; "
    "at noon concurrency goes to 260. One says RDS Proxy, another raise max_connections. What now?"
)
CASES = {
    LAMBDA: (260, 4, 225),
    "Lambda, 400 concurrent executions, 2 connections each, RDS Postgres db.r6g.large": (
        400, 2, 1802),
    "Vercel functions with pg, pool max: 10, 200 concurrent invocations": (200, 10, 0),
    "Lambda with reserved concurrency 50, prisma connection_limit=3, RDS Postgres db.t3.micro": (
        50, 3, 112),
    "1,200 lambdas at once, pool size 1, Postgres": (1200, 1, 0),
}  # fmt: skip
NONE = (
    "30 Lambdas with a pool of 10 each against max_connections 100",
    "Cloud Run, 40 instances, each with concurrency 80, pool size 5, Postgres",
    "12 ECS tasks, 300 concurrent requests, pool size 5, Postgres",
    "Lambda, concurrency is at most 300 ms away, pool size 5",
)


@pytest.mark.parametrize("text", CASES)
def test_what_runs_at_once_is_read_with_what_each_opens(text: str) -> None:
    found = at_once(read_request(text))
    assert found is not None
    assert (found.many, found.each, found.most) == CASES[text]


@pytest.mark.parametrize("text", NONE)
def test_other_figures_are_none_of_it(text: str) -> None:
    assert at_once(read_request(text)) is None


def test_the_sum_that_the_server_refuses_is_the_cause() -> None:
    _, conclusion = advise_known(read_request(LAMBDA), "how", ())
    assert conclusion.answer.startswith("260 at once x 4 each = 1,040 connections, 4.6 times")
    assert "Even one each makes 260" in conclusion.answer
    assert conclusion.answer.count("1,040 connections") == 1
    assert "opens a pool of its own" in conclusion.hypotheses[0].cause
    assert conclusion.hypotheses[0].contradicts == ()
    assert any("RDS Proxy" in step.do for step in conclusion.steps)


def test_how_many_functions_there_are_is_not_how_many_run() -> None:
    text = SLOTS + "18 Lambda functions with connection_limit=4 each, Postgres on RDS db.t4g.small"
    (said,) = sums(read_request(text))
    assert "within" not in said
    assert "how many run at once" in said


@given(st.integers(10, 5000), st.integers(1, 100))
def test_the_sum_is_the_product(many: int, each: int) -> None:
    text = f"Lambda concurrency reaches {many}, connection_limit={each}, RDS Postgres db.m5.large"
    found = at_once(read_request(text))
    assert found is not None
    assert found.total == many * each
    assert found.is_over == (many * each > found.most)


SCALED = {
    "ECS went from 6 to 20 containers, pool size 30, RDS Postgres db.t4g.small": (20, 30),
    "RDS Postgres db.t3.medium; bumped our ECS service from 4 to 14 tasks, pool: 40": (14, 40),
    "RDS Postgres, we raised tasks to 12 for a campaign, pg pool max 25": (12, 25),
    "we increased the number of pods to 9, pool size 10, RDS": (9, 10),
    "12 ECS tasks node with pg Pool default max... somebody raised it to 50 per task last week. We "
    "scaled from 6 to 12 tasks at 14:00. RDS db.t3.medium": (12, 50),
}


@pytest.mark.parametrize("text", SCALED)
def test_tasks_are_counted_as_they_were_raised(text: str) -> None:
    found = scaled_out(read_request(text))
    assert found is not None
    assert (found.many, found.each) == SCALED[text]


@pytest.mark.parametrize(
    "text",
    [
        "we increased max_connections to 500, pool 20 each, 4 pods",
        "We raised the pool to 40 on 6 pods",
        "memory of the tasks went to 80 %, pool size 10",
    ],
)
def test_what_else_was_raised_is_no_number_of_tasks(text: str) -> None:
    assert scaled_out(read_request(text)) is None


def test_pools_that_fit_but_for_a_deploy_are_said_to() -> None:
    # 12 x 25 = 300 of 450; with old tasks beside the new 600. 0.8 x 450 / (2 x 12) = 15 each.
    words = (
        f"our api on ecs fails with {SLOTS} after we raised tasks to 12 for a campaign, pg pool "
        "max 25, RDS Postgres db.t4g.medium. what now?"
    )
    told = consult(read_request(words))
    assert "12 at once x 25 each = 300 connections" in told.answer
    assert "up to 600" in told.answer
    assert "Set the pool of each to 15 (12 x 15 = 180, twice that in a deploy" in told.steps[0].do
