"""A diagram as an SVG file that stands alone, or inside a page that sets its colours.

Nothing is loaded and nothing runs: shapes, one style element, and text that was escaped. A page
that holds the drawing overrides a colour by setting its `--bp-...` property on any element around.
"""

from collections.abc import Sequence
from math import dist, sqrt

from blueproof.core.diagram import Diagram, Edge, Emphasis, Kind, Node
from blueproof.render import layout as sheet
from blueproof.render.escaping import escape, quoteattr
from blueproof.render.layout import Box, Label, Path, lay_out
from blueproof.render.lettering import plain
from blueproof.render.routing import Point

# Each colour with its value on light and on dark paper; text reaches a contrast of 4.5 to 1.
_COLOURS = (
    ("ink", "#1c2733", "#e6ebf1"),
    ("muted", "#52606d", "#a3b0be"),
    ("paper", "#ffffff", "#10161d"),
    ("panel", "#f4f6f9", "#1a232d"),
    ("head", "#e3e9f0", "#2a3644"),
    ("line", "#6b7a8a", "#7f8fa0"),
    ("added", "#1a7f37", "#4cc267"),
    ("changed", "#9a5b00", "#e0a33c"),
    ("removed", "#c22f2f", "#ff7b72"),
)
_BADGES: dict[Emphasis, str] = {"added": "+", "changed": "~", "removed": "\N{MINUS SIGN}"}
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"
_ROUND = 7  # the radius of an edge's corners
_HEAD_LENGTH, _HEAD_HALF = 9, 4  # an arrow's head
_CORNER, _CUT = 7, 8
_BADGE_RADIUS = 8
# Strokes of 16 by 16 pixels, told apart at a glance without reading.
_ICONS: dict[Kind, str] = {
    "table": "M1.5 2.5h13v11h-13zM1.5 6.2h13M1.5 9.8h13M6 6.2v7.3",
    "service": "M8 1.2l5.9 3.4v6.8L8 14.8l-5.9-3.4V4.6zM8 8v6.8M8 8l5.9-3.4M8 8L2.1 4.6",
    "store": "M2.5 4v8c0 1.5 2.5 2.5 5.5 2.5s5.5-1 5.5-2.5V4M2.5 4c0 1.5 2.5 2.5 5.5 2.5S13.5 5.5 "
    "13.5 4 11 1.5 8 1.5 2.5 2.5 2.5 4M2.5 8c0 1.5 2.5 2.5 5.5 2.5s5.5-1 5.5-2.5",
    "queue": "M1.5 4.5h4v7h-4zM7.5 4.5h3v7h-3zM12.5 4.5h2v7h-2z",
    "person": "M8 7.6a3.1 3.1 0 1 0 0-6.2 3.1 3.1 0 0 0 0 6.2zM1.8 14.6c.5-3.4 2.9-5 6.2-5s5.7 1.6 "
    "6.2 5z",
    "file": "M3 1.5h6.5L13 5v9.5H3zM9.5 1.5V5H13M5.3 8.5h5.4M5.3 11.3h5.4",
    "step": "M1.5 3h8.5l4.5 5-4.5 5H1.5l3.5-5z",
}


def render_svg(diagram: Diagram) -> str:
    """The diagram drawn; the same diagram always gives the same text."""
    title = plain(diagram.title) or plain(diagram.id) or "Diagram"
    if not diagram.nodes:
        return _nothing(title)
    layout = lay_out(diagram)
    nodes = {node.id: node for node in diagram.nodes}
    boxes = {box.node: box for box in layout.boxes}
    parts = [
        *_opening(
            title,
            _description(diagram),
            layout.width,
            layout.height,
            hot=any(node.emphasis == "hot" for node in diagram.nodes),
        ),
        '<g class="bp-edges">',
        *(_edge(path, diagram.edges[path.edge], nodes, boxes) for path in layout.paths),
        "</g>",
        *(_label(label, diagram.edges[label.edge].label) for label in layout.labels),
        *(line for box in layout.boxes for line in _node(nodes[box.node], box)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _nothing(title: str) -> str:
    words = "There is nothing to show."
    text = f'<text class="bp-line" x="120" y="44" text-anchor="middle">{words}</text>'
    return "\n".join([*_opening(title, words, 240, 80), text, "</svg>", ""])


def _opening(
    title: str, description: str, width: int, height: int, *, hot: bool = False
) -> list[str]:
    canvas = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    names = f'class="bp-diagram" role="img" aria-label={quoteattr(title)}'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {names} {canvas}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(description)}</desc>",
        f"<style>{_style(hot=hot)}</style>",
        f'<rect class="bp-ground" width="{width}" height="{height}"/>',
    ]


