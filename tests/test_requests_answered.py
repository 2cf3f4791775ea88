"""Requests as people write them: what the answer line must and must not hold."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.owning import owns
from blueproof.consult import consult
from blueproof.decide.reading import needs_of
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "requests_answered.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:60])
def test_an_answer_holds_what_it_must(case: dict[str, Any]) -> None:
    brief = read_request(case["request"])
    assert owns(brief) == case["choice"]
    blueprint = consult(brief)
    answer = " ".join(blueprint.answer.split())
    assert [piece for piece in case.get("has", ()) if piece not in answer] == [], answer
    assert [piece for piece in case.get("lacks", ()) if piece in answer] == [], answer
    needs = needs_of(brief)
    told = {name: needs.value(name) for name in case.get("known", {}) if needs.is_known(name)}
    assert told == case.get("known", {})
    assert not [p for p in blueprint.proofs if p.verdict == "refuted"]
    assert not blueprint.rejected
