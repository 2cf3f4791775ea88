"""What is said is never assumed otherwise: connection, talk, region, a person's rights."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.keeping import on_rights, rights
from blueproof.advisors.choose.steps import steps
from blueproof.advisors.choose.wording import answer
from blueproof.advisors.starter.case import StarterCase
from blueproof.decide.limits import outgrown
from blueproof.decide.reading import needs_of
from blueproof.decide.scoring import demanded
from blueproof.intake.words.read import read_request
from blueproof.starters.tree import tree

SAID: dict[str, list[dict[str, Any]]] = yaml_file.load(
    (Path(__file__).parent / "said.yaml").read_text(encoding="utf-8")
)
OFFLINE = "Expo chat that must work offline. Firebase or Convex?"


def _words(case: dict[str, Any]) -> str:
    return str(case["words"])


@pytest.mark.parametrize("case", SAID["offline"], ids=_words)
def test_a_connection_that_fails_is_work_offline(case: dict[str, Any]) -> None:
    needs = needs_of(read_request(case["words"]))
    assert dict(needs.known).get("offline", "") == case["offline"]
    if case["offline"] == "yes":
        assert "job-queue" not in needs.features
    if case.get("queue"):
        assert "job-queue" in needs.features


@pytest.mark.parametrize("case", SAID["talk"], ids=_words)
def test_talk_that_is_told_is_neither_assumed_nor_asked(case: dict[str, Any]) -> None:
    found = Choice(read_request(case["words"]))
    known = dict(found.needs.known)
    told = {"group-size": case.get("group", ""), "messages": case.get("messages", "")}
    for name, value in told.items():
        assert known.get(name, "") == value
        if value:
            assert name not in {worth.dimension.id for worth in found.worths}
    assert found.needs.developers <= 4
    if "people" in case:
        assert found.needs.people == case["people"]


@pytest.mark.parametrize("case", SAID["region"], ids=_words)
def test_a_region_in_the_eu_is_named_and_written(case: dict[str, Any]) -> None:
    found = Choice(read_request(case["words"]))
    assert (case["says"] in answer(found)) is not case.get("never", False)
    if "file" in case:
        app = StarterCase(brief=found.brief, needs=found.needs, families=("firebase",)).app
        files = tree("firebase", app)
        for path in ("functions/src/app.ts", "lib/data/firebase.ts", ".env.example"):
            assert case["file"] in files[path]
        located = f'"location": "{case["file"]}"' in files["firebase.json"]
        assert located is (case["file"] != "us-central1")


def test_sign_in_outside_the_eu_stands_in_the_answer() -> None:
    said = answer(Choice(read_request(SAID["region"][0]["words"])))
    assert "sign-in runs only from US data centres" in said


def test_the_starter_on_convex_names_the_region_first() -> None:
    found = Choice(read_request("Expo chat, the data must stay in the EU. Convex?"))
    app = StarterCase(brief=found.brief, needs=found.needs, families=("convex",)).app
    guide = tree("convex", app)["README.md"]
    assert guide.index("Europe (Ireland)") < guide.index("npx convex dev --once")


@pytest.mark.parametrize("case", SAID["rights"], ids=_words)
def test_a_copy_and_erasure_that_are_asked_for(case: dict[str, Any]) -> None:
    assert rights(case["words"]) == (tuple(case["asked"]), case["limit"])


def test_what_there_is_for_a_copy_and_erasure_is_said() -> None:
    found = Choice(read_request(f"{OFFLINE} {SAID['rights'][0]['words']}"))
    assert "app-firebase has both" in on_rights(found, "app-firebase")
    assert "nothing here is ready" in on_rights(found, "")
    assert on_rights(Choice(read_request(OFFLINE)), "app") == ""


def test_a_starter_that_loses_unsent_messages_is_said_to() -> None:
    found = Choice(read_request(OFFLINE))
    told = " ".join(step.do for step in steps(found, "app-firebase"))
    assert "loses them when the app is closed" in told
    assert "loses them" not in " ".join(step.do for step in steps(found))


@pytest.mark.parametrize("case", SAID["accounts"], ids=_words)
def test_people_who_log_in_need_sign_in(case: dict[str, Any]) -> None:
    needs = needs_of(read_request(case["words"]))
    assert ("authentication" in needs.features) is case["accounts"]


@pytest.mark.parametrize("case", SAID["named"], ids=_words)
def test_a_leaning_is_an_option_and_what_runs_is_in_use(case: dict[str, Any]) -> None:
    needs = needs_of(read_request(case["words"]))
    assert set(needs.options) == set(case["options"])
    assert set(needs.current) == set(case["used"])


def test_a_limit_of_one_plan_is_said_as_that_plan_s_with_the_way_past_it() -> None:
    needs = needs_of(read_request("Expo app with chat, Convex or Firebase, 1M users"))
    said = " ".join(outgrown("convex", needs, 1_000_000))
    assert "10,000 of its Professional plan" in said
    assert "Business plan, which is not priced here" in said
    assert "over its limit" not in said


def test_an_agreement_whose_text_was_not_read_is_to_be_read_before_signing() -> None:
    needs = needs_of(read_request("Expo chat, Convex or Firebase, GDPR: we need a DPA"))
    found = [s for s in demanded("convex", needs) if s.demand == "processing-agreement"]
    assert [s.verdict for s in found] == ["yes"]
    assert "not read here" in found[0].says
