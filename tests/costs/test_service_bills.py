"""Bills of services for one job: sums worked out by hand, laws that hold for all, sound files."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import yaml_file
from blueproof.costs.formula import names_in, worked_out
from blueproof.costs.service import bill, cheapest
from blueproof.facts.load import fact
from blueproof.facts.services import Job, Service, job, job_names, jobs_of, raw_prices
from blueproof.intake.words.technologies import technology

BILLS: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "service_bills.yaml").read_text(encoding="utf-8")
)
ALL = [(job(name), service) for name in job_names() for service in job(name).services]
IDS = [f"{each.id} {service.id}" for each, service in ALL]


def load_of(held: Job, told: dict[str, Decimal]) -> dict[str, Decimal]:
    """The load with what is not told worked out or assumed, in the order of the file."""
    values = dict(told)
    for quantity in held.quantities:
        formula = next((f for f in quantity.formulas if names_in(f) <= set(values)), "")
        if quantity.name not in values and (formula or quantity.assumed):
            values[quantity.name] = worked_out(formula or quantity.assumed, values)
    return values


@pytest.mark.parametrize("case", BILLS, ids=lambda c: f"{c['service']} {c['load']}")
def test_a_bill_is_what_it_is_by_hand(case: dict[str, Any]) -> None:
    held = job(case["job"])
    service = next(s for s in held.services if s.id == case["service"])
    load = load_of(held, {k: Decimal(str(v)) for k, v in case["load"].items()})
    plan = cheapest(service, load)
    assert (plan.name if plan else None) == case["plan"]
    if plan:
        assert plan.total == Decimal(str(case["total"])).quantize(Decimal("0.01"))


def test_every_service_has_a_bill_by_hand() -> None:
    told = {(case["job"], case["service"]) for case in BILLS}
    assert {(each.id, service.id) for each, service in ALL if not service.closed} <= told


@pytest.mark.parametrize(("held", "service"), ALL, ids=IDS)
@settings(max_examples=20)
@given(main=st.integers(1, 10**9), more=st.integers(0, 10**9))
def test_more_use_never_costs_less_and_lines_make_the_total(
    held: Job, service: Service, main: int, more: int
) -> None:
    few, many = (load_of(held, {held.main: Decimal(n)}) for n in (main, main + more))
    made, larger = bill(service, few, "", ""), bill(service, many, "", "")
    if made:
        assert made.total == sum((line.amount for line in made.lines), Decimal(0))
    if made and larger:
        assert larger.total >= made.total


@pytest.mark.parametrize("name", job_names())
def test_a_file_of_services_is_sound(name: str) -> None:
    held = job(name)
    known: set[str] = set()
    for quantity in held.quantities:
        assert quantity.readings or quantity.formulas or quantity.assumed
        assert bool(quantity.assumed) <= bool(quantity.why)
        known.add(quantity.name)
        assert all(names_in(formula) <= known for formula in quantity.formulas)
    assert held.main in known
    assert held.unit
    of = {technology for service in held.services for technology in service.of}
    assert {each.id for each in jobs_of(frozenset(of))} >= {name}
    assert all(held in tuple(jobs_of(frozenset({each}))) for each in of)
    assert all(technology(each) for each in of)
    for service in held.services:
        for plan in service.plans:
            assert all(names_in(line.quantity) <= known for line in plan.lines)
            assert all(names_in(limit.quantity) <= known for limit in plan.limits)


def test_every_price_is_used_and_says_its_own_figure() -> None:
    used = {
        name
        for _, service in ALL
        for plan in service.plans
        for name in (
            *(price for line in plan.lines for _, price in line.price),
            *(line.included for line in plan.lines if line.included),
            *(limit.fact for limit in plan.limits),
        )
    }
    for name, raw in raw_prices():
        assert name in used, f"{name} is used by no plan"
        figures = re.findall(r"\d[\d,]*(?:\.\d+)?", fact(name).says)
        assert any(Decimal(f.replace(",", "")) == Decimal(str(raw["value"])) for f in figures), name


@pytest.mark.parametrize("formula", ["1 +", "open('x')", "a.b", "a ** b", "lambda: 1", "'a'", "-a"])
def test_what_is_no_sum_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="formula"):
        worked_out(formula, {"a": Decimal(1), "b": Decimal(1)})
