"""Questions on delivery to AWS in words: the answer holds what decides."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("spoken.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:50])
def test_a_question_on_delivery_is_answered(case: dict[str, Any]) -> None:
    answer = " ".join(consult(read_request(case["request"])).answer.split())
    assert [piece for piece in case.get("has", ()) if piece not in answer] == [], answer
    assert [piece for piece in case.get("lacks", ()) if piece in answer] == [], answer
