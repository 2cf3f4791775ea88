"""What a comment says of its query."""

import pytest

from blueproof.sql.headings import Heading, read_heading, write_heading

SAID = {
    "calls: 500": Heading(weight=500),
    "weight: 2.5": Heading(weight=2.5),
    "weight: 3\ncalls: 9": Heading(weight=3),
    "Calls = 12,000": Heading(weight=12_000),
    "calls: 1_000_000": Heading(weight=1_000_000),
    "calls: 1e6": Heading(weight=1_000_000),
    "calls: 1e999": Heading(weight=1e15),
    "calls: 0": Heading(),
    "calls: -1": Heading(name="calls: -1"),
    "calls: many": Heading(name="calls: many"),
    "name: x, calls: 500": Heading(name="x", weight=500),
    "name: x, calls: 5, milliseconds: 0.5": Heading(name="x", weight=5, milliseconds=0.5),
    "calls: 5, days: 30.25": Heading(weight=5, days=30.25),
    "weight: 5, days: 30": Heading(weight=5),  # a weight is no count, so it has no time
    "days: 30": Heading(),
    "milliseconds: 0": Heading(milliseconds=0.0),
    "Orders of a day.\ncalls: 5": Heading(name="Orders of a day", weight=5),
    "calls: 5\nOrders of a day": Heading(weight=5),
    "name: x :many\nweight: 4": Heading(name="x", weight=4),
    "": Heading(),
}


@pytest.mark.parametrize(("comment", "heading"), SAID.items())
def test_a_comment_says_name_weight_and_time(comment: str, heading: Heading) -> None:
    assert read_heading(comment) == heading


@pytest.mark.parametrize("heading", SAID.values())
def test_what_is_written_is_read_back(heading: Heading) -> None:
    lines = write_heading(heading).splitlines()
    assert read_heading("\n".join(line.removeprefix("-- ") for line in lines)) == heading
