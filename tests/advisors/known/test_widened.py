"""Requests over the whole field: what was judged right stays right, and nothing is half marked."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parents[2] / "asked" / "widened.yaml").read_text(encoding="utf-8")
)
RIGHT = [case for case in CASES if "has" in case]
UNSURE = ("I am not sure", "I have no checked fact", "I could not tell")
# Of the 60 each; may only rise. It was 60 and 39 when every answer was fitted by hand; what is
# fitted to the wording of unseen questions keeps these.
LEAST_RIGHT = {"tuned": 55, "held-out": 35}


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: case["id"])
def test_what_was_judged_right_stays_right(case: dict[str, Any]) -> None:
    blueprint = consult(read_request(case["text"]))
    assert not blueprint.answer.startswith(UNSURE), blueprint.answer
    first = (blueprint.answer, *(r.choice for r in blueprint.recommendations[:1]))
    told = " ".join((*first, *(s.do for s in blueprint.steps[:3]))).lower()
    assert " ".join(case["has"].lower().split()) in " ".join(told.split()), blueprint.answer


def test_each_half_has_at_least_as_many_right_as_were_judged() -> None:
    for half, least in LEAST_RIGHT.items():
        assert sum(case["half"] == half for case in CASES) == len(CASES) / 2
        assert sum(case["half"] == half for case in RIGHT) >= least


@pytest.mark.parametrize(
    ("beside", "asked", "limit"),
    [
        (
            "Is it fine to keep the ECS task definition and environment variables in git?",
            "How large may an ECS task definition be?",
            "64 KB",
        ),
        (
            "Which Postgres replication slots should we name after the service?",
            "How many replication slots may Postgres have?",
            "10 replication slots",
        ),
    ],
)
def test_a_limit_does_not_answer_a_question_that_asks_for_none(
    beside: str, asked: str, limit: str
) -> None:
    assert consult(read_request(beside)).answer.startswith(UNSURE)
    answer = consult(read_request(asked)).answer
    assert limit in answer
    assert not answer.startswith(UNSURE)
