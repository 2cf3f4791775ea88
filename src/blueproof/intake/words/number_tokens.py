"""The text as tokens for reading figures: words, figures, signs, and where a sentence ends."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "figure", "sign", "stop", "line", "other"]

# In this order: what only looks like a figure (addresses, dates, versions) is taken first. Every
# repetition that another alternative might start over again is bounded, so time stays linear.
_TOKEN = re.compile(
    r"""
      (?P<other> (?:[a-z][a-z0-9+]{0,15}://|www\.)\S+
        | [\w.+-]{1,64}@[\w-]{1,64}\.\w\S*
        | [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
        | [0-9]{4}-[0-9]{2}(?:-[0-9]{2}(?:[t ][0-9]{1,2}:[0-9]{2}\S*)?)?(?![\w,.]?[0-9])
        | [0-9]{1,2}[./][0-9]{1,2}[./](?:19|20)[0-9]{2}(?!\w)
        | [0-9]{1,2}/[0-9]{1,2}/[0-9]{2}(?!\w)
        | [0-9]{1,5}:[0-9]{1,5}(?::[0-9]{1,5})?(?:[ ]?[ap]\.?m\b)?
        | [0-9]{1,2}[ ]?[ap]m\b
        | [0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\.?[0-9])(?:/[0-9]+)?
        | v[0-9]+(?:\.[0-9]+)*
      )
    | (?P<word> [^\W\d]\w*(?:\.\w+)* )
    | (?P<figure> (?:[0-9]+(?:[.,'\u2019_][0-9]+)*|\.[0-9]+) ) (?P<tail> (?:e[+-]?[0-9]+)?\w* )
    | (?P<line> \n\s* )
    | (?P<stop> [.!?;]+(?=\s|$) )
    | (?P<sign> \S )
    """,
    re.VERBOSE | re.IGNORECASE,
)

_GOES_ON = re.compile(r"[\w$€£(\"'~](?![.)]|\s[-:\u2013])")
_WRAPPED = 50  # characters of a line that was wrapped, not ended


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """One token: what it is, as written and in lower case, its place, and if it touches the last.

    The tail of a figure is what is glued to it: "k" of "10k", "ms" of "200ms".
    """

    kind: Kind
    text: str
    lower: str
    start: int
    end: int
    glued: bool
    tail: str = ""

    @property
    def whole(self) -> str:
        """The token with its tail."""
        return self.text + self.tail


END = Token(kind="line", text="", lower="", start=0, end=0, glued=False)
Tokens = tuple[Token, ...]


def tokenize(text: str) -> Tokens:
    """The tokens in order."""
    found: list[Token] = []
    last = -1
    for match in _TOKEN.finditer(text):
        if match["line"] is None or _ends_line(text, match.start(), match.end()):
            found.append(_token(match, glued=match.start() == last))
        last = match.end()
    return tuple(found)


def _ends_line(text: str, start: int, end: int) -> bool:
    """Whether a line break ends something; where prose was wrapped, the sentence goes on."""
    if text.count("\n", start, end) > 1 or not _GOES_ON.match(text, end):
        return True
    before = text[max(start - _WRAPPED, 0) : start]
    if before.rstrip().endswith((".", "!", "?", ":", ";")):
        return True
    long = len(before) == _WRAPPED and "\n" not in before
    return not (long or text[end : end + 1].islower())


def _token(match: re.Match[str], *, glued: bool) -> Token:
    kind = "figure" if match["figure"] else match.lastgroup or "other"
    text = match["figure"] or match[0]
    return Token(
        kind=_KINDS[kind],
        text=text,
        lower=text.lower(),
        start=match.start(),
        end=match.end(),
        glued=glued,
        tail=match["tail"] or "",
    )


_KINDS: dict[str, Kind] = {
    "word": "word", "figure": "figure", "sign": "sign",
    "stop": "stop", "line": "line", "other": "other",
}  # fmt: skip


def at(tokens: Tokens, index: int) -> Token:
    """The token at this place, or an end of line where there is none."""
    return tokens[index] if 0 <= index < len(tokens) else END


def lower_at(tokens: Tokens, index: int) -> str:
    """The word or sign at this place in lower case; "" beyond the ends."""
    return tokens[index].lower if 0 <= index < len(tokens) else ""
