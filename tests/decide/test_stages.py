"""Whole requests with their bills at each stage shown, against sums made by hand."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.advisors.choose.advise import assumptions
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.stages import Stages
from blueproof.advisors.choose.steps import steps
from blueproof.advisors.choose.wording import answer
from blueproof.core.brief import Fact
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "stages.yaml").read_text(encoding="utf-8")
)
CLOSE = 0.03


@pytest.fixture(name="choice", params=CASES, ids=lambda case: case["name"])
def _choice(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Choice]:
    return request.param, Choice(read_request(request.param["words"]))


def test_bills_are_what_the_hand_reckons(choice: tuple[dict[str, Any], Choice]) -> None:
    case, found = choice
    shown = Stages(found)
    assert [stage.size for stage in shown.all] == list(case["stages"])
    for stage in shown.all:
        totals = {s.option.family: float(s.bill.total) for s in shown.ranked(stage)}
        for family, total in case["stages"][stage.size].items():
            assert totals[family] == pytest.approx(total, rel=CLOSE)


def test_the_answer_says_it(choice: tuple[dict[str, Any], Choice]) -> None:
    case, found = choice
    told = " ".join((answer(found), *(step.do for step in steps(found))))
    for words in case["says"]:
        assert words in told
    for words in case["never"]:
        assert words not in told
    if "pick" in case:
        assert ("" if found.pick.ruled_out else found.pick.option.family) == case["pick"], told


def test_who_comes_by_single_sign_on_is_an_assumption_where_it_is_not_told() -> None:
    found = Choice(read_request("Convex or Firebase? 900 employees sign in by SAML, all of them."))
    told = {assumption.key for assumption in assumptions(found)}
    assert {"single-sign-on", "firms with single sign-on"} <= told
    plain = Choice(read_request("Convex or Firebase? 900 users."))
    assert not {"single-sign-on"} & {assumption.key for assumption in assumptions(plain)}


def test_a_number_of_users_that_is_set_ends_the_growth() -> None:
    brief = read_request("Convex or Firebase? 2,000 users now, 40,000 in five years.")
    assert Stages(Choice(brief)).growth is not None
    told = Fact(key="users", value=50_000.0, source="stated")
    assert Stages(Choice(replace(brief, facts=(*brief.facts, told)))).growth is None


def test_smaller_groups_are_not_called_by_the_largest() -> None:
    words = "Supabase or Firebase? 120 inspectors in the field, the office is 8 people."
    assert Choice(read_request(words)).so_many == "128 people"
    assert Choice(read_request("Supabase or Firebase? 120 inspectors.")).so_many == "120 inspectors"
