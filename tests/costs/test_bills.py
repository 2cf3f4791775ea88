"""The month's bills of an app, against sums worked out by hand, and laws that hold for all."""

from collections.abc import Callable
from dataclasses import fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yaml_file
from blueproof.core.claim import SumsTo
from blueproof.core.money import Bill
from blueproof.core.scene import DatabaseScene, Excerpt
from blueproof.costs import aws_app, convex, firebase, supabase
from blueproof.costs.bill_file import read_bills, write_bills
from blueproof.costs.tiers import Meter
from blueproof.costs.usage import Usage
from blueproof.facts.load import fact, load
from blueproof.proof.bench import Bench
from blueproof.proof.files import sums_to

BILLS = yaml_file.load((Path(__file__).parent / "bills.yaml").read_text(encoding="utf-8"))
VENDORS: dict[str, Callable[[Usage, str], Bill]] = {
    "convex": convex.bill,
    "firestore": firebase.firestore_bill,
    "firestore-identity": lambda usage, size: firebase.firestore_bill(
        usage, size, "identity-platform"
    ),
    "rtdb": firebase.rtdb_bill,
    "rtdb-identity": lambda usage, size: firebase.rtdb_bill(usage, size, "identity-platform"),
    "supabase": supabase.bill,
    "aws": aws_app.bill,
    "aws-essentials": lambda usage, size: aws_app.bill(usage, size, "essentials"),
}
METERS: dict[str, Callable[[Usage], tuple[Meter, ...]]] = {
    "convex": convex.used,
    "firestore": firebase.firestore_used,
    "rtdb": firebase.rtdb_used,
    "supabase": supabase.used,
    "aws": aws_app.used,
}
SCENE = DatabaseScene(schema=Excerpt(text=""), statistics=Excerpt(text=""))
# A person who comes by single sign-on is billed beside the vendor's use, not within it.
APART = {"signs_in", "daily_users", "federated"}
AMOUNTS = [field.name for field in fields(Usage) if field.name not in APART]
NUMBERS = st.integers(0, 10**8).map(Decimal)
SMALL = {
    "page": st.integers(1, 100).map(Decimal),
    "record_kb": st.integers(1, 4000).map(lambda tenths: Decimal(tenths) / 10),
    "database_gb": st.integers(0, 20_000).map(Decimal),
    "files_gb": st.integers(0, 100_000).map(Decimal),
    "download_gb": st.integers(0, 100_000).map(Decimal),
    "developers": st.integers(1, 30).map(Decimal),
    "peak_connections": st.integers(0, 30_000).map(Decimal),
}


def usage_of(**given_: Any) -> Usage:
    raw: dict[str, Any] = {"monthly_users": 10, "daily_users": 5, "peak_connections": 1, **given_}
    signs_in = raw.pop("signs_in", True)
    return Usage(**{name: Decimal(str(n)) for name, n in raw.items()}, signs_in=signs_in)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    drawn: dict[str, Any] = {name: draw(SMALL.get(name, NUMBERS)) for name in AMOUNTS}
    return Usage(**drawn, daily_users=Decimal(0), signs_in=draw(st.booleans()))


@pytest.mark.parametrize("worked", BILLS, ids=[worked["name"] for worked in BILLS])
def test_a_bill_is_what_the_hand_reckons(worked: dict[str, Any]) -> None:
    bill = VENDORS[worked["vendor"]](usage_of(**worked["usage"]), "case")
    lines = [[line.item, line.quantity, line.amount] for line in bill.lines]
    expected = [[item, Decimal(str(n)), Decimal(str(sum_))] for item, n, sum_ in worked["lines"]]
    assert lines == expected
    assert bill.total == Decimal(str(worked["total"]))
    assert worked["working"].strip()


def test_there_are_enough_bills_of_every_vendor() -> None:
    assert len(BILLS) >= 40
    assert {worked["vendor"] for worked in BILLS} == set(VENDORS)
    assert len({worked["name"] for worked in BILLS}) == len(BILLS)


@pytest.mark.parametrize("worked", BILLS, ids=[worked["name"] for worked in BILLS])
def test_the_hand_sums_its_own_lines(worked: dict[str, Any]) -> None:
    amounts = [Decimal(str(amount)) for _, _, amount in worked["lines"]]
    assert sum(amounts, Decimal(0)) == Decimal(str(worked["total"]))


@pytest.mark.parametrize("vendor", VENDORS)
@given(usage=usages())
def test_every_line_is_at_a_price_of_the_facts(vendor: str, usage: Usage) -> None:
    bill = VENDORS[vendor](usage, "case")
    for line in bill.lines:
        assert line.price == load()[line.fact].value
        assert line.source == load()[line.fact].source
        assert line.quantity > 0
        assert line.amount > 0
    assert bill.total == sum(line.amount for line in bill.lines)
    assert bill.as_of <= min((fact(line.fact).checked for line in bill.lines), default=bill.as_of)


@pytest.mark.parametrize("vendor", VENDORS)
@given(usage=usages())
def test_a_bill_survives_its_file(vendor: str, usage: Usage) -> None:
    bill = VENDORS[vendor](usage, "case")
    ((read, amounts),) = read_bills(write_bills((bill,)), path="bills.yaml")
    assert read == bill
    assert amounts == tuple(line.amount for line in bill.lines)


@pytest.mark.parametrize("worked", [w for w in BILLS if w["lines"]][::9], ids=lambda w: w["name"])
def test_the_proof_finds_no_fault(worked: dict[str, Any], bench: Bench) -> None:
    bill = VENDORS[worked["vendor"]](usage_of(**worked["usage"]), "case")
    claim = SumsTo(bill=Excerpt(text=write_bills((bill,)), path="bills.yaml"))
    outcome = sums_to(claim, SCENE, bench)
    assert (outcome.verdict, outcome.reason) == ("proved", "")


@pytest.mark.parametrize("vendor", VENDORS)
@given(usage=usages(), name=st.sampled_from(AMOUNTS), more=st.integers(1, 10**6).map(Decimal))
def test_more_never_costs_less(vendor: str, usage: Usage, name: str, more: Decimal) -> None:
    change: dict[str, Any] = {name: getattr(usage, name) + more}
    larger = replace(usage, **change)
    assert VENDORS[vendor](usage, "a").total <= VENDORS[vendor](larger, "b").total


@pytest.mark.parametrize("vendor", METERS)
@given(usage=usages())
def test_what_is_metered_is_what_is_billed(vendor: str, usage: Usage) -> None:
    within = all(meter.quantity <= meter.allowance for meter in METERS[vendor](usage))
    metered = [line for line in VENDORS[vendor](usage, "case").lines if " beyond the " in line.item]
    assert not (within and [line for line in metered if "server" not in line.item])
    for meter in METERS[vendor](usage):
        assert meter.quantity >= 0
        assert meter.fact in load()