def _description(diagram: Diagram) -> str:
    """The diagram in words, for whoever does not see it."""
    names = {node.id: plain(node.label) or plain(node.id) for node in diagram.nodes}
    nodes = [
        names[node.id] + (f" ({node.emphasis})" if node.emphasis != "plain" else "")
        for node in diagram.nodes
    ]
    edges = [
        f"{names[edge.source]} to {names[edge.target]}"
        + (f": {plain(edge.label)}" if plain(edge.label) else "")
        for edge in diagram.edges
    ]
    return f"Nodes: {', '.join(nodes)}." + (f" Edges: {'; '.join(edges)}." if edges else "")


def _style(*, hot: bool) -> str:
    """Every colour twice: as it is, for viewers that know no custom properties, then as one."""
    light = "".join(f"--_{name}:var(--bp-{name},{value});" for name, value, _ in _COLOURS)
    dark = "".join(f"--_{name}:var(--bp-{name},{value});" for name, _, value in _COLOURS)
    value = {name: value for name, value, _ in _COLOURS}

    def paint(fill: str, stroke: str) -> str:
        both = (("fill", fill), ("stroke", stroke))
        return "".join(
            f"{what}:{value[name]};{what}:var(--_{name});" if name else f"{what}:none;"
            for what, name in both
        )

    rules = {
        ".bp-diagram": f"{light}max-width:100%;height:auto;font-family:{_FONT}",
        ".bp-ground": paint("paper", ""),
        ".bp-box": paint("panel", "line") + "stroke-width:1.4",
        ".bp-head": paint("head", ""),
        ".bp-rule": paint("", "line") + "stroke-width:1.2",
        ".bp-icon": paint("", "muted") + "stroke-width:1.3;stroke-linejoin:round",
        ".bp-label": paint("ink", "") + f"font-size:{sheet.LABEL_SIZE}px;font-weight:600",
        ".bp-line": paint("muted", "") + f"font-size:{sheet.LINE_SIZE}px",
        ".bp-edge": paint("", "line") + "stroke-width:1.4",
        ".bp-tip": paint("line", ""),
        ".bp-tag": paint("paper", "") + "fill-opacity:.92",
        ".bp-text": paint("ink", "") + f"font-size:{sheet.EDGE_SIZE}px",
        ".bp-sign": paint("paper", "") + "font-size:14px;font-weight:700",
        ".bp-added .bp-box": paint("panel", "added") + "stroke-width:2.4",
        ".bp-changed .bp-box": paint("panel", "changed") + "stroke-width:2;stroke-dasharray:8 3",
        ".bp-removed .bp-box": paint("panel", "removed") + "stroke-width:2;stroke-dasharray:2 3",
        ".bp-removed .bp-label": "text-decoration:line-through",
        ".bp-edge.bp-added": paint("", "added") + "stroke-width:2",
        ".bp-edge.bp-removed": paint("", "removed") + "stroke-dasharray:2 3",
        ".bp-tip.bp-added": paint("added", ""),
        ".bp-tip.bp-removed": paint("removed", ""),
        ".bp-badge-added": paint("added", ""),
        ".bp-badge-changed": paint("changed", ""),
        ".bp-badge-removed": paint("removed", ""),
    }
    if hot:  # what only pictures of plans have
        rules |= {
            ".bp-hot .bp-box": paint("panel", "removed") + "stroke-width:2.6",
            ".bp-edge.bp-hot": paint("", "removed") + "stroke-width:2.6",
            ".bp-tip.bp-hot": paint("removed", ""),
        }
    text = "".join(f"{selector}{{{body}}}" for selector, body in rules.items())
    return f"{text}@media (prefers-color-scheme:dark){{.bp-diagram{{{dark}}}}}"


