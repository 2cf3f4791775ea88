"""A crowd that comes at once sets the peak; a handful of sales a week is no load."""

import pytest

from blueproof.advisors.architecture.attached import attached_in
from blueproof.advisors.architecture.words import Words
from blueproof.intake.words.read import read_request


@pytest.mark.parametrize(
    ("text", "rush"),
    [
        ("180,000 people in the first 5 minutes", 6000),
        ("30k fans within 10 minutes", 500),
        ("20,000 customers at once when the drop opens", 20_000 * 10 / 300),
        ("180,000 people live in the city, delivery in 5 days", 0),
    ],
)
def test_a_crowd_is_a_peak(text: str, rush: float) -> None:
    assert Words(read_request(f"Ticket sales on AWS: {text}. Which architecture?")).rush == rush


def test_a_few_sales_a_week_are_no_records_that_come_in() -> None:
    few = Words(read_request("Ticket shop on AWS with 3 onsales a week. Which architecture?"))
    many = Words(read_request("Shop on AWS with 90,000 orders a week. Which architecture?"))
    assert few.events == (0.0, "rows")
    assert many.events[0] > 300_000


def test_files_come_with_each_record_by_number_share_and_size() -> None:
    told = (
        "photos (avg 6 per ad, 4-8 MB) and a video up to 2 min / 300MB. 25k a day, 15% with video"
    )
    assert [(a.kind, a.each, a.mb) for a in attached_in(told)] == [
        ("photos", 6.0, 6.0), ("video", 0.15, 150.0)
    ]  # fmt: skip
    assert attached_in("5 photos per user per day of 3 MB each") == ()
    assert attached_in("25k ads a day with 6 photos") == ()
