"""A bill of a metered product told in words is worked out, and others are left as they are."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.metered.owning import metered
from blueproof.advisors.metered.reckoning import Reckoned
from blueproof.advisors.metered.telling import advise_metered
from blueproof.consult import consult
from blueproof.costs.formula import names_in
from blueproof.facts.load import fact
from blueproof.facts.meters import Meter, file_names, meters, raw_prices
from blueproof.intake.words.read import read_request

HERE = Path(__file__).parent
CASES: list[dict[str, Any]] = yaml_file.load(
    (HERE / "bills_in_words.yaml").read_text(encoding="utf-8")
)
BILLS = [case for case in CASES if "meter" in case]
OTHERS = [case for case in CASES if "meter" not in case]
METERS = [meter for name in file_names() for meter in meters(name)]


def _found(words: str) -> Reckoned:
    found = metered(read_request(words))
    assert found is not None
    return found


def _answer(words: str) -> str:
    brief = read_request(words)
    found = metered(brief)
    assert found is not None
    return advise_metered(found, brief, "how", ())[1].answer


def _is(value: Decimal | None, told: float | None) -> bool:
    """Whether the value is the one worked out by hand, none where that is none."""
    if value is None or told is None:
        return value is None and told is None
    return abs(value - Decimal(str(told))) <= Decimal(str(told)) * Decimal("0.001")


@pytest.mark.parametrize("case", BILLS, ids=lambda c: c["id"])
def test_a_bill_is_worked_out_as_by_hand(case: dict[str, Any]) -> None:
    found = _found(case["words"])
    assert found.meter.id == case["meter"]
    assert _is(found.quantity, case.get("quantity"))
    assert _is(found.listed, case.get("listed"))
    assert [step.lever.id for step in found.steps][:1] == [x for x in [case.get("first")] if x]


@pytest.mark.parametrize("case", BILLS, ids=lambda c: c["id"])
def test_the_answer_says_the_sums_in_their_nouns(case: dict[str, Any]) -> None:
    answer = _answer(case["words"])
    assert [each for each in case["says"] if each not in answer] == []


@pytest.mark.parametrize("case", OTHERS, ids=lambda c: c["id"])
def test_what_is_no_such_bill_is_left_alone(case: dict[str, Any]) -> None:
    assert metered(read_request(case["words"])) is None


@pytest.mark.parametrize("case", BILLS, ids=lambda c: c["id"])
def test_no_step_saves_more_than_is_paid(case: dict[str, Any]) -> None:
    found = _found(case["words"])
    assert all(0 <= step.saves <= found.paid.now for step in found.steps)
    assert 0 <= found.after(found.together) <= found.paid.now


def _facts_of(meter: Meter) -> set[str]:
    lines = [*meter.beside, *(line for each in meter.elsewhere for line in each.lines)]
    prices = [*meter.price, *(p for line in lines for p in line.price)]
    prices += [lever.price for lever in meter.levers if lever.price]
    free = {meter.free, *(line.free for line in lines), *(x.free or "" for x in meter.levers)}
    return {p.fact for p in prices} | free - {""}


def test_every_price_of_the_meters_is_used() -> None:
    used = set().union(*(_facts_of(meter) for meter in METERS))
    assert {name for name, _ in raw_prices()} - used == set()


@pytest.mark.parametrize("meter", METERS, ids=lambda m: m.id)
def test_a_meter_names_facts_and_formulas_that_exist(meter: Meter) -> None:
    assert all(fact(name).value >= 0 for name in _facts_of(meter))
    formulas = (*(s.value for s in meter.sums), *(lever.left for lever in meter.levers))
    assert all(isinstance(names_in(each), frozenset) for each in formulas)
    assert all(lever.code and lever.file and lever.check for lever in meter.levers)


def test_the_whole_answer_leads_with_the_first_step_and_hands_over_its_lines() -> None:
    blueprint = consult(read_request(BILLS[0]["words"]))
    assert blueprint.answer.startswith("Stay on Supabase Realtime: ")
    assert blueprint.steps[0].horizon == "now"
    assert "order-channel.ts" in {file.path for file in blueprint.artifacts}
    assert [proof.verdict for proof in blueprint.proofs] == ["proved"]
    assert len(blueprint.open_questions) == 1


def test_half_the_interval_is_twice_the_bill_and_is_undone_by_a_step() -> None:
    words = BILLS[0]["words"]
    slower = next(s for s in _found(words).steps if s.lever.id == "slower")
    assert slower.saves == pytest.approx(Decimal("196.75"))  # half of 157.4 million x $2.50


def test_a_price_list_does_not_deny_what_was_charged() -> None:
    words = next(case["words"] for case in BILLS if case["id"] == "cognito-mau")
    assert not any(each.verdict == "wrong" for each in consult(read_request(words)).premises)
