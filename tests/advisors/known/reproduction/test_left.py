"""What tells of something slow and asks for something else is left to whoever answers that."""

from pathlib import Path
from typing import Any

import pytest

from blueproof.advisors.known.reproduction.reading import read_sketch
from blueproof.advisors.known.slow.telling import told_of_slowness
from blueproof.facts.load import LOADER
from blueproof.intake.words.read import read_request

_READ: Any = LOADER(Path(__file__).with_name("left.yaml").read_text("utf-8")).get_single_data()
CASES = {case["name"]: case for case in _READ}


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_made_of_it(name: str) -> None:
    assert read_sketch(read_request(CASES[name]["request"])) is None


@pytest.mark.parametrize("name", CASES)
def test_an_index_is_told_only_where_speed_is_asked_for(name: str) -> None:
    told = told_of_slowness(read_request(CASES[name]["request"]))
    assert (told is not None) == CASES[name].get("told", False)


def test_the_same_tables_are_rebuilt_where_the_query_is_asked_about() -> None:
    slow = "devices has 4M rows, we look them up by token and it takes 3 s, Postgres. "
    assert read_sketch(read_request(slow + "Which index makes it faster?"))
    assert read_sketch(read_request(slow + "How should our push architecture look?")) is None
