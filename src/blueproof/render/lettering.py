"""How wide a text is on paper when no font can be asked, and where it breaks."""

import unicodedata

_NARROW = frozenset("iljftrI.,:;'`|!()[]{}/\\ -\"")
_BROAD = frozenset("mwMW@%#&+=<>~_")
# Widths in em, from DejaVu Sans, the broadest face a viewer is likely to fall back on.
_NARROW_EM, _SMALL_EM, _CAPITAL_EM, _BROAD_EM, _IDEOGRAPH_EM, _OTHER_EM = (
    0.43,
    0.63,
    0.75,
    1,
    1.2,
    0.8,
)
_BREAK_AFTER = frozenset(" _-/.,:")
_ELLIPSIS = "…"


def plain(text: str) -> str:
    """The text on one line, without the control characters that XML cannot carry."""
    kept = "".join(char if _printable(char) else "\N{REPLACEMENT CHARACTER}" for char in text)
    return " ".join(kept.split())


def text_width(text: str, size: float) -> float:
    """A generous estimate, in pixels, of a text set in a sans-serif face of this size."""
    return size * sum(_em(char) for char in text)


def wrap(text: str, *, size: float, width: float, rows: int = 1) -> tuple[str, ...]:
    """The text in at most so many rows of this width; what does not fit ends in an ellipsis."""
    rest = plain(text)
    taken: list[str] = []
    while rest and len(taken) < rows - 1 and text_width(rest, size) > width:
        cut = _cut(rest, size, width)
        taken.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if text_width(rest, size) > width:
        rest = rest[: _fitting(rest, size, width - size * _IDEOGRAPH_EM)].rstrip() + _ELLIPSIS
    return (*taken, rest) if rest else tuple(taken)


def _cut(text: str, size: float, width: float) -> int:
    fitting = _fitting(text, size, width)
    for end in range(fitting, fitting // 2, -1):
        if text[end - 1] in _BREAK_AFTER or text[end] == " ":
            return end
    return fitting


def _fitting(text: str, size: float, width: float) -> int:
    used = 0.0
    for count, char in enumerate(text):
        used += size * _em(char)
        if used > width:
            return max(count, 1)
    return len(text)


def _em(char: str) -> float:
    if char in _NARROW:
        return _NARROW_EM
    if char in _BROAD:
        return _BROAD_EM
    if char.isascii():
        return _CAPITAL_EM if char.isupper() else _SMALL_EM
    if unicodedata.combining(char):
        return 0
    return _IDEOGRAPH_EM if unicodedata.east_asian_width(char) in "WF" else _OTHER_EM


def _printable(char: str) -> bool:
    """Whether XML 1.0 lets the character stand, and a reader would see or feel it."""
    if char in "\t\n\r":
        return True
    return unicodedata.category(char) not in {"Cc", "Cs"} and ord(char) & 0xFFFE != 0xFFFE  # noqa: PLR2004 -- the two non-characters that end each Unicode plane
