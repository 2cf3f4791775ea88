"""Troubles as people tell them: each by its figures, with what stops it and what shows it."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.incident.judge import advise_trouble, troubles
from blueproof.advisors.incident.mechanisms import everything
from blueproof.advisors.known.entries import everything as entries
from blueproof.advisors.premises.judge import judge
from blueproof.facts.entries import Failure
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "troubles.yaml").read_text(encoding="utf-8")
)
TOLD = [case for case in CASES if case["trouble"] != "none"]
QUIET = [case for case in CASES if case["trouble"] == "none"]


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case["request"][:50])
def test_a_trouble_is_answered_by_its_figures(case: dict[str, Any]) -> None:
    brief = read_request(case["request"])
    found = troubles(brief)
    assert [each.id for each in found[:1]] == [case["trouble"]]
    _, conclusion = advise_trouble(brief, "why", judge(brief), found)
    answer = " ".join(conclusion.answer.split())
    assert [piece for piece in case["has"] if piece not in answer] == [], answer
    assert [piece for piece in case["lacks"] if piece in answer] == [], answer
    steps = " ".join(step.do for step in conclusion.steps)
    assert [piece for piece in case["do"] if piece not in steps] == [], steps
    assert conclusion.steps[0].horizon == "now"
    assert conclusion.hypotheses[0].decide_by
    assert conclusion.findings
    assert any("assumed" in each.why for each in conclusion.not_proved)


@pytest.mark.parametrize("case", QUIET, ids=lambda case: case["request"][:50])
def test_a_request_that_tells_of_no_trouble_is_left_to_others(case: dict[str, Any]) -> None:
    assert troubles(read_request(case["request"])) == ()


def test_each_known_trouble_names_a_failure_and_a_cause_of_it() -> None:
    for known in everything():
        entry = entries()[known.entry]
        assert isinstance(entry, Failure), known.entry
        named = any(known.first in cause.cause for cause in entry.causes)
        assert known.causes or (known.first and named), (known.entry, known.first)
