"""Measurements that are told show what is full, and whether the plan relieves it."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.saturated.judge import saturated
from blueproof.advisors.saturated.reading import metric
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)
FULL = [case for case in CASES if "says" in case]


@pytest.mark.parametrize("case", FULL, ids=lambda case: case["text"][:40])
def test_what_is_full_is_said_first(case: dict[str, Any]) -> None:
    found = consult(read_request(case["text"]))
    assert found.answer.startswith(case["says"][0]), found.answer
    for words in case["says"]:
        assert words in found.answer
    assert case.get("does", "") in " ".join(step.do for step in found.steps)
    assert any(finding.evidence for finding in found.findings)


@pytest.mark.parametrize("case", [c for c in CASES if "says" not in c], ids=lambda c: c["text"])
def test_nothing_is_called_full_that_is_not(case: dict[str, Any]) -> None:
    assert saturated(read_request(case["text"])) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("BurstBalance 0%", 0),
        ("BurstBalance fell to 12 % at noon", 12),
        ("BurstBalance: 4%", 4),
        ("burst balance of the disk", None),
        ("BurstBalance 18:00", None),
    ],
)
def test_a_value_is_read_behind_its_name(text: str, value: float | None) -> None:
    found = metric(text, r"Burst ?Balance")
    assert (found and found.value) == value
