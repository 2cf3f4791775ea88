"""What words wish of a query beside its tables: how fresh, how many of its rows, in what order."""

import re
from dataclasses import replace

from blueproof.advisors.known.reproduction.reproduction import Sketch
from blueproof.facts.pattern import LatePattern

_MOST_OF_THEM = LatePattern(
    r"\b(?:(?:traverses?|reads?|returns?|matches|wants?|needs?|takes?|for|of|over"
    r"|enqueues?[^.?!]{0,20})\s+"
    r"(?:nearly|almost)\s+(?:the\s+(?:entire|whole)|all|every)|(?:for|returns?|matches"
    r"|qualif\w+) most"
    r"(?:\s+of\s+(?:the|its))?\s+(?:rows|records|entries))",
    re.IGNORECASE,
)
# That a figure may not be one of some minutes ago.
_FRESH = LatePattern(
    r"\b(?:real[- ]?time|up[- ]to[- ]date|live (?:figures?|numbers?|counts?|totals?)|(?:not"
    r"|never|n't) be "
    r"stale|must be (?:fresh|current|exact)|refresh\w*[^.?!]{0,40}\b(?:is|are) (?:out|no option)"
    r"|(?:see|sees|shows?|show up|appears?|reflected|visible)[^.?!]{0,40}\b(?:at once"
    r"|immediately|instantly"
    r"|right away|go up)|constant[- ]time|made? constant"
    r"|no (?:stale|delayed) (?:data|figures?|numbers?))\b",
    re.IGNORECASE,
)
_SPILLS = LatePattern(r"\bexternal (?:merge|sort)\b[^.?!]{0,20}\bDisk: *\d", re.IGNORECASE)
_PREPARED = LatePattern(
    r"\b(?:as|with|by|via|using|through) (?:an? |the )?(?:bind |bound |query )?"
    r"(?:parameters?|variables?)\b"
    r"|\bprepared?(?:d| statements?)\b|\bparameteri[sz]ed\b|\bbind (?:variables?|parameters?)\b",
    re.IGNORECASE,
)
_BY_HAND = LatePattern(
    r"\b(?:typed|psql|pgadmin|dbeaver|by hand|hard-?coded|inlined?|literals?|console|pasted)\b",
    re.IGNORECASE,
)
# Of all that come only the first are read: "reads only the first 1000 rows (setMaxRows)".
_FIRST = LatePattern(
    r"\b(?:reads?|takes?|uses?|fetch\w*|shows?|looks? at|wants?|needs?|keeps?|processe?s?)\s+"
    r"(?:only|just)\s+(?:the\s+)?(?:first|top|next)\s+(?P<a>\d[\d,]*)\b"
    r"|\bonly\s+(?:reads?|takes?|uses?|fetch\w*|shows?|looks? at|wants?|needs?|keeps?)\s+"
    r"(?:the\s+)?(?:first|top|next)\s+(?P<b>\d[\d,]*)\b"
    r"|\bset_?max_?(?:rows|results)\W{1,3}(?P<c>\d[\d,]*)\b",
    re.IGNORECASE,
)
_ANY_ORDER = LatePattern(
    r"\b(?:do(?:es)?n[o']?t|do(?:es)? not|never|no need to)\s+(?:really\s+|actually\s+)?"
    r"(?:care|mind|matter)\b[^.?!]{0,40}\b(?:order|which ones? (?:come|first))\b"
    r"|\border\s+(?:\w+\s+){0,5}(?:does(?:n't| not)|do(?:n't| not))\s+(?:really\s+)?matter\b"
    r"|\b(?:in|any)\s+(?:any|order)\s+(?:order\s+)?(?:is fine|will do|would do|does)\b"
    r"|\border is (?:irrelevant|not important|of no (?:matter|importance))\b",
    re.IGNORECASE,
)


def with_wishes(sketch: Sketch, text: str) -> Sketch:
    """The sketch with what the words ask of its queries beyond their rows."""
    first = _FIRST.search(text)
    number = next((g for g in first.groups() if g), "0") if first else "0"
    return replace(
        sketch,
        most=bool(_MOST_OF_THEM.search(text)) and not any(map(_is_cut, sketch.queries)),
        fresh=bool(_FRESH.search(text)),
        spills=bool(_SPILLS.search(text)),
        prepared=bool(_PREPARED.search(text) and _BY_HAND.search(text)),
        first=int(number.replace(",", "")),
        unordered=bool(_ANY_ORDER.search(text)),
    )


def _is_cut(query: str) -> bool:
    """Whether a query gives a page, or figures, and not all rows that match."""
    return bool(re.search(r"\b(?:LIMIT|GROUP BY|count\(|sum\(|min\(|max\()", query, re.IGNORECASE))
