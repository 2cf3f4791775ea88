"""A framework of one's own against one backend service: neither is passed over."""

import pytest

from blueproof.advisors.choose.own_stack import is_put_against
from blueproof.consult import consult
from blueproof.intake.words.read import read_request


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (
            "Our team only knows Django. Is Firebase a better backend for a booking app than just "
            "Django + Postgres on Render? ~3k users",
            "Django with PostgreSQL, not Firebase",
        ),
        ("Rails + Postgres or Firebase for a mobile app? 2 rails devs", "Rails with PostgreSQL"),
        (
            "Spring Boot with Postgres vs Firebase for a delivery app, 4 java devs, live map",
            "Spring Boot with PostgreSQL, Firebase at most for \u201clive map\u201d alone",
        ),
        (
            "Own node backend or Firebase for a chat app? I am a frontend dev",
            "Firebase: \u201cchat",
        ),
        ("Should we use Supabase instead of writing our own NestJS API?", "On whether a team"),
        ("Laravel or Supabase for our marketplace app", "On whether a team"),
    ],
)
def test_the_side_that_the_words_speak_for_comes_first(words: str, first: str) -> None:
    found = consult(read_request(words))
    assert found.answer.startswith(first)
    assert "the framework it knows, on PostgreSQL" in found.answer


@pytest.mark.parametrize(
    "words",
    [
        "We run a Django API. Firebase or Supabase for the chat?",
        "Convex or Firebase for our Expo app with chat?",
        "Our Rails app sends pushes through Firebase, they arrive twice",
        "Django or Rails for our API?",
    ],
)
def test_other_choices_go_their_way(words: str) -> None:
    assert not is_put_against(read_request(words))
