"""Values in groups: widths as the server stores them, and shares that add up."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.engines.postgres.server import Server, scratch
from blueproof.sql.schema import Slot
from blueproof.sql.sizes.pieces import distinct, pieces, stored_width
from blueproof.sql.statistics import ColumnStatistics

TEXT = Slot(type="text")
INTEGER = Slot(type="integer", length=4)
VALUES = {
    "text": ("", "abc", "é" * 20, "x" * 126, "x" * 127, "y" * 400),
    "numeric": ("0", "7", "-12.50", "10000", "123456.789", "0.0001", "100000000", "99999999.99"),
    "bytea": ("\\x", "\\x00ff", "\\x" + "ab" * 200),
}


@pytest.mark.parametrize("kind", VALUES)
def test_widths_are_those_that_the_server_stores(server: Server, kind: str) -> None:
    with scratch(server) as name, contextlib.closing(server.admin(name)) as session:
        session.run(f"CREATE TABLE w (n int, v {kind})")
        for number, value in enumerate(VALUES[kind]):
            session.run_one(f"INSERT INTO w VALUES ({number}, $1::text::{kind})", (value,))
        stored = session.run("SELECT v::text, pg_column_size(v) FROM w ORDER BY n")
    assert [stored_width(text, kind) for text, _ in stored] == [size for _, size in stored]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6))
def test_a_number_is_no_wider_than_its_digits(value: object) -> None:
    width = stored_width(f"{value:f}", "numeric")
    assert width is not None
    assert 3 <= width <= 3 + 2 * len(f"{value:f}")


@given(
    st.tuples(st.floats(0, 1), st.floats(-1, 5_000)),
    st.lists(st.floats(0.001, 0.1), max_size=8),
    st.sampled_from((TEXT, INTEGER)),
    st.integers(0, 10**8),
)
def test_shares_are_those_of_all_rows(
    some: tuple[float, float], frequencies: list[float], slot: Slot, rows: int
) -> None:
    nulls, count = some
    column = ColumnStatistics(
        column="a",
        null_fraction=nulls * (1 - sum(frequencies)),
        width=slot.length if slot.length > 0 else 10,
        distinct=count or 1.0,
        common=tuple(f"{i:05}" for i in range(len(frequencies))),
        frequencies=tuple(frequencies),
        histogram=tuple(str(i) for i in range(1, 80)),
    )
    found = pieces(column, slot, rows, apart=rows % 2 == 0)
    assert sum(p.share for p in found) == pytest.approx(1)
    assert all(p.share > 0 and p.values > 0 and p.each >= 1 for p in found)


def test_a_common_value_is_wider_than_the_others() -> None:
    column = ColumnStatistics(
        column="a", width=25, distinct=300, common=("x" * 40,), frequencies=(0.5,),
        histogram=("a" * 9, "b" * 9),
    )  # fmt: skip
    common, other = sorted(pieces(column, TEXT, 10_000), key=lambda p: p.values)
    assert (common.width, common.share) == (41, 0.5)
    assert other.width + other.extra == pytest.approx(10)


def test_a_fraction_of_distinct_values_is_of_the_rows_that_have_one() -> None:
    column = ColumnStatistics(column="a", null_fraction=0.5, distinct=-0.5)
    assert distinct(column, 1_000) == 500
    assert distinct(ColumnStatistics(column="a", distinct=90.0), 30) == 30
