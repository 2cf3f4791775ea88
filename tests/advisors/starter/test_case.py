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


PICTURES = (
    "chat app with photos", "chat, pictures, read receipts", "users can send images",
    "sending photos in the chat", "photo messages", "share a photo in the chat",
    "images in messages", "a chat with pictures and reactions", "people send each other pictures",
    "send a picture", "messages with images",
    "chat with Expo and Convex, with groups, photos, push",
)  # fmt: skip
NO_PICTURES = (
    "send docker images to ECR", "the big picture of our chat backend", "chat without photos",
    "our chat has no images", "a picture of our architecture", "share container images",
)  # fmt: skip


def features_of(words: str) -> set[object]:
    return {f.value for f in read_request(words).facts if f.key == "feature"}


@pytest.mark.parametrize("words", PICTURES)
def test_pictures_are_understood_as_files_that_people_send(words: str) -> None:
    assert "file-upload" in features_of(words)


@pytest.mark.parametrize("words", NO_PICTURES)
def test_other_images_and_refused_ones_are_not(words: str) -> None:
    assert not {"file-upload", "file-storage"} & features_of(words)


def test_a_chat_without_photos_gets_no_attachments() -> None:
    assert "attachments" not in case_of("Expo chat without photos").app.features
    assert "attachments" in case_of("Expo chat, photos too").app.features
    assert "groups" in case_of("Expo chat for friends and Convex, with groups").app.features


@pytest.mark.parametrize(
    ("words", "ways"),
    [
        ("Expo chat and login. We can't use google/apple as the main login", {"email"}),
        ("Expo chat, no Google or Apple login, only e-mail", {"email"}),
        ("Expo chat, login with e-mail, not Google", {"email"}),
        ("Expo chat, sign-in with Apple and Google", {"apple", "google"}),
        ("Expo chat with login", {"apple", "email", "google"}),
        ("Expo chat, login without passwords but Google", {"google"}),
    ],
)
def test_a_way_to_sign_in_that_is_refused_is_not_built(words: str, ways: set[str]) -> None:
    assert {"apple", "email", "google"} & set(case_of(words).app.features) == ways
