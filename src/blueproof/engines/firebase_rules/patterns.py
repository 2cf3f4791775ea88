r"""Regular expressions: the part that RE2, which the vendor runs, and Python's re read alike.

Anything else is refused, never guessed at: look-around and back references, which RE2 has not,
and what the two would read differently. \\d, \\w, \\s and \\b mean ASCII, as in RE2.
"""

import re
from functools import lru_cache

from blueproof.engines.firebase_rules.errors import UndecidedError

# What is read alike, piece by piece. A class holds no bracket and no doubled sign, which POSIX
# classes and set operations would need.
_PIECE = re.compile(
    r"""(?P<space>\\[sS])
    |\\[dDwWbBnrtf]|\\[^A-Za-z0-9\s]
    |(?P<class>\[\^?(?:\\[dDwWsnrtf]|\\[^A-Za-z0-9\s]|(?!&&|--|\|\||~~)[^\[\]\\])+\])
    |\(\?:|\((?!\?)|[)|.^]
    |(?P<end>\$)
    |(?:[*+?]|\{(?P<least>\d+)(?:,(?P<most>\d*))?\})\??(?![*+?{])
    |[^\\()|.^$*+?{}\[\]]""",
    re.VERBOSE,
)
_BLANKS = r"\t\n\f\r "  # RE2's \s; Python's has one more
_MOST_REPEATS = 1000  # RE2 refuses more
_ANY_CASE = "(?i)"


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern for Python. Raises UndecidedError if RE2 may read it differently."""
    any_case = pattern.startswith(_ANY_CASE)
    text = pattern.removeprefix(_ANY_CASE)
    pieces, at = list[str](), 0
    while at < len(text):
        found = _PIECE.match(text, at)
        if not found:
            raise UndecidedError(
                f"the pattern {pattern!r} is not evaluated here from {text[at:]!r}"
            )
        pieces.append(_for_python(found))
        at = found.end()
    flags = re.ASCII | (re.IGNORECASE if any_case else re.NOFLAG)
    try:
        return re.compile("".join(pieces), flags)
    except (re.error, OverflowError, RecursionError) as error:
        raise UndecidedError(f"the pattern {pattern!r} cannot be read: {error}") from None


def _for_python(piece: re.Match[str]) -> str:
    """A piece in Python's words: `$` would also match before a last newline."""
    for count in (piece["least"], piece["most"]):
        if count and int(count) > _MOST_REPEATS:
            raise UndecidedError(f"a pattern that repeats {count} times is not evaluated here")
    if piece["end"]:
        return r"\Z"
    if piece["space"]:
        return f"[{_BLANKS}]" if piece["space"] == r"\s" else f"[^{_BLANKS}]"
    if piece["class"]:
        return re.sub(r"\\(.)", lambda found: _in_class(found[1]), piece[0], flags=re.DOTALL)
    return piece[0]


def _in_class(escaped: str) -> str:
    return _BLANKS if escaped == "s" else f"\\{escaped}"


def _fit(text: str, pattern: str) -> re.Pattern[str]:
    if pattern.startswith(_ANY_CASE) and not (text.isascii() and pattern.isascii()):
        raise UndecidedError("letters of any case beyond ASCII are not compared here")
    return compiled(pattern)


def matches(text: str, pattern: str) -> bool:
    """Whether the pattern matches the whole text."""
    return _fit(text, pattern).fullmatch(text) is not None


def split(text: str, pattern: str) -> list[str]:
    """The text cut where the pattern matches, without empty pieces at its end."""
    pieces, at = [], 0
    for found in _fit(text, pattern).finditer(text) if text else ():
        if found.start() == found.end() and pattern:
            raise UndecidedError("what split does with an empty match is not documented")
        pieces.append(text[at : found.start()])
        at = found.end()
    pieces.append(text[at:])
    while len(pieces) > 1 and not pieces[-1]:
        pieces.pop()
    return pieces


def replace(text: str, pattern: str, substitute: str) -> str:
    """The text with every match replaced. Raises UndecidedError where engines differ."""
    if "\\" in substitute or "$" in substitute:
        raise UndecidedError("what \\ and $ mean in the second text of replace is not documented")
    return _fit(text, pattern).sub(lambda _found: substitute, text)
