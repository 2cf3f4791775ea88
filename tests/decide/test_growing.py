"""People now and later are read, told in places too, and the choice is held at both sizes."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.stages import Stages
from blueproof.advisors.choose.wording import answer
from blueproof.decide.people import people_of
from blueproof.intake.words.read import read_request

CASES: dict[str, list[dict[str, Any]]] = yaml_file.load(
    (Path(__file__).parent / "growing.yaml").read_text(encoding="utf-8")
)


def _words(case: dict[str, Any]) -> str:
    return str(case["words"])


@pytest.mark.parametrize("case", CASES["told"], ids=_words)
def test_growth_is_read_of_people_and_of_the_places_that_hold_them(case: dict[str, Any]) -> None:
    found = people_of(read_request(case["words"]))
    if not case["now"]:
        assert found.growth is None
        return
    assert found.growth is not None
    assert (found.count, found.growth.now) == (case["now"], case["now"])
    assert found.growth.later == case["later"]
    assert found.growth.months == case["months"]
    assert found.growth.date == case.get("date", "")


@pytest.mark.parametrize("case", CASES["turned"], ids=_words)
def test_both_sizes_are_billed_and_the_turn_is_told(case: dict[str, Any]) -> None:
    choice = Choice(read_request(case["words"]))
    said = answer(choice)
    for part in case["says"]:
        assert part in said
    assert Stages(choice).all[0].users == choice.decision.users


def test_the_turn_lies_where_the_choice_does_change() -> None:
    choice = Choice(read_request(CASES["turned"][0]["words"]))
    later = Stages(choice).later
    assert choice.at(later.holding(users="41000")).option.family == "convex"
    assert choice.at(later.holding(users="43000")).option.family == "firebase"
