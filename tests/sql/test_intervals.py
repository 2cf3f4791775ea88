"""Constant intervals are read as months, days and seconds, or not at all."""

import pytest

from blueproof.sql.intervals import Span, read_span, span, spelled_seconds
from blueproof.sql.trees import read_part

READ = {
    "7 days": Span(0, 7, 0),
    "1 year 2 months": Span(14, 0, 0),
    "2 weeks 1 day 02:30": Span(0, 15, 9_000),
    "90 min": Span(0, 0, 5_400),
    "36 hours": Span(0, 0, 129_600),
}


@pytest.mark.parametrize("text", READ)
def test_a_plain_interval_is_read(text: str) -> None:
    assert span(text) == READ[text]


@pytest.mark.parametrize(
    "text", ["", "-1 day", "1.5 hours", "P1D", "3 fortnights", "1 day ago", "7"]
)
def test_what_is_not_plain_is_left_alone(text: str) -> None:
    assert span(text) is None


@pytest.mark.parametrize(
    "text", ["interval '1 day 02:00'", "'26 hours'::interval", "make_interval(hours => 26)"]
)
def test_an_interval_is_read_in_each_form(text: str) -> None:
    found = read_span(read_part(text))
    assert found is not None
    assert found.compared == 26 * 3_600


def test_a_month_is_compared_as_thirty_days() -> None:
    assert Span(1, 0, 0).compared == Span(0, 30, 0).compared


def test_seconds_are_told_in_the_largest_unit_of_fixed_length() -> None:
    assert [spelled_seconds(n) for n in (86_400, 60, 61)] == ["24 hours", "1 minute", "61 seconds"]
