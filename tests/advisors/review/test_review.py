"""Plans told in words: their holes are found, and what is right is not accused."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.review.matching import shown
from blueproof.advisors.review.owning import Review, reviewed
from blueproof.advisors.review.telling import told
from blueproof.consult import consult
from blueproof.facts.holes import asking, holes, practices
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
PLANS: dict[str, Any] = yaml_file.load((HERE / "plans.yaml").read_text(encoding="utf-8"))
WORDINGS: dict[str, Any] = yaml_file.load((HERE / "wordings.yaml").read_text(encoding="utf-8"))
NEAR_MISSES = (HERE / "near_misses.txt").read_text(encoding="utf-8").splitlines()
# Holes of all plans that are not found yet.
MISSED = 3
LONG = {"token-lives-long"}


def found_in(text: str) -> set[str]:
    return {each.entry.id for each in shown(text, holes())}


def review_of(text: str) -> Review:
    review = reviewed(read_request(text))
    assert review is not None
    return review


def test_the_holes_of_plans_are_found() -> None:
    missed = {
        (name, hole)
        for name, plan in PLANS.items()
        for hole in plan["holes"]
        if hole not in found_in(plan["request"])
    }
    assert len(missed) <= MISSED, missed


@pytest.mark.parametrize("name", PLANS)
def test_nothing_else_is_accused(name: str) -> None:
    plan = PLANS[name]
    assert found_in(plan["request"]) - {*plan["holes"]} - {*plan.get("allowed", ())} == set()


@pytest.mark.parametrize("name", [name for name, plan in PLANS.items() if plan["holes"]])
def test_a_plan_is_taken(name: str) -> None:
    assert reviewed(read_request(PLANS[name]["request"])) is not None


def test_a_plan_without_a_hole_is_left_to_others() -> None:
    assert reviewed(read_request(PLANS["good-plan"]["request"])) is None


@pytest.mark.parametrize(
    ("hole", "words"), [(hole, each) for hole, lines in WORDINGS["shows"].items() for each in lines]
)
def test_other_words_show_a_hole(hole: str, words: str) -> None:
    assert hole in found_in(words)


@pytest.mark.parametrize("words", WORDINGS["right"])
def test_what_is_right_is_not_accused(words: str) -> None:
    assert found_in(words) == set()


@pytest.mark.parametrize("request_", NEAR_MISSES)
def test_other_requests_are_not_taken(request_: str) -> None:
    assert reviewed(read_request(request_)) is None


PLAN = (
    "Please poke holes in our plan: patients upload prescriptions to S3, bucket is public-read. "
    "Password reset code has 4 digits. JWT access token valid 30 days, RS256. The mascot is a newt."
)


def test_the_answer_begins_with_the_verdict_and_the_worst() -> None:
    _, conclusion = told(review_of(PLAN), "review")
    assert conclusion.answer.startswith(
        "Not like this: 3 holes, 2 of them to close before launch; the worst: prescriptions in a "
        "bucket that anybody can read. \u201cbucket is public-read\u201d: "
    )
    assert [step.horizon for step in conclusion.steps] == ["now"] * 3 + ["later"] * 3
    assert conclusion.steps[0].do.startswith("\u201cbucket is public\u201d: switch Block Public")


def test_yes_or_no_is_answered_where_it_is_asked() -> None:
    asked = PLAN.replace("Please poke holes in our plan", "Is our setup secure")
    _, conclusion = told(review_of(asked), "yes-no")
    assert conclusion.answer.startswith("No: 3 holes")


def test_sums_are_of_their_own_figures() -> None:
    said = {f.rule: f.says for f in told(review_of(PLAN), "review")[1].findings}
    assert "4 digits are 10,000 codes: at 10 tries a second all are tried in 17 minutes" in said[
        "hole-reset-code-guessable"
    ]  # fmt: skip
    five = {
        f.rule: f.says
        for f in told(review_of(PLAN.replace("4 digits", "5 digits")), "review")[1].findings
    }
    assert "100,000 codes" in five["hole-reset-code-guessable"]
    assert "30 days is 2,880 times the 15 minutes" in said["hole-token-lives-long"]


@pytest.mark.parametrize(
    ("lives", "said"),
    [("10 minutes", set()), ("15 min", set()), ("1h", set()), ("8 hours", LONG), ("a year", LONG),
     ("30d", LONG), ("14-day", LONG)],
)  # fmt: skip
def test_a_lifetime_decides_by_its_length(lives: str, said: set[str]) -> None:
    assert found_in(f"The JWT is valid for {lives}.") == said


def test_what_is_right_and_what_is_unread_are_told() -> None:
    draft, _ = told(review_of(PLAN), "review")
    assert [(p.quote, p.verdict) for p in draft.premises] == [("RS256", "right")]
    unread = next(each for each in draft.not_proved if each.statement.startswith("not judged"))
    assert "The mascot is a newt" in unread.statement
    assert "bucket" not in unread.statement


def test_at_most_two_questions_are_asked_of_what_is_not_told() -> None:
    questions = told(review_of(PLAN), "review")[1].open_questions
    assert [q.id for q in questions] == ["1", "2"]
    assert "prescriptions" in questions[0].ask


def test_the_whole_consultation_takes_it() -> None:
    blueprint = consult(read_request(PLAN))
    assert blueprint.answer.startswith("Not like this: 3 holes")
    assert {f.severity for f in blueprint.findings} == {"harm", "risk"}


def test_every_entry_is_in_form() -> None:
    for hole in holes().values():
        assert hole.told.ways, hole.id
        for text in (hole.wrong, hole.now, hole.later, hole.look, hole.name):
            assert 5 < len(text) < 200, (hole.id, text)
            assert not text.endswith("."), (hole.id, text)
        assert hole.source.startswith("https://"), hole.id
        assert hole.checked.year == 2026, hole.id
        assert ("{" in hole.sum) <= bool(hole.told.figure), hole.id
    for practice in practices().values():
        assert practice.source.startswith("https://"), practice.id
    assert len(holes()) >= 60
    assert asking().silences


def test_no_phrase_has_a_sign_that_no_word_can_have() -> None:
    """Words end at a sign, so a phrase with one would never be found."""
    told_of = [
        *(hole.told for hole in holes().values()),
        *(practice.told for practice in practices().values()),
    ]
    written = [
        phrase.written
        for each in told_of
        for way in (*each.ways, *each.exceptions)
        for phrase in way.near
    ]
    assert [each for each in written if set(each) & set("_/.=?")] == []
