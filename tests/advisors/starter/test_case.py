"""What a starter has is what the words ask for, and what it lacks of that is said."""

import pytest

from blueproof.advisors.starter.advise import begin
from blueproof.advisors.starter.case import StarterCase
from blueproof.core.blueprint import Draft
from blueproof.decide.reading import needs_of
from blueproof.intake.words.read import read_request


def case_of(request: str) -> StarterCase:
    brief = read_request(request)
    return StarterCase(brief=brief, needs=needs_of(brief), families=("firebase",))


@pytest.mark.parametrize(
    ("words", "has", "lacks"),
    [
        ("Expo chat, e-mail login only", {"email", "push", "safety"}, ()),
        ("Expo chat with photos, no push notifications", {"attachments", "apple"}, ()),
        ("Expo chat, login with phone number or Apple", {"apple"}, ("sign-in by phone number",)),
        ("Expo chat with voice messages, guest login", {"anonymous"}, ("voice messages",)),
    ],
)
def test_words_decide(words: str, has: set[str], lacks: tuple[str, ...]) -> None:
    case = case_of(words)
    assert has <= set(case.app.features)
    assert ("push" in case.app.features) == ("no push" not in words)
    assert case.lacking == lacks
    said = begin(Draft(brief=case.brief), case, needs=()).not_proved
    assert all(name in said[0].statement for name in lacks)
    assert bool(said) == bool(lacks)
