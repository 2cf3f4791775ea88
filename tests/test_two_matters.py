"""Two matters in one message get what each of them gets alone, and do not colour one another."""

from itertools import pairwise
from pathlib import Path

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.consulting.dividing import divided
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request

MATTERS: list[str] = yaml_file.load(
    (Path(__file__).parent / "two_matters.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def alone() -> dict[str, Blueprint]:
    return {text: consult(read_request(text)) for text in MATTERS}


def _says(blueprint: Blueprint) -> str:
    """Words of its first sentence, without what it is about."""
    return blueprint.answer.partition(": ")[2][:40] or blueprint.answer[:40]


@pytest.mark.parametrize(("first", "second"), tuple(pairwise(MATTERS)), ids=lambda text: text[:30])
@pytest.mark.parametrize("joint", ["\n\nAlso, ", " Second: "])
def test_each_is_answered_as_alone(
    first: str, second: str, joint: str, alone: dict[str, Blueprint]
) -> None:
    text = f"{first}{joint}{second}"
    both = consult(read_request(text))
    assert both.request == text
    assert both.answer.startswith(alone[first].answer[:80])
    told = both.answer.lower()
    steps = {s.do for s in alone[second].steps} & {s.do for s in both.steps}
    assert _says(alone[second]).lower() in told or steps


def test_a_question_that_goes_on_with_the_first_stays_with_it() -> None:
    text = (
        "Customer's security questionnaire asks for SOC 2, first enterprise deal. Do we need type 1"
        " or type 2, how long and what must we change technically first? on AWS + Postgres + GitHub"
    )
    brief = read_request(text)
    assert divided(brief) == (brief, ())


def test_what_is_told_behind_a_question_stays() -> None:
    text = (
        "Convex or Firebase for our chat app in Expo?\n\nAlso, how long should access tokens live?"
        "\n\nWe have 20k monthly users."
    )
    first, apart = divided(read_request(text))
    assert "20k monthly users" in first.request
    assert not apart or "access tokens" not in first.request
