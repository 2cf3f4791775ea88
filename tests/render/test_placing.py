"""What the placing of a row keeps to."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from blueproof.render.placing import spread

ROWS = st.lists(
    st.tuples(st.integers(-500, 500), st.integers(1, 9), st.integers(0, 90)), min_size=1, max_size=9
)


@given(ROWS)
def test_places_keep_their_order_and_their_distance(row: list[tuple[int, int, int]]) -> None:
    gaps = [gap for *_, gap in row[1:]]
    places = spread([(value, weight) for value, weight, _ in row], gaps)
    assert all(b - a >= gap for (a, b), gap in zip(pairwise(places), gaps, strict=True))


@given(ROWS)
def test_places_stay_within_bounds_that_leave_room(row: list[tuple[int, int, int]]) -> None:
    gaps = [gap for *_, gap in row[1:]]
    places = spread([(value, weight) for value, weight, _ in row], gaps, -50, sum(gaps) + 50)
    assert places[0] >= -50
    assert places[-1] <= sum(gaps) + 50


def test_who_has_room_stands_where_it_wants() -> None:
    assert spread([(0, 1), (100, 1), (300, 1)], [20, 20]) == [0, 100, 300]


def test_the_heavier_gives_way_less() -> None:
    assert spread([(0, 9), (0, 1)], [20]) == [-2, 18]
