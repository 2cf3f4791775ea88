"""The bounds of a period, where a constant is the first moment of one."""

import pytest

from blueproof.sql.periods import bounds, spelled

FOUND = {
    ("year", "2024-01-01"): ("2024-01-01", "2025-01-01"),
    ("quarter", "2024-10-01"): ("2024-10-01", "2025-01-01"),
    ("month", "2024-02-01 00:00:00"): ("2024-02-01", "2024-03-01"),
    ("week", "2024-12-30"): ("2024-12-30", "2025-01-06"),
    ("day", "2024-02-29"): ("2024-02-29", "2024-03-01"),
}


@pytest.mark.parametrize("given", FOUND)
def test_a_period_ends_where_the_next_begins(given: tuple[str, str]) -> None:
    assert bounds(*given) == FOUND[given]


@pytest.mark.parametrize(
    ("unit", "text"),
    [("year", "2024-02-01"), ("quarter", "2024-02-01"), ("month", "2024-02-02"),
     ("week", "2024-12-31"), ("day", "2024-02-30"), ("day", "2024-02-01 00:00:01"),
     ("hour", "2024-02-01"), ("day", "soon")],
)  # fmt: skip
def test_what_begins_no_period_has_no_bounds(unit: str, text: str) -> None:
    assert bounds(unit, text) is None


def test_a_month_is_read_in_its_usual_spellings() -> None:
    assert {spelled("month", t) for t in ("2024-05", "202405", "2024/05")} == {
        ("2024-05-01", "2024-06-01")
    }
    assert spelled("month", "2024-13") is None
