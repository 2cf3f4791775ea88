"""What a layout promises, for any diagram."""

from itertools import combinations, pairwise
from random import Random
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.core.diagram import Diagram, Edge, Emphasis, Kind, Node
from blueproof.render.layout import MARGIN, PAGE_WIDTH, Box, Label, Layout, lay_out
from clock import least_seconds

CLEAR = 8
LABELS = st.one_of(
    st.just(""),
    st.text(max_size=12),
    st.sampled_from(
        ["customer_id", "注文を読み取るサービス", "x" * 300, "a very long label " * 12]
    ),
)


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    count = draw(st.integers(1, 40))
    names = [str(number) for number in range(count)]
    nodes = tuple(
        Node(
            id=name,
            label=draw(LABELS),
            kind=draw(st.sampled_from(get_args(Kind))),
            lines=tuple(draw(st.lists(LABELS, max_size=2))),
            emphasis=draw(st.sampled_from(get_args(Emphasis))),
        )
        for name in names
    )
    ends = st.sampled_from(names)
    edges = draw(
        st.lists(st.builds(Edge, source=ends, target=ends, label=LABELS), max_size=2 * count)
    )
    return Diagram(id="any", title="Any", nodes=nodes, edges=tuple(edges))


def random_diagram(seed: int, nodes: int, edges: int) -> Diagram:
    random = Random(seed)  # noqa: S311 -- a picture, not a secret
    kinds = get_args(Kind)
    return Diagram(
        id="random",
        title="Random",
        nodes=tuple(
            Node(id=str(n), label=f"customer service {n}", kind=kinds[n % len(kinds)])
            for n in range(nodes)
        ),
        edges=tuple(
            Edge(
                source=str(random.randrange(nodes)),
                target=str(random.randrange(nodes)),
                label=random.choice(["", "reads", "writes to"]),
            )
            for _ in range(edges)
        ),
    )


def apart(one: Box | Label, other: Box | Label) -> int:
    """How far apart two rectangles are on the axis that parts them best; negative if they meet."""
    across = max(other.x - one.x - one.width, one.x - other.x - other.width)
    along = max(other.y - one.y - one.height, one.y - other.y - other.height)
    return max(across, along)


def on_border(point: tuple[int, int], box: Box) -> bool:
    x, y = point[0] - box.x, point[1] - box.y
    within = 0 <= x <= box.width and 0 <= y <= box.height
    return within and (x in {0, box.width} or y in {0, box.height})


def crosses(a: tuple[int, int], b: tuple[int, int], box: Box | Label) -> bool:
    """Whether an upright or level stretch of an edge enters the inside of a rectangle."""
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    across = left < box.x + box.width and right > box.x
    return across and top < box.y + box.height and bottom > box.y


def assert_boxes_apart(layout: Layout) -> None:
    for one, other in combinations(layout.boxes, 2):
        assert apart(one, other) >= CLEAR


def assert_labels_apart(layout: Layout) -> None:
    for label in layout.labels:
        assert all(apart(label, box) >= 0 for box in layout.boxes)
    for one, other in combinations(layout.labels, 2):
        assert apart(one, other) >= 0


def assert_on_canvas(layout: Layout) -> None:
    things: list[Box | Label] = [*layout.boxes, *layout.labels]
    for thing in things:
        assert MARGIN <= thing.x <= layout.width - MARGIN - thing.width
        assert MARGIN <= thing.y <= layout.height - MARGIN - thing.height
    for path in layout.paths:
        assert all(0 < x < layout.width and 0 < y < layout.height for x, y in path.points)


def assert_edges_join(diagram: Diagram, layout: Layout) -> None:
    boxes = {box.node: box for box in layout.boxes}
    assert [path.edge for path in layout.paths] == list(range(len(diagram.edges)))
    for path, edge in zip(layout.paths, diagram.edges, strict=True):
        assert on_border(path.points[0], boxes[edge.source])
        assert on_border(path.points[-1], boxes[edge.target])


def assert_edges_clear(layout: Layout) -> None:
    for path in layout.paths:
        others: list[Box | Label] = [*layout.boxes]
        others += [label for label in layout.labels if label.edge != path.edge]
        for a, b in pairwise(path.points):
            assert a != b
            assert a[0] == b[0] or a[1] == b[1]
            assert not any(crosses(a, b, thing) for thing in others)


def hidden(layout: Layout, axis: int) -> int:
    """How often a stretch of one edge lies on a stretch of another; axis 1 asks of level ones."""
    along = 1 - axis
    legs = [
        (path.edge, a[axis], *sorted((a[along], b[along])))
        for path in layout.paths
        for a, b in pairwise(path.points)
        if a[axis] == b[axis]
    ]
    return sum(
        one[0] != other[0] and one[1] == other[1] and one[2] < other[3] and other[2] < one[3]
        for one, other in combinations(legs, 2)
    )


