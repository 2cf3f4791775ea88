"""The sheet that charts and plots are drawn on: size, colours, letters, numbers.

A drawing shrinks with the page while its letters grow against it, so that it can be read on a
phone; whatever is measured leaves room for the largest letters.
"""

from collections.abc import Mapping
from math import isfinite

from blueproof.render.escaping import escape, quoteattr

# The colours of `diagram.py`, and the accent of the page: a change is not good by being new.
_COLOURS = (
    ("ink", "#1c2733", "#e6ebf1"),
    ("muted", "#52606d", "#a3b0be"),
    ("paper", "#ffffff", "#10161d"),
    ("head", "#e3e9f0", "#2a3644"),
    ("line", "#6b7a8a", "#7f8fa0"),
    ("accent", "#1d5bb8", "#7db0ff"),
)
_FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif"
WIDTH, SIDE = 720, 4
# The size of letters on paper of this width or less; the first one on all that is broader.
SIZE = 15
_SIZES = ((640, 19), (440, 25))
LARGEST = 25
EXACT_TO = 1e15  # beyond it a number is written with its power of ten
_HUNDREDTH = 0.01


def opening(title: str, description: str, height: int, rules: Mapping[str, str]) -> list[str]:
    """The lines that begin a drawing; `rules` are styles beside those that all have."""
    canvas = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
    names = f'class="bp-chart" role="img" aria-label={quoteattr(title)}'
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" {names} {canvas}>',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(description)}</desc>",
        f"<style>{_style(rules)}</style>",
        f'<rect class="bp-sheet" width="{WIDTH}" height="{height}"/>',
    ]


def nothing(title: str) -> str:
    """The drawing of nothing."""
    words = "There is nothing to show."
    text = f'<text class="bp-key" x="{SIDE}" y="44">{words}</text>'
    return "\n".join([*opening(title, words, 80, {}), text, "</svg>", ""])


def paint(what: str, name: str) -> str:
    """A colour twice: as it is, for viewers that know no custom properties, then as one."""
    value = {name: value for name, value, _ in _COLOURS}
    return f"{what}:{value[name]};{what}:var(--_{name});"


def _style(more: Mapping[str, str]) -> str:
    light = "".join(f"--_{name}:var(--bp-{name},{value});" for name, value, _ in _COLOURS)
    dark = "".join(f"--_{name}:var(--bp-{name},{value});" for name, _, value in _COLOURS)
    rules = {
        ".bp-chart": f"{light}max-width:100%;height:auto;font-family:{_FONT};"
        f"font-size:{SIZE}px;font-variant-numeric:tabular-nums",
        ".bp-sheet": paint("fill", "paper"),
        ".bp-name": paint("fill", "ink") + "font-weight:600",
        ".bp-value": paint("fill", "ink"),
        ".bp-key": paint("fill", "muted"),
        **more,
        ".bp-grid": paint("stroke", "head") + "stroke-width:1.2",
        ".bp-base": paint("stroke", "line") + "stroke-width:1.4",
    }
    text = "".join(f"{selector}{{{body}}}" for selector, body in rules.items())
    grown = "".join(
        f"@media (max-width:{width}px){{.bp-chart{{font-size:{size}px}}}}" for width, size in _SIZES
    )
    return f"{text}{grown}@media (prefers-color-scheme:dark){{.bp-chart{{{dark}}}}}"


def key(word: str, anchor: str, x: float, y: float) -> str:
    """A small word at a place."""
    place = f'x="{x:g}" y="{y:g}" dy=".35em" text-anchor="{anchor}"'
    return f'<text class="bp-key" {place}>{escape(word)}</text>'


def number(value: float) -> str:
    """The number as people write it: two decimals, more only where they would all be noughts."""
    if not isfinite(value):
        return "unknown"
    if abs(value) >= EXACT_TO:
        return f"{value:.3g}"
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if abs(value) >= _HUNDREDTH else f"{value:.2g}"