def _edge(path: Path, edge: Edge, nodes: dict[str, Node], boxes: dict[str, Box]) -> str:
    ends = (nodes[edge.source], nodes[edge.target])
    points = list(path.points)
    points[0] = _on_shape(points[0], ends[0], boxes)
    points[-1] = _on_shape(points[-1], ends[1], boxes)
    # An edge has no emphasis of its own: it goes, or comes, with the nodes it joins.
    found = {node.emphasis for node in ends} & {"added", "removed"}
    hot = all(node.emphasis == "hot" for node in ends)
    mood = " bp-removed" if "removed" in found else " bp-added" if found else ""
    mood = mood or (" bp-hot" if hot else "")
    words = f"{plain(ends[0].label)} \N{RIGHTWARDS ARROW} {plain(ends[1].label)}"
    return (
        f"<g><title>{escape(words)}</title>"
        f'<path class="bp-edge{mood}" d="{_line(points)}"/>'
        f'<path class="bp-tip{mood}" d="{_tip(points[-2], points[-1])}"/></g>'
    )


def _on_shape(point: Point, node: Node, boxes: dict[str, Box]) -> Point:
    """The point moved from the box's straight border to the curve that a store has instead."""
    box = boxes[node.id]
    if node.kind != "store" or not box.x < point[0] < box.x + box.width:
        return point
    lid = sheet.LID["store"]
    off = (point[0] - box.x - box.width / 2) / (box.width / 2)
    sag = round(lid * (1 - sqrt(1 - off * off)))
    return (point[0], point[1] + sag if point[1] == box.y else point[1] - sag)


