"""How much of a table one tenant, customer or device has: "the biggest tenant has 3.2M of 40M"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FIGURE = r"\d[\d,]*(?:\.\d+)?"
_UNIT = r"(?:k|m|mio|b|bn|thousand|million|billion)(?![a-z])"
_SAYS = re.compile(
    r"\b(?P<which>(?:single )?(?:biggest|largest|busiest|heaviest|hottest|big|large|huge|top)"
    r"|one|single)(?: single| big| large| huge)? (?P<who>[a-z]{3,}?)(?: (?:alone|by itself"
    r"|\w{1,12}))?\s+(?:has|have|holds?|owns?|with|got|accounts? for|makes? up)\s+"
    r"(?:about |around |roughly |nearly |over |almost |some |~ ?)*"
    r"(?:(?P<percent>\d{1,2}(?:\.\d+)?) ?(?:%|percent\b)"
    r"|(?P<word>half|(?:a|one) third|two thirds|(?:a|one) quarter|three quarters|(?:a|one) fifth"
    r"|(?:a|one) tenth)\b"
    rf"|(?P<n>{_FIGURE})(?: ?(?P<u>{_UNIT}))?"
    r"(?:\s+(?:\w+ )?(?:out )?of (?:the |all |our |its |those |about )*"
    rf"(?P<m>{_FIGURE})(?: ?(?P<v>{_UNIT}))?)?)",
    re.IGNORECASE,
)
# "biggest tenant 2.1M", "largest customer: 300k": a superlative needs no verb.
_BARE = re.compile(
    r"\b(?P<which>biggest|largest|busiest|heaviest) (?P<who>[a-z]{3,}?)\s*[:=(]?\s*"
    rf"(?:is |about |around |~ ?)*(?P<n>{_FIGURE})(?: ?(?P<u>{_UNIT}))?"
    r"(?! ?(?:%|ms\b|s\b|[gmk]i?b\b|times\b|x\b))",
    re.IGNORECASE,
)
_UNITS = {"k": 1e3, "t": 1e3, "m": 1e6, "b": 1e9}
_WORDS = {
    "half": 1 / 2, "third": 1 / 3, "thirds": 2 / 3, "quarter": 1 / 4, "quarters": 3 / 4,
    "fifth": 1 / 5, "tenth": 1 / 10,
}  # fmt: skip
_LEAST = 1_000  # fewer rows of one are no share that anybody tells
_NO_OWNER = frozenset("table query index row page database server column partition of".split())


@dataclass(frozen=True, kw_only=True)
class OnePart:
    """What one of many has: `who` it is, its `share` of all or its `rows`, 0 where not told.

    `span` is where the rows stand in the text, `quote` all the words.
    """

    who: str
    share: float
    rows: int
    span: tuple[int, int]
    quote: str

    def of(self, total: int) -> float:
        """Its share of so many rows; 0 where it cannot be one."""
        share = self.share or (self.rows / total if total else 0.0)
        return share if 0 < share < 1 else 0.0


def one_parts(text: str) -> Iterator[OnePart]:
    """What the words tell of the largest, or of one that stands out.

    >>> next(one_parts("the biggest tenant has 3.2M of 40M orders")).share
    0.08
    """
    for found in _SAYS.finditer(text):
        who = found["who"].lower()
        rows = _number(found["n"], found["u"]) if found["n"] else 0
        whole = _number(found["m"], found["v"]) if found["m"] else 0
        share = float(found["percent"] or 0) / 100
        if found["word"]:
            share = _WORDS[found["word"].split()[-1].lower()]
        if whole > rows > 0:
            share = rows / whole
        if who not in _NO_OWNER and (share or rows >= _LEAST):
            yield OnePart(
                who=who, share=share, rows=rows, span=found.span("n"), quote=found[0].strip()
            )
    for found in _BARE.finditer(text):
        who, rows = found["who"].lower(), _number(found["n"], found["u"])
        if who not in _NO_OWNER and rows >= _LEAST:
            yield OnePart(
                who=who, share=0.0, rows=rows, span=found.span("n"), quote=found[0].strip()
            )


def _number(figure: str, unit: str | None) -> int:
    return round(float(figure.replace(",", "")) * (_UNITS[unit[0].lower()] if unit else 1))
