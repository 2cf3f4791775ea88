"""Incidents: what was changed before they began, and what holds the connections."""

import pytest

from blueproof.advisors.known.changed import changed
from blueproof.advisors.known.held_open import held_open
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

MAIL = (
    "Checkout fails on and off since 14:10, help. Deployed 14:02 (now sends the invoice mail "
    "inside the booking transaction). NestJS on ECS, pg pool max 15, RDS Postgres.\n"
    "14:11 ERROR Error: timeout exceeded when trying to connect\n14:11 WARN smtp took 24100ms\n"
    "pg_stat_activity: 180 connections: 150 idle in transaction, 30 active"
)
BEGAN = {
    MAIL: ("8 minutes after what you deployed at 14:02", "update-service"),
    "18:02 deployed a new image on kubernetes. API down from 18:10: 502 everywhere": (
        "8 minutes after what you deployed at 18:02", "kubectl rollout undo"),
    "Since the release the API on Heroku answers H12 request timeout, nothing else was done": (
        "with what you released", "heroku rollback"),
}  # fmt: skip
NOT_BEGAN = (
    "We deploy at 09:00 every day and the backup runs at 02:00. Is that fine?",
    "Released v3 at 14:05, since 14:20 every login fails. Already rolled back, the same.",
    "Deployed at 06:00; since 15:30 the disk of the database fills up",
    "How do we deploy after we switched to GitHub Actions?",
)
HELD = {
    MAIL: (150, 180, "sends the invoice mail"),
    "pg: 80 connections, 66 idle in transaction since noon": (66, 80, ""),
    "state | count\nidle in transaction | 41\nactive | 3": (41, 0, ""),
    "48 idle in transaction; we call the Stripe API inside a transaction": (
        48, 0, "call the Stripe API"),
}  # fmt: skip
NOT_HELD = (
    "2 idle in transaction of 120 connections",
    "300 connections, 20 idle in transaction",
    "What does idle in transaction mean?",
    "idle in transaction since 09:40",
)


@pytest.mark.parametrize("text", BEGAN)
def test_what_was_changed_before_is_taken_back_first(text: str) -> None:
    found = changed(read_request(text))
    assert found is not None
    said, command = BEGAN[text]
    assert said in found.sentence
    assert command in found.step.do


@pytest.mark.parametrize("text", NOT_BEGAN)
def test_what_lies_far_back_or_is_taken_back_is_no_suspect(text: str) -> None:
    assert changed(read_request(text)) is None


@pytest.mark.parametrize("text", HELD)
def test_sessions_that_are_held_open_are_counted(text: str) -> None:
    found = held_open(read_request(text))
    assert found is not None
    assert (found.idle, found.of_all, found.inside) == HELD[text]


@pytest.mark.parametrize("text", NOT_HELD)
def test_few_are_not_what_is_full(text: str) -> None:
    assert held_open(read_request(text)) is None


def test_the_incident_is_answered_by_the_change_and_the_count() -> None:
    blueprint = consult(read_request(MAIL))
    assert blueprint.answer.startswith("It began 8 minutes after what you deployed at 14:02")
    assert "150 of 180 sessions are idle in transaction" in blueprint.answer
    assert "smtp took 24100ms" in blueprint.answer
    assert [step.horizon for step in blueprint.steps] == ["now", "now", "next", "later"]
    assert blueprint.steps[0].do.startswith("Go back to the version before")


def test_pools_of_tasks_that_were_scaled_out_are_held_against_the_server() -> None:
    text = (
        "prod half down since 11:05. Express on ECS, autoscaled to 16 tasks at 11:00, RDS Postgres "
        "db.t4g.medium.\n11:05 error: remaining connection slots are reserved for non-replication "
        "superuser connections\n11:05 Error: timeout exceeded when trying to connect at pg-pool\n"
        "pool max is 50 in each. What now?"
    )
    blueprint = consult(read_request(text))
    assert blueprint.answer.startswith("16 at once x 50 each = 800 connections, 1.8 times the 450")
    assert "Set the pool of each to 22 (16 x 22 = 352" in blueprint.steps[0].do
    assert "pooler" in blueprint.steps[-1].do
    few = consult(read_request(text.replace("16 tasks", "4 tasks")))
    assert "4 at once" not in few.answer


def test_too_many_copies_come_down_by_their_own_names() -> None:
    found = consult(
        read_request(
            "our prod api is down right now. node/express on ECS fargate (service checkout-api, "
            'cluster prod), RDS postgres db.t4g.medium. logs full of "FATAL: remaining connection '
            'slots are reserved for non-replication superuser connections". we scaled from 6 to 24 '
            "tasks this morning for a campaign, each has a pg Pool max 20. what do we do?"
        )
    )
    assert found.answer.startswith("Back to 18 copies now")
    assert "24 at once x 20 each = 480" in found.answer
    first = found.steps[0].do
    assert "--cluster prod --service checkout-api --desired-count 18" in first
