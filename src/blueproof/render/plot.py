"""Lines over a load, with marks: an SVG that stands alone, or in a page that sets its colours.

The load runs on a logarithmic axis, the other on an even one where that shows every line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10

from blueproof.core.plot import Mark, Plot, Point, Series
from blueproof.render.canvas import (
    LARGEST,
    SIDE,
    WIDTH,
    key,
    nothing,
    number,
    opening,
    paint,
)
from blueproof.render.escaping import escape
from blueproof.render.lettering import plain, text_width, wrap

_LEGEND_ROW, _PLOT_HEIGHT, _AXIS_ROW = 34, 320, 36
_GAP = 10
_TICKS = 4
_STEPS = (1, 2, 2.5, 5, 10)
_LOG_FROM = 20  # so many times apart, most of the lines would lie on the axis
_FAINTEST = 1e-6
_DOT = 6
_SHAPES = ("", "9 6", "2 6")  # a line is told by its dashes, too, not by its colour alone
_WORDS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
_RULES = {
    ".bp-line0": "fill:none;" + paint("stroke", "accent") + "stroke-width:3",
    ".bp-line1": "fill:none;" + paint("stroke", "ink") + "stroke-width:3",
    ".bp-line2": "fill:none;" + paint("stroke", "muted") + "stroke-width:3",
    ".bp-dot": paint("fill", "paper") + paint("stroke", "ink") + "stroke-width:2.4",
    ".bp-drop": paint("stroke", "line") + "stroke-width:1.2;stroke-dasharray:3 4",
}


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """Values from `low` to `high` laid on the paper from `begin` to `end`."""

    low: float
    high: float
    begin: float
    end: float
    log: bool

    def at(self, value: float) -> float:
        """Where a value lies; what is outside lies on the edge."""
        held = min(max(value, self.low), self.high)
        if self.log:
            share = log10(held / self.low) / log10(self.high / self.low)
        else:
            share = (held - self.low) / (self.high - self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    def ticks(self) -> list[float]:
        """The values that are written beside the axis."""
        if self.log:
            first, last = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
            step = max(1, ceil((last - first) / _TICKS))
            return [10.0**power for power in range(first, last + 1, step)]
        even = _even(self.high)
        return [even * count for count in range(floor(self.high / even + 1e-9) + 1)]


def render_plot(plot: Plot) -> str:
    """The plot drawn; the same plot always gives the same text."""
    title = plain(plot.title) or plain(plot.id) or "Plot"
    points = [point for series in plot.series for point in series.points if point[0] > 0]
    if len({x for x, _ in points}) <= 1:  # a line needs two points
        return nothing(title)
    rows = len(plot.series) + len(plot.marks)
    top = rows * _LEGEND_ROW + _AXIS_ROW
    foot = top + _PLOT_HEIGHT
    y_axis = _vertical(points, top, foot)
    left = SIDE + max(text_width(number(t), LARGEST) for t in y_axis.ticks()) + _GAP
    x_axis = _Axis(
        low=min(x for x, _ in points), high=max(x for x, _ in points),
        begin=left, end=WIDTH - 2 * LARGEST, log=True,
    )  # fmt: skip
    height = foot + 2 * _AXIS_ROW
    parts = [
        *opening(title, _description(plot), height, _RULES),
        *_legend(plot),
        *_grid(x_axis, y_axis, plot),
        *(_line(n, series, x_axis, y_axis) for n, series in enumerate(plot.series)),
        *(_mark(n, mark, x_axis, y_axis) for n, mark in enumerate(plot.marks, start=1)),
    ]
    return "\n".join([*parts, "</svg>", ""])


def _description(plot: Plot) -> str:
    """The plot in words, for whoever does not see it."""
    ends = [
        f"{plain(s.label)}: {number(s.points[0][1])} at {short(s.points[0][0])}, "
        f"{number(s.points[-1][1])} at {short(s.points[-1][0])} {plot.x_unit}"
        for s in plot.series
        if s.points
    ]
    return "; ".join([*ends, *(plain(m.label) for m in plot.marks)]) + "."


def short(value: float) -> str:
    """A load as people write it on an axis.

    >>> short(2_500_000)
    '2.5M'
    """
    for size, word in _WORDS:
        if value >= size:
            return f"{value / size:.3g}{word}"
    return f"{value:.3g}"


def _vertical(points: Sequence[Point], top: float, foot: float) -> _Axis:
    most = max(y for _, y in points)
    # What is nothing beside the greatest lies on the axis.
    least = min((y for _, y in points if y > most * _FAINTEST), default=most)
    if most > 0 and most / least > _LOG_FROM:
        low, high = 10.0 ** floor(log10(least)), 10.0 ** ceil(log10(most))
        return _Axis(low=low, high=high, begin=foot, end=top, log=True)
    even = _even(max(most, 1.0))
    return _Axis(low=0, high=even * ceil(most / even or 1), begin=foot, end=top, log=False)


def _even(most: float) -> float:
    """A round step that goes a few times into the greatest value."""
    rough = most / _TICKS
    decade = 10.0 ** floor(log10(rough))
    return next(step * decade for step in _STEPS if step * decade >= rough * (1 - 1e-9))


def _legend(plot: Plot) -> list[str]:
    """Each line and each mark in words, above the plot: nothing is written across a line."""
    parts = []
    for row, series in enumerate(plot.series):
        y = _LEGEND_ROW * row + _LEGEND_ROW // 2
        parts += [_stroke(row, f"M{SIDE} {y}h44"), _words(series.label, y)]
    for row, mark in enumerate(plot.marks, start=1):
        y = _LEGEND_ROW * (len(plot.series) + row - 1) + _LEGEND_ROW // 2
        parts += [*_dot(row, SIDE + 22, y), _words(mark.label, y)]
    return parts


def _words(text: str, y: float) -> str:
    fitted = wrap(plain(text), size=LARGEST, width=WIDTH - SIDE - 60)[0]
    return f'<text class="bp-value" x="{SIDE + 56}" y="{y}" dy=".35em">{escape(fitted)}</text>'


def _grid(x_axis: _Axis, y_axis: _Axis, plot: Plot) -> list[str]:
    parts = []
    for value in y_axis.ticks():
        y = y_axis.at(value)
        kind = "grid" if y != y_axis.begin else "base"
        parts.append(f'<path class="bp-{kind}" d="M{x_axis.begin:g} {y:g}H{x_axis.end:g}"/>')
        parts.append(key(number(value), "end", x_axis.begin - _GAP, y))
    for value in x_axis.ticks():
        x = x_axis.at(value)
        parts.append(f'<path class="bp-grid" d="M{x:g} {y_axis.begin:g}V{y_axis.end:g}"/>')
        parts.append(key(short(value), "middle", x, y_axis.begin + _AXIS_ROW // 2))
    below = y_axis.begin + _AXIS_ROW + _AXIS_ROW // 2
    parts.append(key(plain(plot.x_unit), "end", x_axis.end, below))
    parts.append(key(plain(plot.y_unit), "start", SIDE, y_axis.end - _AXIS_ROW // 2))
    return parts


def _line(number_: int, series: Series, x_axis: _Axis, y_axis: _Axis) -> str:
    places = [(x_axis.at(x), y_axis.at(y)) for x, y in series.points if x > 0]
    begin = f"M{places[0][0]:g} {places[0][1]:g}" if places else "M0 0"
    steps = "".join(f"L{x:g} {y:g}" for _, (x, y) in pairwise(places))
    return _stroke(number_, begin + steps)


def _stroke(number_: int, path: str) -> str:
    kind = number_ % len(_SHAPES)
    dashes = f' stroke-dasharray="{_SHAPES[kind]}"' if _SHAPES[kind] else ""
    return f'<path class="bp-line{kind}"{dashes} d="{path}"/>'


def _mark(number_: int, mark: Mark, x_axis: _Axis, y_axis: _Axis) -> str:
    x, y = x_axis.at(mark.at[0]), y_axis.at(mark.at[1])
    drop = f'<path class="bp-drop" d="M{x:g} {y:g}V{y_axis.begin:g}"/>'
    title = f"<title>{escape(plain(mark.label))}</title>"
    return "\n".join([f"<g>{title}{drop}", *_dot(number_, x, y), "</g>"])


def _dot(number_: int, x: float, y: float) -> list[str]:
    """A ring, filled for the first mark, so that two marks are told apart."""
    inner = f'<circle class="bp-value" cx="{x:g}" cy="{y:g}" r="3"/>' if number_ == 1 else ""
    return [f'<circle class="bp-dot" cx="{x:g}" cy="{y:g}" r="{_DOT}"/>{inner}']
