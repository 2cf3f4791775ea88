"""What words tell of people, of what they do, and of the files that they send."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.decide.needs import Needs
from blueproof.decide.needs_file import read_needs, write_needs
from blueproof.decide.priced import bill_of
from blueproof.decide.reading import needs_of
from blueproof.decide.workload import workload
from blueproof.intake.words.read import read_request

TOLD: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "told.yaml").read_text(encoding="utf-8")
)
CLOSE = 0.01


@pytest.mark.parametrize("case", TOLD, ids=lambda case: case["words"][:60])
def test_what_is_told_is_reckoned(case: dict[str, Any]) -> None:
    needs = needs_of(read_request(case["words"]))
    assert needs.people == case["people"]
    assert needs.staff == case.get("staff", False)
    assert needs.deeds == pytest.approx(case.get("deeds", 0), rel=CLOSE)
    assert needs.records == pytest.approx(case.get("records", 0), rel=CLOSE)
    assert needs.uploads == pytest.approx(case.get("files", 0), rel=CLOSE)
    if "mb" in case:
        assert needs.uploads_mb / needs.uploads == pytest.approx(case["mb"], rel=CLOSE)


def test_files_told_grow_with_the_people_and_stay_a_year() -> None:
    needs = needs_of(read_request(TOLD[0]["words"]))
    once, tenfold = (workload(needs, users).usage for users in (420.0, 4200.0))
    assert float(once.files_gb) == pytest.approx(12 * 693_000 * 0.3 / 1024, rel=CLOSE)
    assert tenfold.uploads == 10 * once.uploads


def test_staff_come_every_working_day_and_at_the_same_hours() -> None:
    staff = workload(Needs(staff=True), 1000.0).usage
    others = workload(Needs(), 1000.0).usage
    assert staff.daily_users == 730
    assert staff.peak_connections > 5 * others.peak_connections


def test_a_company_is_not_billed_a_plan_that_pauses() -> None:
    thrifty = Needs(thrifty=True)
    assert bill_of("supabase", thrifty, 300.0).total == 0
    assert bill_of("supabase", Needs(thrifty=True, staff=True), 300.0).total == 25
    assert bill_of("supabase", Needs(), 300.0).total == 25
    assert bill_of("supabase", Needs(known=(("time", "days"),)), 300.0).total == 0


def test_what_was_told_is_read_back_from_the_file_of_needs() -> None:
    needs = needs_of(read_request(TOLD[0]["words"]))
    assert read_needs(write_needs(needs), path="needs.yaml") == needs


def test_a_file_of_needs_saved_before_can_be_read() -> None:
    text = "\n".join(
        line
        for line in write_needs(Needs(features=("chat",))).splitlines()
        if not line.startswith(("uploads", "fetches", "deeds", "people", "staff", "together"))
    )
    assert read_needs(text, path="needs.yaml") == Needs(features=("chat",))
