"""What words about conversations tell the needs."""

import pytest

from blueproof.decide.reading import needs_of
from blueproof.intake.words.read import read_request

_GROUP = (
    ("Expo app with 1:1 chat, Convex or Firebase?", "2"),
    ("Expo app, one-to-one chat between buyers and sellers, Convex or Firebase?", "2"),
    ("Expo app with 1:1 chat and group chat, Convex or Firebase?", None),
    ("Expo app with chat; a one to one relation joins users and profiles. Convex?", None),
)


@pytest.mark.parametrize(("words", "size"), _GROUP)
def test_conversations_of_pairs_have_two_people(words: str, size: str | None) -> None:
    assert dict(needs_of(read_request(words)).known).get("group-size") == size
