"""What ANALYZE's figures hide: how many values there are, and where they crowd."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.sizes.crowding import Stated, crowds


@given(st.floats(1, 50), st.floats(1, 200))
def test_values_that_the_sample_has_missed_are_counted(each: float, sampled: float) -> None:
    """Rows dealt to values by chance, read by ANALYZE in part, estimated as it estimates."""
    rows = 30_000 * sampled
    places, part = rows / each, 1 / sampled
    occurring = places * -math.expm1(-each)
    stated = occurring / (1 - math.exp(-each * part) * (1 - part)) * (
        -math.expm1(-each * part) / -math.expm1(-each)
    )  # fmt: skip
    found = crowds((), "text", Stated(values=stated, rows=rows, table_rows=rows))
    assert sum(c.values for c in found) == pytest.approx(occurring, rel=0.01)


def test_a_narrow_bin_has_few_values_and_a_wide_one_many() -> None:
    bounds = ("0", "10", "20", "1000", "2000")
    found = crowds(bounds, "integer", Stated(values=500, rows=40_000, table_rows=40_000))
    assert sum(c.values for c in found) == pytest.approx(500, rel=0.01)
    assert found[0].values < found[2].values / 20
    assert all(c.rows == 0.25 for c in found)


@pytest.mark.parametrize("bounds", [("1", "infinity"), ("2024-01-01", "infinity"), ()])
def test_what_cannot_be_measured_is_taken_as_stated(bounds: tuple[str, ...]) -> None:
    kind = "date" if bounds and "-" in bounds[0] else "text"
    (one,) = crowds(bounds, kind, Stated(values=100, rows=20_000, table_rows=20_000))
    assert one.values == pytest.approx(100, rel=0.01)
    assert one.rows == 1


def test_nothing_is_corrected_where_every_row_differs() -> None:
    (one,) = crowds((), "text", Stated(values=1e6, rows=1e6, table_rows=1e6))
    assert one.values == 1_000_000


def test_listed_values_are_part_of_what_was_estimated() -> None:
    """Common values make rows of the sample that are no singles: the rest looks better known."""
    alone = Stated(values=20_000, rows=500_000, table_rows=1_000_000)
    beside = replace(alone, listed=100, listed_rows=500_000.0)
    assert _count(beside) > _count(alone) * 1.1


def _count(stated: Stated) -> float:
    return sum(c.values for c in crowds((), "text", stated))
