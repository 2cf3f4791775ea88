"""What a reader gets: bars as long as their values, every figure in words, nothing cut unseen."""

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blueproof.core.blueprint import Bar, Chart
from blueproof.render.chart import render_chart
from blueproof.render.lettering import text_width

SVG = "{http://www.w3.org/2000/svg}"
VALUES = st.one_of(st.floats(), st.integers(0, 10**7).map(float))
WORDS = st.one_of(st.text(max_size=80), st.sampled_from(["<script>", "a & b", "\x00", "\ud800"]))


def chart(*bars: Bar, unit: str = "ms") -> Chart:
    return Chart(id="c", title="Time", unit=unit, bars=bars)


def bar(before: float, after: float, label: str = "orders") -> Bar:
    return Bar(label=label, before=before, after=after)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 -- our own output, with no entities


def words(svg: str, kind: str = "") -> list[str]:
    texts = parsed(svg).iter(f"{SVG}text")
    return ["".join(t.itertext()) for t in texts if kind in ("", t.get("class"))]


def lengths(svg: str) -> list[int]:
    """How long the bars are, without the two squares of the legend."""
    shapes = [s for s in parsed(svg).iter(f"{SVG}rect") if s.get("rx") is None]
    return [int(s.get("width", "")) for s in shapes if s.get("class") != "bp-sheet"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.builds(Bar, label=WORDS, before=VALUES, after=VALUES), max_size=6), WORDS)
def test_any_chart_is_well_formed_and_stays_on_its_paper(bars: list[Bar], unit: str) -> None:
    svg = render_chart(chart(*bars, unit=unit))
    assert svg == render_chart(chart(*bars, unit=unit))
    root = parsed(svg)
    assert svg.encode()
    height = float(root.get("height", ""))
    assert len(words(svg, "bp-value")) == 2 * len(bars)
    for part in root.iter():
        assert 0 <= float(part.get("x", 0)) < 720
        assert 0 <= float(part.get("y", 0)) <= height
        assert float(part.get("x", 0)) + float(part.get("width", 0)) <= 720


def test_bars_are_as_long_as_their_values() -> None:
    one, two, three, four = lengths(render_chart(chart(bar(1000, 500), bar(250, 1000))))
    assert one == four
    assert abs(one - 2 * two) <= 1
    assert abs(one - 4 * three) <= 2


def test_figures_carry_separators_and_unit() -> None:
    svg = render_chart(chart(bar(1234567, 48219.371), bar(12.5, 0.00341)))
    assert words(svg, "bp-value") == ["1,234,567 ms", "48,219.37 ms", "12.50 ms", "0.0034 ms"]


def test_values_far_apart_get_a_log_scale_that_says_so() -> None:
    svg = render_chart(chart(bar(51, 1)))
    assert "ms, log scale" in words(svg, "bp-key")
    long, short = lengths(svg)
    assert long < 10 * short
    assert "log scale" not in render_chart(chart(bar(50, 1)))


def test_a_decade_is_the_same_length_everywhere_on_a_log_scale() -> None:
    hundreds, tens, ones, _ = lengths(render_chart(chart(bar(100, 10), bar(1, 100))))
    assert abs((hundreds - tens) - (tens - ones)) <= 1


def test_zero_has_a_figure_and_no_bar() -> None:
    svg = render_chart(chart(bar(0, 40)))
    assert len(lengths(svg)) == 1
    assert words(svg, "bp-value") == ["0 ms", "40 ms"]
    assert lengths(render_chart(chart(bar(0, 0)))) == []
    assert "log scale" not in svg


def test_the_least_value_can_still_be_seen() -> None:
    assert min(lengths(render_chart(chart(bar(1, 100000))))) > 40


def test_a_value_that_is_no_number_is_unknown() -> None:
    svg = render_chart(chart(bar(float("nan"), float("inf"))))
    assert words(svg, "bp-value") == ["unknown ms", "unknown ms"]


def test_equal_values_get_equal_bars() -> None:
    before, after = lengths(render_chart(chart(bar(7, 7))))
    assert before == after


def test_a_label_that_is_cut_can_still_be_read_whole() -> None:
    long = "customer_relationship_management_synchronisation_worker_for_the_european_region_2"
    svg = render_chart(chart(bar(1, 2, label=long)))
    assert words(svg, "bp-name")[0].endswith("…")
    assert any((t.text or "").startswith(f"{long}\n") for t in parsed(svg).iter(f"{SVG}title"))


def test_the_chart_is_told_in_words() -> None:
    description = parsed(render_chart(chart(bar(1200, 3)))).findtext(f"{SVG}desc")
    assert description == "orders: 1,200 ms before, 3 ms after."


def test_no_bars_say_that_there_is_nothing_to_show() -> None:
    assert words(render_chart(chart())) == ["There is nothing to show."]


@pytest.mark.parametrize("value", [0.3, 7.0, 999.0, 1_000_001.0, 8e13])
def test_the_numbers_of_the_axis_do_not_touch_in_their_largest_letters(value: float) -> None:
    svg = render_chart(chart(bar(value, value / 2)))
    marks = [t for t in parsed(svg).iter(f"{SVG}text") if t.get("text-anchor")]
    end = 0.0
    for mark in marks:
        width = text_width(mark.text or "", 25)
        start = int(mark.get("x", "")) - (width / 2 if mark.get("text-anchor") == "middle" else 0)
        assert start > end
        end = start + width
    assert end <= 720
    assert len(marks) > 1
    assert marks[0].text == "0"


def test_letters_grow_where_the_paper_is_small() -> None:
    sizes = re.findall(r"max-width:(\d+)px\){\.bp-chart{font-size:(\d+)px", render_chart(chart()))
    assert sizes == [("640", "19"), ("440", "25")]
