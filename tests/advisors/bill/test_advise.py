"""What a bill is answered with."""

from decimal import Decimal

import pytest

from blueproof.advisors.bill.items import joined
from blueproof.advisors.bill.matching import charge_of, lines_of
from blueproof.consult import consult
from blueproof.facts.entries import charges
from blueproof.intake.words.read import read_request

LINES = {
    "USE1-NatGateway-Bytes": "aws-nat-gateway-bytes",
    "EUC1-DataTransfer-Regional-Bytes": "aws-cross-zone",
    "EC2-Other": "aws-ec2-other",
    "EC2 - Other": "aws-ec2-other",
}


@pytest.mark.parametrize(("item", "charge"), LINES.items())
def test_a_usage_type_is_the_charge_it_is(item: str, charge: str) -> None:
    found = charge_of(item, frozenset())
    assert found is not None
    assert found.id.startswith(charge)


def test_nothing_is_matched_by_chance() -> None:
    assert charge_of("Consulting by Miller and Sons", frozenset()) is None


def test_savings_are_shares_of_their_lines_and_add_up() -> None:
    request = "Our bill: USE1-NatGateway-Bytes $400, EBS:VolumeUsage.gp2 $100, Consulting $50"
    items = {item.name: item for item in joined(lines_of(read_request(request)))}
    assert items["EBS:VolumeUsage.gp2"].saving == Decimal("20.00")
    assert items["Consulting"].saving == 0
    answer = " ".join(consult(read_request(request)).answer.split())
    assert answer.startswith("Cut USE1-NatGateway-Bytes first: $400 of $550 (73%).")
    total = sum(item.saving for item in items.values())
    assert f"at best ${total:,.0f} a month" in answer


def test_a_line_that_nobody_knows_is_said_to_be_unknown() -> None:
    blueprint = consult(read_request("Our bill: Consulting $500, Paperclips $300, Cake $200. Why?"))
    assert "none is one that I know how to cut" in blueprint.answer
    assert blueprint.findings[0].says.startswith("Consulting, $500")
    assert not blueprint.recommendations


def test_no_charge_saves_more_than_there_is() -> None:
    assert {c.id for c in charges().values() if not 0 <= c.saves <= 1} == set()


def test_what_must_stay_is_not_given_up() -> None:
    bill = "Our bill: RDS Multi-AZ $800, NAT gateway $400, CloudWatch Logs $300."
    free = [r.choice for r in consult(read_request(bill)).recommendations]
    assert any("--no-multi-az" in each for each in free)
    bound = consult(read_request(f"{bill} Cut it without losing Multi-AZ.")).recommendations
    assert bound
    assert not any("--no-multi-az" in each.choice for each in bound)


def test_a_part_of_a_sum_is_no_line_and_a_missing_line_is_told() -> None:
    parts = "Our bill: NAT gateway $600 (of which data $480), RDS $200, Fargate $200, total $1,000."
    answer = " ".join(consult(read_request(parts)).answer.split())
    assert "$600 of $1,000 (60%)" in answer
    assert "stands in none" not in answer
    lacking = consult(read_request(parts.replace("$1,000", "$1,500"))).answer
    assert "$500 stands in none of them" in " ".join(lacking.split())


@pytest.mark.parametrize(
    ("aim", "said"), [("$300", "Missed: NAT gateway"), ("$900", "Reached at best: NAT gateway")]
)
def test_what_is_left_is_held_against_what_is_aimed_at(aim: str, said: str) -> None:
    bill = f"Our bill: NAT gateway $600, RDS $200, Fargate $200. We must get under {aim}. How?"
    assert said in " ".join(consult(read_request(bill)).answer.split())


def test_a_large_line_stands_first_though_nothing_says_what_its_step_saves() -> None:
    text = (
        "My Firebase bill went up, why?\nCloud Firestore Read Ops $355.84\n"
        "Cloud Storage for Firebase Bandwidth $177.60\nCloud Functions CPU time $31.20"
    )
    first, *_ = consult(read_request(text)).steps
    assert first.do.startswith("Cloud Firestore Read Ops")
    assert first.horizon == "now"


def test_a_line_of_the_bill_is_no_belief_that_a_price_list_could_correct() -> None:
    bill = (
        "Why is our bill so high?\nNAT Gateway data   $744.12\ngp3 storage 500 GB   $137.00\n"
        "RDS backup storage 780 GB   $73.80\nS3   $96.10"
    )
    found = consult(read_request(bill))
    assert "$744 of $1,051" in " ".join(found.answer.split())
    assert found.premises == ()
