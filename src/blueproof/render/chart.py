"""Before and after as pairs of bars: an SVG that stands alone, or in a page that sets its colours.

The drawing shrinks with the page while its letters grow against it, so that it can be read on a
phone; every measure below leaves room for the largest letters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from blueproof.core.blueprint import Bar, Chart
from blueproof.render.canvas import (
    EXACT_TO,
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

_BOLD = 1.15  # how much broader the letters of a name are
_LEGEND = 48
_NAME_STEP, _NAME_ROWS, _NAME_GAP = 30, 2, 9
_LEADING = 1.2  # from row to row of a name, in em: one step for the largest letters
_ROW, _THICK = 28, 22  # a bar with its figure beside it, and the bar alone
_SPACE = 20  # between one pair and the next
_AXIS = 32  # one line of words below the bars
_GAP = 10  # between a bar and its figure
_SHORTEST_TRACK = 240  # bars never get less than this, however long their figures are
_LOG_FROM = 50  # so many times apart, the smaller bar could not be seen on an even scale
_TICKS = 4
_STEPS = (1, 2, 5, 10)
_FAINTEST = 1e-12  # below it, and beyond `EXACT_TO`, a bar is drawn as if its value were here
_RULES = {
    ".bp-before": paint("fill", "head") + paint("stroke", "line") + "stroke-width:1.4",
    ".bp-after": paint("fill", "accent") + paint("stroke", "accent") + "stroke-width:1.4",
}


@dataclass(frozen=True, kw_only=True)
class _Scale:
    """Where a value ends on the track: from `low` at 0 to `high` at its length."""

    low: float
    high: float
    length: int
    log: bool

    def at(self, value: float) -> int:
        """How far along the track the value stands."""
        if self.log:
            return round(log10(value / self.low) / log10(self.high / self.low) * self.length)
        return round(value / self.high * self.length)


def render_chart(chart: Chart) -> str:
    """The chart drawn; the same chart always gives the same text."""
    title = plain(chart.title) or plain(chart.id) or "Chart"
    if not chart.bars:
        return nothing(title)
    unit = plain(chart.unit)
    scale = _scale(chart.bars, unit)
    names = [_wrapped(bar.label, size=LARGEST * _BOLD, rows=_NAME_ROWS) for bar in chart.bars]
    # Where the two bars of each pair begin, below its name.
    tops = [_LEGEND + len(names[0]) * _NAME_STEP]
    for name in names[1:]:
        tops.append(tops[-1] + 2 * _ROW + _SPACE + len(name) * _NAME_STEP)
    foot = tops[-1] + 2 * _ROW
    pairs = [
        line
        for bar, name, top in zip(chart.bars, names, tops, strict=True)
        for line in _pair(bar, name, top, scale, unit)
    ]
    height = foot + _AXIS * (1 + scale.log)
    parts = [*opening(title, _description(chart.bars, unit), height, _RULES), *_legend()]
    return "\n".join([*parts, *_axis(scale, unit, tops, foot), *pairs, "</svg>", ""])


def _wrapped(
    text: str, *, size: float = LARGEST, rows: int = 1, start: int = SIDE
) -> tuple[str, ...]:
    return wrap(text, size=size, width=WIDTH - SIDE - start, rows=rows)


def _description(bars: Iterable[Bar], unit: str) -> str:
    """The chart in words, for whoever does not see it."""
    pairs = (
        f"{plain(bar.label)}: {_figure(bar.before, unit)} before, {_figure(bar.after, unit)} after"
        for bar in bars
    )
    return "; ".join(pairs) + "."


def _scale(bars: Sequence[Bar], unit: str) -> _Scale:
    """As long as the longest figure allows, and logarithmic where an even scale would hide bars."""
    values = [value for bar in bars for value in (bar.before, bar.after)]
    widest = max(text_width(_figure(value, unit), LARGEST) for value in values)
    length = max(_SHORTEST_TRACK, floor(WIDTH - 2 * SIDE - _GAP - widest))
    drawn = [_drawn(value) for value in values if _drawn(value)]
    least, most = min(drawn, default=1), max(drawn, default=1)
    if most / least <= _LOG_FROM:
        return _Scale(low=0, high=most, length=length, log=False)
    # From a decade below the least, so that even the shortest bar has a length.
    low, high = 10.0 ** (ceil(log10(least)) - 1), 10.0 ** ceil(log10(most))
    return _Scale(low=low, high=high, length=length, log=True)


def _drawn(value: float) -> float:
    """The value that a bar stands for; 0 where there is none to draw."""
    if not isfinite(value) or value <= 0:
        return 0
    return min(max(value, _FAINTEST), EXACT_TO)


def _legend() -> list[str]:
    return [_swatch("before", SIDE, "Before"), _swatch("after", WIDTH // 4, "After")]


def _swatch(kind: str, x: int, word: str) -> str:
    return (
        f'<rect class="bp-{kind}" x="{x + 1}" y="9" width="16" height="16" rx="2"/>'
        f'<text class="bp-key" x="{x + 26}" y="17" dy=".35em">{word}</text>'
    )


def _axis(scale: _Scale, unit: str, tops: Sequence[int], foot: int) -> list[str]:
    """Lines to read the bars against, each with its number as far as there is room for it."""
    parts: list[str] = []
    free = 0.0
    for value in _ticks(scale):
        x, word = SIDE + scale.at(value), number(value)
        half = text_width(word, LARGEST) / 2
        middle = max(x, ceil(SIDE + half))
        parts.append(_line(x, tops, "grid" if parts else "base"))
        if middle - half >= free and middle + half <= WIDTH:
            anchor = ("middle", x) if middle == x else ("start", SIDE)
            parts.append(key(word, *anchor, foot + _AXIS // 2))
            free = middle + half + _GAP
    if scale.log:
        words = _wrapped(", ".join(filter(None, [unit, "log scale"])))
        parts.append(key(words[0], "start", SIDE, foot + _AXIS + _AXIS // 2))
    return parts


def _line(x: int, tops: Iterable[int], kind: str) -> str:
    """One line, seen only beside bars: it must not strike a name through."""
    over = (_ROW - _THICK) // 2
    pieces = (f"M{x} {top - over}v{2 * _ROW}" for top in tops)
    return f'<path class="bp-{kind}" d="{"".join(pieces)}"/>'


def _ticks(scale: _Scale) -> list[float]:
    if scale.log:
        decades = round(log10(scale.high / scale.low))
        step = ceil(decades / _TICKS)
        return [scale.low * 10.0**power for power in range(0, decades + 1, step)]
    rough = scale.high / _TICKS
    decade = 10.0 ** floor(log10(rough))
    even = next(step * decade for step in _STEPS if step * decade >= rough)
    return [count * even for count in range(floor(scale.high / even) + 1)]


def _pair(bar: Bar, name: Sequence[str], top: int, scale: _Scale, unit: str) -> list[str]:
    before, after = _figure(bar.before, unit), _figure(bar.after, unit)
    full = f"{plain(bar.label)}\nBefore: {before}\nAfter: {after}"
    return [
        f'<g class="bp-pair"><title>{escape(full)}</title>',
        *_name(name, top - _NAME_GAP),
        *_bar("before", top, scale, bar.before, before),
        *_bar("after", top + _ROW, scale, bar.after, after),
        "</g>",
    ]


def _name(rows: Sequence[str], y: int) -> list[str]:
    """The rows upwards from the last, their distance in em so that it keeps to the letters."""
    up = [f"-{_LEADING * (len(rows) - 1):g}em", *[f"{_LEADING}em"] * len(rows)]
    return [
        f'<text class="bp-name" y="{y}">'
        + "".join(
            f'<tspan x="{SIDE}" dy="{dy}">{escape(row)}</tspan>'
            for dy, row in zip(up, rows, strict=False)
        )
        + "</text>"
    ]


def _bar(kind: str, y: int, scale: _Scale, value: float, figure: str) -> list[str]:
    drawn = _drawn(value)
    length = max(1, scale.at(drawn)) if drawn else 0
    x = SIDE + length + _GAP
    words = _wrapped(figure, start=x)[0]
    shape = f'<rect class="bp-{kind}" x="{SIDE}" y="{y}" width="{length}" height="{_THICK}"/>'
    text = f'<text class="bp-value" x="{x}" y="{y + _THICK // 2}" dy=".35em">{escape(words)}</text>'
    return [shape, text] if length else [text]


def _figure(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()
