"""What an answer must be able to hold: ceilings, reasons, and what it says of places and time."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose import abroad
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.steps import steps
from blueproof.advisors.choose.wording import answer, because
from blueproof.advisors.starter.case import StarterCase
from blueproof.decide.decision import picked
from blueproof.decide.needs_file import read_needs, write_needs
from blueproof.decide.priced import bill_of
from blueproof.decide.workload import workload
from blueproof.facts.options import options
from blueproof.intake.words.read import read_request
from blueproof.starters.feature import Stack
from blueproof.starters.tree import tree

HELD: dict[str, list[dict[str, Any]]] = yaml_file.load(
    (Path(__file__).parent / "held.yaml").read_text(encoding="utf-8")
)
_FREE = re.compile(r"free (?:up )?to ([\d,]+) users")
NEAR = 1.05  # both are told to two figures, and found to 1 or 2 %


def _words(case: dict[str, Any]) -> str:
    return str(case["words"])


def choice(case: dict[str, Any]) -> Choice:
    return Choice(read_request(case["words"]))


@pytest.mark.parametrize("case", HELD["ceilings"], ids=_words)
def test_a_number_that_nobody_told_rules_nothing_out_by_its_price(case: dict[str, Any]) -> None:
    found = choice(case)
    said = answer(found)
    assert found.pick.option.family == case["pick"], said
    for part in case["says"]:
        assert part in said
    for part in case["never"]:
        assert part not in said
    assert (f"up to about {case['most']:,} monthly users" in said) is bool(case["most"])


@pytest.mark.parametrize("case", [c for c in HELD["ceilings"] if c["most"]], ids=_words)
def test_a_ceiling_pays_for_as_many_as_are_told(case: dict[str, Any]) -> None:
    found = choice(case)
    ceiling, option = found.needs.number("budget"), found.pick.option.id
    within, beyond = (
        float(bill_of(option, found.needs, case["most"] * k).total) for k in (1, NEAR)
    )
    assert within <= ceiling < beyond


@pytest.mark.parametrize("case", [c for c in HELD["ceilings"] if c["most"]], ids=_words)
def test_what_is_told_of_users_holds_when_they_are_told(case: dict[str, Any]) -> None:
    found = choice(case)
    flip = next(f for f in found.decision.flips if f.dimension.id == "users" and f.above)
    assert case["most"] <= float(flip.at) <= case["most"] * NEAR
    assert picked(found.needs.holding(users=flip.at)) == flip.then


@pytest.mark.parametrize("case", HELD["reasons"], ids=_words)
def test_reasons_speak_of_what_was_asked_first(case: dict[str, Any]) -> None:
    told = because(choice(case))
    for begins, reason in zip(case["first"], told, strict=False):
        assert reason.startswith(begins)
    assert len(told) >= len(case["first"])
    for part in case["never"]:
        assert part not in " ".join(told)


def test_no_option_promises_sign_in_free_to_a_number_that_it_does_not_bill_from() -> None:
    for option in options().values():
        assert not _FREE.search(option.aspects["authentication"].says), option.name


@pytest.mark.parametrize("case", HELD["abroad"], ids=_words)
def test_what_leaves_the_eu_by_the_starter_is_said_with_what_to_send_instead(
    case: dict[str, Any],
) -> None:
    found = choice(case)
    stack: Stack = case["pick"]
    app = StarterCase(brief=found.brief, needs=found.needs, families=(stack,)).app
    files = tree(stack, app)
    assert found.pick.option.family == stack
    said = abroad.sentence(found, "app", files)
    told = [step.do for step in steps(found, "app", files)]
    assert ("message text in pushes, through Expo" in said) is case["push"]
    assert ("mail, through Resend" in said) is case["mail"]
    assert any("put a fixed text" in do for do in told) is case["push"]
    assert any("in place of Resend" in do for do in told) is case["mail"]
    for do in told:
        if "put a fixed text" in do:
            path = do.partition("In app/")[2].partition(",")[0]
            assert "body:" in files[path]
            assert "text" in files[path]


@pytest.mark.parametrize("case", HELD["spoken"], ids=_words)
def test_most_messages_spoken_are_most_on_the_bill(case: dict[str, Any]) -> None:
    needs = choice(case).needs
    assert needs.spoken == case["spoken"]
    assert read_needs(write_needs(needs), path="needs.yaml") == needs
    figure = next((f for f in workload(needs, 1000.0).figures if f.id == "voice"), None)
    if figure is None:
        assert "voice-messages" not in needs.features
        return
    assert figure.value == (case["spoken"] or 10) / 100
    assert figure.told is (case["spoken"] not in {0, 70})
    few = replace(needs, spoken=0)
    dearer = bill_of("convex", needs, 1e5).total > bill_of("convex", few, 1e5).total
    assert dearer is bool(case["spoken"])


@pytest.mark.parametrize("case", HELD["hurry"], ids=_words)
def test_a_weekend_has_the_steps_of_a_weekend(case: dict[str, Any]) -> None:
    found = choice(case)
    stack: Stack = case["pick"]
    app = StarterCase(brief=found.brief, needs=found.needs, families=(stack,)).app
    files = tree(stack, app)
    assert found.pick.option.family == stack
    told = [step.do for step in steps(found, "app", files)]
    first = next((do for do in told if "Follow app/README.md only as far as" in do), "")
    left = next((do for do in told if do.startswith("Left out until")), "")
    assert bool(first) is bool(left) is case["short"]
    assert ("emailVerificationTime" in first) is (case["short"] and case["mail"])
    assert ("mail" in left) is (case["short"] and case["mail"])
    if first:
        script = first.partition("as far as `")[2].partition("`")[0]
        guide = files["README.md"]
        assert f"`{script}`" in guide
        assert guide.index(script) < guide.index("eas-cli@latest init")
        assert "googleServicesFile" in files["app.json"]
        assert "googleServicesFile taken out" in first
