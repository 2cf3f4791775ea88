"""A message that asks several things gets an answer to each, or is told which has none."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "several_questions.yaml").read_text(encoding="utf-8")
)


def _asked(text: str) -> Blueprint:
    return consult(read_request(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_each_question_is_answered_or_said_to_be_open(case: dict[str, Any]) -> None:
    found = _asked(case["text"])
    assert found.request == case["text"]
    for words in case["says"]:
        assert words.lower() in found.answer.lower()
    for words in case.get("never", ()):
        assert words.lower() not in found.answer.lower()
    for words in case.get("open", ()):
        assert any(words in each.statement for each in found.not_proved), found.not_proved


def test_one_question_gets_one_answer() -> None:
    alone = _asked("How long should access tokens live?")
    assert "You also ask" not in alone.answer


def test_a_second_question_takes_nothing_from_the_first() -> None:
    first = "Which is cheaper for 3 TB of images with 10 TB egress a month, S3 or R2?"
    second = "And how do I let users upload directly without going through my API?"
    alone, both = _asked(first), _asked(f"{first} {second}")
    assert both.answer.startswith(alone.answer)
    assert {s.do for s in alone.steps} <= {s.do for s in both.steps}
    assert len(both.steps) > len(alone.steps)


def test_a_source_that_answers_is_not_listed_beside_as_well() -> None:
    found = _asked("How do I store passwords safely? And how long should access tokens live?")
    told = [f.says for f in found.findings]
    assert len(told) == len(set(told))
    assert [f.rule for f in found.findings].count("known-answer") == 2
