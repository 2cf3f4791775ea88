"""Whole architectures: the parts, the bill worked by hand, the verdict on budget and proposal."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.architecture.design import Design
from blueproof.advisors.architecture.load import load_of
from blueproof.advisors.architecture.proposals import pieces
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8")
)
PARKING = CASES[0]["text"]
_NEAR = Decimal("0.02")


def design(text: str) -> Design:
    return Design(read_request(text))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_the_parts_and_the_bill_are_those_worked_by_hand(case: dict[str, Any]) -> None:
    made = design(case["text"])
    chosen = {part.slot: part.choice for part in made.parts}
    assert {s: c for s, c in case["parts"].items() if c not in chosen.get(s, "")} == {}, chosen
    assert set(case["absent"]) & set(chosen) == set()
    expected = Decimal(str(case["total"]))
    assert abs(made.bill.total - expected) <= expected * _NEAR, made.bill


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_the_answer_says_the_stack_the_total_and_the_budget(case: dict[str, Any]) -> None:
    blueprint = consult(read_request(case["text"]))
    answer = " ".join(blueprint.answer.split())
    told = " ".join((answer, *(p.quote for p in blueprint.premises)))
    assert f"{blueprint.bill[0].total:,.0f}" in answer or "no load is told" in answer
    assert case.get("budget", "") in answer
    assert [says for says in case.get("says", ()) if says not in told] == [], told
    assert [p.verdict for p in blueprint.proofs] == ["proved"]
    assert len(blueprint.open_questions) <= 3
    assert blueprint.steps
    assert blueprint.diagrams


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_ten_times_the_load_never_costs_less(case: dict[str, Any]) -> None:
    totals = [bill.total for bill in design(case["text"]).bills]
    assert totals == sorted(totals)
    for factor in (2.0, 5.0, 20.0):
        assert Design(read_request(case["text"]), factor).bill.total >= min(totals)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
@pytest.mark.parametrize("more", [" Thanks!", " Our logo is green and the office has a cat."])
def test_an_irrelevant_sentence_changes_nothing(case: dict[str, Any], more: str) -> None:
    one, other = design(case["text"]), design(case["text"] + more)
    assert one.parts == other.parts
    assert one.bill == other.bill


def test_to_survive_a_zone_changes_the_database_and_the_counts() -> None:
    text = "What would you build on AWS for an API with 150 req/s at peak, Go, Postgres?"
    plain, safe = design(text), design(text + " It must survive losing one AZ.")
    for slot in ("database", "compute", "network"):
        before, after = plain.part(slot), safe.part(slot)
        assert before is not None
        assert after is not None
        assert before.choice != after.choice, slot
    assert safe.bill.total > plain.bill.total


def test_the_peak_is_read_from_either_order_of_words() -> None:
    for text in (
        "What would you build on AWS? 40 req/s on average, 400 req/s at peak.",
        "What would you build on AWS? Peak of 400 req/s, 40 req/s average.",
        "What would you build on AWS? We see bursts of 400 requests per second, usually 40 rps.",
        "What would you build on AWS? 40 req/s, at lunch 400 req/s.",
        "What would you build on AWS? Normally 40 rps but on sale days 400 rps.",
    ):
        load = load_of(read_request(text))
        assert (load.usual, load.peak) == (40, 400), text


def test_records_are_read_from_machines_and_how_often_they_send() -> None:
    for text, sent in (
        ("AWS backend for 500 sensors that send every 10 seconds", 129_600_000),
        ("AWS backend for 2,000 delivery trucks reporting once per minute", 86_400_000),
        ("AWS architecture: 1k smart locks, every 15 min a heartbeat", 2_880_000),
        ("AWS architecture for 3000 GPS trackers, each sends every hour", 2_160_000),
    ):
        assert load_of(read_request(text)).events == sent, text


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (PARKING, {"EKS": "too much", "MSK": "too much", "DynamoDB": "not needed"}),
        (
            "Is EKS right? 40 engineers in 6 teams, 900 req/s, AWS architecture review please.",
            {"EKS": "fits"},
        ),
        (
            "Review our AWS architecture: Lambda and RDS for 2 million requests a month",
            {"Lambda": "fits"},
        ),
    ],
)
def test_each_piece_of_a_proposal_is_judged(text: str, verdicts: dict[str, str]) -> None:
    found = {p.quote: p.verdict for p in pieces(design(text))}
    assert {name: found.get(name) for name in verdicts} == verdicts


def test_over_the_budget_the_first_cut_is_named_with_what_is_lost() -> None:
    text = "What would you build on AWS for 500 req/s, Java, Postgres? budget $300 a month"
    answer = consult(read_request(text)).answer
    assert re.search(r"\$[\d,]+ over your \$300\. Cut first: keep one copy of the database", answer)
    kept = consult(read_request(text + ", must survive losing an AZ")).answer
    assert "keep one copy of the database" not in kept


def test_no_exchange_rate_is_made_up() -> None:
    answer = consult(read_request(PARKING)).answer
    assert "US dollars before VAT" in answer
    assert "within 1,800" not in answer


def test_a_region_without_prices_of_its_own_says_whose_stand_in() -> None:
    note = design(PARKING).bill.note
    assert "at prices of Ireland and N. Virginia where none of eu-central-1 is known here" in note
    assert (
        "at prices" not in design("What would you build on AWS for 50 req/s? us-east-1").bill.note
    )
