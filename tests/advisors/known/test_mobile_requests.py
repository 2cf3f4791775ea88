"""What builders of apps ask in their words is answered with what decides it."""

from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.known.composite import composite
from blueproof.advisors.known.incident import is_incident
from blueproof.consult import consult
from blueproof.intake.words.read import read_request

CASES: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "mobile_requests.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["request"][:50])
def test_an_answer_holds_what_decides_it(case: dict[str, Any]) -> None:
    blueprint = consult(read_request(case["request"]))
    answer = " ".join(blueprint.answer.split())
    because = [line for each in blueprint.recommendations for line in each.because]
    told = " ".join((answer, *(step.do for step in blueprint.steps), *because)).lower()
    said = answer.lower()
    assert [p for p in case.get("first", ()) if p.lower() not in said] == [], answer
    assert [p for p in case.get("has", ()) if p.lower() not in told] == [], told
    assert [p for p in case.get("lacks", ()) if p.lower() in said] == [], answer


@pytest.mark.parametrize(
    "request_told",
    [
        "Chat app in Expo with login, 3,000 users, nothing built yet: Supabase or Firebase? The "
        "last company's app lost messages in the background.",
        "Should we move from Supabase to Firebase? 3,000 users, chat, all is fine today.",
    ],
)
def test_a_choice_stays_one_where_nothing_is_broken_now(request_told: str) -> None:
    assert not is_incident(read_request(request_told))


def test_an_index_holds_the_equalities_then_the_order_then_the_ranges() -> None:
    assert composite("where('a', '==', 1), where('n', '>', 2)") == (
        ("a", "ascending"),
        ("n", "ascending"),
    )
    assert composite("where('tags', 'array-contains', t), orderBy('at', 'desc')") == (
        ("tags", "contains"),
        ("at", "descending"),
    )


@pytest.mark.parametrize(
    "query",
    [
        "where('a', '==', 1)",
        "where('n', '>', 1), orderBy('n')",
        "orderBy('at', 'desc')",
        "",
        "where",
    ],
)
def test_no_index_is_named_where_single_fields_serve(query: str) -> None:
    assert composite(query) == ()
