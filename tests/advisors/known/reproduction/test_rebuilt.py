"""Stories rebuilt on a real PostgreSQL: the symptom shows, and the right index wins."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
STORIES: list[dict[str, Any]] = yaml_file.load((HERE / "stories.yaml").read_text(encoding="utf-8"))
_FASTER = 10  # times, from which a symptom counts as shown and cured
_BY_ENGINE = ("filters by workspace_id", "SELECT * FROM comments")  # the others: bench, by hand


def rebuilt(start: str) -> tuple[dict[str, Any], Blueprint]:
    story = next(s for s in STORIES if start in s["text"])
    return story, consult(read_request(story["text"]))


@pytest.fixture(scope="module")
def shown() -> tuple[dict[str, Any], Blueprint]:
    return rebuilt(_BY_ENGINE[0])


def test_the_winner_is_the_index_with_all_columns(shown: tuple[dict[str, Any], Blueprint]) -> None:
    story, blueprint = shown
    first = blueprint.answer.partition(" Tables and rows")[0]
    assert [piece for piece in story["wins"] if piece not in first] == [], first
    assert "you tell of 9,000,000" in first
    query = blueprint.queries[0]
    assert query.seconds_before is not None
    assert query.seconds_after is not None
    assert query.seconds_before > query.seconds_after * _FASTER


def test_nothing_made_up_is_called_real(shown: tuple[dict[str, Any], Blueprint]) -> None:
    _, blueprint = shown
    costs = [p for p in blueprint.proofs if type(p.claim).__name__ in {"CostFalls", "PlanUses"}]
    assert costs
    assert {p.basis for p in costs} == {"simulated"}
    assert "made from your words" in blueprint.answer
    assert any("tickets (id bigint" in a.key for a in blueprint.assumptions)
    assert any(u.statement.startswith("that your tables") for u in blueprint.not_proved)


def test_what_the_person_proposes_is_timed_or_gets_a_word(
    shown: tuple[dict[str, Any], Blueprint],
) -> None:
    _, blueprint = shown
    assert "an index on tickets (state)" in blueprint.answer
    assert '"Bigger RDS instance": a machine twice as fast' in blueprint.answer


def test_the_reproduction_is_handed_over(shown: tuple[dict[str, Any], Blueprint]) -> None:
    _, blueprint = shown
    files = {a.path: a.text for a in blueprint.artifacts}
    assert "CREATE TABLE tickets" in files["reproduction/schema.sql"]
    assert "generate_series(1, 200000)" in files["reproduction/rows.sql"]
    assert "EXPLAIN (ANALYZE, BUFFERS)" in files["reproduction/queries.sql"]


def test_the_one_question_asks_for_the_plan(shown: tuple[dict[str, Any], Blueprint]) -> None:
    _, blueprint = shown
    assert [q.ask for q in blueprint.open_questions] == [
        "What do \\d TABLE and EXPLAIN (ANALYZE, BUFFERS) of the query show?"
    ]


def test_a_query_with_its_index_is_not_slow_by_what_is_told() -> None:
    _, blueprint = rebuilt(_BY_ENGINE[1])
    assert blueprint.answer.startswith("What you tell does not make it slow")
    assert "the cause is elsewhere" in blueprint.answer
    assert "serves filter and order" not in blueprint.answer
    assert not blueprint.recommendations


def test_a_delete_that_is_fast_by_itself_may_wait_for_those_that_refer_to_it() -> None:
    told = "DELETE FROM users WHERE id = 123 takes 30 seconds. users only has 100k rows. why?"
    blueprint = consult(read_request(told))
    assert "foreign keys that refer to users without an index" in blueprint.answer
    assert "confrelid = 'users'::regclass" in blueprint.answer


@pytest.mark.nightly
def test_who_asks_why_is_told_the_cause_that_is_known() -> None:
    asked = (
        "Postgres 14. A table sensor_alarms with 210 million rows; the newest 20 unacknowledged "
        "alarms of a site, ORDER BY created_at DESC LIMIT 20 where site_id = $1 and "
        "acknowledged_at is null, take 40 seconds for small sites and are instant for large ones. "
        "There is an index on created_at and one on site_id. {}"
    )
    why = consult(read_request(asked.format("Why is ORDER BY with LIMIT slow there?"))).answer
    assert "Why, probably: the planner walks the index of ORDER BY" in why
    which = consult(read_request(asked.format("Which index do I need?"))).answer
    assert "sensor_alarms (site_id, created_at)" in which
    assert "Why, probably" not in which
