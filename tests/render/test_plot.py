"""A plot shows every line and mark, on the paper, and says them in words."""

import re
import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from blueproof.core.plot import Mark, Plot, Series
from blueproof.render.plot import render_plot

RISING = Series(label="A & B", points=((1e4, 5.0), (1e6, 40.0), (1e8, 900.0)))
FLAT = Series(label="C", points=((1e4, 70.0), (1e6, 70.0), (1e8, 300.0)))
MARK = Mark(at=(1e6, 40.0), label="you: 1M, $40")
PLOT = Plot(id="p", title="Bills", x_unit="requests", y_unit="$", series=(RISING, FLAT),
            marks=(MARK,))  # fmt: skip
NUMBERS = re.compile(r"[ML](-?[\d.]+) (-?[\d.]+)")


def test_lines_marks_and_words_are_there() -> None:
    drawn = render_plot(PLOT)
    root = ET.fromstring(drawn)  # noqa: S314 (our own text)
    assert drawn.count('class="bp-line0"') == drawn.count('class="bp-line1"') == 2  # legend, line
    texts = {t.text for t in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"A & B", "C", "you: 1M, $40", "requests", "$", "10k", "1M", "100M"} <= texts
    assert "A &amp; B: 5 at 10k, 900 at 100M requests" in drawn


def test_a_line_that_costs_more_lies_higher() -> None:
    drawn = render_plot(PLOT)
    lines = [p for p in re.findall(r' d="(M[^"]+)"', drawn) if p.count("L") == 2]
    first, second = ([float(y) for _, y in NUMBERS.findall(line)] for line in lines)
    assert first[0] > second[0]  # cheaper at first: further down
    assert first[-1] < second[-1]


def test_one_point_is_no_line() -> None:
    alone = Series(label="A", points=((1e4, 5.0),))
    drawn = render_plot(Plot(id="p", title="T", x_unit="x", y_unit="y", series=(alone,)))
    assert "There is nothing to show." in drawn


AMOUNTS = st.floats(min_value=0, max_value=1e9, allow_nan=False)
LOADS = st.floats(min_value=1, max_value=1e12, allow_nan=False)


@given(st.lists(st.tuples(LOADS, AMOUNTS), min_size=2, max_size=9, unique_by=lambda p: p[0]))
def test_every_point_lies_on_the_paper(points: list[tuple[float, float]]) -> None:
    series = Series(label="A", points=tuple(sorted(points)))
    drawn = render_plot(Plot(id="p", title="T", x_unit="x", y_unit="y", series=(series,)))
    ET.fromstring(drawn)  # noqa: S314 (our own text)
    height = int(re.search(r'height="(\d+)"', drawn)[1])  # type: ignore[index]
    for x, y in NUMBERS.findall(drawn):
        assert 0 <= float(x) <= 720
        assert 0 <= float(y) <= height
