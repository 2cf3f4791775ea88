"""What tracks promise to the edges that turn on them."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from blueproof.render.routing import tracks

X = st.integers(0, 400)


@given(st.lists(st.tuples(X, X), max_size=20))
def test_pieces_on_one_track_do_not_touch(spans: list[tuple[int, int]]) -> None:
    found = list(zip(spans, tracks(spans), strict=True))
    for (one, track), (other, same) in combinations(found, 2):
        if track == same:
            assert max(one) < min(other) or max(other) < min(one)


def test_a_piece_turns_off_before_another_comes_in_at_its_place() -> None:
    assert tracks([(100, 200), (0, 100)]) == [0, 1]
    assert tracks([(0, 100), (100, 200)]) == [1, 0]


def test_parallel_turns_do_not_cross() -> None:
    assert tracks([(0, 50), (20, 70)]) == [1, 0]
    assert tracks([(50, 0), (70, 20)]) == [0, 1]
