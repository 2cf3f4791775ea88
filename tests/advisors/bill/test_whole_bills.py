"""Whole bills, and what a good answer to each joins, cuts, says and does not say."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.bill.items import joined
from blueproof.advisors.bill.matching import lines_of
from blueproof.consult import consult
from blueproof.core.blueprint import Blueprint
from blueproof.intake.words.read import read_request

BILLS: dict[str, dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "bills.yaml").read_text(encoding="utf-8")
)
_SAVED = re.compile(r"away at best [$€£]([\d,.]+) a month")


def whole(blueprint: Blueprint) -> str:
    """Everything that the answer says of the bill."""
    advice = (part for r in blueprint.recommendations
              for part in (r.slot, r.choice, *r.because, *r.trade_offs))  # fmt: skip
    steps = (step.do for step in blueprint.steps)
    found = (finding.says for finding in blueprint.findings)
    return " ".join(" ".join((blueprint.answer, *advice, *steps, *found)).split())


def faults(bill: dict[str, Any]) -> list[str]:
    """What is wrong with the answer to a bill."""
    brief = read_request(bill["text"])
    lines, blueprint = lines_of(brief), consult(brief)
    items, text = joined(lines), whole(blueprint)
    total = sum((line.amount for line in lines), start=Decimal(0))
    found = []
    if total != Decimal(str(bill["total"])) or total != sum(item.amount for item in items):
        found.append(f"the lines come to {total}, the items to {sum(i.amount for i in items)}")
    for name, amount in bill["items"].items():
        if not any(
            name.lower() in i.name.lower() and i.amount == Decimal(str(amount)) for i in items
        ):
            found.append(f"no item {name} of {amount}: {[(i.name, i.amount) for i in items]}")
    first = blueprint.steps[0].do[:60] if blueprint.steps else ""
    if bill["first"] and not any(name.lower() in first.lower() for name in bill["first"]):
        found.append(f"first is {first!r}")
    if not bill["first"] and not blueprint.answer.startswith("Change nothing"):
        found.append(f"cuts {first!r}")
    saved = _SAVED.search(" ".join(blueprint.answer.split()))
    most = float(saved[1].rstrip(".").replace(",", "")) if saved else 0.0
    low, high = bill["saved"]
    if not low <= most <= high:
        found.append(f"saves {most}")
    found.extend(
        f"does not say {each}" for each in bill["said"] if each.lower() not in text.lower()
    )
    found.extend(f"says {each}" for each in bill["never"] if each.lower() in text.lower())
    return found


@pytest.mark.parametrize("bill", BILLS.values(), ids=BILLS)
def test_a_bill_is_read_and_answered(bill: dict[str, Any]) -> None:
    assert faults(bill) == []


@pytest.mark.parametrize("bill", BILLS.values(), ids=BILLS)
def test_no_step_saves_more_than_the_lines_that_it_touches(bill: dict[str, Any]) -> None:
    items = joined(lines_of(read_request(bill["text"])))
    assert items
    for item in items:
        assert 0 <= item.saving <= max(item.amount, Decimal(0))
        assert all(0 <= part.saving <= max(part.amount, Decimal(0)) for part in item.parts)
