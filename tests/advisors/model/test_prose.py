"""Data models from free prose: twenty domains, graded against what a senior designs."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from prose_grading import lacks

from blueproof.advisors.model.deciding import decide
from blueproof.advisors.model.owning import asks_model
from blueproof.advisors.model.prose.phrases import phrases_of
from blueproof.advisors.model.reading import read_told
from blueproof.advisors.model.sql import schema_sql
from blueproof.advisors.model.trials import scripts
from blueproof.core.brief import Brief
from blueproof.engines.postgres.server import Server
from blueproof.engines.postgres.upholding import read_trials, uphold

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "prose.yaml").read_text("utf-8"))
WORDS: list[dict[str, Any]] = yaml.safe_load((HERE / "words.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_prose_becomes_what_a_senior_designs_but_for_what_is_noted(case: dict[str, Any]) -> None:
    assert asks_model(Brief(request=case["ask"]))
    told = read_told(case["ask"], supabase=False)
    assert told is not None
    assert sorted(lacks(case, decide(told))) == sorted(case.get("lacks", []))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_postgresql_upholds_every_rule_of_the_model(case: dict[str, Any], server: Server) -> None:
    told = read_told(case["ask"], supabase=False)
    assert told is not None
    made = decide(told)
    schema = schema_sql(made)
    for script in scripts(made):
        assert uphold(server, schema, read_trials(script.text)).wrong == (), script.path


@pytest.mark.parametrize("case", WORDS, ids=lambda c: c["say"][:40])
def test_a_word_is_a_thing_or_a_verb_by_its_place(case: dict[str, Any]) -> None:
    phrases = phrases_of(case["say"])
    assert [p.text for p in phrases if p.kind == "V"] == case["verbs"]
    assert [p.text for p in phrases if p.kind == "N"] == case["things"]
