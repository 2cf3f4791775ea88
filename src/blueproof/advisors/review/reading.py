"""A plan in words as sentences of words, in which figures and signs are words of their own.

`<duration>`, `<digits>`, `<characters>`, `<percent>` and `<parties>` have a value; `<anywhere>` is
an open network, `<http>` an address without TLS, `<query>` a secret in an address, `<owner>` a
person or tenant in one, `<input>` what a request holds, `<weak>` a secret of one short word,
`<scheme>` an app's own scheme, `<star>` a wildcard.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from blueproof.facts.phrase import Word, words_of

_NUMBER = r"(?P<n>\d+(?:[.,]\d+)?|\b(?:an?|one|two|three|four|five|six|seven|eight|ten|twelve))"
_UNITS = {
    "s": 1, "sec": 1, "second": 1, "min": 60, "m": 60, "minute": 60, "h": 3600, "hr": 3600,
    "hour": 3600, "d": 86400, "day": 86400, "week": 604800, "wk": 604800, "month": 2592000,
    "year": 31536000, "yr": 31536000,
}  # fmt: skip
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "ten": 10, "twelve": 12,
}  # fmt: skip
_FIGURES = (
    ("digits", rf"\b{_NUMBER}[\s-]?(?:digits?|numerals?|numbers?(?= (?:\w+ )?(?:code|pin)))\b"),
    ("characters", rf"\b{_NUMBER}[\s-]?(?:characters?|chars?|letters?)\b"),
    ("parties", rf"\b{_NUMBER} (?:partner|external|third[- ]party|customer)s?"
                r"(?: (?:services?|apps?|companies|systems))?\b"),
    ("percent", rf"(?<![\w.]){_NUMBER} ?(?:%|percent\b)"),
    ("duration", rf"(?<![\w.]){_NUMBER}[\s-]?(?P<unit>(?<=\d)[smhd]|(?<=\d )[smhd]|secs?|seconds?"
                 r"|mins?|minutes?|hrs?|hours?|days?|weeks?|wks?|months?|yrs?|years?)\b(?!/)"),
)  # fmt: skip
_SIGNS = (
    ("anywhere", r"\b0\.0\.0\.0(?:/0)?|(?<!\w)::/0"),
    ("http", r"\bhttp://(?!localhost|127\.|10\.|192\.168|169\.254)"),
    ("query", r"[?&][\w-]*(?:token|key|secret|sig|auth|password|pass)[\w-]*="),
    ("scheme", r"\b(?!https?\b|wss?\b|postgres(?:ql)?\b|redis\b|mysql\b|mongodb\b|s3\b|mqtts?\b"
               r"|amqps?\b|file\b)[a-z][\w+.-]*://"),
    ("owner", r"[?&](?:user|tenant|dealer|customer|account|org|company|member|client)\w*="),
    ("weak", r"\bsecret (?:is |= ?|: ?)?[\"'\u201c][\w!]{1,14}[\"'\u201d]"),
    ("without", r"\bw/o\b"),
    ("input", r"\$_(?:GET|POST|REQUEST)\b|\breq\.(?:query|params|body)\b"),
    ("star", r"(?<![\w*])\*(?![\w*])|(?<=:)\*|(?<=\")\*(?=\")"),
)  # fmt: skip
_SPECIAL = tuple(
    (name, re.compile(pattern, re.IGNORECASE)) for name, pattern in (*_SIGNS, *_FIGURES)
)
_SENTENCE = re.compile(r"(?:[^.!?;\n]|[.!?;](?=[^\s]))+[.!?;]*")
_BOUND = re.compile(r"[,;:()\u2013\u2014]+(?!\d)|\s-+\s|\bbut\b|(?<=\w) (?:and|because|while) ")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure of the plan: its kind, its value (seconds for durations), and how it is written."""

    kind: str
    value: float
    said: str
    start: int


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A sentence of the plan: its words, the figures among them, and where its clauses are."""

    start: int
    end: int
    words: tuple[Word, ...]
    figures: tuple[Figure, ...]
    clauses: tuple[tuple[int, int], ...]

    def clause_of(self, position: int) -> int:
        """The number of the clause that this place of the text is in."""
        return sum(start <= position for start, _ in self.clauses) - 1


@lru_cache(maxsize=4)
def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a text, in order."""
    return tuple(
        _sentence(text, found.start(), found.end())
        for found in _SENTENCE.finditer(text)
        if found[0].strip()
    )


def _sentence(text: str, start: int, end: int) -> Sentence:
    words: list[Word] = []
    figures: list[Figure] = []
    begin = start
    for name, found in _specials(text, start, end):
        words += words_of(text[begin : found.start()], begin)
        lower = name if name == "without" else f"<{name}>"
        words.append(Word(lower=lower, start=found.start(), end=found.end()))
        if name in dict(_FIGURES):
            figures.append(_figure(name, found))
        begin = found.end()
    words += words_of(text[begin:end], begin)
    return Sentence(
        start=start,
        end=end,
        words=tuple(words),
        figures=tuple(figures),
        clauses=tuple(_clauses(text, start, end)),
    )


def _specials(text: str, start: int, end: int) -> Iterator[tuple[str, re.Match[str]]]:
    """The figures and signs in order; of two that overlap, the one that begins first."""
    found = sorted(
        ((name, hit) for name, pattern in _SPECIAL for hit in pattern.finditer(text, start, end)),
        key=lambda each: (each[1].start(), -each[1].end()),
    )
    reached = start
    for name, hit in found:
        if hit.start() >= reached:
            reached = hit.end()
            yield name, hit


def _figure(kind: str, found: re.Match[str]) -> Figure:
    number = found["n"].lower()
    value = float(_NUMBERS.get(number) or number.replace(",", "."))
    if kind == "duration":
        unit = found["unit"].lower()
        value *= _UNITS.get(unit) or _UNITS[unit.removesuffix("s")]
    return Figure(kind=kind, value=value, said=" ".join(found[0].split()), start=found.start())


def _clauses(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    begin = start
    for bound in _BOUND.finditer(text, start, end):
        if text[begin : bound.start()].strip():
            yield begin, bound.start()
        begin = bound.end()
    if text[begin:end].strip():
        yield begin, end
