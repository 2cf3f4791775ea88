"""What a person says beside the question: what was tried, what hurts, what is planned, believed."""

import re
from dataclasses import dataclass
from typing import Literal

from blueproof.intake.words.text import Sentence, Text

Said = Literal["tried", "pain", "proposal"]
_CUES: tuple[tuple[Said, re.Pattern[str]], ...] = (
    ("tried", re.compile(
        r"\b(?:i|we)(?:'ve| have)?(?: already| also| just)? (?:tried|tested|attempted|added"
        r"|increased"
        r"|raised|set|changed|upgraded|switched|enabled|disabled|rewrote|reindexed|vacuumed|ran"
        r"|looked|checked|played)\b|\btried\b|\b(?:didn'?t|did not|doesn'?t) (?:help|work|change)"
        r"|\bno (?:luck|difference|effect|improvement)\b", re.IGNORECASE)),
    ("pain", re.compile(
        r"\bslow\w*|\bexpensive|\bbill\b.*\b(?:up|high|jump\w*|doubl\w+|explod\w+|grow\w*)"
        r"|\berrors?\b"
        r"|\bfail\w*|\btime(?:s|d)? ?out|\bcrash\w*|\bstuck\b|\bproblem\b|\bissue\b"
        r"|\btoo (?:many|much"
        r"|slow|high|long|big)\b|\btakes? (?:\d|too|about|around|over|up to|more|almost|forever)"
        r"|\bspik\w+|\bblock\w*|\block\w*|\brun(?:s|ning)? out\b|\bexceed\w*|\bthrottl\w*|\blag\w*"
        r"|\bstop(?:s|ped)? (?:getting|receiving|working|sending|responding|firing|syncing)\b"
        r"|\b(?:doesn'?t|isn'?t|aren'?t|not) (?:get|getting|receiv\w+|work\w*|fir\w+)\b"
        r"|\bkeeps?\b|\bunable\b|\bcan(?:'t|not)\b|\bdown\b", re.IGNORECASE)),
    ("proposal", re.compile(
        r"\b(?:i|we)(?:'m| am|'re| are)? (?:thinking|planning|considering|leaning|going)\b"
        r"|\b(?:my|our|the) (?:plan|idea|thought|proposal|current thinking) (?:is|was)\b"
        r"|\b(?:plan|idea)\b.{0,20}\bis to\b"
        r"|\b(?:i|we) (?:want|would like|intend|plan|thought) to\b"
        r"|\bis (?:it|this) (?:fine|ok|okay|sane)\b|, (?:fine|ok|okay|sane|right)\s*\?"
        r"|\b(?:i|we)(?:'d| would) (?:use|put|have|store|run)\b|\bso (?:i|we)(?:'ll| will)\b",
        re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A sentence that says what was tried, what hurts, or what is planned."""

    kind: Said
    quote: str
    start: int
    end: int


def read_sayings(text: Text) -> tuple[Saying, ...]:
    """Each sentence of prose under the first kind that fits it, questions only as proposals."""
    found = []
    for sentence in text.sentences:
        kind = None if text.is_code(sentence.start) else _kind(sentence)
        if kind:
            found.append(_saying(kind, sentence))
    return tuple(found)


def _kind(sentence: Sentence) -> Said | None:
    for kind, cue in _CUES:
        if cue.search(sentence.text) and (kind == "proposal" or not sentence.asks):
            return kind
    return None


def _saying(kind: Said, sentence: Sentence) -> Saying:
    quote = sentence.text.strip()
    start = sentence.start + sentence.text.index(quote)
    return Saying(kind=kind, quote=quote, start=start, end=start + len(quote))
