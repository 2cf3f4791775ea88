"""Several drawings on one page: they share its colours and do not disturb each other."""

import re
from importlib.resources import files
from itertools import combinations, pairwise
from typing import get_args

from blueproof.core.blueprint import Bar, Chart
from blueproof.core.diagram import Diagram, Edge, Emphasis, Kind, Node
from blueproof.render.blocks import Page, Picture, Section
from blueproof.render.chart import render_chart
from blueproof.render.diagram import render_svg
from blueproof.render.html import render_html


def diagram() -> str:
    nodes = tuple(
        Node(id=kind + mood, label=kind, kind=kind, lines=("a",), emphasis=mood)
        for kind in get_args(Kind)
        for mood in get_args(Emphasis)
    )
    edges = tuple(Edge(source=a.id, target=b.id, label="x") for a, b in pairwise(nodes))
    return render_svg(Diagram(id="d", title="d", nodes=nodes, edges=edges))


def chart() -> str:
    bars = (Bar(label="a", before=1000, after=1),)
    return render_chart(Chart(id="c", title="c", unit="ms", bars=bars))


def classes(svg: str) -> set[str]:
    ruled = re.findall(r"\.([a-z-]+)", "".join(re.findall("<style>(.*)</style>", svg)))
    return {*ruled, *" ".join(re.findall(r'class="([^"]*)"', svg)).split()}


def page_style() -> str:
    return files("blueproof.render").joinpath("style.css").read_text(encoding="utf-8")


def test_no_drawing_has_ids_that_another_could_share() -> None:
    assert not re.search(r'\sid="|href|url\(', diagram() + chart())


def test_the_rules_of_one_drawing_do_not_reach_another_or_the_page() -> None:
    own = set(re.findall(r"\.([a-z][a-z-]*)", page_style())) - {"bp-diagram", "bp-chart"}
    for one, two in combinations((classes(diagram()), classes(chart()), own), 2):
        assert not one & two


def test_a_page_gives_each_colour_as_the_drawings_have_it_by_themselves() -> None:
    light, dark = (
        dict(re.findall(r"--bp-(\w+): (#\w{6});", part))
        for part in re.findall(r":root \{(.*?)\}", page_style(), re.DOTALL)
    )
    for svg in (diagram(), chart()):
        asked = re.findall(r"var\(--bp-(\w+),(#\w{6})\)", svg)
        for name, value in asked:
            assert value in (light[name], dark[name])
        assert {name for name, value in asked if value == light[name]} == {n for n, _ in asked}
        assert {name for name, value in asked if value == dark[name]} == {n for n, _ in asked}


def test_a_page_holds_its_drawings_as_they_are() -> None:
    pictures = tuple(Picture(svg=svg, path="p", caption="c") for svg in (diagram(), chart()))
    section = Section(id="s", title="s", blocks=pictures)
    html = render_html(Page(title="t", lead="l", sections=(section,)))
    assert diagram().strip() in html
    assert chart().strip() in html
