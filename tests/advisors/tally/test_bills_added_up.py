"""Bills told in quantities are added up, held against what is paid, and cut to what is aimed at."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.bill.aims import Aim, aim_of, course
from blueproof.advisors.metered.fanout import fan_out
from blueproof.advisors.metered.pumping import pumping_in
from blueproof.advisors.tally.moving import move_in
from blueproof.advisors.tally.owning import tallied
from blueproof.consult import consult
from blueproof.costs.formula import names_in
from blueproof.facts.load import fact
from blueproof.facts.tallies import Tally, tallies
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent


def _cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml_file.load((HERE / name).read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("case", _cases("bills.yaml"), ids=lambda c: c["id"])
def test_a_bill_is_answered_with_the_figures_worked_out_by_hand(case: dict[str, Any]) -> None:
    answer = " ".join(consult(read_request(case["words"])).answer.split())
    assert [each for each in case["says"] if each not in answer] == []
    assert [each for each in case["never"] if each in answer] == []


@pytest.mark.parametrize("case", _cases("others.yaml"), ids=lambda c: c["id"])
def test_what_is_no_such_bill_is_left_alone(case: dict[str, Any]) -> None:
    brief = read_request(case["words"])
    assert tallied(brief) is None
    assert fan_out(brief) is None
    assert pumping_in(brief) is None
    assert move_in(brief) is None


@pytest.mark.parametrize("tally", tallies(), ids=lambda t: t.id)
def test_a_price_list_names_facts_and_formulas_that_exist(tally: Tally) -> None:
    for line in tally.lines:
        assert fact(line.price).value > 0
        assert not line.free or fact(line.free).value > 0
        assert isinstance(names_in(line.quantity), frozenset)
        assert line.step is None or isinstance(names_in(line.step.left), frozenset)


@pytest.mark.parametrize(
    ("request_", "left"),
    [
        ("We must cut 30% of it", 70),
        ("can this be 25% cheaper?", 75),
        ("I want to halve it", 50),
        ("get it under 60 a month", 60),
        ("I want to pay 40 at most", 40),
        ("bring it down by a third", Decimal(100) - Decimal(100) / 3),
        ("CPU is at 11% and traffic is down 40% since May", None),
        ("we want to grow to 80 users", None),
    ],
)
def test_an_aim_is_read_as_it_is_put(request_: str, left: Decimal | None) -> None:
    found = aim_of(request_, Decimal(100))
    assert (found.left if found else None) == left


def test_an_aim_is_reached_by_no_more_steps_than_it_needs_or_missed_by_the_rest() -> None:
    steps = (("a", Decimal(30)), ("b", Decimal(20)), ("c", Decimal(5)))
    assert course(Aim(left=Decimal(60), said="40% less"), Decimal(100), steps) == (
        "40% less is $60, $40 to save. Reached at best: a -$30, b -$20 = $50."
    )
    missed = course(Aim(left=Decimal(20), said="20", is_sum=True), Decimal(100), steps, "€")
    assert missed == (
        "€20 means €80 to save. Missed: a -€30, b -€20, c -€5 = €45 at best, €25 short."
    )


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("Supabase charged us $25 in spring and $97 now. The usage tab says 1,050 GB egress. 14k "
         "MAU, recipe app with photos. Where does it go and can it be lowered?", "Supabase"),
        ("the firestore bill is 95 dollars a month for only 400 daily users, 300 million reads. i "
         "use a StreamBuilder on a collection in flutter. how to fix", "Firestore, $95"),
    ],
)  # fmt: skip
def test_a_bill_of_one_meter_stays_with_it(words: str, first: str) -> None:
    answer = consult(read_request(words)).answer
    assert answer.startswith(first)
    assert "price list of" not in answer
