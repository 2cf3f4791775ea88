"""Keys over several columns: no row is lost, no key invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blueproof.sql.schema import Slot
from blueproof.sql.sizes.combining import combined, counts, occurring
from blueproof.sql.sizes.pieces import Piece

INTEGER = Slot(type="integer", length=4)
BIGINT = Slot(type="bigint", length=8, align=8)
SMALL = Slot(type="smallint", length=2, align=2)
ROWS = 100_000.0


def column(values: float, width: int = 4, nulls: float = 0.0) -> tuple[Piece, ...]:
    share = 1 - nulls
    known = Piece(values, share, width, each=ROWS * share / values)
    return (known, Piece(1.0, nulls, 0, null=True, each=ROWS * nulls)) if nulls else (known,)


@given(
    st.lists(st.tuples(st.floats(1, ROWS), st.floats(0, 0.9)), min_size=1, max_size=3),
    st.floats(0.001, 1),
)
def test_all_rows_are_in_some_key(columns: list[tuple[float, float]], share: float) -> None:
    pieces = [(column(v, nulls=n), INTEGER) for v, n in columns]
    *_, last = combined(pieces)
    rows = ROWS * share
    held = sum(c.keys * c.rows for e in last for c in counts(e, rows))
    assert held == pytest.approx(rows, rel=0.02)
    assert occurring(last, rows) <= rows * 1.001


def test_a_key_with_a_unique_column_occurs_once() -> None:
    *_, last = combined([(column(8), INTEGER), (column(ROWS), INTEGER)])
    assert occurring(last, ROWS) == pytest.approx(ROWS)
    assert occurring(last, ROWS / 10) == pytest.approx(ROWS / 10)


def test_combinations_that_get_no_row_are_not_counted() -> None:
    *_, last = combined([(column(300), INTEGER), (column(1000), INTEGER)])
    assert occurring(last, ROWS) == pytest.approx(300_000 * 0.2835, rel=0.01)  # 1 - exp(-1/3)


def test_columns_are_aligned_one_behind_the_other() -> None:
    sizes = [e[0].size for e in combined([
        (column(5, 2), SMALL), (column(5, 8), BIGINT), (column(5, 2), SMALL),
    ])]  # fmt: skip
    assert sizes == [16, 24, 32]  # 8 of header and 2; at 8 to 16; 2 behind


def test_a_null_takes_a_bitmap_and_no_room() -> None:
    known, empty = next(iter(combined([(column(5, 8, nulls=0.5), BIGINT)])))
    assert (known.size, empty.size) == (16, 16)
    *_, last = combined([(column(5, 8, nulls=0.5), BIGINT), (column(5, 8), BIGINT)])
    assert sorted(e.size for e in last) == [24, 24]
