"""What was found in public about a plan, and what we say of it."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.plan.advise import all_rules, judge_plan
from blueproof.sql.plans.read import read_plans

HERE = Path(__file__).parent
SAMPLES = HERE.parent.parent / "sql" / "plans" / "samples"
DISCUSSED = yaml_file.load((HERE / "discussions.yaml").read_text(encoding="utf-8"))
LEAST = 10


def said(case: dict[str, Any]) -> list[str]:
    text = case.get("plan") or (SAMPLES / case["sample"]).read_text(encoding="utf-8")
    return [remedy.rule for remedy in judge_plan(read_plans(text)[0]).remedies]


AGREED = [case for case in DISCUSSED if "why" not in case]


@pytest.mark.parametrize("case", AGREED, ids=lambda case: str(case["about"]))
def test_we_find_what_was_found(case: dict[str, Any]) -> None:
    rules = said(case)
    if case["ours"] == "nothing":
        assert case["not"] not in rules
    else:
        assert case["ours"] in rules[: case["within"]]


@pytest.mark.parametrize(
    "case", [c for c in DISCUSSED if "why" in c], ids=lambda case: str(case["about"])
)
def test_where_we_do_not_agree_it_is_said(case: dict[str, Any]) -> None:
    assert case["ours"] not in said(case)
    assert len(case["why"].split()) > 5


def test_there_are_enough_and_they_name_rules_of_ours() -> None:
    assert len(AGREED) >= LEAST
    rules = {rule.id for rule in all_rules()}
    assert {case["ours"] for case in DISCUSSED} - {"nothing"} <= rules
