"""Words of which one stands for another, and products that stand near one another."""

from importlib import resources

import yaml_file
from blueproof.facts.kin import kin, named_in_table
from blueproof.facts.words import stems
from blueproof.intake.words.technologies import index


def lines() -> list[list[str]]:
    text = (resources.files("blueproof.facts") / "spoken" / "alike.yaml").read_text("utf-8")
    read: list[list[str]] = yaml_file.load(text)
    return read


def test_all_words_of_a_line_are_one_stem() -> None:
    apart = [line for line in lines() if len({stems(word) for word in line}) > 1]
    assert apart == []


def test_no_word_stands_in_two_lines() -> None:
    words = [word for line in lines() for word in line]
    assert sorted(words) == sorted({*words})


def test_no_two_lines_come_to_one_stem() -> None:
    first = [stems(line[0]) for line in lines()]
    assert len({*first}) == len(first)
    assert () not in first


def test_kin_are_known_technologies() -> None:
    assert named_in_table() - {*index().by_id} == set()


def test_nobody_is_its_own_kin() -> None:
    assert [name for name in named_in_table() if name in kin([name])] == []
