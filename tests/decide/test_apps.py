"""Requests for a back end as people write them: pick, bill, what is said and what is not."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.owning import owns
from blueproof.advisors.choose.steps import steps
from blueproof.advisors.choose.wording import answer, because
from blueproof.intake.words.read import read_request

APPS: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "apps.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", APPS, ids=lambda case: case["name"])
def test_a_request_gets_its_back_end(case: dict[str, Any]) -> None:
    found = Choice(read_request(case["words"]))
    said = answer(found)
    assert owns(found.brief)
    pick = "" if found.pick.ruled_out else found.pick.option.family
    assert pick == case["pick"], said
    low, high = case["total"]
    assert low <= found.pick.bill.total <= high, said
    told = " ".join((said, *(step.do for step in steps(found))))
    for words in case["says"]:
        assert words in told
    for words in case.get("never", ()):
        assert words not in told


@pytest.mark.parametrize("case", APPS, ids=lambda case: case["name"])
def test_thanks_at_the_end_change_nothing(case: dict[str, Any]) -> None:
    plain, polite = (
        Choice(read_request(words)) for words in (case["words"], f"{case['words']} Thanks!")
    )
    assert polite.needs == plain.needs


@pytest.mark.parametrize("case", APPS, ids=lambda case: case["name"])
def test_no_reason_is_given_twice(case: dict[str, Any]) -> None:
    reasons = because(Choice(read_request(case["words"])))
    assert len(set(reasons)) == len(reasons)
