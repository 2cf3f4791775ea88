"""A sum that was reckoned again is carried on to what the person makes of its result."""

from collections.abc import Mapping
from pathlib import Path

import pytest

import yaml_file
from blueproof.advisors.premises.judge import judge
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
CASES: list[dict[str, str]] = yaml_file.load((HERE / "carried.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["text"][:60] for case in CASES])
def test_a_corrected_sum_is_carried_to_the_figures_that_use_it(case: Mapping[str, str]) -> None:
    wrong = [p for p in judge(read_request(case["text"])) if p.verdict == "wrong"]
    assert [p.because for p in wrong] == [case["because"]]


def test_what_follows_stands_in_the_answer() -> None:
    answer = consult(read_request(CASES[0]["text"])).answer
    assert "at 100 bytes each that is 10.37 GB a day, not 1 GB a day" in answer
    assert "500 GB of disk are full in 48 days" in answer


def test_a_sum_that_comes_out_is_not_carried_on() -> None:
    text = "12,000 x 6 x 60 x 24 = 104 million rows a day, each 100 bytes, on our 500 GB disk."
    premises = judge(read_request(text))
    assert [p.verdict for p in premises] == ["right"]
    assert "disk" not in premises[0].because
