"""Where everything in a diagram stands, in whole pixels; how it looks is diagram.py's business.

Connected nodes are ranked (ranks.py), placed (placing.py) and routed (routing.py) as one block
each; blocks are packed on shelves, and nodes without edges stand in a grid below.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from blueproof.core.diagram import Diagram, Edge, Kind, Node
from blueproof.render.lettering import text_width, wrap
from blueproof.render.placing import PORT_GAP, PORT_INSET, Slot, place
from blueproof.render.ranks import Ranks, rank
from blueproof.render.routing import Point, route

PAGE_WIDTH = 1400  # what a wide browser window shows without scrolling
MARGIN = 24
LABEL_SIZE, LINE_SIZE, EDGE_SIZE = 13, 12, 12  # font sizes
LABEL_STEP, LINE_STEP, EDGE_STEP = 17, 17, 15  # from one row of text to the next
HEAD_PAD, LINE_PAD, SIDE_PAD = 10, 7, 12
ICON = 24  # an icon and the space after it
BADGE = 24  # a badge and the space before it
# What a kind's shape takes of its box: the lid of a store, the fold of a file, a queue's bars.
LID: dict[Kind, int] = {"store": 8}
TAIL: dict[Kind, int] = {"file": 12, "queue": 14}

_INNER = PAGE_WIDTH - 2 * MARGIN
_BOLD = 1.08  # semi-bold letters against regular ones
# Texts wrap, then are cut, beyond these.
_LABEL_WIDTH, _LINE_WIDTH, _EDGE_WIDTH = 230, 260, 150
_LEAST_WIDTH = 96
# A self-loop's reach, half its opening, and its share of the box's height.
_LOOP, _LOOP_HALF, _LOOP_BAND = 22, 7, 24
_LOOP_AIR = 4
_BLOCK_GAP, _GRID_GAP = 40, 24
_LINK_HALF = 5
_TRIES = (1.0, 0.75, 0.5)  # shares of the page given to boxes, the rest being left to edges
_ASPECT = 1.7  # width to height of a page that pleases


@dataclass(frozen=True, kw_only=True)
class Box:
    """A node's place, and its texts as they fit there."""

    node: str
    x: int
    y: int
    width: int
    height: int
    head: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Path:
    """The corners of an edge, named by its place in the diagram, from source to target."""

    edge: int
    points: tuple[Point, ...]


