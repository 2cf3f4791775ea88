"""What the ranking of any graph keeps to."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.render.ranks import Arc, Ranks, rank


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[int], list[Arc], list[int]]:
    count = draw(st.integers(2, 15))
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    arcs = draw(st.lists(ends.filter(lambda arc: arc[0] != arc[1]), max_size=25))
    labels = draw(st.lists(st.sampled_from([0, 60]), min_size=len(arcs), max_size=len(arcs)))
    return [120] * count, arcs, labels


def row_of(ranks: Ranks) -> dict[int, int]:
    return {item: row for row, items in enumerate(ranks.rows) for item in items}


@settings(deadline=None, max_examples=60)
@given(graphs())
def test_every_chain_steps_down_one_row_at_a_time(
    graph: tuple[list[int], list[Arc], list[int]],
) -> None:
    widths, arcs, labels = graph
    ranks = rank(widths, arcs, labels, 500)
    rows = row_of(ranks)
    for spot, ((source, target), chain) in enumerate(zip(arcs, ranks.chains, strict=True)):
        ends = (target, source) if spot in ranks.flipped else (source, target)
        assert (chain[0], chain[-1]) == ends
        assert all(rows[lower] == rows[upper] + 1 for upper, lower in pairwise(chain))
        assert (ranks.labels[spot] in chain[1:-1]) == bool(labels[spot])


def test_no_row_of_nodes_is_wider_than_the_limit() -> None:
    ranks = rank([120] * 30, [(0, node) for node in range(1, 30)], [0] * 29, 700)
    nodes = [[item for item in row if item < ranks.nodes] for row in ranks.rows]
    assert max(sum(120 + 28 for _ in row) - 28 for row in nodes) <= 700


def test_only_the_edge_that_closes_a_cycle_is_turned_round() -> None:
    assert rank([9] * 3, [(0, 1), (1, 2), (2, 0)], [0] * 3, 500).flipped == {2}


def test_crossings_that_a_walk_leaves_are_swept_away() -> None:
    arcs = [(6, 0), (4, 2), (5, 0), (4, 1), (7, 0), (5, 3), (7, 2)]
    ranks = rank([9] * 8, arcs, [0] * 7, 500)
    place = {item: spot for row in ranks.rows for spot, item in enumerate(row)}
    crossing = [
        (place[a] - place[c]) * (place[b] - place[d]) < 0
        for (a, b), (c, d) in combinations(arcs, 2)
    ]
    assert not any(crossing)


def test_an_order_without_crossings_is_found() -> None:
    ranks = rank([9] * 6, [(0, 5), (1, 4), (2, 3)], [0] * 3, 500)
    upper, lower = ranks.rows
    partner = {0: 5, 1: 4, 2: 3}
    assert [partner[item] for item in upper] == list(lower)
