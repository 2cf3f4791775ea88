"""Greetings, thanks and excuses are left out, and nothing that tells of the matter."""

import pytest

from blueproof.consult import consult
from blueproof.intake.words.courtesies import without_courtesies
from blueproof.intake.words.read import read_request

MATTER = "Our API on ECS answers 502 after each deploy. What is wrong?"


@pytest.mark.parametrize(
    "text",
    [
        f"Hi everyone, first post here, sorry for my english. {MATTER} Thanks in advance!",
        f"Hello all!\n\n{MATTER}\n\nAny help is appreciated.",
        f"Dear team, hope you are all well. {MATTER} Many thanks for any help.",
        f"hey, {MATTER} thx!",
        f"Good morning. {MATTER} Please help.",
    ],
)
def test_they_are_left_out(text: str) -> None:
    left = without_courtesies(text)
    assert MATTER in left
    assert len(left.split()) <= len(MATTER.split()) + 4
    found = consult(read_request(text))
    assert found.request == text
    assert found.answer == consult(read_request(MATTER)).answer


@pytest.mark.parametrize(
    "text",
    [
        "Hello world on Lambda costs how much?",
        "Hi",
        "How do we send a thanks mail after each order? We hope to send 20k a day.",
        "Our support answers thanks to a webhook. Is SNS right for it?",
        "Dear customers get an SMS: Twilio or SNS for 10k a month?",
        "first post of each user must be moderated. How is that modelled?",
    ],
)
def test_what_tells_of_the_matter_stays(text: str) -> None:
    assert without_courtesies(text) == text
