"""The first reference request in its variations: pick, condition and bill must follow."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import yaml_file
from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.owning import owns
from blueproof.advisors.choose.wording import answer
from blueproof.decide.needs import Needs
from blueproof.intake.words.read import read_request

REQUEST = (
    "I'm building a React Native app with Expo and need to choose between Convex and Firebase for "
    "my backend. The app will have real-time chat and user authentication."
)
VARIATIONS: list[dict[str, Any]] = yaml_file.load(
    (Path(__file__).parent / "variations.yaml").read_text(encoding="utf-8")
)
# Sentences that tell nothing of what decides.
IRRELEVANT = (
    "The app is called Plauder and its colour is green.",
    "I live in a small town and drink too much coffee.",
    "Thanks in advance for any hints!",
    "We met at university and the logo is ready.",
)


def choice(adds: str = "") -> Choice:
    return Choice(read_request(f"{REQUEST} {adds}".strip()))


@pytest.mark.parametrize("case", VARIATIONS, ids=lambda case: case["name"])
def test_a_variation_gets_its_answer(case: dict[str, Any]) -> None:
    found = choice(case["adds"])
    assert owns(found.brief)
    assert found.pick.option.family == case["pick"], answer(found)
    if "unless" in case:
        assert (found.hinge.dimension.id if found.hinge else "") == case["unless"]
    if found.hinge:  # what the headline hangs on is asked first
        assert found.asked[0].dimension.id == found.hinge.dimension.id
    out = {s.option.family for s in found.decision.ranked if s.ruled_out}
    assert out == set(case.get("out", ())), answer(found)
    for name, value in case.get("known", {}).items():
        assert (found.needs.is_known(name), found.needs.value(name)) == (True, value)
    assert set(case.get("features", ())) <= set(found.needs.features)
    outsider = found.outsider.option.family if found.outsider else ""
    assert outsider == case.get("outsider", "")


def test_the_variations_are_not_all_answered_alike() -> None:
    answers = [answer(choice(case["adds"])) for case in VARIATIONS]
    assert len(set(answers)) >= len(answers) - 3  # web, EU and a weekend may end in the same words
    picks = {choice(case["adds"]).pick.option.family for case in VARIATIONS}
    assert picks == {"convex", "firebase"}


def test_bills_differ_where_they_should() -> None:
    plain, voice, europe = (choice(c).pick.bill.total for c in (
        "", "Users will send voice messages too.", "All data has to stay in the EU.",
    ))  # fmt: skip
    assert voice > plain
    assert europe > plain


@pytest.mark.parametrize("sentence", IRRELEVANT)
def test_an_irrelevant_sentence_changes_nothing(sentence: str) -> None:
    plain, more = choice(), choice(sentence)
    assert more.needs == plain.needs
    assert answer(more) == answer(plain)


def test_the_order_of_the_options_changes_nothing() -> None:
    turned = REQUEST.replace("Convex and Firebase", "Firebase and Convex")
    assert answer(Choice(read_request(turned))) == answer(choice())


def test_more_users_never_cost_less() -> None:
    totals = [
        [s.bill.total for s in choice(f"We expect {users} monthly active users.").ranked(users)]
        for users in (500, 5_000, 50_000, 500_000)
    ]
    assert all(a <= b for less, more in pairwise(totals) for a, b in zip(less, more, strict=True))


def test_a_value_set_by_name_wins_over_the_words() -> None:
    found = Needs(known=(("offline", "yes"),)).holding(offline="no")
    assert found.value("offline") == "no"
