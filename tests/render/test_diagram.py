"""What a reader gets: an SVG that is valid, safe, the same every time, and says it twice."""

import re
import subprocess
import sys
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.core.diagram import Diagram, Edge, Emphasis, Kind, Node
from blueproof.render.diagram import render_svg

SVG = "{http://www.w3.org/2000/svg}"
AWKWARD = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["<script>", "a & b", "\x00\x1b", "]]>", "\ud800", "\uffff", "👩‍👩‍👧", "' \" `"]
    ),
)


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    names = [str(number) for number in range(draw(st.integers(0, 12)))]
    nodes = tuple(
        Node(
            id=name,
            label=draw(AWKWARD),
            kind=draw(st.sampled_from(get_args(Kind))),
            lines=tuple(draw(st.lists(AWKWARD, max_size=3))),
            emphasis=draw(st.sampled_from(get_args(Emphasis))),
        )
        for name in names
    )
    if not names:
        return Diagram(id="none", title=draw(AWKWARD), nodes=())
    edge = st.builds(
        Edge, source=st.sampled_from(names), target=st.sampled_from(names), label=AWKWARD
    )
    edges = tuple(draw(st.lists(edge, max_size=20)))
    return Diagram(id="any", title=draw(AWKWARD), nodes=nodes, edges=edges)


def one(node: Node) -> Diagram:
    return Diagram(id="one", title="One", nodes=(node,))


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own output, with no entities


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(svg).iter(f"{SVG}text")]


@settings(deadline=None, max_examples=60)
@given(diagrams())
def test_any_diagram_is_well_formed_and_draws_every_node_and_edge(diagram: Diagram) -> None:
    svg = render_svg(diagram)
    assert svg == render_svg(diagram)
    root = parsed(svg)
    assert svg.encode("utf-8")
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title") is not None
    assert root.find(f"{SVG}desc") is not None
    assert not {child.tag for child in root.iter()} & {f"{SVG}script", f"{SVG}image", f"{SVG}a"}
    classes = [name for child in root.iter() for name in child.get("class", "").split()]
    assert classes.count("bp-node") == len(diagram.nodes)
    assert classes.count("bp-edge") == len(diagram.edges)
    assert all(name.startswith("bp-") for name in classes)


@settings(deadline=None, max_examples=60)
@given(diagrams())
def test_no_text_stands_outside_the_canvas(diagram: Diagram) -> None:
    root = parsed(render_svg(diagram))
    width, height = (float(number) for number in root.get("viewBox", "").split()[2:])
    for text in root.iter():
        if text.tag in {f"{SVG}text", f"{SVG}tspan"} and text.get("x"):
            assert 0 < float(text.get("x", "")) < width
            assert 0 < float(text.get("y", "")) < height


def test_the_output_is_the_same_whatever_the_hash_seed() -> None:
    program = (
        "from blueproof.core.diagram import Diagram, Edge, Node\n"
        "from blueproof.render.diagram import render_svg\n"
        "ns = tuple(Node(id=f'n{i}', label=f'n{i}', emphasis='added') for i in range(12))\n"
        "es = tuple(Edge(source=f'n{i}', target=f'n{i * 5 % 12}', label='x') for i in range(12))\n"
        "print(render_svg(Diagram(id='d', title='d', nodes=ns, edges=es)))\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_nothing_outside_is_asked_for() -> None:
    nodes = tuple(Node(id=kind, label=kind, kind=kind) for kind in get_args(Kind))
    svg = render_svg(Diagram(id="d", title="d", nodes=nodes))
    assert re.findall(r"https?://[^\"]+", svg) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"href|url\(|@import|<script|\bon\w+=", svg)


def test_text_cannot_become_markup() -> None:
    svg = render_svg(one(Node(id="x", label="<script>alert(1)</script>", lines=("a<b & c",))))
    assert "<script" not in svg
    assert "a<b & c" in words(svg)


def test_the_kinds_are_drawn_differently() -> None:
    drawn = {
        re.sub(r'class="bp-node[^"]*"', "", render_svg(one(Node(id="x", label="x", kind=kind))))
        for kind in get_args(Kind)
    }
    assert len(drawn) == len(get_args(Kind))


@pytest.mark.parametrize(("emphasis", "sign"), [("added", "+"), ("changed", "~"), ("removed", "−")])  # noqa: RUF001 -- the true minus is what is drawn
def test_emphasis_shows_without_colour(emphasis: Emphasis, sign: str) -> None:
    svg = render_svg(one(Node(id="x", label="orders", emphasis=emphasis)))
    assert sign in words(svg)
    assert f"orders ({emphasis})" in (parsed(svg).findtext(f"{SVG}desc") or "")
    assert sign not in words(render_svg(one(Node(id="x", label="orders"))))


def test_lines_follow_the_label() -> None:
    svg = render_svg(one(Node(id="x", label="orders", kind="table", lines=("id bigint", "total"))))
    assert words(svg) == ["orders", "id bigint", "total"]


def test_a_text_that_is_cut_can_still_be_read_whole() -> None:
    long = "customer_relationship_management_synchronisation_worker_for_the_european_region_2"
    svg = render_svg(one(Node(id="x", label=long)))
    assert any(text.endswith("…") for text in words(svg))
    assert long in [title.text for title in parsed(svg).iter(f"{SVG}title")]


def test_colours_come_from_the_page_and_have_a_dark_side() -> None:
    svg = render_svg(one(Node(id="x", label="x")))
    light, dark = svg.split("@media (prefers-color-scheme:dark)")
    for name in ("ink", "paper", "line", "added", "changed", "removed"):
        found = re.search(rf"--_{name}:var\(--bp-{name},(#\w+)\)", light)
        other = re.search(rf"--_{name}:var\(--bp-{name},(#\w+)\)", dark)
        assert found
        assert other
        assert found[1] != other[1]


def test_an_empty_diagram_says_that_there_is_nothing() -> None:
    svg = render_svg(Diagram(id="d", title="Tables", nodes=()))
    assert words(svg) == ["There is nothing to show."]
    assert parsed(svg).findtext(f"{SVG}title") == "Tables"