@settings(deadline=None, max_examples=100)
@given(diagrams())
def test_any_diagram_is_laid_out_without_collisions(diagram: Diagram) -> None:
    layout = lay_out(diagram)
    assert {box.node for box in layout.boxes} == {node.id for node in diagram.nodes}
    assert_boxes_apart(layout)
    assert_labels_apart(layout)
    assert_on_canvas(layout)
    assert_edges_join(diagram, layout)
    assert_edges_clear(layout)
    assert not hidden(layout, axis=1)


@pytest.mark.parametrize(
    ("nodes", "edges"), [(1, 80), (2, 80), (8, 12), (20, 30), (40, 39), (40, 80), (40, 160)]
)
def test_edges_keep_clear_however_many_there_are(nodes: int, edges: int) -> None:
    for seed in range(4):
        diagram = random_diagram(seed, nodes, edges)
        layout = lay_out(diagram)
        assert_boxes_apart(layout)
        assert_labels_apart(layout)
        assert_on_canvas(layout)
        assert_edges_join(diagram, layout)
        assert_edges_clear(layout)


def test_hardly_an_edge_hides_behind_another_even_in_a_thicket() -> None:
    layouts = [lay_out(random_diagram(seed, 40, 80)) for seed in range(5)]
    assert sum(hidden(layout, axis=1) for layout in layouts) == 0
    assert sum(hidden(layout, axis=0) for layout in layouts) <= 4  # of 400 edges


def test_edges_of_one_box_leave_it_at_different_points() -> None:
    both = (Edge(source="0", target="1"), Edge(source="1", target="0"))
    nodes = (Node(id="0", label="a"), Node(id="1", label="b"))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes, edges=both * 3))
    tips = [point for path in layout.paths for point in (path.points[0], path.points[-1])]
    assert len(set(tips)) == 12


def test_a_chain_is_drawn_as_one_straight_line() -> None:
    nodes = tuple(Node(id=str(n), label="step") for n in range(5))
    edges = tuple(Edge(source=str(n), target=str(n + 1), label="then") for n in range(4))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes, edges=edges))
    assert len({x for path in layout.paths for x, _ in path.points}) == 1
    assert [box.y for box in layout.boxes] == sorted({box.y for box in layout.boxes})


def test_a_planar_tree_is_drawn_without_crossings() -> None:
    nodes = tuple(Node(id=str(n), label=f"n{n}") for n in range(15))
    edges = tuple(Edge(source=str((n - 1) // 2), target=str(n)) for n in range(1, 15))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes, edges=edges))
    legs = [(p.edge, *leg) for p in layout.paths for leg in pairwise(p.points)]
    for (one, a, b), (other, c, d) in combinations(legs, 2):
        wall = Box(
            node="", x=min(c[0], d[0]), y=min(c[1], d[1]), width=abs(c[0] - d[0]),
            height=abs(c[1] - d[1]), head=(), lines=(),
        )  # fmt: skip
        assert one == other or not crosses(a, b, wall)


def test_thirty_unconnected_tables_fill_a_page_not_a_row() -> None:
    nodes = tuple(Node(id=str(n), label=f"table_{n}", kind="table") for n in range(30))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes))
    assert layout.width <= PAGE_WIDTH
    assert layout.width < 4 * layout.height
    assert len({box.x for box in layout.boxes}) > 3


def test_a_hub_with_many_leaves_wraps_its_row() -> None:
    nodes = tuple(Node(id=str(n), label=f"consumer {n}") for n in range(40))
    edges = tuple(Edge(source="0", target=str(n)) for n in range(1, 40))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes, edges=edges))
    assert layout.width <= PAGE_WIDTH
    assert len({box.y for box in layout.boxes}) > 3


def test_a_self_loop_returns_to_its_box_with_its_label_beside_it() -> None:
    edges = (Edge(source="0", target="0", label="parent_id"), Edge(source="0", target="0"))
    layout = lay_out(
        Diagram(id="d", title="d", nodes=(Node(id="0", label="category"),), edges=edges)
    )
    (box,), (label,) = layout.boxes, layout.labels
    assert all(
        path.points[0][0] == path.points[-1][0] == box.x + box.width for path in layout.paths
    )
    assert label.x >= max(x for x, _ in layout.paths[0].points)


def test_edges_point_down_unless_they_close_a_cycle() -> None:
    ring = tuple(Edge(source=str(n), target=str((n + 1) % 4)) for n in range(4))
    nodes = tuple(Node(id=str(n), label=f"n{n}") for n in range(4))
    layout = lay_out(Diagram(id="d", title="d", nodes=nodes, edges=ring))
    upward = [path.edge for path in layout.paths if path.points[0][1] > path.points[-1][1]]
    assert upward == [3]


def test_forty_nodes_and_eighty_edges_take_no_long_time() -> None:
    def seconds(seed: int) -> float:
        diagram = random_diagram(seed, 40, 80)
        return least_seconds(lambda: lay_out(diagram))

    assert max(seconds(seed) for seed in range(5)) < 1.2


def test_nothing_takes_only_its_margins() -> None:
    assert lay_out(Diagram(id="d", title="d", nodes=())) == Layout(
        width=2 * MARGIN, height=2 * MARGIN
    )
