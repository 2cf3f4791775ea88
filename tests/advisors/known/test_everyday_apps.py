"""Everyday questions on app platforms are answered in the first words, and turned ones are not."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "everyday_apps.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:50])
def test_the_first_words_answer(case: dict[str, Any]) -> None:
    answer = " ".join(consult(read_request(case["request"])).answer.split())
    assert answer.startswith(case.get("starts", "")), answer
    assert not answer.startswith((*case.get("lacks_start", ()), "\n")), answer
    assert [p for p in case.get("has", ()) if p not in answer] == [], answer
    assert [p for p in case.get("lacks", ()) if p in answer] == [], answer