def _line(points: Sequence[Point]) -> str:
    """The corners joined, each one rounded as far as its sides allow."""
    parts = [f"M{points[0][0]} {points[0][1]}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, dist(before, corner) / 2, dist(corner, after) / 2)
        into, out = _toward(corner, before, radius), _toward(corner, after, radius)
        parts.append(f"L{into}Q{corner[0]} {corner[1]} {out}")
    end = _toward(points[-1], points[-2], _HEAD_LENGTH - 1)
    return "".join([*parts, f"L{end}"])


def _toward(start: Point, goal: Point, far: float) -> str:
    share = far / (dist(start, goal) or 1)
    x, y = (round(a + (b - a) * share, 1) for a, b in zip(start, goal, strict=True))
    return f"{x:g} {y:g}"


def _tip(before: Point, end: Point) -> str:
    length = dist(before, end) or 1
    along = ((end[0] - before[0]) / length, (end[1] - before[1]) / length)
    base = (end[0] - along[0] * _HEAD_LENGTH, end[1] - along[1] * _HEAD_LENGTH)
    wings = [
        f"L{base[0] - along[1] * half:g} {base[1] + along[0] * half:g}"
        for half in (_HEAD_HALF, -_HEAD_HALF)
    ]
    return f"M{end[0]} {end[1]}{''.join(wings)}Z"


def _label(label: Label, full: str) -> str:
    middle = label.x + label.width // 2
    rows = "".join(
        f'<tspan x="{middle}" y="{label.y + 13 + row * sheet.EDGE_STEP}">{escape(text)}</tspan>'
        for row, text in enumerate(label.text)
    )
    return (
        f'<g><title>{escape(plain(full))}</title><rect class="bp-tag" x="{label.x}" y="{label.y}" '
        f'width="{label.width}" height="{label.height}" rx="3"/>'
        f'<text class="bp-text" text-anchor="middle">{rows}</text></g>'
    )


def _node(node: Node, box: Box) -> list[str]:
    x, y = box.x + sheet.SIDE_PAD, box.y + sheet.LID.get(node.kind, 0) + sheet.HEAD_PAD
    lines_y = y - sheet.HEAD_PAD + sheet.lines_top(node.kind, box.head)
    texts = [
        f'<text class="bp-label" x="{x + sheet.ICON}" y="{y + 13 + row * sheet.LABEL_STEP}">'
        f"{escape(text)}</text>"
        for row, text in enumerate(box.head)
    ]
    texts += [
        f'<text class="bp-line" x="{x}" y="{lines_y + 12 + row * sheet.LINE_STEP}">'
        f"{escape(text)}</text>"
        for row, text in enumerate(box.lines)
    ]
    full = "\n".join(plain(text) for text in (node.label, *node.lines))
    return [
        f'<g class="bp-node bp-{node.kind} bp-{node.emphasis}"><title>{escape(full)}</title>',
        *_shape(node.kind, box),
        f'<path class="bp-icon" transform="translate({x} {y})" d="{_ICONS[node.kind]}"/>',
        *texts,
        *_badge(node, box, y),
        "</g>",
    ]


def _badge(node: Node, box: Box, y: int) -> list[str]:
    sign = _BADGES.get(node.emphasis)
    if sign is None:
        return []
    x = box.x + box.width - sheet.TAIL.get(node.kind, 0) - sheet.SIDE_PAD - _BADGE_RADIUS
    middle = y + _BADGE_RADIUS
    return [
        f'<circle class="bp-badge-{node.emphasis}" cx="{x}" cy="{middle}" r="{_BADGE_RADIUS}"/>',
        f'<text class="bp-sign" x="{x}" y="{middle + 5}" text-anchor="middle">{sign}</text>',
    ]


def _shape(kind: Kind, box: Box) -> list[str]:
    """The outline that tells the kind, within the box."""
    x, y, w, h = box.x, box.y, box.width, box.height
    if kind == "table":
        return _table(box)
    if kind == "store":
        rx, ry = w / 2, sheet.LID["store"]
        lid = f"M{x} {y + ry}a{rx:g} {ry} 0 0 0 {w} 0"
        body = f"M{x} {y + ry}a{rx:g} {ry} 0 0 1 {w} 0v{h - 2 * ry}a{rx:g} {ry} 0 0 1 {-w} 0z"
        return [_outline(body), _rule(lid)]
    if kind == "file":
        fold = sheet.TAIL["file"]
        body = f"M{x} {y}h{w - fold}l{fold} {fold}v{h - fold}h{-w}z"
        return [_outline(body), _rule(f"M{x + w - fold} {y}v{fold}h{fold}")]
    if kind == "step":
        inner = (w - 2 * _CUT, h - 2 * _CUT)
        body = (
            f"M{x + _CUT} {y}h{inner[0]}l{_CUT} {_CUT}v{inner[1]}l{-_CUT} {_CUT}h{-inner[0]}"
            f"l{-_CUT} {-_CUT}v{-inner[1]}z"
        )
        return [_outline(body)]
    if kind == "queue":
        bars = "".join(f"M{x + w - off} {y}v{h}" for off in (6, 12))
        return [_rectangle(box, 2), _rule(bars)]
    return [_rectangle(box, 16 if kind == "person" else _CORNER)]


def _table(box: Box) -> list[str]:
    """A sheet with its name in a bar, which is all of it where there are no lines."""
    bar = sheet.head_height(box.head) if box.lines else box.height
    bottom = box.y + bar
    inner = f"M{box.x + 1} {box.y + 1}h{box.width - 2}v{bar - 2}h{2 - box.width}z"
    return [
        _rectangle(box, 2),
        f'<path class="bp-head" d="{inner}"/>',
        *([_rule(f"M{box.x} {bottom}h{box.width}")] if box.lines else []),
    ]


def _rectangle(box: Box, radius: int) -> str:
    return (
        f'<rect class="bp-box" x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" '
        f'rx="{radius}"/>'
    )


def _outline(path: str) -> str:
    return f'<path class="bp-box" d="{path}"/>'


def _rule(path: str) -> str:
    return f'<path class="bp-rule" d="{path}"/>'
