"""Choices that a load, a list of ways or a must decides, as people put them."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.consult import consult
from blueproof.core.brief import Brief
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "choices_by_load.yaml").read_text(encoding="utf-8")
)


def _roles(brief: Brief) -> dict[str, str]:
    return {str(f.value): f.role for f in brief.facts if f.key == "technology"}


def _musts(text: str) -> set[str]:
    return {str(f.value) for f in read_request(text).facts if f.key == "constraint"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:50])
def test_an_answer_holds_what_decides(case: dict[str, Any]) -> None:
    answer = " ".join(consult(read_request(case["request"])).answer.split())
    assert [piece for piece in case.get("has", ()) if piece not in answer] == [], answer
    assert [piece for piece in case.get("lacks", ()) if piece in answer] == [], answer


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("A small Django app. Fly, Render, Railway, Hetzner + Coolify?",
         {"fly", "render", "railway", "hetzner", "coolify"}),
        ("Live bids on AWS. Options: AppSync, Pusher, Ably, self hosted socket.io.",
         {"aws-appsync", "pusher", "ably", "socket-io"}),
        ("Supabase + PowerSync? Or Firebase?", {"supabase", "powersync", "firebase"}),
        ("We run Postgres on Render. Why is it slow?", set()),
    ],
)  # fmt: skip
def test_what_is_listed_is_to_choose_from(text: str, options: set[str]) -> None:
    roles = _roles(read_request(text))
    assert {name for name, role in roles.items() if role == "option"} == options


@pytest.mark.parametrize(
    ("text", "must"),
    [
        ("Pusher, Ably or self hosted socket.io?", False),
        ("supabase cloud or self hosted?", False),
        ("Fly, Render, Hetzner + Coolify?", False),
        ("We self-host everything: Postgres or Mongo for a CMS?", True),
        ("it must be self-hosted, Typesense or Meilisearch?", True),
    ],
)
def test_one_of_the_ways_is_no_must(text: str, must: bool) -> None:  # noqa: FBT001
    assert ("self-hosted" in _musts(text)) == must


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("350 e-bikes that report position and battery every 15 seconds", 23.3333),
        ("500 trucks send a GPS point every 5 seconds", 100.0),
        ("200 meters, each sends 1 reading every 10 s", 20.0),
        ("350 scooters are stored and the job reads all of them every 15 seconds", None),
        ("500 trucks have a name and change it every 5 seconds of the demo", None),
    ],
)
def test_what_devices_report_may_be_named_between(text: str, rate: float | None) -> None:
    found = [f.value for f in read_request(text).facts if f.key == "rate"]
    assert found == ([rate] if rate else [])
