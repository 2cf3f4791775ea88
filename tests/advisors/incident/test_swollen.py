"""A table that swells is read from its rows, its nightly deletes and a sudden slowness together."""

import pytest

from blueproof.advisors.incident.swollen import swollen

SLOW = "Postgres got slow since monday. "


@pytest.mark.parametrize(
    "text",
    [
        # Nothing is slow of a sudden: how rows are deleted is the question.
        "How do we delete 1.5M rows per night from a Postgres table of 140 million rows?",
        f"{SLOW}orders has 3 million rows, a job deletes 1M rows per night.",  # a night's worth
        f"{SLOW}logs has 140 million rows, a job deletes 40M rows per night.",
        f"{SLOW}logs has 140 million rows, we insert 1.5M rows per night.",
        "MySQL got slow since monday, 140 million rows, a job deletes 1.5M rows per night.",
    ],
)
def test_what_is_no_swollen_table(text: str) -> None:
    assert swollen(text) is None


def test_the_nights_between_two_vacuums_are_reckoned() -> None:
    told = f"{SLOW}The logs table has 50M rows, a job purges 500k rows a day."
    found = swollen(told)
    assert found is not None
    assert "10,000,000 of logs" in found.says[0]
    assert "takes 20 nights" in found.says[0]
