"""Data models from free prose: twenty domains, graded against what a senior designs."""

from pathlib import Path
from typing import Any

import pytest
from prose_grading import lacks

import yaml_file
from blueproof.advisors.model.advise import refuse
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
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "prose.yaml").read_text("utf-8"))
NEEDS: list[dict[str, Any]] = yaml_file.load((HERE / "needs.yaml").read_text("utf-8"))
WORDS: list[dict[str, Any]] = yaml_file.load((HERE / "words.yaml").read_text("utf-8"))


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


def heads(ask: str) -> str:
    """The names of all trials of the model that a text becomes."""
    told = read_told(ask, supabase=False)
    assert told is not None
    lines = [line for s in scripts(decide(told)) for line in s.text.splitlines()]
    return "\n".join(line for line in lines if line.startswith("-- Trial: "))


@pytest.mark.parametrize("case", NEEDS, ids=lambda c: c["ask"][:60])
def test_a_rule_that_is_asked_for_is_tried_and_none_else(case: dict[str, Any]) -> None:
    found = heads(case["ask"])
    assert case.get("trial", "") in found
    assert case.get("none", "no such words") not in found


WEAKENED = {
    "the count without the others": (
        "Each car model has several cars. Customers book a model with a quantity for some days. "
        "Never more booked than we own.",
        "o.time @> m.at",
        "false",
    ),
    "the count of places": (
        "A club has at most 20 players. A player belongs to one club.",
        "taken >= most",
        "taken > most + 1000",
    ),
    "the sum": (
        "A customer has a wallet. The balance of a wallet can never go below zero.",
        "balance = balance + NEW.amount",
        "balance = balance",
    ),
    "the index": (
        "Customers place orders. We list the newest 50 orders of a customer.",
        "(customer_id, created_at DESC)",
        "(created_at)",
    ),
    "one of two": (
        "A claim belongs to a policy. Photos are attached to claims or to policies.",
        "num_nonnulls(claim_id, policy_id) = 1",
        "num_nonnulls(claim_id, policy_id) >= 1",
    ),
    "the days of a price": (
        "Products have a price. Prices go up now and then. A shop has many products.",
        "product_id WITH =",
        "product_id WITH =, id WITH =",
    ),
}


@pytest.mark.parametrize("name", WEAKENED)
def test_a_weakened_rule_does_not_pass_its_trials(name: str, server: Server) -> None:
    ask, rule, weaker = WEAKENED[name]
    told = read_told(ask, supabase=False)
    assert told is not None
    made = decide(told)
    whole = schema_sql(made)
    assert rule in whole
    holed = whole.replace(rule, weaker)
    wrong = [w for s in scripts(made) for w in uphold(server, holed, read_trials(s.text)).wrong]
    assert wrong


def test_the_words_that_a_refusal_asks_for_make_a_model() -> None:
    asked = refuse(("chair", "lamp")).answer
    words = " ".join(asked.partition('("')[2].partition('")')[0].split())
    told = read_told(f"Design a schema. {words}", supabase=False)
    assert told is not None
    assert {"customer", "order", "order line", "product"} <= set(told.nouns)
