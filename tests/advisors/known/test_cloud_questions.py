"""Everyday questions on AWS, Docker, Redis and Terraform get their deciding fact first."""

import re
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "cloud_questions.yaml").read_text(encoding="utf-8")
)
_FIRST = 3  # sentences that a hurried reader reads
_END = re.compile(r"(?<=[.?!])\s+(?=[A-Z“])")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["words"][:40])
def test_the_deciding_fact_stands_in_the_first_sentences(case: dict[str, Any]) -> None:
    answer = " ".join(consult(read_request(case["words"])).answer.split())
    first = " ".join(_END.split(answer)[:_FIRST])
    assert [each for each in case["says"] if not re.search(each, first)] == []
    assert [each for each in case["never"] if each in answer] == []
