"""Money, people and time as the words tell them: what is read, and what must not be."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from blueproof.core.errors import InputError
from blueproof.decide.calls import calls_of
from blueproof.decide.ceiling import ceiling_of, spoken
from blueproof.decide.immutable import IMMUTABLE, asks_immutable
from blueproof.decide.needs import Needs
from blueproof.decide.needs_file import read_needs, write_needs
from blueproof.decide.people import people_of
from blueproof.decide.priced import bill_of
from blueproof.decide.reading import needs_of
from blueproof.decide.workload import workload
from blueproof.intake.words.read import read_request

MONEY: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "money.yaml").read_text(encoding="utf-8")
)
CLOSE = 0.01


def _words(case: dict[str, Any]) -> str:
    return str(case["words"])[:70]


def needs(case: dict[str, Any]) -> Needs:
    return needs_of(read_request(case["words"]))


@pytest.mark.parametrize("case", MONEY["ceilings"], ids=_words)
def test_a_budget_is_kept_in_its_money_and_held_against_bills_in_dollars(
    case: dict[str, Any],
) -> None:
    found = ceiling_of(read_request(case["words"]))
    if not case["currency"]:
        assert found is None
        assert not needs(case).is_known("budget")
        return
    assert found is not None
    assert found.currency == case["currency"]
    assert float(found.dollars) == pytest.approx(case["usd"])
    assert needs(case).number("budget") == pytest.approx(case["usd"], abs=0.01)
    assert needs(case).currency == ("" if case["currency"] == "USD" else case["currency"])


def test_a_budget_is_said_in_its_own_money() -> None:
    assert spoken(223.44, "EUR") == "\u20ac200 ($223)"
    assert spoken(303.78, "CHF") == "250 CHF ($304)"


def test_a_file_of_needs_in_unknown_money_is_refused_in_one_line() -> None:
    text = write_needs(Needs(currency="EUR")).replace("currency: EUR", "currency: XAU")
    with pytest.raises(InputError, match="no rate for XAU"):
        read_needs(text, path="needs.yaml")


@pytest.mark.parametrize("case", MONEY["growth"], ids=_words)
def test_people_of_now_are_not_those_of_later(case: dict[str, Any]) -> None:
    people = people_of(read_request(case["words"]))
    assert people.count == case["now"]
    growth = people.growth
    assert (
        (growth.later, growth.months) == (case["later"], case["months"])
        if growth
        else (case["later"] == 0)
    )


@pytest.mark.parametrize("case", MONEY["chains"], ids=_words)
def test_numbers_that_hang_on_one_another_are_multiplied(case: dict[str, Any]) -> None:
    assert people_of(read_request(case["words"])).count == case["people"]


@pytest.mark.parametrize("case", MONEY["records"], ids=_words)
def test_small_records_are_counted(case: dict[str, Any]) -> None:
    assert needs(case).records == pytest.approx(case["month"], rel=CLOSE)


@pytest.mark.parametrize("case", MONEY["positions"], ids=_words)
def test_positions_and_who_looks_at_them(case: dict[str, Any]) -> None:
    found = needs(case)
    assert found.writes == pytest.approx(case["month"], rel=CLOSE)
    assert found.watchers == case["watchers"]


@pytest.mark.parametrize("case", MONEY["sign_on"], ids=_words)
def test_who_signs_in_with_a_firms_account(case: dict[str, Any]) -> None:
    found = needs(case)
    assert (found.sso_users, found.sso_firms) == (case["users"], case["firms"])


@pytest.mark.parametrize("case", MONEY["calls"], ids=_words)
def test_calls_are_minutes_not_files(case: dict[str, Any]) -> None:
    brief = read_request(case["words"])
    found = calls_of(brief.request, people_of(brief))
    assert (found.month if found else 0) == pytest.approx(case["month"], rel=CLOSE)
    assert (found.minutes if found else 0) == case["minutes"]
    assert needs(case).uploads == 0


@pytest.mark.parametrize("case", MONEY["immutable"], ids=_words)
def test_records_that_nobody_may_change(case: dict[str, Any]) -> None:
    assert asks_immutable(case["words"]) is case["asked"]
    asked = (
        IMMUTABLE in needs_of(read_request(f"Chat app, Firebase or AWS? {case['words']}")).features
    )
    assert asked is case["asked"]


def test_what_is_kept_grows_with_the_months_until_its_time_is_over() -> None:
    files = Needs(
        features=("file-upload",), uploads=1024, uploads_mb=1024, people=10, kept_months=36
    )
    kept = [
        float(workload(Needs(**{**vars_of(files), "month": month}), 10.0).usage.files_gb)
        for month in (1, 12, 36, 60)
    ]
    assert kept == [1, 12, 36, 36]


def test_where_people_grew_evenly_less_is_kept_than_the_last_month_adds() -> None:
    grown = Needs(features=("file-upload",), uploads=1024, uploads_mb=1024, people=10,
                  month=60, started=10)  # fmt: skip
    usage = workload(grown, 100.0).usage
    assert float(usage.files_gb) == pytest.approx(60 * (10 + 1) / 2)


def vars_of(found: Needs) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}


@pytest.mark.parametrize(
    ("option", "amount"),
    [
        ("firestore", "111.75"),  # (7,500 - 50) x 0.015
        ("supabase", "111.75"),
        ("aws", "111.75"),
        ("convex", "3375.00"),  # 15 x 125 + 15 x 100
    ],
)
def test_single_sign_on_is_on_the_bill_of_every_option(option: str, amount: str) -> None:
    found = needs(MONEY["sign_on"][0])
    bill = bill_of(option, found, 10_000.0)
    lines = [line for line in bill.lines if "by SAML or OIDC" in line.item]
    assert sum(line.amount for line in lines) == Decimal(amount)


def test_who_does_not_ask_for_single_sign_on_pays_none() -> None:
    found = needs(MONEY["sign_on"][-1])
    assert not [x for x in bill_of("firestore", found, 900.0).lines if "SAML" in x.item]


def test_identity_platform_counts_the_others_too() -> None:
    found = Needs(features=("single-sign-on",), people=200_000, sso_users=50)
    items = {x.item: x.quantity for x in bill_of("firestore", found, 200_000.0).lines}
    others = [n for item, n in items.items() if item.startswith("Identity Platform: all others")]
    assert sum(others) == 200_000 - 50 - 50_000
