"""An architecture as a whole is told from one part, a fault, a delivery, another cloud."""

from pathlib import Path

import pytest

import yaml_file
from blueproof.advisors.architecture.owning import asks_architecture
from blueproof.intake.words.read import read_request

OWNED = yaml_file.load((Path(__file__).parent / "owned.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", OWNED["taken"], ids=lambda text: text[:60])
def test_a_whole_architecture_is_taken(text: str) -> None:
    assert asks_architecture(read_request(text))


@pytest.mark.parametrize("text", OWNED["left"], ids=lambda text: text[:60])
def test_one_part_or_another_question_is_left(text: str) -> None:
    assert not asks_architecture(read_request(text))


@pytest.mark.parametrize("text", OWNED["taken"][:6], ids=lambda text: text[:60])
@pytest.mark.parametrize("more", [" Thanks!", " The logo is blue.", "\n\nBest regards, Ana"])
def test_a_courtesy_changes_no_owner(text: str, more: str) -> None:
    assert asks_architecture(read_request(text + more))
