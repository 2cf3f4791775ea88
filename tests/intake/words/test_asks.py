"""What a request asks, part by part."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.intake.words.asks import asks_in

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "asks.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_each_thing_asked_is_a_part(case: dict[str, Any]) -> None:
    found = asks_in(case["text"])
    assert len(found) == len(case.get("asks", ())), found
    for ask, words in zip(found, case.get("asks", ()), strict=True):
        assert words in ask.own
        assert ask.shared == case.get("shared", "")


@pytest.mark.parametrize("case", [c for c in CASES if "asks" in c], ids=lambda c: c["text"][:40])
def test_no_word_of_a_question_is_lost(case: dict[str, Any]) -> None:
    told = " ".join(ask.own for ask in asks_in(case["text"]))
    for sentence in case["text"].split("?")[:-1] if "shared" not in case else ():
        assert " ".join(sentence.split()[-3:]) in " ".join(told.split())


def test_a_part_that_was_cut_from_a_sentence_is_still_a_question() -> None:
    asks = asks_in(
        "We run clinics on Postgres. How do we stop double bookings, where should the report run, "
        "and is it ok that tokens live 30 days?"
    )
    assert [ask.own[:5] for ask in asks] == ["How d", "where", "is it"]
    assert all(ask.is_question for ask in asks)
