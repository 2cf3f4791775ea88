"""Rules that are asked for in words: what is written and told of it, and what is left alone."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.policies.wished import Wish, rules_of, wish_in
from blueproof.consulting.rules_wished import advise_wished_rules
from blueproof.engines.firebase_rules.lint import lint
from blueproof.engines.firebase_rules.rules import read_rules
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "wishes.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_rules_are_written_only_where_they_are_surely_meant(case: dict[str, Any]) -> None:
    found = advise_wished_rules(read_request(case["request"]), lambda _: None)
    if "has" not in case:
        assert found is None
        return
    assert found is not None
    [file] = [a for a in found.artifacts if a.path == "firestore.rules"]
    assert [s for s in case["has"] if s not in file.text] == []
    assert [s for s in case["says"] if s not in found.answer] == []
    assert "all refused" in found.answer


@pytest.mark.parametrize("reads", ["owner", "signed-in", "all"])
def test_no_written_rule_lets_a_stranger_write(reads: str) -> None:
    wish = Wish(collection="notes", wildcard="id", owner="ownerId", reads=reads, admins=False,
                role="", kept=("banned",), initial="", deletes=False)  # fmt: skip
    harms = {f.id for f in lint(read_rules(rules_of(wish)))}
    assert harms & {"taken-over", "owner-can-change", "create-in-any-name", "any-account"} == set()


def test_rules_that_let_an_attack_through_are_not_handed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def opened(wish: Wish) -> str:
        return rules_of(wish).replace("allow delete: if (", "allow delete: if true || (")

    monkeypatch.setattr("blueproof.consulting.rules_wished.rules_of", opened)
    assert wish_in(CASES[0]["request"]) is not None
    assert advise_wished_rules(read_request(CASES[0]["request"]), lambda _: None) is None