@dataclass(frozen=True, kw_only=True)
class Label:
    """An edge's label, as the rows of text that fit its place."""

    edge: int
    x: int
    y: int
    width: int
    height: int
    text: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A drawing without ink: boxes, paths and labels on a canvas of this size."""

    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    paths: tuple[Path, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """Nodes that edges join, with those edges and their places in the diagram."""

    nodes: tuple[Node, ...]
    arcs: tuple[tuple[int, Edge], ...]
    loops: tuple[tuple[int, Edge], ...]


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """A piece with its order and its columns settled, before rows have a depth."""

    ranks: Ranks
    slots: tuple[Slot, ...]
    xs: tuple[int, ...]
    ports: tuple[tuple[int, int], ...]

    @property
    def width(self) -> int:
        return max(x + slot.right for x, slot in zip(self.xs, self.slots, strict=True))


def lay_out(diagram: Diagram) -> Layout:
    """Give every node, edge and label of the diagram its place."""
    drawn = [_block(piece) for piece in _pieces(diagram)]
    joined = _shelves([block for block in drawn if len(block.boxes) > 1])
    alone = _grid([block for block in drawn if len(block.boxes) == 1], least=joined.width)
    if alone.boxes:
        alone = _moved(alone, 0, joined.height + _BLOCK_GAP if joined.boxes else 0)
    both = _moved(_union([joined, alone]), MARGIN, MARGIN)
    return replace(both, width=both.width + MARGIN, height=both.height + MARGIN)


def _pieces(diagram: Diagram) -> list[_Piece]:
    """The connected parts of the diagram, in the order of their first nodes."""
    group = {node.id: spot for spot, node in enumerate(diagram.nodes)}
    for edge in diagram.edges:
        one, other = sorted((group[edge.source], group[edge.target]))
        group = {node: one if spot == other else spot for node, spot in group.items()}
    edges = list(enumerate(diagram.edges))
    return [
        _Piece(
            nodes=tuple(node for node in diagram.nodes if group[node.id] == spot),
            arcs=tuple(
                (i, e) for i, e in edges if group[e.source] == spot and e.source != e.target
            ),
            loops=tuple(
                (i, e) for i, e in edges if group[e.source] == spot and e.source == e.target
            ),
        )
        for spot in sorted(set(group.values()))
    ]


def _block(piece: _Piece) -> Layout:
    """One piece in its own coordinates: the first try that fits the page, or the narrowest."""
    boxes = [_box(node, piece) for node in piece.nodes]
    reaches = [_reach(box.node, piece) for box in boxes]
    labels = [_label(i, e.label) for i, e in piece.arcs]
    ends = {node.id: number for number, node in enumerate(piece.nodes)}
    frames: list[_Frame] = []
    for share in _TRIES:
        ranks = rank(
            [box.width + reach for box, reach in zip(boxes, reaches, strict=True)],
            [(ends[e.source], ends[e.target]) for _, e in piece.arcs],
            [label.width if label else 0 for label in labels],
            int(_INNER * share),
        )
        slots = _slots(ranks, boxes, reaches, labels)
        xs, ports = place(ranks, slots, _INNER)
        frames.append(_Frame(ranks=ranks, slots=slots, xs=tuple(xs), ports=tuple(ports)))
        if frames[-1].width <= _INNER:
            break
    frame = min(frames, key=lambda frame: frame.width)
    return _drawn(frame, piece, boxes, labels)


def _box(node: Node, piece: _Piece) -> Box:
    """The node's box at the origin, big enough for its texts, its ports and its loops."""
    head = wrap(node.label or node.id, size=LABEL_SIZE * _BOLD, width=_LABEL_WIDTH, rows=2)
    lines = tuple(
        row for line in node.lines for row in wrap(line, size=LINE_SIZE, width=_LINE_WIDTH)
    )
    badge = BADGE if node.emphasis != "plain" else 0
    tail = TAIL.get(node.kind, 0)
    texts = [text_width(row, LABEL_SIZE * _BOLD) + ICON + badge for row in head]
    texts += [text_width(row, LINE_SIZE) for row in lines]
    sides = (
        sum(e.source == node.id for _, e in piece.arcs),
        sum(e.target == node.id for _, e in piece.arcs),
    )
    width = max(max(texts, default=0) + 2 * SIDE_PAD + tail, _LEAST_WIDTH)
    width = max(math.ceil(width), 2 * PORT_INSET + PORT_GAP * max(sides))
    bands = sum(band for _, _, band in _loops(node.id, piece))
    height = LID.get(node.kind, 0) + head_height(head)
    if lines:
        height = LID.get(node.kind, 0) + lines_top(node.kind, head)
        height += len(lines) * LINE_STEP + LINE_PAD
    return Box(
        node=node.id,
        x=0,
        y=0,
        width=width + width % 2,
        height=max(height, bands + 2 * HEAD_PAD),
        head=head,
        lines=lines,
    )


def head_height(head: Sequence[str]) -> int:
    """How high the part of a box is that holds its label."""
    return max(len(head), 1) * LABEL_STEP + 2 * HEAD_PAD


def lines_top(kind: Kind, head: Sequence[str]) -> int:
    """How far below its label's part a box's lines begin: a table's stand under a bar."""
    return head_height(head) + (LINE_PAD if kind == "table" else 2 - HEAD_PAD)


def _loops(node: str, piece: _Piece) -> list[tuple[int, Label | None, int]]:
    """The node's edges to itself: place in the diagram, label, and the height each takes."""
    labels = [(i, _label(i, e.label)) for i, e in piece.loops if e.source == node]
    return [(i, label, max(_LOOP_BAND, label.height + 4 if label else 0)) for i, label in labels]


def _reach(node: str, piece: _Piece) -> int:
    """How far the node's loops and their labels stand out of its right side."""
    widths = [label.width if label else 0 for _, label, _ in _loops(node, piece)]
    return max((_LOOP + (width + _LOOP_AIR if width else 0) for width in widths), default=0)


def _label(edge: int, text: str) -> Label | None:
    """The edge's label at the origin."""
    rows = wrap(text, size=EDGE_SIZE, width=_EDGE_WIDTH, rows=2)
    if not rows:
        return None
    width = math.ceil(max(text_width(row, EDGE_SIZE) for row in rows)) + 8
    return Label(
        edge=edge,
        x=0,
        y=0,
        width=width + width % 2,
        height=len(rows) * EDGE_STEP + 4,
        text=rows,
    )


