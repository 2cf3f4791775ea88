"""Services that are named are compared by their bills at the load that is told, or not at all."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.services.owning import compared
from blueproof.advisors.services.telling import priced
from blueproof.consult import consult
from blueproof.costs.service import bill
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load((HERE / "requests.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["text"][:60])
def test_services_are_compared_at_the_load_that_is_told(case: dict[str, Any]) -> None:
    comparison = compared(read_request(case["text"]))
    if "job" not in case:
        assert comparison is None
        return
    assert comparison is not None
    assert comparison.job.id == case["job"]
    main = comparison.load.values[comparison.job.main]
    assert main == pytest.approx(Decimal(str(case["quantity"])), rel=Decimal("0.01"))
    order = [offer.service.id for offer in comparison.offers]
    assert order[0] == case["take"]
    assert order == case.get("of", order)
    said = " ".join(priced(comparison).sentences)
    assert all(each in said for each in case.get("says", ()))
    assert not any(each in said for each in case.get("not", ()))


@pytest.mark.parametrize("case", [c for c in CASES if "job" in c], ids=lambda c: c["text"][:60])
def test_a_turn_is_where_the_bills_cross(case: dict[str, Any]) -> None:
    comparison = compared(read_request(case["text"]))
    assert comparison is not None
    first = comparison.held[0].service
    for turn in comparison.turns():
        factor = turn.at / comparison.load.values[comparison.job.main]
        there = comparison.load.times(factor, comparison.job).values
        ours, theirs = (bill(s, there, "", "") for s in (first, turn.to))
        assert theirs is not None
        assert ours is None or first.own or turn.to.own or ours.total > theirs.total


def test_what_is_assumed_is_what_the_bills_rest_on() -> None:
    asked = (
        "Pusher or Ably for 2,000 concurrent users?",
        "Pusher or Ably for 2,000 concurrent users, 500k messages a day?",
        "Pusher or our own websockets for 2,000 concurrent users, 500k messages a day?",
    )
    told = []
    for text in asked:
        comparison = compared(read_request(text))
        assert comparison is not None
        told.append([each.key for each in priced(comparison).assumptions])
    assert told == [
        ["open_hours", "receivers", "each_minute"],
        ["open_hours", "receivers"],
        ["open_hours", "receivers", "bytes", "holds", "passes", "care"],
    ]


def test_the_comparison_stands_first_and_its_bills_are_added_up_again() -> None:
    found = consult(read_request(CASES[0]["text"]))
    assert found.answer.startswith("Take Amazon SES, $40 a month, unless ")
    assert "At 250,000 emails a month: Amazon SES $40" in found.answer
    assert [each.option for each in found.bill][:3] == ["Amazon SES", "Resend", "Postmark"]
    assert len({each.size for each in found.bill}) == 3
    assert found.proofs[0].verdict == "proved"
    assert any(file.path == "bill.yaml" for file in found.artifacts)
    assert found.recommendations[0].choice == "Amazon SES"
    assert found.recommendations[0].evidence


def test_a_job_of_the_same_breath_is_priced_too_and_its_bills_are_added_up_again() -> None:
    text = next(case["text"] for case in CASES if "electricity meters" in case["text"])
    found = consult(read_request(text))
    bills = next(file.text for file in found.artifacts if file.path == "bill.yaml")
    assert "TimescaleDB on your own EC2" in bills
    assert "1,555,200,000 readings a month" in bills
    assert {each.option for each in found.bill} >= {"AWS IoT Core", "Own MQTT broker on EC2"}
    assert "TimescaleDB on your own EC2" not in {each.option for each in found.bill}
    assert found.proofs[0].verdict == "proved"
    assert "months" in {each.key for each in found.assumptions}


def test_a_third_of_the_requests_stays_quiet() -> None:
    quiet = [case for case in CASES if "job" not in case]
    assert len(quiet) * 3 >= len(CASES)


NEW = [c for c in CASES if c.get("job") in {"hold-postgres", "run-servers", "show-positions"}]


@pytest.mark.parametrize("case", NEW, ids=lambda c: c["text"][:60])
def test_a_sentence_beside_the_matter_changes_no_bill(case: dict[str, Any]) -> None:
    plain, longer = (
        compared(read_request(text))
        for text in (case["text"], f"{case['text']} Our office is on the third floor.")
    )
    assert plain is not None
    assert longer is not None
    assert priced(longer).sentences == priced(plain).sentences


def test_bills_that_decide_leave_out_what_knows_no_load() -> None:
    found = consult(read_request("R2 or S3? 300 episodes of 60 MB each, 40,000 downloads a month."))
    assert found.answer.startswith("Take Cloudflare R2, $0.12 a month")
    assert "On whether" not in found.answer
    assert not [f for f in found.findings if f.rule.startswith("known")]
    assert not found.steps
