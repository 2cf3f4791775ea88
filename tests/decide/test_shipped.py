"""What is said of a starter's own bill, and what the vendor's meter shows of it."""

from decimal import Decimal

import pytest

from blueproof.advisors.choose.case import Choice
from blueproof.advisors.choose.shipped import metered, sentence
from blueproof.advisors.choose.steps import steps
from blueproof.intake.words.read import read_request

CHAT = "Expo app with realtime chat and login, Convex or Firebase?"
OFFLINE = f"{CHAT} It must work offline."
NO_TALK = "Expo app for recipes with login, Convex or Firebase?"
OWN_SERVER = f"{CHAT} It must be self-hosted on our own servers."
HUNDRED, FIVE = Decimal(100), Decimal(5)


@pytest.mark.parametrize(
    ("words", "starter", "says"),
    [
        (CHAT, "app-convex", ("app-convex as it stands", "$62", "Firebase's $27")),
        (OFFLINE, "app-firebase", ("app-firebase as it stands", "$27")),
    ],
)
def test_a_chat_starter_is_priced_as_it_stands(
    words: str, starter: str, says: tuple[str, ...]
) -> None:
    said = sentence(Choice(read_request(words)), starter)
    assert [each for each in says if each not in said] == []


@pytest.mark.parametrize(
    ("words", "starter"),
    [(CHAT, ""), (NO_TALK, "app-convex"), (OWN_SERVER, "app-convex")],
)
def test_nothing_is_said_without_a_chat_starter_or_a_vendors_bill(words: str, starter: str) -> None:
    assert sentence(Choice(read_request(words)), starter) == ""


def test_a_bill_that_hardly_grows_is_not_spoken_of() -> None:
    assert sentence(Choice(read_request(f"{CHAT} 200 monthly users.")), "app-convex") == ""


def test_the_trial_names_what_the_starter_makes_the_meter_show() -> None:
    # A hundred messages, five open screens, four readers. Convex: 2 + 5 x 3 + 4 x 3 calls each.
    # Firestore: 7 + 5 x 2 + 4 x 3 reads each.
    convex, firebase = Choice(read_request(CHAT)), Choice(read_request(OFFLINE))
    assert metered(convex, "app-convex", HUNDRED, FIVE) == Decimal(2_900)
    assert metered(firebase, "app-firebase", HUNDRED, FIVE) == Decimal(2_900)
    (check,) = [s.check for s in steps(convex, "app-convex") if "Follow app-convex" in s.do]
    assert "2,900 function calls in app-convex, of which the bill above counts 600" in check


def test_without_a_starter_the_lean_reading_is_named() -> None:
    lean = Choice(read_request(NO_TALK))
    assert metered(lean, "", HUNDRED, FIVE) is None
    assert metered(lean, "app-convex", HUNDRED, FIVE) is None