def _slots(
    ranks: Ranks,
    boxes: Sequence[Box],
    reaches: Sequence[int],
    labels: Sequence[Label | None],
) -> tuple[Slot, ...]:
    """What every item of the ranks takes: boxes with their loops, labels, and bare links."""
    bare = Slot(left=_LINK_HALF, right=_LINK_HALF, height=0)
    slots = [bare] * sum(len(row) for row in ranks.rows)
    for spot, (box, reach) in enumerate(zip(boxes, reaches, strict=True)):
        half = box.width // 2
        slots[spot] = Slot(left=half, right=half + reach, height=box.height)
    for item, label in zip(ranks.labels, labels, strict=True):
        if item is not None and label:
            slots[item] = Slot(left=label.width // 2, right=label.width // 2, height=label.height)
    return tuple(slots)


def _drawn(
    frame: _Frame, piece: _Piece, boxes: Sequence[Box], labels: Sequence[Label | None]
) -> Layout:
    """The frame with its rows set apart by their channels, and every edge routed."""
    xs, ranks = frame.xs, frame.ranks
    routes = route(ranks, frame.slots, xs, frame.ports)
    top = {item: y for row, y in zip(ranks.rows, routes.tops, strict=True) for item in row}
    placed = [
        replace(box, x=xs[spot] - box.width // 2, y=top[spot]) for spot, box in enumerate(boxes)
    ]
    paths = [
        Path(edge=edge, points=points[::-1] if arc in ranks.flipped else points)
        for arc, ((edge, _), points) in enumerate(zip(piece.arcs, routes.paths, strict=True))
    ]
    beside = [
        replace(label, x=xs[item] - label.width // 2, y=top[item])
        for item, label in zip(ranks.labels, labels, strict=True)
        if item is not None and label
    ]
    for box in placed:
        for path, label in _looped(box, piece):
            paths.append(path)
            beside += [label] if label else []
    return Layout(
        width=frame.width,
        height=routes.height,
        boxes=tuple(placed),
        paths=tuple(paths),
        labels=tuple(beside),
    )


def _looped(box: Box, piece: _Piece) -> Iterator[tuple[Path, Label | None]]:
    """The box's edges to itself, one below the other at its right side."""
    border = box.x + box.width
    loops = _loops(box.node, piece)
    y = box.y + (box.height - sum(band for _, _, band in loops)) // 2
    for edge, label, band in loops:
        middle, far = y + band // 2, border + _LOOP
        high, low = middle - _LOOP_HALF, middle + _LOOP_HALF
        path = Path(edge=edge, points=((border, high), (far, high), (far, low), (border, low)))
        if label:
            label = replace(label, x=far + _LOOP_AIR, y=middle - label.height // 2)  # noqa: PLW2901 -- the same label, moved
        yield path, label
        y += band


def _shelves(blocks: Sequence[Layout]) -> Layout:
    """Blocks side by side, on as many shelves as the page's width asks for."""
    area = sum((block.width + _BLOCK_GAP) * (block.height + _BLOCK_GAP) for block in blocks)
    width = min(_INNER, math.isqrt(int(area * _ASPECT)))
    width = max([width, *(block.width for block in blocks)])
    moved: list[Layout] = []
    x = y = deepest = 0
    for block in blocks:
        if x and x + block.width > width:
            x, y, deepest = 0, y + deepest + _BLOCK_GAP, 0
        moved.append(_moved(block, x, y))
        x += block.width + _BLOCK_GAP
        deepest = max(deepest, block.height)
    return _union(moved)


def _grid(blocks: Sequence[Layout], least: int) -> Layout:
    """Single boxes in columns of one width, filling at least the width already in use."""
    if not blocks:
        return Layout(width=0, height=0)
    cell = max(block.width for block in blocks) + _GRID_GAP
    height = sum(block.height + _GRID_GAP for block in blocks)
    wanted = max(math.isqrt(int(cell * height * _ASPECT)), least)
    columns = max(1, min(wanted, _INNER) // cell)
    moved: list[Layout] = []
    y = 0
    for start in range(0, len(blocks), columns):
        row = blocks[start : start + columns]
        moved += [_moved(block, spot * cell, y) for spot, block in enumerate(row)]
        y += max(block.height for block in row) + _GRID_GAP
    return _union(moved)


def _moved(layout: Layout, dx: int, dy: int) -> Layout:
    return replace(
        layout,
        width=layout.width + dx,
        height=layout.height + dy,
        boxes=tuple(replace(box, x=box.x + dx, y=box.y + dy) for box in layout.boxes),
        paths=tuple(
            replace(path, points=tuple((x + dx, y + dy) for x, y in path.points))
            for path in layout.paths
        ),
        labels=tuple(replace(one, x=one.x + dx, y=one.y + dy) for one in layout.labels),
    )


def _union(layouts: Sequence[Layout]) -> Layout:
    """Layouts that are already where they belong, as one; paths in the order of their edges."""
    paths = [path for layout in layouts for path in layout.paths]
    return Layout(
        width=max((layout.width for layout in layouts), default=0),
        height=max((layout.height for layout in layouts), default=0),
        boxes=tuple(box for layout in layouts for box in layout.boxes),
        paths=tuple(sorted(paths, key=lambda path: path.edge)),
        labels=tuple(label for layout in layouts for label in layout.labels),
    )
