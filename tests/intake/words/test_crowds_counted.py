"""How many are there at once is read though no noun stands behind the figure."""

import pytest

from blueproof.intake.words.read import read_request

AT_ONCE = (
    ("Drivers send location every 5s, about 900 online at dinner peak.", 900, "driver"),
    ("About 1,200 active at once, each app writes a lastSeen.", 1200, "person"),
    ("Chat app. 300 connected at peak.", 300, "person"),
    ("We have riders, 400 live at any time.", 400, "rider"),
    ("Usually around 150 in the app at the same time.", 150, "person"),
    ("Scooters report their position, 1,100 connected during the rush.", 1100, "scooter"),
    ("A quiz with 80 playing concurrently.", 80, "person"),
    ("Couriers poll for jobs, roughly 2k online.", 2000, "courier"),
)
OTHERWISE = (
    "We have 900 online stores.",
    "Node 20 active since May.",
    "12 connected to Stripe, the rest to PayPal.",
    "We have 40 live in production.",
    "It takes 30 in the app store.",
    "Version 3 live on the site.",
)


@pytest.mark.parametrize(("text", "count", "noun"), AT_ONCE)
def test_those_at_once_are_counted_with_the_noun_of_the_sentence(
    text: str, count: int, noun: str
) -> None:
    found = [f for f in read_request(text).facts if f.key == "scale.concurrent-users"]
    assert [(f.value, f.unit, f.role) for f in found] == [(count, noun, "load")]


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_is_not_at_once_is_not_counted(text: str) -> None:
    assert not any(f.key == "scale.concurrent-users" for f in read_request(text).facts)
