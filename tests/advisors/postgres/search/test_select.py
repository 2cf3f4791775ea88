"""Sets of indexes are selected from known plans: within the limit, and no worse than trying all."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from blueproof.advisors.postgres.search.library import Shelf, bits
from blueproof.advisors.postgres.search.select import Selection

_INDEXES = 6
MB = 1 << 20

plans = st.lists(
    st.tuples(st.integers(1, 2**_INDEXES - 1), st.floats(1, 999)), min_size=1, max_size=6
)
workloads = st.lists(plans, min_size=1, max_size=4)
sizes = st.lists(st.integers(1, 100), min_size=_INDEXES, max_size=_INDEXES)


def shelf(known: list[tuple[int, float]]) -> Shelf:
    found = Shelf()
    found.learn(0, 1000.0)
    for mask, cost in known:
        found.learn(mask, cost)
    return found


def selection(work: list[list[tuple[int, float]]], size: list[int], limit: int) -> Selection:
    return Selection(
        shelves=[shelf(known) for known in work],
        sizes=[s * MB for s in size],
        weights=tuple(1.0 for _ in work),
        limit=limit * MB,
    )


def every_set() -> list[int]:
    places = range(_INDEXES)
    subsets = chain.from_iterable(combinations(places, n) for n in range(_INDEXES + 1))
    return [sum(1 << at for at in subset) for subset in subsets]


@given(workloads, sizes, st.integers(0, 300))
def test_a_set_keeps_within_the_limit(
    work: list[list[tuple[int, float]]], size: list[int], limit: int
) -> None:
    search = selection(work, size, limit)
    assert search.size(search.best()) <= limit * MB


@given(workloads, sizes, st.integers(0, 300))
def test_a_set_is_never_worse_than_none_and_seldom_far_from_the_best(
    work: list[list[tuple[int, float]]], size: list[int], limit: int
) -> None:
    search = selection(work, size, limit)
    found = search.value(search.best())
    best = min(search.value(s) for s in every_set() if search.size(s) <= limit * MB)
    assert best - 1e-9 <= found <= search.value(0) + 1e-9


def test_two_indexes_that_help_only_together_are_found() -> None:
    search = selection([[(0b11, 10.0)], [(0b100, 900.0)]], [1, 1, 1, 1, 1, 1], 2)
    assert bits(search.best()) == [0, 1]


def test_what_upkeep_costs_more_than_it_brings_is_left_out() -> None:
    search = selection([[(0b1, 900.0)]], [1] * _INDEXES, 100)
    search = Selection(
        shelves=search.shelves,
        sizes=search.sizes,
        weights=search.weights,
        limit=search.limit,
        upkeep=[500.0] + [0.0] * (_INDEXES - 1),
    )
    assert search.best() == 0


def test_a_plan_that_reads_more_and_costs_more_is_not_kept() -> None:
    found = Shelf()
    assert found.learn(0, 100.0)
    assert found.learn(0b1, 10.0)
    assert not found.learn(0b11, 10.0)
    assert found.cost(0b11) == 10.0
    assert found.cost(0b10) == 100.0
    assert found.learn(0b1, 5.0)
    assert len(found.plans) == 2
